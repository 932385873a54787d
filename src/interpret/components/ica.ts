/**
 * Independent components: FastICA with the tanh contrast (Hyvärinen, 1999), all at once. A control: directions of the
 * embedding that are found without sparsity or a dictionary, only by being as unlike a normal distribution as can be.
 *
 *   z = whitened x        w ← E[z·g(wᵀz)] − E[g′(wᵀz)]·w, g = tanh        W ← (W·Wᵀ)^(−1/2)·W
 *
 * Deterministic by `random`. O(rows·D²) an iteration.
 */
import type { Floats } from "../../base/floats.js";
import type { Random } from "../../base/random.js";
import { principalComponents, project } from "./pca.js";

const ITERATIONS = 200;
const TOLERANCE = 1e-4;

/**
 * (rows, D) independent coordinates of `x`, (rows, D); at most `fit` of its rows, evenly spread, are learnt from.
 * Directions without variance are left out, so there may be fewer columns.
 */
export function independentComponents(
  x: Floats, rows: number, dims: number, random: Random, fit = 4000,
): { data: Float64Array; cols: number } {
  const pca = principalComponents(x, rows, dims);
  const D = pca.variance.filter((v) => v > 1e-9 * pca.variance[0]).length;
  const all = project(pca, x, rows);
  const scale = Float64Array.from({ length: D }, (_, d) => 1 / Math.sqrt(pca.variance[d]));
  const white = (r: number, d: number): number => all[r * dims + d] * scale[d];
  const n = Math.min(rows, fit);
  const z = new Float64Array(n * D);
  for (let i = 0; i < n; i++) for (let d = 0; d < D; d++) z[i * D + d] = white(Math.floor((i * rows) / n), d);
  let w = orthonormal(Float64Array.from({ length: D * D }, () => random.normal()), D);
  for (let iteration = 0, change = 1; iteration < ITERATIONS && change > TOLERANCE; iteration++) {
    const next = orthonormal(step(w, z, n, D), D);
    change = 0;
    for (let c = 0; c < D; c++) change = Math.max(change, 1 - Math.abs(dot(w, next, c * D, c * D, D)));
    w = next;
  }
  const data = new Float64Array(rows * D);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < D; c++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += w[c * D + d] * white(r, d);
      data[r * D + c] = sum;
    }
  }
  return { data, cols: D };
}

function step(w: Float64Array, z: Float64Array, n: number, D: number): Float64Array {
  const next = new Float64Array(D * D);
  for (let c = 0; c < D; c++) {
    const row = next.subarray(c * D, (c + 1) * D);
    let slope = 0;
    for (let i = 0; i < n; i++) {
      const g = Math.tanh(dot(w, z, c * D, i * D, D));
      slope += (1 - g * g) / n;
      for (let d = 0; d < D; d++) row[d] += (g * z[i * D + d]) / n;
    }
    for (let d = 0; d < D; d++) row[d] -= slope * w[c * D + d];
  }
  return next;
}

/** (W·Wᵀ)^(−1/2)·W by Newton's iteration W ← 1.5·W − 0.5·W·Wᵀ·W, which turns and stretches all rows alike. */
function orthonormal(w: Float64Array, D: number): Float64Array {
  // A norm that bounds the largest singular value, so that the iteration converges.
  let squares = 0;
  for (const v of w) squares += v * v;
  let current = w.map((v) => v / Math.sqrt(squares));
  for (let iteration = 0, error = 1; iteration < 100 && error > 1e-10; iteration++) {
    const gram = new Float64Array(D * D);
    error = 0;
    for (let p = 0; p < D; p++) {
      for (let q = 0; q <= p; q++) {
        gram[p * D + q] = gram[q * D + p] = dot(current, current, p * D, q * D, D);
        error = Math.max(error, Math.abs(gram[p * D + q] - (p === q ? 1 : 0)));
      }
    }
    const next = current.map((v) => 1.5 * v);
    for (let p = 0; p < D; p++) {
      for (let q = 0; q < D; q++) {
        const factor = 0.5 * gram[p * D + q];
        if (factor === 0) continue;
        for (let d = 0; d < D; d++) next[p * D + d] -= factor * current[q * D + d];
      }
    }
    current = next;
  }
  return current;
}

function dot(a: Float64Array, b: Float64Array, atA: number, atB: number, n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[atA + k] * b[atB + k];
  return sum;
}
