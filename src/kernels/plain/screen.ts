/**
 * The k largest positive entries of each row of x·Wᵀ + b without computing all of them in full: screened in 16 bits, at
 * twice the rate of single precision, with an exact bound, and only those computed in full that the bound does not rule
 * out. The code is that of the full product; which entries were screened away shows in nothing.
 *
 *   v = s·q + r     q whole numbers, |q| ≤ Q, so that a sum of d products fits 32 bits
 *   |⟨x, w⟩ − s_x s_w⟨q_x, q_w⟩| ≤ ‖r_x‖·‖w‖ + (‖x‖ + ‖r_x‖)·‖r_w‖ =: E, plus rounding
 *
 * An entry among the k largest is no less than the k-th largest approximation τ less E, so its own approximation is no
 * less than τ − 2E; and one that is positive has an approximation above −E. Bounds use the largest ‖w‖, ‖r_w‖ and |b|
 * of all columns. Two steps before it: quantiseRows and products of whole numbers. The specification of the last step
 * knows nothing of approximations.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, byTiles, kernel } from "../family.js";
import { topkRelu } from "./topk.js";

/** Largest |q| for rows of so many numbers. */
export function largestQuantum(cols: number): number {
  return Math.min(2 ** 15 - 1, Math.floor(Math.sqrt((2 ** 31 - 1) / cols)));
}

/**
 * Rows in 16 bits, two numbers a word, low half first. cols is a multiple of 8. q: (rows, cols/2), scale s, norm ‖x‖
 * and error ‖r‖: (rows), x: (rows, cols). Owns rows.
 */
export function quantiseRows(
  q: Int32Array, scale: Floats, norm: Floats, error: Floats, x: Floats, cols: number, begin: number, end: number,
): void {
  const halves = new Int16Array(q.buffer, q.byteOffset, 2 * q.length);
  for (let r = begin; r < end; r++) {
    let largest = 0;
    let squares = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) {
      largest = Math.max(largest, Math.abs(x[j]));
      squares += x[j] * x[j];
    }
    const step = Math.fround(largest / largestQuantum(cols));
    const inverse = step > 0 ? 1 / step : 0;
    let missed = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) {
      halves[j] = Math.round(x[j] * inverse);
      missed += (x[j] - step * halves[j]) ** 2;
    }
    scale[r] = step;
    norm[r] = Math.sqrt(squares);
    error[r] = Math.sqrt(missed);
  }
}

/** C = A·Bᵀ of 16-bit whole numbers, two a word. c: (m, n), a: (m, words), b: (n, words). Owns as matmulABt does. */
export function int16Product(
  c: Int32Array, a: Int32Array, b: Int32Array, m: number, n: number, words: number, begin: number, end: number,
): void {
  const [i0, i1, j0, j1] = n > m ? [0, m, begin, end] : [begin, end, 0, n];
  for (let i = i0; i < i1; i++) {
    for (let j = j0; j < j1; j++) {
      let sum = 0;
      for (let p = 0; p < words; p++) {
        const [x, y] = [a[i * words + p], b[j * words + p]];
        sum += ((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16);
      }
      c[i * n + j] = sum;
    }
  }
}

/**
 * The k largest positive entries of each row of x·Wᵀ + b, written as topkRelu does.
 *
 * products: (rows, cols) of the quantised x and W; scale, norm and error of x's rows: (rows); columnScale of W's:
 * (cols); x: (rows, d), w: (cols, d), b: (cols). most: the largest ‖w‖, ‖r_w‖ and |b|. Owns rows.
 */
export function screenedTopk(
  indices: Int32Array, values: Floats, rowEnd: Int32Array, _products: Int32Array, _scale: Floats, _norm: Floats,
  _error: Floats, _columnScale: Floats, x: Floats, w: Floats, b: Floats, _most: Floats, d: number, k: number,
  begin: number, end: number,
): void {
  const cols = b.length;
  const row = new Float64Array(cols);
  const one = new Int32Array(1);
  for (let r = begin; r < end; r++) {
    for (let h = 0; h < cols; h++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += x[r * d + j] * w[h * d + j];
      row[h] = sum + b[h];
    }
    topkRelu(indices.subarray(r * k, (r + 1) * k), values.subarray(r * k, (r + 1) * k), one, row, cols, k, 0, 1);
    rowEnd[r] = r * k + one[0];
  }
}

export const plainScreen = {
  quantiseRows: kernel(quantiseRows, ([, scale, , , , cols]) => byRows(scale.length, 10 * cols)),
  int16Product: kernel(int16Product, ([, , , m, n, words]) => byTiles(m, n, words)),
  screenedTopk: kernel(screenedTopk, ([, , rowEnd, , , , , , , , b]) => byRows(rowEnd.length, 24 * b.length)),
};
