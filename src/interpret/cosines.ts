/**
 * Which rows point the same way as a given one: cosines of one row with all rows of a matrix, dense (item vectors, user
 * embeddings) or sparse (codes). A row of nothing but zeros has no direction; its cosine is −∞, so that no list has it.
 *
 *   cos(x, y) = ⟨x, y⟩ / (‖x‖·‖y‖)
 */
import { csrTranspose, type Csr } from "../base/csr.js";
import { dot } from "../base/dense.js";
import type { Floats } from "../base/floats.js";

/** Cosines with the rows of a dense matrix. One pass over it for each question. */
export class DenseCosines {
  private readonly lengths: Float64Array;

  /** @param data (rows, cols), not copied. */
  constructor(readonly data: Floats, readonly rows: number, private readonly cols: number) {
    this.lengths = Float64Array.from({ length: rows }, (_, r) =>
      Math.sqrt(dot(data, data, r * cols, r * cols, cols)));
  }

  /** Row r, (cols), a view. */
  row(r: number): Floats {
    return this.data.subarray(r * this.cols, (r + 1) * this.cols);
  }

  /** (rows) @param x (cols) */
  with(x: Floats): Float32Array {
    const { data, rows, cols, lengths } = this;
    const length = Math.sqrt(dot(x, x, 0, 0, cols));
    return Float32Array.from({ length: rows }, (_, r) =>
      (length > 0 && lengths[r] > 0 ? dot(x, data, 0, r * cols, cols) / (length * lengths[r]) : -Infinity));
  }
}

/** A neuron's part in the cosine of two codes, as a share of it. */
export interface SharedNeuron {
  readonly neuron: number;
  /** x_n·y_n / ⟨x, y⟩; they add up to 1. */
  readonly share: number;
}

/** A code by itself: its active neurons, ascending, and their activations. */
export interface CodeRow {
  readonly neurons: ArrayLike<number>;
  readonly activations: ArrayLike<number>;
}

/**
 * Cosines with codes. Only the rows that have one of the asked code's neurons are looked at; the others share nothing,
 * and their cosine is −∞ as well.
 */
export class CodeCosines {
  private readonly byNeuron: Csr;
  private readonly lengths: Float64Array;

  /** @param codes (rows, H), activations above 0. */
  constructor(private readonly codes: Csr) {
    this.byNeuron = csrTranspose(codes);
    const { indptr, values, rows } = codes;
    this.lengths = Float64Array.from({ length: rows }, (_, r) =>
      lengthOf(values!.subarray(indptr[r], indptr[r + 1])));
  }

  /** Row r, a view. */
  row(r: number): CodeRow {
    const { indptr, indices, values } = this.codes;
    const [from, to] = [indptr[r], indptr[r + 1]];
    return { neurons: indices.subarray(from, to), activations: values!.subarray(from, to) };
  }

  /** (rows) */
  with({ neurons, activations }: CodeRow): Float32Array {
    const { byNeuron: { indptr, indices, values }, lengths, codes: { rows } } = this;
    const sums = new Float64Array(rows);
    for (let k = 0; k < neurons.length; k++) {
      for (let q = indptr[neurons[k]]; q < indptr[neurons[k] + 1]; q++) sums[indices[q]] += activations[k] * values![q];
    }
    const length = lengthOf(activations);
    return Float32Array.from(sums, (sum, r) => (sum > 0 ? sum / (length * lengths[r]) : -Infinity));
  }

  /** What a code and a row have in common, largest share first, equal ones by number; empty where it is nothing. */
  shared({ neurons, activations }: CodeRow, r: number): SharedNeuron[] {
    const mine = new Map(Array.from(neurons, (neuron, k) => [neuron, activations[k]]));
    const { neurons: theirs, activations: values } = this.row(r);
    const terms = Array.from(theirs, (neuron, k) => ({ neuron, share: (mine.get(neuron) ?? 0) * values[k] }))
      .filter(({ share }) => share > 0);
    const whole = terms.reduce((sum, { share }) => sum + share, 0);
    return terms.map(({ neuron, share }) => ({ neuron, share: share / whole }))
      .sort((a, b) => b.share - a.share || a.neuron - b.neuron);
  }
}

function lengthOf(values: ArrayLike<number>): number {
  return Math.sqrt(dot(values, values, 0, 0, values.length));
}
