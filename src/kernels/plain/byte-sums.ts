/**
 * Which sparse rows have a product with a vector that reaches a bar, both in 8 bits (docs/method.md §14, sparse rows).
 * Whole numbers: any order, the same sum.
 *
 * 32 rows are a block. Their entries stand in slots: a slot holds one entry of each row, its dimension as a byte and
 * its value as a byte, and all dimensions of a slot are of one group of neighbouring ones, so that few need to be
 * looked among. A row without an entry for a slot has a value of 0 there.
 */
import { byRows, kernel } from "../family.js";

export const ROWS_OF_BLOCK = 32;
/** Of dimensions; a group has as many as 16, 32, 48 or 64. */
export const GROUPS = 4;
/** Dimensions that are looked up at once. */
export const TABLE = 16;
const MOST_TABLES = 4;
/** Dimensions of the longest vector. */
export const MOST_DIMENSIONS = GROUPS * MOST_TABLES * TABLE;

/**
 * Bit r of out[b] says whether the sum of p[dimension]·value over the slots of row r of block b reaches `bar`. Block b
 * has the slots at word starts[b] of `codes`, each of 32 bytes of dimensions, counted from the group's first, and 32 of
 * values, −127 … 127: byte g of shapes[b] says how many there are of group g, one group after the other. p: (GROUPS,
 * tables, 16) bytes. No sum of some of a row's products may be beyond 16 bits. Owns blocks; starts: (blocks + 1).
 */
export function byteSumsReach(
  out: Int32Array, codes: Int32Array, shapes: Int32Array, starts: Int32Array, p: Int32Array, bar: number, begin: number,
  end: number,
): void {
  const dimensions = new Uint8Array(codes.buffer, codes.byteOffset, 4 * codes.length);
  const values = new Int8Array(codes.buffer, codes.byteOffset, 4 * codes.length);
  const table = new Int8Array(p.buffer, p.byteOffset, 4 * p.length);
  const sums = new Int32Array(ROWS_OF_BLOCK);
  for (let b = begin; b < end; b++) {
    sums.fill(0);
    let at = 4 * starts[b];
    for (let g = 0; g < GROUPS; g++) {
      const first = (g * table.length) / GROUPS;
      for (let slots = (shapes[b] >>> (8 * g)) & 255; slots > 0; slots--, at += 2 * ROWS_OF_BLOCK) {
        for (let r = 0; r < ROWS_OF_BLOCK; r++) {
          sums[r] += table[first + dimensions[at + r]] * values[at + ROWS_OF_BLOCK + r];
        }
      }
    }
    out[b] = sums.reduce((bits, sum, r) => (sum >= bar ? bits | (1 << r) : bits), 0);
  }
}

export const plainByteSums = {
  // An entry takes some four instructions a table, about as long as reading it.
  byteSumsReach: kernel(byteSumsReach, ([out, , , starts, p]) =>
    byRows(out.length, ((starts[out.length] - starts[0]) * p.length) / GROUPS / Math.max(1, out.length))),
};
