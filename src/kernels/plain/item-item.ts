/**
 * Kernels of the item-item models EASE, item-kNN, sparse MRF and TEASER, and of sparse item vectors (docs/method.md §2,
 * §8, §9). x is binary by row lists throughout.
 *
 * They have no SIMD twins; the baselines run them once a fit or once a batch.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, entriesPerRow, plainOnly } from "../family.js";

const SCATTERS = "adds to single words at the places that a list names: 128-bit SIMD has no scatter";
const GATHERS = "reads single words at the places that a list names: 128-bit SIMD has no gather";

/**
 * out = Xᵀ·diag(weights)·X; without weights how many users have both items, the diagonal an item's popularity. Counts
 * are exact up to 2²⁴ users in f32. X comes twice: by columns (column c is in the rows rowIndices[colStart[c] …
 * colEnd[c]−1]) and by rows. out: (cols, cols), weights: (rows) or null. Σ over users of (their items)² additions.
 * Owns rows of out.
 */
export function csrGram(
  out: Floats, colStart: Int32Array, colEnd: Int32Array, rowIndices: Int32Array, rowStart: Int32Array,
  rowEnd: Int32Array, indices: Int32Array, weights: Floats | null, cols: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    const o = i * cols;
    out.fill(0, o, o + cols);
    for (let e = colStart[i]; e < colEnd[i]; e++) {
      const r = rowIndices[e];
      const weight = weights ? weights[r] : 1;
      const to = rowEnd[r];
      for (let q = rowStart[r]; q < to; q++) out[o + indices[q]] += weight;
    }
  }
}

/**
 * out = X·S for a sparse S, made dense: out[r] = Σ_q weights[q]·S[indices[q]], weights null standing for 1. Row i of S
 * holds the columns sIndices[p] with values[p], p = sRowStart[i] … sRowEnd[i]−1. out: (rows, cols). Owns rows.
 */
export function csrCsrMatmul(
  out: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, weights: Floats | null,
  sRowStart: Int32Array, sRowEnd: Int32Array, sIndices: Int32Array, values: Floats, cols: number,
  begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const o = r * cols;
    out.fill(0, o, o + cols);
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      const i = indices[q];
      const weight = weights ? weights[q] : 1;
      for (let p = sRowStart[i]; p < sRowEnd[i]; p++) out[o + sIndices[p]] += weight * values[p];
    }
  }
}

/**
 * The gradient of csrCsrMatmul's values for a binary X: dValues[p] (+)= Σ dOut[r, sIndices[p]] over the rows r that
 * have the item of p. X by columns: item i is in the rows rowIndices[colStart[i] … colEnd[i]−1]. dOut: (rows, cols).
 * Owns items.
 */
export function csrCsrGradient(
  dValues: Floats, sRowStart: Int32Array, sRowEnd: Int32Array, sIndices: Int32Array,
  colStart: Int32Array, colEnd: Int32Array, rowIndices: Int32Array, dOut: Floats, cols: number, accumulate: number,
  begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    if (!accumulate) dValues.fill(0, sRowStart[i], sRowEnd[i]);
    for (let e = colStart[i]; e < colEnd[i]; e++) {
      const o = rowIndices[e] * cols;
      for (let p = sRowStart[i]; p < sRowEnd[i]; p++) dValues[p] += dOut[o + sIndices[p]];
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
  csrCsrMatmul: plainOnly(csrCsrMatmul, ([out, , rowEnd, indices, , sRowStart, , sIndices, , cols]) =>
    byRows(out.length / cols, 4 * cols + 8 * entriesPerRow(rowEnd, indices) * entriesPerRow(sRowStart, sIndices)),
  SCATTERS),
  csrCsrGradient: plainOnly(csrCsrGradient, ([dValues, sRowStart, , , , , rowIndices]) =>
    byRows(sRowStart.length, 8 * (1 + entriesPerRow(sRowStart, rowIndices)) * entriesPerRow(sRowStart, dValues)),
  GATHERS),
  csrSubtractRow: plainOnly(csrSubtractRow, ([, , , rowEnd, indices]) =>
    byRows(rowEnd.length, 16 * entriesPerRow(rowEnd, indices)), SCATTERS),
};
