/**
 * What lists are worth beside hitting targets (docs/method.md §11.1): who is shown at all, how evenly, how popular, how
 * unlike each other the items of a list are. Everything is counted over all items of the catalogue and all lists.
 *
 *   Gini      Σ_i (2i − I − 1)·c_(i) / (I·Σc)        c ascending: 0 all alike, towards 1 one item for all
 *   novelty   mean of −log₂(n_i / U)                 n_i training users of item i
 *   distance  mean over pairs of 1 − cos(v_i, v_j)   within a list
 */
import type { Floats } from "../base/floats.js";

/** Head, middle or tail of the catalogue: 1, 0, −1. */
export type PopularityLabel = -1 | 0 | 1;

/** How often each of I items is listed; −1 (an empty place) is nobody. */
export function exposure(lists: readonly ArrayLike<number>[], items: number): Float64Array {
  const counts = new Float64Array(items);
  for (const list of lists) for (let i = 0; i < list.length; i++) if (list[i] >= 0) counts[list[i]]++;
  return counts;
}

/** Gini coefficient of counts; NaN when nothing is counted. */
export function gini(counts: ArrayLike<number>): number {
  const sorted = Float64Array.from(counts).sort();
  let [sum, weighted] = [0, 0];
  sorted.forEach((count, i) => {
    sum += count;
    weighted += (2 * (i + 1) - sorted.length - 1) * count;
  });
  return weighted / (sorted.length * sum);
}

/** Share of the items that are listed at all. @param among which items count; default all. */
export function coverage(counts: ArrayLike<number>, among: (item: number) => boolean = () => true): number {
  let [shown, all] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    if (!among(i)) continue;
    all++;
    if (counts[i] > 0) shown++;
  }
  return shown / all;
}

/** Mean over recommendations of n_i/Σn. */
export function meanPopularity(counts: ArrayLike<number>, users: ArrayLike<number>): number {
  let [total, shown, sum] = [0, 0, 0];
  for (let i = 0; i < counts.length; i++) {
    total += users[i];
    shown += counts[i];
    sum += counts[i] * users[i];
  }
  return sum / total / shown;
}

/** The most popular items that have `share` of all interactions are the head, the least popular likewise the tail. */
export function popularityLabels(users: ArrayLike<number>, share = 0.2): Int8Array {
  const order = Array.from({ length: users.length }, (_, i) => i);
  let total = 0;
  for (let i = 0; i < users.length; i++) total += users[i];
  const labels = new Int8Array(users.length);
  for (const [sign, label] of [[-1, 1], [1, -1]] as const) {
    order.sort((a, b) => sign * (users[a] - users[b]) || a - b);
    let sum = 0;
    for (const item of order) {
      sum += users[item];
      if (sum / total > share) break;
      labels[item] = label;
    }
  }
  return labels;
}

/** F_i: share of the items with at most as many users. */
export function popularityQuantiles(users: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(users).sort();
  return Float64Array.from(users, (count) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= count) low = middle + 1;
      else high = middle;
    }
    return low / sorted.length;
  });
}

/** Mean −log₂(n_i/U) of a list; items without users count as having one. */
export function novelty(list: ArrayLike<number>, users: ArrayLike<number>, allUsers: number): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < list.length; i++) {
    if (list[i] < 0) continue;
    sum -= Math.log2(Math.max(1, users[list[i]]) / allUsers);
    count++;
  }
  return sum / count;
}

/** Mean over pairs of 1 − cos; NaN for fewer than two. vectors: (I, D). */
export function intraListDistance(list: ArrayLike<number>, vectors: Floats | Float64Array, factors: number): number {
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < list.length; i++) {
    for (let j = i + 1; j < list.length; j++) {
      if (list[i] < 0 || list[j] < 0) continue;
      sum += 1 - cosineOf(vectors, list[i], list[j], factors);
      pairs++;
    }
  }
  return sum / pairs;
}

/** Cosine of two rows; 0 where one is empty. */
export function cosineOf(vectors: Floats | Float64Array, a: number, b: number, factors: number): number {
  let [dot, left, right] = [0, 0, 0];
  for (let d = 0; d < factors; d++) {
    const [x, y] = [vectors[a * factors + d], vectors[b * factors + d]];
    dot += x * y;
    left += x * x;
    right += y * y;
  }
  return left > 0 && right > 0 ? dot / Math.sqrt(left * right) : 0;
}
