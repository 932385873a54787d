/**
 * Which sparse rows have a product with a vector that reaches a bar, both in 8 bits (docs/method.md §14, sparse rows).
 * Whole numbers: any order, the same sum.
 */
import { byRows, kernel } from "../family.js";
import { ROWS_OF_WORD } from "./code-sums.js";

/** Rows whose codes lie together. */
export const ROWS_OF_BLOCK = 16;
/** Dimensions of the longest vector: a byte names one. */
export const MOST_DIMENSIONS = 256;

/**
 * Bit r of out says whether Σ_k p[dimension k of row r]·value k ≥ bar. codes: (rows/16, entries, 2, 16) bytes: of 16
 * rows the k-th dimensions, then the k-th values, −127 … 127. p: (⌈D/16⌉, 16) bytes. No sum of some of a row's products
 * may be beyond 16 bits. out: one word for 32 rows, the first one's bit the lowest. Owns words of out.
 */
export function byteSumsReach(
  out: Int32Array, codes: Int32Array, p: Int32Array, entries: number, bar: number, begin: number, end: number,
): void {
  const dimensions = new Uint8Array(codes.buffer, codes.byteOffset, 4 * codes.length);
  const values = new Int8Array(codes.buffer, codes.byteOffset, 4 * codes.length);
  const table = new Int8Array(p.buffer, p.byteOffset, 4 * p.length);
  for (let w = begin; w < end; w++) {
    let bits = 0;
    for (let r = 0; r < ROWS_OF_WORD; r++) {
      const row = ROWS_OF_WORD * w + r;
      let at = 2 * ROWS_OF_BLOCK * entries * Math.floor(row / ROWS_OF_BLOCK) + (row % ROWS_OF_BLOCK);
      let sum = 0;
      for (let k = 0; k < entries; k++, at += 2 * ROWS_OF_BLOCK) {
        sum += table[dimensions[at]] * values[at + ROWS_OF_BLOCK];
      }
      if (sum >= bar) bits |= 1 << r;
    }
    out[w] = bits;
  }
}

export const plainByteSums = {
  byteSumsReach: kernel(byteSumsReach, ([out, , p, entries]) =>
    // A row's entry takes four instructions for each sixteen dimensions, about a nanosecond a vector.
    byRows(out.length, ROWS_OF_WORD * entries * (1 + p.length / 8))),
};
