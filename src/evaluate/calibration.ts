/**
 * Calibration (Steck, RecSys 2018; docs/method.md §11.2): does a list mix tags as the history does?
 *
 *   p(t|i) = 1/|tags of i|    p(t) its mean over the history, q(t) over the list    q̃ = (1 − α)q + αp, α = 0.01
 *   C_KL   = Σ_t p log(p/q̃), natural logarithm, 0 where p = 0
 */
import type { Csr } from "../base/csr.js";

const SMOOTHING = 0.01;

/** Adds an item's p(t|i), weighted, to a distribution over tags. tags: (I, T), what each item carries. */
export function addTags(into: Float64Array, tags: Csr, item: number, weight = 1): void {
  const [from, to] = [tags.indptr[item], tags.indptr[item + 1]];
  for (let q = from; q < to; q++) into[tags.indices[q]] += weight / (to - from);
}

/** Mean of p(t|i) over items, (T). */
export function tagDistribution(items: ArrayLike<number>, tags: Csr): Float64Array {
  const sum = new Float64Array(tags.cols);
  let count = 0;
  for (let i = 0; i < items.length; i++) {
    if (items[i] < 0) continue;
    addTags(sum, tags, items[i]);
    count++;
  }
  return sum.map((value) => value / Math.max(1, count));
}

/** C_KL of a history's p and a list's q, both (T). */
export function calibrationKl(p: Float64Array, q: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < p.length; t++) sum += calibrationTerm(p[t], q[t]);
  return sum;
}

/** A tag's term of it. */
export function calibrationTerm(p: number, q: number): number {
  return p > 0 ? p * Math.log(p / ((1 - SMOOTHING) * q + SMOOTHING * p)) : 0;
}
