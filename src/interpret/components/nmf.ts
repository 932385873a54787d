/**
 * Non-negative matrix factorisation of the interactions, X ≈ W·H with W, H ≥ 0 (Lee & Seung, 2001, multiplicative
 * updates for the squared error): a control that has parts, but no recommender.
 *
 *   W ← W ∘ (X·Hᵀ)/(W·H·Hᵀ)        H ← H ∘ (Wᵀ·X)/(Wᵀ·W·H)
 *
 * X is sparse, so X·Hᵀ and Wᵀ·X touch its entries only: O(nnz·n + (U + I)·n²) an iteration.
 */
import { csrTranspose, type Csr } from "../../base/csr.js";
import type { Random } from "../../base/random.js";

const TINY = 1e-9;

/** (I, n) row-major: Hᵀ, how much of each part an item has. x: (U, I) binary. */
export function nonNegativeParts(x: Csr, n: number, random: Random, iterations = 50): Float64Array {
  const scale = Math.sqrt(x.indices.length / Math.max(1, x.rows * x.cols) / n);
  const start = (size: number): Float64Array => Float64Array.from({ length: size }, () => scale * random.uniform());
  const [w, h] = [start(x.rows * n), start(x.cols * n)];
  const transposed = csrTranspose(x);
  for (let iteration = 0; iteration < iterations; iteration++) {
    update(w, x, h, n);
    update(h, transposed, w, n);
  }
  return h;
}

/** a ← a ∘ (X·B)/(A·BᵀB), a: (rows, n), b: (cols, n). */
function update(a: Float64Array, x: Csr, b: Float64Array, n: number): void {
  const gram = new Float64Array(n * n);
  for (let c = 0; c < x.cols; c++) {
    for (let p = 0; p < n; p++) {
      const bp = b[c * n + p];
      if (bp !== 0) for (let q = 0; q < n; q++) gram[p * n + q] += bp * b[c * n + q];
    }
  }
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  for (let r = 0; r < x.rows; r++) {
    above.fill(0);
    below.fill(TINY);
    for (let q = x.indptr[r]; q < x.indptr[r + 1]; q++) {
      const from = x.indices[q] * n;
      for (let k = 0; k < n; k++) above[k] += b[from + k];
    }
    for (let p = 0; p < n; p++) {
      const value = a[r * n + p];
      if (value !== 0) for (let k = 0; k < n; k++) below[k] += value * gram[p * n + k];
    }
    for (let k = 0; k < n; k++) a[r * n + k] *= above[k] / below[k];
  }
}
