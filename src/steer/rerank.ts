/**
 * Re-ranking a pool of good items by more than their scores (docs/method.md §11): greedily, the next item is the one
 * with the largest
 *
 *   (1 − c)·[ (1 − v)·rel_i − v·max_{j in the list} cos(i, j) ]  −  c·C_KL(list with i)
 *
 * v alone is MMR, c alone Steck's calibration; both weights 0 leave the order of rel. Ties go to the earlier candidate.
 * The running maximum of each candidate is kept: O(n·pool·D).
 */
import type { Csr } from "../base/csr.js";
import { addTags, calibrationKl } from "../evaluate/calibration.js";

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
    for (const at of left) {
      let worth = (1 - c) * ((1 - v) * relevance[at] - v * nearest[at]);
      if (calibration && sums && c > 0) worth -= c * klWith(calibration, sums, pool[at], chosen.length + 1);
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

/** C_KL of the list so far with one more item. */
function klWith({ history, tags }: Calibration, sums: Float64Array, item: number, length: number): number {
  const q = sums.slice();
  addTags(q, tags, item);
  for (let t = 0; t < q.length; t++) q[t] /= length;
  return calibrationKl(history, q);
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
