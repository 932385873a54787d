/**
 * What a single direction, or the audience itself, says about an item's concepts where users' tastes are known: figures
 * that no neuron learnt from clicks alone can be expected to pass.
 *
 *   taught direction   one for each concept: ridge from users' tastes to their standardised embeddings, read off items
 *   audience oracle    the share of an item's users who have the taste
 */
import { csrTranspose, type Csr } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import { fitTable, scoreChoice, type HeldOutF1, type HeldOutOptions } from "../interpret/meaning/held-out-f1.js";
import type { ItemHalves } from "../interpret/meaning/item-halves.js";
import type { DenseCodes } from "../interpret/meaning/recovery.js";
import { RidgeSystem } from "../interpret/components/ridge.js";

/** Concept t is told by column t: only the threshold is chosen. */
export function ownColumns(codes: DenseCodes, truth: Csr, half: ItemHalves, options: HeldOutOptions): HeldOutF1 {
  return scoreChoice(fitTable(codes, truth, half), truth, half, (concept) => 2 * concept, options);
}

/**
 * (I, T) what each direction says about each item.
 * @param users (n, D) embeddings; items: (I, D) those of single items; tastes: (n, T) with values.
 */
export function taughtDirections(users: Floats, items: Floats, tastes: Csr): DenseCodes {
  const [n, T] = [tastes.rows, tastes.cols];
  const D = users.length / n;
  const I = items.length / D;
  // The taste is what is predicted: the direction that tells it, not the one that it adds to an embedding.
  const y = new Float64Array(n * T);
  for (let u = 0; u < n; u++) {
    for (let q = tastes.indptr[u]; q < tastes.indptr[u + 1]; q++) y[u * T + tastes.indices[q]] = tastes.values![q];
  }
  const standard = standardised(users, D);
  const { weights } = new RidgeSystem(standard, D, Int32Array.from({ length: n }, (_, u) => u), y, T).solve(1);
  const rows = standardised(items, D);
  const data = new Float64Array(I * T);
  for (let i = 0; i < I; i++) {
    for (let t = 0; t < T; t++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += rows[i * D + d] * weights[t * D + d];
      data[i * T + t] = sum;
    }
  }
  return { rows: I, cols: T, data };
}

/** (I, T); 0 for items that nobody chose. interactions: (U, I), tastes: (U, T). */
export function audienceOracle(interactions: Csr, tastes: Csr): DenseCodes {
  const audience = csrTranspose(interactions);
  const T = tastes.cols;
  const data = new Float64Array(audience.rows * T);
  for (let i = 0; i < audience.rows; i++) {
    const count = audience.indptr[i + 1] - audience.indptr[i];
    for (let q = audience.indptr[i]; q < audience.indptr[i + 1]; q++) {
      const u = audience.indices[q];
      for (let k = tastes.indptr[u]; k < tastes.indptr[u + 1]; k++) data[i * T + tastes.indices[k]] += 1 / count;
    }
  }
  return { rows: audience.rows, cols: T, data };
}

/** Rows with mean 0 and standard deviation 1, as the SAE sees them. */
function standardised(x: Floats, D: number): Float64Array {
  const out = Float64Array.from(x);
  for (let r = 0; r < out.length; r += D) {
    let [sum, squares] = [0, 0];
    for (let d = 0; d < D; d++) {
      sum += out[r + d];
      squares += out[r + d] ** 2;
    }
    const mean = sum / D;
    const deviation = Math.sqrt(Math.max(squares / D - mean * mean, 1e-12));
    for (let d = 0; d < D; d++) out[r + d] = (out[r + d] - mean) / deviation;
  }
  return out;
}
