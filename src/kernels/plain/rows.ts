/**
 * Row-wise passes over dense matrices, and products with one vector: bound by memory, one read and one write of the
 * matrix each. Kernels own rows begin … end−1; columnSums owns columns.
 */
import type { Floats } from "../../base/floats.js";
import { byColumns, byRows, kernel } from "../family.js";

/** out[r] = row for every r. out: (rows, cols), row: (cols). */
export function fillRows(out: Floats, row: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) for (let j = 0; j < cols; j++) out[r * cols + j] = row[j];
}

/** out[r] = x[r] − row. x, out: (rows, cols), row: (cols). */
export function subtractRow(out: Floats, x: Floats, row: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) for (let j = 0; j < cols; j++) out[r * cols + j] = x[r * cols + j] - row[j];
}

/**
 * Standardises each row: mean over columns, std in the n−1 form plus 1e-7, out = (x − mean) / std (docs/method.md §3).
 * x, out: (rows, cols), mean, std: (rows). cols ≥ 2.
 */
export function standardiseRows(
  out: Floats, mean: Floats, std: Floats, x: Floats, cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const o = r * cols;
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += x[o + j];
    const m = sum / cols;
    let squares = 0;
    for (let j = 0; j < cols; j++) squares += (x[o + j] - m) ** 2;
    const s = Math.sqrt(squares / (cols - 1)) + 1e-7;
    for (let j = 0; j < cols; j++) out[o + j] = (x[o + j] - m) / s;
    mean[r] = m;
    std[r] = s;
  }
}

/** out[r] = mean[r] + std[r]·x[r], the inverse of standardiseRows. */
export function destandardiseRows(
  out: Floats, x: Floats, mean: Floats, std: Floats, cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    for (let j = 0; j < cols; j++) out[r * cols + j] = mean[r] + std[r] * x[r * cols + j];
  }
}

/** out[r] (+)= scale[r]·x[r]. x, out: (rows, cols), scale: (rows). */
export function scaleRows(
  out: Floats, x: Floats, scale: Floats, cols: number, accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const s = scale[r];
    for (let j = r * cols; j < (r + 1) * cols; j++) out[j] = (accumulate ? out[j] : 0) + s * x[j];
  }
}

/** out[j] (+)= Σ_r x[r, j], rows in ascending order. x: (rows, cols), out: (cols). Owns columns. */
export function columnSums(
  out: Floats, x: Floats, rows: number, cols: number, accumulate: number, begin: number, end: number,
): void {
  if (!accumulate) out.fill(0, begin, end);
  for (let r = 0; r < rows; r++) for (let j = begin; j < end; j++) out[j] += x[r * cols + j];
}

/** out[r] = ⟨a[r], b[r]⟩. a, b: (rows, cols), out: (rows). Owns rows. */
export function rowDots(out: Floats, a: Floats, b: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) {
    let sum = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) sum += a[j] * b[j];
    out[r] = sum;
  }
}

/** Divides each row of w: (rows, cols) by its Euclidean norm; an all-zero row stays. Owns rows. */
export function normaliseRows(w: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) {
    let squares = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) squares += w[j] * w[j];
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) w[j] *= scale;
  }
}

export const plainRows = {
  fillRows: kernel(fillRows, ([out, , cols]) => byRows(out.length / cols, 4 * cols)),
  subtractRow: kernel(subtractRow, ([out, , , cols]) => byRows(out.length / cols, 8 * cols)),
  standardiseRows: kernel(standardiseRows, ([out, , , , cols]) => byRows(out.length / cols, 16 * cols)),
  destandardiseRows: kernel(destandardiseRows, ([out, , , , cols]) => byRows(out.length / cols, 8 * cols)),
  scaleRows: kernel(scaleRows, ([out, , , cols]) => byRows(out.length / cols, 8 * cols)),
  columnSums: kernel(columnSums, ([out, , rows]) => byColumns(out.length, 4 * rows)),
  rowDots: kernel(rowDots, ([out, , , cols]) => byRows(out.length, 8 * cols)),
  normaliseRows: kernel(normaliseRows, ([w, cols]) => byRows(w.length / cols, 12 * cols)),
};
