/**
 * Whole matrices through an encoder, batch by batch: user embeddings for the SAE, codes for labels.
 */
import { Tape, type Matrix } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { Csr } from "../base/csr.js";
import type { Cfae } from "./recommenders/recommender.js";
import type { SparseAutoencoder } from "./sae/sparse-autoencoder.js";

const BATCH = 1024;

/** u = encode(x) for every row of x: (rows, D). */
export function embedAll(engine: Engine, cfae: Cfae, x: Csr): Matrix {
  const data = new Float32Array(x.rows * cfae.factors);
  const tape = new Tape(engine, false);
  for (let from = 0; from < x.rows; from += BATCH) {
    tape.reset();
    const u = cfae.encode(tape, tape.sparseInput(x, range(from, Math.min(x.rows, from + BATCH))));
    data.set(u.data, from * cfae.factors);
  }
  tape.reset();
  return { data, rows: x.rows, cols: cfae.factors };
}

/** The SAE's codes of embeddings: a (rows, H) CSR of positive activations. */
export function codesOf(engine: Engine, sae: SparseAutoencoder, u: Matrix): Csr {
  const indptr = new Int32Array(u.rows + 1);
  const indices: Int32Array[] = [];
  const values: Float32Array[] = [];
  const tape = new Tape(engine, false);
  for (let from = 0; from < u.rows; from += BATCH) {
    tape.reset();
    const { code } = sae.encode(tape, tape.rowsOf(u, range(from, Math.min(u.rows, from + BATCH))));
    for (let r = 0; r < code.rows; r++) {
      const [start, end] = [code.rowStart[r], code.rowEnd[r]];
      indices.push(code.indices.slice(start, end));
      values.push(Float32Array.from(code.values!.subarray(start, end)));
      indptr[from + r + 1] = indptr[from + r] + end - start;
    }
  }
  tape.reset();
  const flatIndices = new Int32Array(indptr[u.rows]);
  const flatValues = new Float32Array(indptr[u.rows]);
  indices.forEach((list, r) => {
    flatIndices.set(list, indptr[r]);
    flatValues.set(values[r], indptr[r]);
  });
  return { rows: u.rows, cols: sae.neurons, indptr, indices: flatIndices, values: flatValues };
}

/** from, from + 1, … to − 1 */
export function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}
