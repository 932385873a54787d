/**
 * Which rows of small codes can reach a bar (docs/method.md §14, sparse vectors): a code stands for an entry of a table
 * that is made for the question, and a row for the sum of its codes' entries. Whole numbers: any order, the same sum.
 */
import { byRows, kernel } from "../family.js";

/** Rows of one word of the answer. */
export const ROWS_OF_WORD = 32;

/**
 * Bit r of out says whether row r reaches `bar`: the sum of its head with the last code, which stands for the most that
 * the tail can be, and if that does, the sum of head and tail. codes: (rows, 2·words), 16 bits each, two to a word, the
 * first in the low bits; tail: (rows, 2·tailWords); out: (⌈rows/32⌉), rows from the lowest bit on. Owns words of out.
 */
export function codeSumsReach(
  out: Int32Array, codes: Int32Array, tail: Int32Array, table: Int32Array, words: number, tailWords: number,
  bar: number, rows: number, begin: number, end: number,
): void {
  const sums = (of: Int32Array, from: number, to: number): number => {
    let sum = 0;
    for (let at = from; at < to; at++) sum += table[of[at] & 0xffff] + table[of[at] >>> 16];
    return sum;
  };
  for (let w = begin; w < end; w++) {
    let bits = 0;
    const to = Math.min(rows, ROWS_OF_WORD * (w + 1));
    for (let r = ROWS_OF_WORD * w; r < to; r++) {
      const most = sums(codes, r * words, (r + 1) * words);
      if (most < bar) continue;
      const head = most - table[codes[(r + 1) * words - 1] >>> 16];
      if (head + sums(tail, r * tailWords, (r + 1) * tailWords) >= bar) bits |= 1 << (r % ROWS_OF_WORD);
    }
    out[w] = bits;
  }
}

export const plainCodeSums = {
  codeSumsReach: kernel(codeSumsReach, ([out, , , , words]) => byRows(out.length, ROWS_OF_WORD * 8 * words)),
};
