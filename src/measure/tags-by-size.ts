/** A sample of tags, for means over tags: not the largest alone, nor all of them where there are thousands. */
import type { Csr } from "../base/csr.js";

/**
 * Tags on at least `minItems` items, at most `most` of them, spread evenly over the order of their sizes, the largest
 * first.
 *
 * @param sizes (T) items of each tag.
 */
export function tagsOverSizes(sizes: ArrayLike<number>, minItems: number, most: number): number[] {
  const fit = Array.from({ length: sizes.length }, (_, t) => t).filter((t) => sizes[t] >= minItems)
    .sort((a, b) => sizes[b] - sizes[a] || a - b);
  const take = Math.min(most, fit.length);
  return Array.from({ length: take }, (_, k) => fit[Math.floor(((k + 0.5) * fit.length) / take)]);
}

/** (T) entries of each row: the items of each tag. */
export function rowSizes({ rows, indptr }: Csr): Int32Array {
  return Int32Array.from({ length: rows }, (_, t) => indptr[t + 1] - indptr[t]);
}
