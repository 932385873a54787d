/**
 * Ranking metrics with binary relevance (docs/method.md §1), and the mean with its standard error over users.
 *
 *   recall@k = hits / min(k, |targets|)      precision@k = hits / k      hit rate: has any hit, 0 or 1
 *   MRR@k    = 1 / rank of the first hit, 0 without one
 *   nDCG@k   = Σ_hits 1/log₂(rank + 1)  /  Σ_{i ≤ min(k, |targets|)} 1/log₂(i + 1)
 */

/**
 * hits / min(k, |targets|) of a list of k items (docs/method.md §1).
 *
 * @param list item numbers, best first, −1 for empty places; @param targets ascending item numbers. NaN without
 * targets.
 */
export function recall(list: ArrayLike<number>, targets: Int32Array): number {
  let hits = 0;
  for (let i = 0; i < list.length; i++) if (contains(targets, list[i])) hits++;
  return hits / Math.min(list.length, targets.length);
}

/**
 * nDCG of a list of k items, with binary gains and log2 discounts (docs/method.md §1).
 *
 * @param list item numbers, best first; @param targets ascending item numbers. NaN without targets.
 */
export function ndcg(list: ArrayLike<number>, targets: Int32Array): number {
  let gain = 0;
  for (let i = 0; i < list.length; i++) if (contains(targets, list[i])) gain += 1 / Math.log2(i + 2);
  let ideal = 0;
  for (let i = 0; i < Math.min(list.length, targets.length); i++) ideal += 1 / Math.log2(i + 2);
  return gain / ideal;
}

/** Hits of a list of k items by k; empty places count. NaN without targets. */
export function precision(list: ArrayLike<number>, targets: Int32Array): number {
  let hits = 0;
  for (let i = 0; i < list.length; i++) if (contains(targets, list[i])) hits++;
  return targets.length > 0 ? hits / list.length : NaN;
}

/** 1 / rank of the first hit, from 1; 0 when nothing is hit. Its mean over users is MRR. NaN without targets. */
export function reciprocalRank(list: ArrayLike<number>, targets: Int32Array): number {
  for (let i = 0; i < list.length; i++) if (contains(targets, list[i])) return 1 / (i + 1);
  return targets.length > 0 ? 0 : NaN;
}

/** Binary search in an ascending list. */
function contains(sorted: Int32Array, value: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && sorted[low] === value;
}

/** A mean over users with its standard error. */
export interface Estimate {
  mean: number;
  /** Standard error of the mean: std (n−1 form) / √n. */
  se: number;
  /** Values that counted. */
  n: number;
}

/** Mean and standard error; NaN values (users without targets) are left out. */
export function estimate(values: ArrayLike<number>): Estimate {
  let n = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    n++;
    sum += values[i];
  }
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) squares += (values[i] - mean) ** 2;
  return { mean, se: n > 1 ? Math.sqrt(squares / (n - 1) / n) : NaN, n };
}
