/**
 * Where a linear recommender's training may start: item vectors whose products are those of X's truncated singular
 * value decomposition, nearly, from two passes over the interactions (subspace iteration and Nyström's formula: Halko,
 * Martinsson & Tropp, SIAM Review 2011, §§4.5, 5.5).
 *
 *   M = Xᵀ·diag(1/n_u)·X      Q: an orthonormal basis of M·Ω      A = M·Q·L⁻ᵀ with LLᵀ = Qᵀ·M·Q      AAᵀ ≈ M
 *
 * X is (U, I) and binary, whatever its values; a user counts once however many items n_u they have. A rotation changes
 * nothing for a model of inner products, so the singular vectors themselves are not worked out. Rows of items that
 * nobody has stay as drawn. Not an approximation of a model: training goes on from here as from anywhere.
 */
import { SparseTensor } from "../autograd/index.js";
import type { Csr } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import { SVD_USERS } from "./training-bytes.js";

/** Of the Gram matrix's largest diagonal entry: what rounding in single precision may take from a pivot. */
const SHIFT = 1e-6;

/** @param drawn (I, D) random rows Ω, overwritten by A. */
export function truncatedSvd(engine: Engine, x: Csr, drawn: Float32Array, factors: number): Float32Array {
  const items = x.cols;
  engine.scope(() => {
    const [q, y] = [engine.floats(items * factors), engine.floats(items * factors)];
    q.set(drawn);
    throughUsers(engine, x, q, y, factors);
    // Twice, as once leaves what single precision rounds away (CholeskyQR2).
    divide(engine, q, y, y, y, factors);
    divide(engine, y, q, q, q, factors);
    throughUsers(engine, x, y, q, factors);
    // q is M·Q now, y is Q.
    divide(engine, y, q, y, q, factors);
    for (let item = 0; item < items; item++) {
      const row = y.subarray(item * factors, (item + 1) * factors);
      if (row.some((value) => value !== 0)) drawn.set(row, item * factors);
    }
  });
  return drawn;
}

/** y = Xᵀ·diag(1/n_u)·X·q, some users at a time. q, y: (I, D). */
function throughUsers(engine: Engine, x: Csr, q: Floats, y: Floats, factors: number): void {
  for (let from = 0; from < x.rows; from += SVD_USERS) {
    engine.scope(() => {
      const users = block(engine, x, from, Math.min(x.rows, from + SVD_USERS));
      const means = engine.floats(users.rows * factors);
      engine.run("csrMatmul", means, users.rowStart, users.rowEnd, users.indices, null, q, factors, 0);
      for (let u = 0; u < users.rows; u++) {
        const scale = 1 / Math.max(1, users.rowEnd[u] - users.rowStart[u]);
        for (let d = u * factors; d < (u + 1) * factors; d++) means[d] *= scale;
      }
      const { colStart, colEnd, rowIndices } = users.transpose();
      engine.run("csrMatmul", y, colStart, colEnd, rowIndices, null, means, factors, from > 0 ? 1 : 0);
    });
  }
}

function block(engine: Engine, { indptr, indices, cols }: Csr, from: number, to: number): SparseTensor {
  const starts = engine.ints(to - from + 1);
  for (let u = from; u <= to; u++) starts[u - from] = indptr[u] - indptr[from];
  const entries = engine.ints(indptr[to] - indptr[from]);
  entries.set(indices.subarray(indptr[from], indptr[to]));
  return new SparseTensor(
    engine, to - from, cols, starts.subarray(0, to - from), starts.subarray(1), entries, null, false,
  );
}

/** out = y·L⁻ᵀ with LLᵀ = aᵀb, symmetric, and a shift that keeps it positive. All (n, D); out may be a, not y or b. */
function divide(engine: Engine, out: Floats, y: Floats, a: Floats, b: Floats, D: number): void {
  engine.scope(() => {
    const n = y.length / D;
    const gram = engine.floats(D * D);
    engine.run("matmulAtB", gram, a, b, D, D, n, 0);
    const inverse = engine.floats(D * D);
    inverse.set(inverseCholesky(gram, D));
    engine.run("matmulABt", out, y, inverse, n, D, D, 0);
  });
}

/** L⁻¹ of gram + shift = LLᵀ: (D, D), lower. */
function inverseCholesky(gram: Floats, D: number): Float64Array {
  let largest = 0;
  for (let i = 0; i < D; i++) largest = Math.max(largest, gram[i * D + i]);
  const shift = SHIFT * (largest || 1);
  const l = Float64Array.from(gram);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = l[i * D + j] + (i === j ? shift : 0);
      for (let k = 0; k < j; k++) sum -= l[i * D + k] * l[j * D + k];
      l[i * D + j] = i === j ? Math.sqrt(Math.max(sum, shift)) : sum / l[j * D + j];
    }
  }
  const inverse = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= l[i * D + k] * inverse[k * D + j];
      inverse[i * D + j] = sum / l[i * D + i];
    }
  }
  return inverse;
}
