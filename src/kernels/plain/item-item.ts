/**
 * Kernels of the item-item models: EASE, item-kNN and TEASER (docs/method.md §2). x is binary by row lists throughout.
 *
 * They have no SIMD twins; the baselines run them once a fit or once a batch.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, entriesPerRow, plainOnly } from "../family.js";

const SCATTERS = "adds to single words at the places that a list names: 128-bit SIMD has no scatter";

/**
 * out = Xᵀ·diag(weights)·X; without weights how many users have both items, the diagonal an item's popularity. Counts
 * are exact up to 2²⁴ users in f32. X comes twice: by columns (column c is in the rows entryRow[colStart[c] …
 * colEnd[c]−1]) and by rows. out: (cols, cols), weights: (rows) or null. Σ over users of (their items)² additions.
 * Owns rows of out.
 */
export function csrGram(
  out: Floats, colStart: Int32Array, colEnd: Int32Array, entryRow: Int32Array, rowStart: Int32Array,
  rowEnd: Int32Array, indices: Int32Array, weights: Floats | null, cols: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    const o = i * cols;
    out.fill(0, o, o + cols);
    for (let e = colStart[i]; e < colEnd[i]; e++) {
      const r = entryRow[e];
      const weight = weights ? weights[r] : 1;
      const to = rowEnd[r];
      for (let q = rowStart[r]; q < to; q++) out[o + indices[q]] += weight;
    }
  }
}

/**
 * out = X·S for a sparse S, made dense: out[r] = Σ_{i ∈ x_r} S[i]. Row i of S holds the columns to[p] with weights
 * values[p], p = start[i] … stop[i]−1. out: (rows, cols). Owns rows.
 */
export function csrCsrMatmul(
  out: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, start: Int32Array, stop: Int32Array,
  to: Int32Array, values: Floats, cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const o = r * cols;
    out.fill(0, o, o + cols);
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      const i = indices[q];
      for (let p = start[i]; p < stop[i]; p++) out[o + to[p]] += values[p];
    }
  }
}

/** s[r, j] −= row[j] for the entries j of x_r. s: (rows, cols), row: (cols). Owns rows. */
export function csrSubtractRow(
  s: Floats, row: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, cols: number,
  begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    for (let q = rowStart[r]; q < rowEnd[r]; q++) s[r * cols + indices[q]] -= row[indices[q]];
  }
}

export const plainItemItem = {
  csrGram: plainOnly(csrGram, ([out, , , , , rowEnd, indices, , cols]) =>
    byRows(out.length / cols, 4 * cols + (4 * indices.length * entriesPerRow(rowEnd, indices)) / cols), SCATTERS),
  csrCsrMatmul: plainOnly(csrCsrMatmul, ([out, , rowEnd, indices, start, , to, , cols]) =>
    byRows(out.length / cols, 4 * cols + 8 * entriesPerRow(rowEnd, indices) * entriesPerRow(start, to)), SCATTERS),
  csrSubtractRow: plainOnly(csrSubtractRow, ([, , , rowEnd, indices]) =>
    byRows(rowEnd.length, 16 * entriesPerRow(rowEnd, indices)), SCATTERS),
};
