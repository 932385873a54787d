/**
 * Selection by a threshold: the activations of a BatchTopK and of a JumpReLU SAE, as sparse rows of varying length.
 *
 * Three passes: find the threshold (BatchTopK while training), count what each row keeps, write it. An entry is kept
 * when it is positive and at or above its column's threshold, so entries that tie with the threshold all stay.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, kernel, undivided } from "../family.js";

/** A float's bits are split into a coarse and a fine half, each with this many values. */
export const BUCKETS = 65536;

/**
 * out[0] = the n-th largest positive entry of x, or 0 when fewer are positive; in double precision rounded down to a
 * single, so that the entry itself still reaches it. out: (1), x: any length. One thread (the range is unused: begin 0,
 * end 1).
 */
export function nthLargest(out: Floats, x: Floats, n: number, begin: number, end: number): void {
  if (begin >= end) return;
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  const counts = new Int32Array(BUCKETS);
  out[0] = nthByHistograms(n, counts, (shift, low, high) => {
    for (let i = 0; i < x.length; i++) {
      if (!(x[i] > 0)) continue;
      float[0] = x[i];
      if (float[0] > x[i]) bits[0]--;
      if (float[0] >= low && float[0] <= high) counts[(bits[0] >>> shift) & (BUCKETS - 1)]++;
    }
  });
}

/**
 * The n-th largest of positive floats, 0 if there are fewer. Their bits ascend with their values: a histogram of the
 * upper halves finds the bucket, one of the lower halves the value in it.
 *
 * @param counts (BUCKETS) scratch.
 * @param histogram adds the floats low … high to counts[(bits ≫ shift) & 0xffff].
 */
export function nthByHistograms(
  n: number, counts: Int32Array, histogram: (shift: number, low: number, high: number) => void,
): number {
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  counts.fill(0);
  histogram(16, 0, Infinity);
  let upper = BUCKETS - 1;
  let above = 0;
  while (upper >= 0 && above + counts[upper] < n) above += counts[upper--];
  if (upper < 0) return 0;
  bits[0] = upper << 16;
  const low = float[0];
  bits[0] |= BUCKETS - 1;
  // The bucket of ∞ goes on with NaNs.
  const high = low === Infinity ? low : float[0];
  counts.fill(0);
  histogram(0, low, high);
  let lower = BUCKETS - 1;
  while (lower > 0 && above + counts[lower] < n) above += counts[lower--];
  bits[0] = (upper << 16) | lower;
  return float[0];
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

export const plainThreshold = {
  nthLargest: kernel(nthLargest, undivided),
  countAbove: kernel(countAbove, ([counts, , , , cols]) => byRows(counts.length, 4 * cols)),
  compressAbove: kernel(compressAbove, ([, , rowStart, , , , cols]) => byRows(rowStart.length, 6 * cols)),
};
