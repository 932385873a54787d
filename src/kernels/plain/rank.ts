/**
 * From scores to lists: mask what a user has seen, then the n best of each row in order.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, entriesPerRow, kernel, plainOnly } from "../family.js";

/** x[r, indices[q]] = −∞ for the row's entries. x: (rows, cols). Owns rows. */
export function maskRows(
  x: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) for (let q = rowStart[r]; q < rowEnd[r]; q++) x[r * cols + indices[q]] = -Infinity;
}

/**
 * The n highest scores of each row, best first, ties to the lowest column. Entries of −∞ or NaN are never listed: the
 * rest of the row's slots then hold column −1. indices, scores: (rows, n), x: (rows, cols). Owns rows.
 *
 * Insertion into a sorted list: after the first few columns almost every entry fails one comparison.
 */
export function rankRows(
  indices: Int32Array, scores: Floats, x: Floats, cols: number, n: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const slot = r * n;
    let count = 0;
    let bar = -Infinity;
    for (let j = 0; j < cols; j++) {
      const score = x[r * cols + j];
      if (!(score > bar)) continue;
      let at = count < n ? count++ : n - 1;
      for (; at > 0 && scores[slot + at - 1] < score; at--) {
        scores[slot + at] = scores[slot + at - 1];
        indices[slot + at] = indices[slot + at - 1];
      }
      scores[slot + at] = score;
      indices[slot + at] = j;
      if (count === n) bar = scores[slot + n - 1];
    }
    for (let at = count; at < n; at++) {
      indices[slot + at] = -1;
      scores[slot + at] = -Infinity;
    }
  }
}

/**
 * As rankRows, of the listed columns only: the others are not looked at. listed: ascending columns. Owns rows.
 */
export function rankListed(
  indices: Int32Array, scores: Floats, x: Floats, listed: Int32Array, cols: number, n: number,
  begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const slot = r * n;
    let count = 0;
    for (let i = 0; i < listed.length; i++) {
      const score = x[r * cols + listed[i]];
      if (!(score > (count < n ? -Infinity : scores[slot + n - 1]))) continue;
      let at = count < n ? count++ : n - 1;
      for (; at > 0 && scores[slot + at - 1] < score; at--) {
        scores[slot + at] = scores[slot + at - 1];
        indices[slot + at] = indices[slot + at - 1];
      }
      scores[slot + at] = score;
      indices[slot + at] = listed[i];
    }
    for (let at = count; at < n; at++) {
      indices[slot + at] = -1;
      scores[slot + at] = -Infinity;
    }
  }
}

/** out[i] = x[listed[i]], whole rows: the operand of a product with some rows only. x: (any, cols). Owns rows. */
export function gatherRows(
  out: Floats, x: Floats, listed: Int32Array, cols: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) out.set(x.subarray(listed[i] * cols, (listed[i] + 1) * cols), i * cols);
}

export const plainRank = {
  rankListed: plainOnly(
    rankListed, ([indices, , , listed, , n]) => byRows(indices.length / Math.max(1, n), 10 * listed.length),
    "reads single words at scattered places, which four lanes cannot load at once"),
  gatherRows: plainOnly(gatherRows, ([, , listed, cols]) => byRows(listed.length, 8 * cols),
    "copies whole rows, which the machine's own block copy does"),
  maskRows: plainOnly(maskRows, ([, , rowEnd, indices]) => byRows(rowEnd.length, 16 * entriesPerRow(rowEnd, indices)),
    "writes single words at scattered places, some hundred a row"),
  rankRows: kernel(rankRows, ([indices, , , cols, n]) => byRows(indices.length / Math.max(1, n), 5 * cols)),
};
