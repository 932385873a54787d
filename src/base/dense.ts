/**
 * Two things that dense matrices of any size need outside the kernels: a transpose and an inner product. The kernels
 * have their own (kernels/plain), whose loops see one type of array and stay fast.
 */
import type { Floats } from "./floats.js";

/** (rows, cols) → (cols, rows), row-major, in the same precision. */
export function transpose<T extends Floats>(x: T, rows: number, cols: number): T {
  const out = x.slice() as T;
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) out[c * rows + r] = x[r * cols + c];
  return out;
}

/** Inner product of n numbers of a, from `atA` on, with those of b from `atB` on. Sums in double precision. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>, atA: number, atB: number, n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[atA + k] * b[atB + k];
  return sum;
}
