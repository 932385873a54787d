/**
 * Selection by a threshold: the activations of a BatchTopK and of a JumpReLU SAE, as sparse rows of varying length.
 *
 * Three passes: find the threshold (BatchTopK while training), count what each row keeps, write it. An entry is kept
 * when it is positive and at or above its column's threshold, so entries that tie with the threshold all stay.
 */
import type { Floats } from "../floats.js";

/** A float's bits are split into a coarse and a fine half, each with this many values. */
const BUCKETS = 65536;

/**
 * out[0] = the n-th largest positive entry of x, or 0 when fewer are positive; in double precision rounded down to a
 * single, so that the entry itself still reaches it.
 *
 * Bits of positive floats ascend with their values: a histogram of the upper halves finds the bucket, one of the lower
 * halves the value in it. out: (1), x: any length. One thread (the range is unused: begin 0, end 1).
 */
export function nthLargest(out: Floats, x: Floats, n: number, begin: number, end: number): void {
  if (begin >= end) return;
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  const counts = new Int32Array(BUCKETS);
  for (let i = 0; i < x.length; i++) {
    if (!(x[i] > 0)) continue;
    float[0] = x[i];
    if (float[0] > x[i]) bits[0]--;
    counts[bits[0] >>> 16]++;
  }
  let upper = BUCKETS - 1;
  let above = 0;
  while (upper >= 0 && above + counts[upper] < n) above += counts[upper--];
  out[0] = 0;
  if (upper < 0) return;
  counts.fill(0);
  for (let i = 0; i < x.length; i++) {
    if (!(x[i] > 0)) continue;
    float[0] = x[i];
    if (float[0] > x[i]) bits[0]--;
    if (bits[0] >>> 16 === upper) counts[bits[0] & 0xffff]++;
  }
  let lower = BUCKETS - 1;
  while (lower > 0 && above + counts[lower] < n) above += counts[lower--];
  bits[0] = (upper << 16) | lower;
  out[0] = float[0];
}

/**
 * counts[r] = entries of row r that are kept. x: (rows, cols); threshold: (1) with stride 0, or (cols) with stride 1;
 * counts: (rows). Owns rows.
 */
export function countAbove(
  counts: Int32Array, x: Floats, threshold: Floats, stride: number, cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let count = 0;
    for (let j = 0; j < cols; j++) {
      const v = x[r * cols + j];
      if (v > 0 && v >= threshold[j * stride]) count++;
    }
    counts[r] = count;
  }
}

/** Writes what `countAbove` counted: row r to indices/values[rowStart[r] …], ascending by column. Owns rows. */
export function compressAbove(
  indices: Int32Array, values: Floats, rowStart: Int32Array, x: Floats, threshold: Floats, stride: number, cols: number,
  begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let q = rowStart[r];
    for (let j = 0; j < cols; j++) {
      const v = x[r * cols + j];
      if (v > 0 && v >= threshold[j * stride]) {
        indices[q] = j;
        values[q] = v;
        q++;
      }
    }
  }
}
