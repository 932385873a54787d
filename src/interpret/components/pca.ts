/**
 * Principal components: the classical way to look for directions in an embedding, for comparison with the SAE.
 *
 * The D×D covariance matrix C is diagonalised by one-sided Jacobi rotations (Hestenes 1958; Golub & Van Loan, Matrix
 * Computations, §8.6): rotate pairs of rows until all are orthogonal. Rotations from the left leave J·C = Λ·Vᵀ, so a
 * row's direction is then an eigenvector and its length the eigenvalue. O(D³) per sweep, about eight sweeps, no random
 * start: deterministic. Meant for embeddings of up to a few hundred dimensions, not for item-sized matrices.
 */
import { dot } from "../../base/dense.js";
import type { Floats } from "../../base/floats.js";

/** Principal axes of embeddings. */
export interface Pca {
  /** (D) mean of the rows. */
  readonly mean: Float64Array;
  /** (n, D) unit directions, one per row, by falling variance. Each has its largest entry positive. */
  readonly components: Float64Array;
  /** (n) variance along each direction. */
  readonly variance: Float64Array;
  readonly dims: number;
}

const MAX_SWEEPS = 40;
/** Rows whose cosine is below this are orthogonal up to rounding. */
const ORTHOGONAL = 1e-12;
/** A small multiple of the identity keeps the rows of a rank-deficient C from vanishing; eigenvectors do not change. */
const SHIFT = 1e-10;

/** Of more rows, so many are looked at: each direction's variance is then known to a part in some hundred. */
const MOST_ROWS = 2 ** 17;

/**
 * The first n principal components of x: (rows, dims) row-major. n ≤ dims, rows ≥ 2. Of more than 131,072 rows those
 * of so many, spread evenly.
 */
export function principalComponents(x: Floats, rows: number, dims: number, n = dims): Pca {
  if (rows > MOST_ROWS) return principalComponents(spreadRows(x, rows, dims), MOST_ROWS, dims, n);
  const mean = new Float64Array(dims);
  for (let r = 0; r < rows; r++) for (let d = 0; d < dims; d++) mean[d] += x[r * dims + d] / rows;
  const w = covariance(x, rows, dims, mean);
  let trace = 0;
  for (let d = 0; d < dims; d++) trace += w[d * dims + d];
  const shift = trace > 0 ? (SHIFT * trace) / dims : 1;
  for (let d = 0; d < dims; d++) w[d * dims + d] += shift;
  orthogonaliseRows(w, dims);

  const length = Float64Array.from({ length: dims }, (_, d) => Math.sqrt(dot(w, w, d * dims, d * dims, dims)));
  const order = Array.from(length.keys()).sort((p, q) => length[q] - length[p] || p - q);
  const components = new Float64Array(n * dims);
  const variance = new Float64Array(n);
  for (let c = 0; c < n; c++) {
    const direction = w.subarray(order[c] * dims, (order[c] + 1) * dims);
    const peak = direction.reduce((best, e) => (Math.abs(e) > Math.abs(best) ? e : best), 0);
    const scale = Math.sign(peak) / length[order[c]];
    for (let d = 0; d < dims; d++) components[c * dims + d] = direction[d] * scale;
    variance[c] = Math.max(0, length[order[c]] - shift);
  }
  return { mean, components, variance, dims };
}

function spreadRows(x: Floats, rows: number, dims: number): Float64Array {
  const out = new Float64Array(MOST_ROWS * dims);
  for (let k = 0; k < MOST_ROWS; k++) {
    const from = Math.floor(((k + 0.5) * rows) / MOST_ROWS) * dims;
    for (let d = 0; d < dims; d++) out[k * dims + d] = x[from + d];
  }
  return out;
}

/**
 * (rows, n) coordinates of x (rows, dims) along the components, after subtracting the mean.
 * @param only rows of x, in the place of all: (|only|, n).
 */
export function project(pca: Pca, x: Floats, rows: number, only?: Int32Array): Float64Array {
  const { mean, components, variance, dims } = pca;
  const n = variance.length;
  const many = only?.length ?? rows;
  const out = new Float64Array(many * n);
  const centred = new Float64Array(dims);
  for (let r = 0; r < many; r++) {
    const from = (only ? only[r] : r) * dims;
    for (let d = 0; d < dims; d++) centred[d] = x[from + d] - mean[d];
    for (let c = 0, at = 0; c < n; c++) {
      let sum = 0;
      for (let d = 0; d < dims; d++) sum += centred[d] * components[at++];
      out[r * n + c] = sum;
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

/** Rotates pairs of rows of w (D, D) in place until all are mutually orthogonal. */
function orthogonaliseRows(w: Float64Array, dims: number): void {
  for (let sweep = 0, rotations = 1; sweep < MAX_SWEEPS && rotations > 0; sweep++) {
    rotations = 0;
    for (let p = 0; p < dims * dims; p += dims) {
      for (let q = p + dims; q < dims * dims; q += dims) {
        const pq = dot(w, w, p, q, dims);
        const pp = dot(w, w, p, p, dims);
        const qq = dot(w, w, q, q, dims);
        if (Math.abs(pq) <= ORTHOGONAL * Math.sqrt(pp * qq)) continue;
        rotations++;
        const zeta = (qq - pp) / (2 * pq);
        const tan = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cos = 1 / Math.sqrt(1 + tan * tan);
        const sin = cos * tan;
        for (let d = 0; d < dims; d++) {
          const wp = w[p + d];
          const wq = w[q + d];
          w[p + d] = cos * wp - sin * wq;
          w[q + d] = sin * wp + cos * wq;
        }
      }
    }
  }
}
