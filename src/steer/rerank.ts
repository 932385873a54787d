/**
 * Re-ranking a pool of good items by more than their scores (docs/method.md §11): greedily, the next item is the one
 * with the largest
 *
 *   (1 − c)·[ (1 − v)·rel_i − v·max_{j in the list} cos(i, j) ]  −  c·C_KL(list with i)
 *
 * v alone is MMR, c alone Steck's calibration; both weights 0 leave the order of rel. Ties go to the earlier candidate.
 * The running maximum of each candidate is kept, O(n·pool·D), and C_KL is worked out once for each place of the list:
 * a candidate changes the terms of its own tags alone, O(n·(T + pool·tags of an item)).
 */
import type { Csr } from "../base/csr.js";
import { addTags, calibrationTerm } from "../evaluate/calibration.js";

/** What re-ranking by maximal marginal relevance weighs. */
export interface Variety {
  /** v, 0 … 1. */
  readonly weight: number;
  /** Cosine of two items. */
  readonly cosine: (a: number, b: number) => number;
}

/** What calibrated re-ranking weighs. */
export interface Calibration {
  /** c, 0 … 1. */
  readonly weight: number;
  /** p(t), (T): the history's. */
  readonly history: Float64Array;
  /** (I, T) */
  readonly tags: Csr;
}

/**
 * Places in the pool, in the order of the new list, at most n.
 * @param pool item numbers; @param relevance of each, in the pool's order.
 */
export function rerank(
  pool: ArrayLike<number>, relevance: ArrayLike<number>, n: number, variety: Variety | null,
  calibration: Calibration | null,
): number[] {
  const chosen: number[] = [];
  const left = new Set(Array.from({ length: pool.length }, (_, at) => at));
  const nearest = new Float64Array(pool.length);
  const [v, c] = [variety?.weight ?? 0, calibration?.weight ?? 0];
  const sums = calibration ? new Float64Array(calibration.tags.cols) : null;
  while (chosen.length < n && left.size > 0) {
    let [best, most] = [-1, -Infinity];
    const kl = calibration && sums && c > 0 ? klWith(calibration, sums, chosen.length + 1) : null;
    for (const at of left) {
      let worth = (1 - c) * ((1 - v) * relevance[at] - v * nearest[at]);
      if (kl) worth -= c * kl(pool[at]);
      if (worth > most) [best, most] = [at, worth];
    }
    if (best < 0) break;
    left.delete(best);
    if (variety && v > 0) {
      for (const at of left) {
        const cosine = variety.cosine(pool[at], pool[best]);
        nearest[at] = chosen.length === 0 ? cosine : Math.max(nearest[at], cosine);
      }
    }
    if (calibration && sums) addTags(sums, calibration.tags, pool[best]);
    chosen.push(best);
  }
  return chosen;
}

/** C_KL of the list so far with one more item. @param length of the list then. */
function klWith({ history, tags }: Calibration, sums: Float64Array, length: number): (item: number) => number {
  const terms = history.map((p, t) => calibrationTerm(p, sums[t] / length));
  const whole = terms.reduce((sum, term) => sum + term, 0);
  return (item) => {
    const [from, to] = [tags.indptr[item], tags.indptr[item + 1]];
    let kl = whole;
    for (let q = from; q < to; q++) {
      const t = tags.indices[q];
      kl += calibrationTerm(history[t], (sums[t] + 1 / (to - from)) / length) - terms[t];
    }
    return kl;
  };
}

/** (x − min)/(max − min); all 0 where they are equal. */
export function minMax(values: ArrayLike<number>): Float64Array {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return Float64Array.from(values, (value) => (high > low ? (value - low) / (high - low) : 0));
}
