/**
 * Principal components: the classical way to look for directions in an embedding, printed beside the SAE for comparison.
 *
 * The D×D covariance matrix is diagonalised by Jacobi rotations (Golub & Van Loan, Matrix Computations, §8.5): sweep
 * over all pairs (p, q), rotate each off-diagonal entry to zero, repeat until all are negligible. O(D³) per sweep and
 * deterministic: no random start. Meant for D up to about a thousand, not for item-sized matrices.
 */
import type { Floats } from "../kernels/floats.js";

export interface Pca {
  /** (D) mean of the rows. */
  readonly mean: Float64Array;
  /** (n, D) unit directions, one per row, by falling variance. Each has its largest entry positive. */
  readonly components: Float64Array;
  /** (n) variance along each direction. */
  readonly variance: Float64Array;
  readonly dims: number;
}

/** Sweeps grow with log D; 30 is far beyond what symmetric matrices of this size take. */
const MAX_SWEEPS = 30;

/** The first n principal components of x: (rows, dims) row-major. n ≤ dims, rows ≥ 2. */
export function principalComponents(x: Floats, rows: number, dims: number, n = dims): Pca {
  const mean = new Float64Array(dims);
  for (let r = 0; r < rows; r++) for (let d = 0; d < dims; d++) mean[d] += x[r * dims + d] / rows;
  const a = covariance(x, rows, dims, mean);
  const v = jacobi(a, dims);
  const order = Array.from({ length: dims }, (_, d) => d).sort((p, q) => a[q * dims + q] - a[p * dims + p] || p - q);
  const components = new Float64Array(n * dims);
  const variance = new Float64Array(n);
  for (let c = 0; c < n; c++) {
    const direction = v.subarray(order[c] * dims, (order[c] + 1) * dims);
    const sign = direction.reduce((peak, e) => (Math.abs(e) > Math.abs(peak) ? e : peak), 0) < 0 ? -1 : 1;
    for (let d = 0; d < dims; d++) components[c * dims + d] = sign * direction[d];
    variance[c] = Math.max(0, a[order[c] * dims + order[c]]);
  }
  return { mean, components, variance, dims };
}

/** (rows, n) coordinates of x (rows, dims) along the components, after subtracting the mean. */
export function project(pca: Pca, x: Floats, rows: number): Float64Array {
  const { mean, components, variance, dims } = pca;
  const n = variance.length;
  const out = new Float64Array(rows * n);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < n; c++) {
      let dot = 0;
      for (let d = 0; d < dims; d++) dot += (x[r * dims + d] - mean[d]) * components[c * dims + d];
      out[r * n + c] = dot;
    }
  }
  return out;
}

/** (D, D) covariance, n−1 form. */
function covariance(x: Floats, rows: number, dims: number, mean: Float64Array): Float64Array {
  const a = new Float64Array(dims * dims);
  const centred = new Float64Array(dims);
  for (let r = 0; r < rows; r++) {
    for (let d = 0; d < dims; d++) centred[d] = x[r * dims + d] - mean[d];
    for (let p = 0; p < dims; p++) {
      const weight = centred[p] / (rows - 1);
      for (let q = p; q < dims; q++) a[p * dims + q] += weight * centred[q];
    }
  }
  for (let p = 0; p < dims; p++) for (let q = 0; q < p; q++) a[p * dims + q] = a[q * dims + p];
  return a;
}

/** Diagonalises the symmetric a (D, D) in place and returns its eigenvectors as rows (D, D). */
function jacobi(a: Float64Array, dims: number): Float64Array {
  const v = new Float64Array(dims * dims);
  for (let d = 0; d < dims; d++) v[d * dims + d] = 1;
  let scale = 0;
  for (const entry of a) scale += entry * entry;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < dims; p++) for (let q = p + 1; q < dims; q++) off += 2 * a[p * dims + q] ** 2;
    if (off <= 1e-24 * scale) break;
    for (let p = 0; p < dims; p++) for (let q = p + 1; q < dims; q++) rotate(a, v, dims, p, q);
  }
  return v;
}

/** One rotation in the plane (p, q) that makes a[p, q] zero: a ← JᵀaJ, v ← Jᵀv. */
function rotate(a: Float64Array, v: Float64Array, dims: number, p: number, q: number): void {
  const apq = a[p * dims + q];
  if (apq === 0) return;
  const theta = (a[q * dims + q] - a[p * dims + p]) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cos = 1 / Math.sqrt(t * t + 1);
  const sin = t * cos;
  for (let k = 0; k < dims; k++) {
    const kp = a[k * dims + p];
    const kq = a[k * dims + q];
    a[k * dims + p] = cos * kp - sin * kq;
    a[k * dims + q] = sin * kp + cos * kq;
  }
  for (let k = 0; k < dims; k++) {
    const pk = a[p * dims + k];
    const qk = a[q * dims + k];
    a[p * dims + k] = cos * pk - sin * qk;
    a[q * dims + k] = sin * pk + cos * qk;
    const vp = v[p * dims + k];
    const vq = v[q * dims + k];
    v[p * dims + k] = cos * vp - sin * vq;
    v[q * dims + k] = sin * vp + cos * vq;
  }
}
