/**
 * Kernels of sparse ELSA (docs/method.md §8.1). Scores lie by items here, s: (O, B), one row an item and one column a
 * user: so the products with sparse item vectors stream over users (autograd/ops/sparse-items.ts). What concerns one
 * user is then a column, and these kernels own columns.
 *
 * The two passes over all O·B scores have SIMD twins: which of them are clamped is a toss-up that no processor guesses,
 * and a branch each took longer than the products of a level of few entries. So have those over the rows of A that a
 * step looks at.
 */
import type { Floats } from "../../base/floats.js";
import { byColumns, byRows, kernel, plainOnly } from "../family.js";

/**
 * s = min(cap, relu(s − x)); squares[u] = Σ s², dots[u] = Σ s over the entries of x. s: (rows, cols) by items, x by
 * users: user u has the rows indices[rowStart[u] … rowEnd[u]−1]. Owns columns (users).
 */
export function cappedResidual(
  s: Floats, squares: Floats, dots: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, rows: number,
  cols: number, cap: number, begin: number, end: number,
): void {
  subtractEntries(s, rowStart, rowEnd, indices, cols, begin, end);
  squares.fill(0, begin, end);
  for (let i = 0; i < rows; i++) {
    for (let at = i * cols + begin, u = begin; u < end; at++, u++) {
      const clamped = Math.min(cap, Math.max(0, s[at]));
      s[at] = clamped;
      squares[u] += clamped * clamped;
    }
  }
  sumEntries(dots, s, rowStart, rowEnd, indices, cols, begin, end);
}

/** s −= 1 at the entries of x. */
export function subtractEntries(
  s: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, cols: number, begin: number, end: number,
): void {
  for (let u = begin; u < end; u++) for (let q = rowStart[u]; q < rowEnd[u]; q++) s[indices[q] * cols + u] -= 1;
}

/** dots[u] = Σ s over the entries of x. */
export function sumEntries(
  dots: Floats, s: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, cols: number, begin: number,
  end: number,
): void {
  for (let u = begin; u < end; u++) {
    let sum = 0;
    for (let q = rowStart[u]; q < rowEnd[u]; q++) sum += s[indices[q] * cols + u];
    dots[u] = sum;
  }
}

/**
 * The gradient with respect to the scores before clamping, in place: scale[u]·s − shift[u] at the entries of x,
 * scale[u]·s elsewhere, 0 where s was clamped at either end. scale, shift: (cols). Owns columns.
 */
export function cappedResidualGradient(
  s: Floats, scale: Floats, shift: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, rows: number,
  cols: number, cap: number, begin: number, end: number,
): void {
  markEntries(s, rowStart, rowEnd, indices, cols, cap, begin, end);
  for (let i = 0; i < rows; i++) {
    for (let at = i * cols + begin, u = begin; u < end; at++, u++) {
      const value = s[at];
      if (value < 0) s[at] = -scale[u] * value - shift[u];
      else s[at] = value < cap ? scale[u] * value : 0;
    }
  }
}

/** Clamped scores are never negative, so a sign can mark the entries of x that get a gradient. */
export function markEntries(
  s: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, cols: number, cap: number, begin: number,
  end: number,
): void {
  for (let u = begin; u < end; u++) {
    for (let q = rowStart[u]; q < rowEnd[u]; q++) {
      const at = indices[q] * cols + u;
      if (s[at] < cap) s[at] = -s[at];
    }
  }
}

/** out = xᵀ. x: (rows, cols), out: (cols, rows). Owns rows of out. */
export function transpose(out: Floats, x: Floats, rows: number, cols: number, begin: number, end: number): void {
  const TILE = 16;
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(rows, top + TILE);
    for (let c = begin; c < end; c++) {
      for (let r = top; r < bottom; r++) out[c * rows + r] = x[r * cols + c];
    }
  }
}

/**
 * Rows divided by their norms, which are kept; a row of zeros stays. x, out: (rows, cols), norms: (rows). Owns rows.
 */
export function unitRows(out: Floats, norms: Floats, x: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) {
    let squares = 0;
    for (let at = r * cols; at < (r + 1) * cols; at++) squares += x[at] * x[at];
    const norm = Math.max(1e-12, Math.sqrt(squares));
    norms[r] = norm;
    for (let at = r * cols; at < (r + 1) * cols; at++) out[at] = x[at] / norm;
  }
}

/** dx (+)= (dOut − out·⟨out, dOut⟩)/norm, row by row. Owns rows. */
export function unitRowsGradient(
  dx: Floats, out: Floats, norms: Floats, dOut: Floats, cols: number, accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let along = 0;
    for (let at = r * cols; at < (r + 1) * cols; at++) along += out[at] * dOut[at];
    for (let at = r * cols; at < (r + 1) * cols; at++) {
      const value = (dOut[at] - out[at] * along) / norms[r];
      dx[at] = accumulate ? dx[at] + value : value;
    }
  }
}

export const plainSparseItems = {
  cappedResidual: kernel(cappedResidual, ([, squares, , , , , rows]) => byColumns(squares.length, 8 * rows)),
  cappedResidualGradient: kernel(cappedResidualGradient, ([, scale, , , , , rows]) =>
    byColumns(scale.length, 8 * rows)),
  transpose: plainOnly(
    transpose, ([, , rows, cols]) => byRows(cols, 16 * rows), "moves single words, in tiles that stay in the cache",
  ),
  unitRows: kernel(unitRows, ([out, , , cols]) => byRows(out.length / cols, 12 * cols)),
  unitRowsGradient: kernel(unitRowsGradient, ([dx, , , , cols]) => byRows(dx.length / cols, 20 * cols)),
};
