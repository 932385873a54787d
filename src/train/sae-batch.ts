/**
 * What one step of an SAE's training sees: embeddings of a batch of users, of all their interactions or of a part, and
 * among them, by choice, of single items.
 *
 * A single item is a user who chose nothing else. Concepts are of items, but users mix several: a dictionary that only
 * sees mixtures may take two concepts that go together for one. Items are drawn by popularity, so that what the
 * dictionary serves is what people choose (docs/meaning.md).
 */
import type { Matrix, SparseTensor, Tape, Tensor } from "../autograd/index.js";
import { csrSelectRows, type Csr } from "../base/csr.js";
import type { Random } from "../base/random.js";
import type { SaeConfig } from "../config/sae.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import { dropEntries } from "../models/input-dropout.js";

/** The frozen model around the SAE and the interactions that its embeddings came from, row by row. */
export interface FrozenCfae {
  /** On the same engine as the SAE; its weights are constants. */
  cfae: Cfae;
  /** (U, I), the users of the training embeddings. */
  train: Csr;
  /** (V, I), those of the validation embeddings. */
  validation: Csr;
}

/** Embeddings, the interactions behind them, and those of the same users that they were not made from. */
export interface Batch {
  u: Tensor;
  x: SparseTensor | null;
  seen: SparseTensor | null;
  hidden: SparseTensor | null;
  /** What u would be if nothing were hidden, for a denoising SAE. */
  whole?: Tensor;
}

/** Users as they are. */
export function wholeBatch(
  tape: Tape, u: Matrix, x: Csr | null, rows: Int32Array, { downstream }: SaeConfig,
): Batch {
  const all = x && downstream > 0 ? tape.sparseInput(x, rows) : null;
  return { u: tape.rowsOf(u, rows), x: all, seen: all, hidden: null };
}

/** Embeddings made anew, from a part of the interactions and of single items. */
export class BatchMaker {
  /** @param all (U, D) embeddings of all interactions. */
  constructor(
    private readonly frozen: FrozenCfae, private readonly all: Matrix, private readonly config: SaeConfig,
    private readonly drops: Random, private readonly singles: Random,
  ) {}

  make(tape: Tape, rows: Int32Array): Batch {
    const { cfae, train } = this.frozen;
    const { inputDropout, variedDropout, denoise, singleItems } = this.config;
    const whole = csrSelectRows(train, rows);
    const { seen, hidden } = inputDropout > 0
      ? dropEntries(train, rows, inputDropout, this.drops, variedDropout) : { seen: whole, hidden: null };
    const items = popularItems(train, Math.round((rows.length * singleItems) / (1 - singleItems)), this.singles);
    const input = tape.sparseInput(withSingles(seen, items));
    const u = cfae.encode(tape, input);
    return {
      u, seen: input, x: tape.sparseInput(withSingles(whole, items)),
      hidden: hidden && tape.sparseInput(withSingles(hidden, new Int32Array(0), items.length)),
      whole: denoise ? this.wanted(tape, u, rows) : undefined,
    };
  }

  /** Users' embeddings of everything; those of single items as they are. */
  private wanted(tape: Tape, u: Tensor, rows: Int32Array): Tensor {
    const wanted = tape.input(u.data, u.rows, u.cols);
    const { data, cols } = this.all;
    rows.forEach((row, i) => { wanted.data.set(data.subarray(row * cols, (row + 1) * cols), i * cols); });
    return wanted;
  }
}

/** n items, each with a chance in proportion to how many users have it: those of random interactions. */
function popularItems({ indices }: Csr, n: number, random: Random): Int32Array {
  return Int32Array.from({ length: indices.length > 0 ? n : 0 }, () => indices[random.below(indices.length)]);
}

/** x with one more row for each item, of that item alone, and `empty` rows of nothing. */
function withSingles(x: Csr, items: Int32Array, empty = 0): Csr {
  const indptr = new Int32Array(x.rows + items.length + empty + 1).fill(x.indices.length + items.length);
  indptr.set(x.indptr);
  items.forEach((_, i) => { indptr[x.rows + i] = x.indices.length + i; });
  const indices = new Int32Array(x.indices.length + items.length);
  indices.set(x.indices);
  indices.set(items, x.indices.length);
  return { rows: x.rows + items.length + empty, cols: x.cols, indptr, indices, values: null };
}
