/** What several checks read from a golden file: sparse matrices, the optimiser's settings, transposed weights. */
import { csrFromLists, csrFromPairs, type Csr } from "../../src/base/csr.js";
import type { AdamConfig } from "../../src/config/training.js";
import type { Golden } from "../support/goldens.js";

/** A dense 0/1 matrix as CSR. */
export function denseToCsr(golden: Golden, path: string): Csr {
  const { shape: [rows, cols], data } = golden.shaped(path);
  const lists = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: cols }, (_, c) => c).filter((c) => data[r * cols + c] !== 0));
  return csrFromLists(lists, cols);
}

/** A dense matrix with its non-zero entries as CSR. */
export function weightedCsr(golden: Golden, path: string): Csr {
  const { shape: [rows, cols], data } = golden.shaped(path);
  const at: number[] = [];
  data.forEach((value, i) => { if (value !== 0) at.push(i); });
  return csrFromPairs(
    Int32Array.from(at, (i) => Math.floor(i / cols)), Int32Array.from(at, (i) => i % cols),
    Float32Array.from(at, (i) => data[i]), rows, cols,
  );
}

/** Puts one value at the entries of a sparse matrix. scores: (rows, cols) */
export function mask(scores: Float64Array, { rows, cols, indptr, indices }: Csr, value: number): void {
  for (let r = 0; r < rows; r++) for (let q = indptr[r]; q < indptr[r + 1]; q++) scores[r * cols + indices[q]] = value;
}

export function adamConfig(golden: Golden): AdamConfig {
  return {
    learningRate: golden.number("config.lr"), beta1: golden.number("config.beta1"),
    beta2: golden.number("config.beta2"), epsilon: golden.number("config.eps"),
  };
}

/** The reference stores encoder_w as (D, H); unknot keeps one row a neuron. */
export function transposed(values: Float32Array, rows: number, cols: number): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % rows) * cols + Math.floor(i / rows)]);
}
