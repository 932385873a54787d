/**
 * Products of matrices that were rounded to whole numbers of 16 bits first: twice the multiply-adds an instruction.
 *
 *   x ≈ s·q, q whole, |q| ≤ Q      C (+)= s·Σ q_a·q_b
 *
 * s is one for a row of numbers, or one for a matrix, and the caller's to choose: at the largest |x| / Q an entry is
 * off by half of s at most. Sums of whole numbers are exact, blocks of them are rounded once each. Where k is
 * contiguous a word holds two steps of k, low half first (`roundRows`); where it is not, two rows that follow one
 * another lie side by side in one (`interleaveRows`). A missing number of a pair is 0.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, byTiles, kernel } from "../family.js";
import { splitsColumns } from "./matmul.js";

/** Q: a sum of 1,024 products, which is as many as are added up before they are scaled, fits 32 bits. */
export const QUANTUM = 1448;

/** out[r] = the largest |x| of a row; a NaN never wins. x: (rows, cols), out: (rows). Owns rows. */
export function largestSizes(out: Floats, x: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) {
    let largest = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) if (Math.abs(x[j]) > largest) largest = Math.abs(x[j]);
    out[r] = largest;
  }
}

/**
 * q[r] = x[r] · (1 / scale[r]) in single precision, rounded to the nearest, two numbers a word; 0 where the scale is
 * 0. q: (rows, ⌈cols/2⌉), x: (rows, cols), scale: (rows), such that no |q| is above 32,767. Owns rows.
 */
export function roundRows(
  q: Int32Array, x: Floats, scale: Floats, cols: number, begin: number, end: number,
): void {
  const words = Math.ceil(cols / 2);
  for (let r = begin; r < end; r++) {
    const inverse = scale[r] > 0 ? Math.fround(1 / scale[r]) : 0;
    const whole = (j: number): number => j < cols ? nearest(Math.fround(x[r * cols + j] * inverse)) : 0;
    for (let w = 0; w < words; w++) q[r * words + w] = (whole(2 * w) & 0xffff) | (whole(2 * w + 1) << 16);
  }
}

/**
 * out[p, j] = the numbers in column j of rows 2p and 2p + 1. q: (rows, ⌈cols/2⌉), out: (⌈rows/2⌉, cols). Owns pairs of
 * rows.
 */
export function interleaveRows(
  out: Int32Array, q: Int32Array, rows: number, cols: number, begin: number, end: number,
): void {
  const words = Math.ceil(cols / 2);
  const at = (r: number, j: number): number =>
    r < rows ? (q[r * words + (j >> 1)] >> (16 * (j & 1))) & 0xffff : 0;
  for (let p = begin; p < end; p++) {
    for (let j = 0; j < cols; j++) out[p * cols + j] = at(2 * p, j) | (at(2 * p + 1, j) << 16);
  }
}

/** C (+)= scale·A·B. c: (m, n), a: (m, words) of roundRows, b: (words, n) of interleaveRows. Owns as matmul does. */
export function roundedMatmul(
  c: Floats, a: Int32Array, b: Int32Array, m: number, n: number, words: number, scale: number, accumulate: number,
  begin: number, end: number,
): void {
  product(c, m, n, words, scale, accumulate, begin, end, (i, p) => a[i * words + p], (j, p) => b[p * n + j]);
}

/** C (+)= scale·A·Bᵀ. c: (m, n), a: (m, words), b: (n, words), both of roundRows. Owns as matmulABt does. */
export function roundedMatmulABt(
  c: Floats, a: Int32Array, b: Int32Array, m: number, n: number, words: number, scale: number, accumulate: number,
  begin: number, end: number,
): void {
  product(c, m, n, words, scale, accumulate, begin, end, (i, p) => a[i * words + p], (j, p) => b[j * words + p]);
}

/** C (+)= scale·Aᵀ·B. c: (m, n), a: (words, m), b: (words, n), both of interleaveRows. Owns as matmulAtB does. */
export function roundedMatmulAtB(
  c: Floats, a: Int32Array, b: Int32Array, m: number, n: number, words: number, scale: number, accumulate: number,
  begin: number, end: number,
): void {
  product(c, m, n, words, scale, accumulate, begin, end, (i, p) => a[p * m + i], (j, p) => b[p * n + j]);
}

type Word = (row: number, p: number) => number;

function product(
  c: Floats, m: number, n: number, words: number, scale: number, accumulate: number, begin: number, end: number,
  aAt: Word, bAt: Word,
): void {
  const [i0, i1, j0, j1] = splitsColumns(m, n) ? [0, m, begin, end] : [begin, end, 0, n];
  for (let i = i0; i < i1; i++) {
    for (let j = j0; j < j1; j++) {
      let sum = 0;
      for (let p = 0; p < words; p++) {
        const [x, y] = [aAt(i, p), bAt(j, p)];
        sum += ((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16);
      }
      c[i * n + j] = (accumulate ? c[i * n + j] : 0) + scale * sum;
    }
  }
}

/** The nearest whole number, the even one of two as near. */
function nearest(x: number): number {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

export const plainRounded = {
  largestSizes: kernel(largestSizes, ([out, , cols]) => byRows(out.length, 4 * cols)),
  roundRows: kernel(roundRows, ([, , scale, cols]) => byRows(scale.length, 6 * cols)),
  interleaveRows: kernel(interleaveRows, ([, , rows, cols]) => byRows(Math.ceil(rows / 2), 8 * cols)),
  roundedMatmul: kernel(roundedMatmul, ([, , , m, n, words]) => byTiles(m, n, words)),
  roundedMatmulABt: kernel(roundedMatmulABt, ([, , , m, n, words]) => byTiles(m, n, words)),
  roundedMatmulAtB: kernel(roundedMatmulAtB, ([, , , m, n, words]) => byTiles(m, n, words)),
};
