/**
 * Row-wise and elementwise passes over dense matrices: bound by memory, one read and one write of the matrix each.
 * Row kernels own rows begin … end−1; elementwise kernels own elements; columnSums owns columns.
 */
import type { Floats } from "../../base/floats.js";

/** out[r] = row for every r. out: (rows, cols), row: (cols). */
export function fillRows(out: Floats, row: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) for (let j = 0; j < cols; j++) out[r * cols + j] = row[j];
}

/** out[r] = x[r] − row. x, out: (rows, cols), row: (cols). */
export function subtractRow(out: Floats, x: Floats, row: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) for (let j = 0; j < cols; j++) out[r * cols + j] = x[r * cols + j] - row[j];
}

/**
 * Standardises each row: mean over columns, std in the n−1 form plus 1e-7, out = (x − mean) / std (METHOD.md §3).
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

/** y = x·Wᵀ + addend, or y += …: one vector against every row. y: (rows), w: (rows, cols), x: (cols). Owns rows. */
export function matvec(
  y: Floats, w: Floats, x: Floats, cols: number, accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let sum = accumulate ? y[r] : 0;
    for (let j = 0; j < cols; j++) sum += w[r * cols + j] * x[j];
    y[r] = sum;
  }
}

/** out (+)= scale·x over elements. */
export function addScaled(
  out: Floats, x: Floats, scale: number, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) out[i] = (accumulate ? out[i] : 0) + scale * x[i];
}

/** out = max(x, 0) over elements; out may be x. */
export function relu(out: Floats, x: Floats, begin: number, end: number): void {
  for (let i = begin; i < end; i++) out[i] = x[i] > 0 ? x[i] : 0;
}

/** dx (+)= dy where y > 0: the gradient of relu. */
export function reluGradient(
  dx: Floats, dy: Floats, y: Floats, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) dx[i] = (accumulate ? dx[i] : 0) + (y[i] > 0 ? dy[i] : 0);
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
