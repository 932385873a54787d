/**
 * Directions for a concept in the space of item vectors, the baselines of steering (docs/method.md §13): with v_i the
 * vectors, c the concept's items and o the others,
 *
 *   DiffMean         d = mean_c v − mean_o v                                     (AxBench, arXiv 2501.17148)
 *   linear probe     logistic regression: mean log loss + (λ/2)·‖w‖², the bias free; d = w, by Newton's method
 *   ridge probe      centred least squares with λ
 *   centroid         d = mean_c v
 *
 * A user is steered by u′ = u + α·‖u‖·d/‖d‖. Double precision; nothing of size I·I.
 */

/** Items with their vectors, and which of them have the concept. */
export interface Labelled {
  /** (I, D) row-major */
  readonly vectors: ArrayLike<number>;
  readonly factors: number;
  /** Items that take part. */
  readonly items: ArrayLike<number>;
  /** (I) 1 for those that have the concept. */
  readonly positive: ArrayLike<number>;
}

/** Mean of the concept's item vectors less that of the others, (D) (docs/method.md §13.2). */
export function diffMean({ vectors, factors: D, items, positive }: Labelled): Float64Array {
  const sums = [new Float64Array(D), new Float64Array(D)];
  const counts = [0, 0];
  for (let k = 0; k < items.length; k++) {
    const side = positive[items[k]] ? 1 : 0;
    counts[side]++;
    for (let d = 0; d < D; d++) sums[side][d] += vectors[items[k] * D + d];
  }
  return sums[1].map((sum, d) => sum / Math.max(1, counts[1]) - sums[0][d] / Math.max(1, counts[0]));
}

/** Mean of the concept's item vectors, (D) (docs/method.md §13.2). */
export function centroid({ vectors, factors: D, items, positive }: Labelled): Float64Array {
  const mean = new Float64Array(D);
  let count = 0;
  for (let k = 0; k < items.length; k++) {
    if (!positive[items[k]]) continue;
    count++;
    for (let d = 0; d < D; d++) mean[d] += vectors[items[k] * D + d];
  }
  return mean.map((sum) => sum / Math.max(1, count));
}

/** Least squares of the concept on centred item vectors, (D) (docs/method.md §13.2). */
export function ridgeProbe({ vectors, factors: D, items, positive }: Labelled, lambda = 1): Float64Array {
  const n = items.length;
  const mean = new Float64Array(D);
  let y = 0;
  for (let k = 0; k < n; k++) {
    y += (positive[items[k]] ? 1 : 0) / n;
    for (let d = 0; d < D; d++) mean[d] += vectors[items[k] * D + d] / n;
  }
  const [gram, right] = [new Float64Array(D * D), new Float64Array(D)];
  const row = new Float64Array(D);
  for (let k = 0; k < n; k++) {
    for (let d = 0; d < D; d++) row[d] = vectors[items[k] * D + d] - mean[d];
    addOuter(gram, row, 1);
    const target = (positive[items[k]] ? 1 : 0) - y;
    for (let d = 0; d < D; d++) right[d] += target * row[d];
  }
  for (let d = 0; d < D; d++) gram[d * D + d] += lambda;
  return solveInPlace(gram, right, D);
}

/** @returns w and the bias. */
export function logisticProbe(
  { vectors, factors: D, items, positive }: Labelled, lambda = 0.01, tolerance = 1e-12,
): { readonly weights: Float64Array; readonly bias: number } {
  const n = items.length;
  const M = D + 1;
  const w = new Float64Array(M);
  const row = new Float64Array(M);
  for (let round = 0; round < 100; round++) {
    const [hessian, gradient] = [new Float64Array(M * M), new Float64Array(M)];
    for (let k = 0; k < n; k++) {
      let z = w[D];
      for (let d = 0; d < D; d++) {
        row[d] = vectors[items[k] * D + d];
        z += w[d] * row[d];
      }
      row[D] = 1;
      const p = 1 / (1 + Math.exp(-z));
      const residual = p - (positive[items[k]] ? 1 : 0);
      for (let d = 0; d < M; d++) gradient[d] += (residual * row[d]) / n;
      addOuter(hessian, row, (p * (1 - p)) / n);
    }
    for (let d = 0; d < D; d++) {
      gradient[d] += lambda * w[d];
      hessian[d * M + d] += lambda;
    }
    // Without this a concept that every item has would leave the bias without curvature.
    hessian[D * M + D] += 1e-12;
    const step = solveInPlace(hessian, gradient, M);
    let size = 0;
    for (let d = 0; d < M; d++) {
      w[d] -= step[d];
      size = Math.max(size, Math.abs(step[d]));
    }
    if (size < tolerance) break;
  }
  return { weights: w.slice(0, D), bias: w[D] };
}

/** The lower triangle of G += scale·r·rᵀ. */
function addOuter(gram: Float64Array, row: Float64Array, scale: number): void {
  const D = row.length;
  for (let p = 0; p < D; p++) {
    const value = scale * row[p];
    if (value === 0) continue;
    for (let q = 0; q <= p; q++) gram[p * D + q] += value * row[q];
  }
}

/** G·x = b by Cholesky, G given by its lower triangle; both are overwritten. */
function solveInPlace(gram: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = gram[i * n + k];
      for (let j = 0; j < k; j++) sum -= gram[i * n + j] * gram[k * n + j];
      gram[i * n + k] = i === k ? Math.sqrt(sum) : sum / gram[k * n + k];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i] -= gram[i * n + k] * b[k];
    b[i] /= gram[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i] -= gram[k * n + i] * b[k];
    b[i] /= gram[i * n + i];
  }
  return b;
}
