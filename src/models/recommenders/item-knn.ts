/**
 * Item-based nearest neighbours (Sarwar et al., WWW 2001), the oldest baseline: a user's score for an item is the
 * summed similarity of the item's nearest neighbours that the user has.
 *
 *   s_ij = n_ij / (√(n_i·n_j) + shrinkage)        score_j = Σ_{i ∈ x ∩ N(j)} s_ij
 *
 * n_ij users have both items; N(j) are the k items most similar to j, ties to the lower number. Everything is sparse:
 * k numbers an item.
 */
import type { SparseTensor, Tape, Tensor } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { Floats } from "../../base/floats.js";
import { csrColumnCounts, csrFromPairs, csrTranspose, type Csr } from "../../base/csr.js";
import { UserError } from "../../base/user-error.js";
import type { Recommender } from "./recommender.js";

export interface ItemKnnConfig {
  /** k: neighbours of an item. */
  neighbours: number;
  /** Added to the denominator, in users: similarities that rest on few users shrink towards 0. */
  shrinkage: number;
}

export class ItemKnn implements Recommender {
  readonly items: number;
  private readonly start: Int32Array;
  private readonly stop: Int32Array;
  private readonly to: Int32Array;
  private readonly values: Floats;

  /** @param similarity (I, I) with values: row i holds s_ij for the items j that have i among their neighbours. */
  constructor(engine: Engine, similarity: Csr) {
    this.items = similarity.cols;
    const bounds = engine.intsFrom(similarity.indptr);
    this.start = bounds.subarray(0, similarity.rows);
    this.stop = bounds.subarray(1);
    this.to = engine.intsFrom(similarity.indices);
    this.values = engine.floatsFrom(similarity.values ?? new Float32Array(similarity.indices.length).fill(1));
  }

  /** @param train (U, I) binary. @throws UserError when the configuration makes no sense. */
  static fit(engine: Engine, train: Csr, config: ItemKnnConfig): ItemKnn {
    return new ItemKnn(engine, similarities(train, config));
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    const out = tape.output(x.rows, this.items);
    tape.engine.run(
      "csrCsrMatmul", out.data, x.rowStart, x.rowEnd, x.indices, this.start, this.stop, this.to, this.values,
      this.items,
    );
    return out;
  }
}

/** S: (I, I), s_ij in row i, column j for every i in N(j). Σ over users of (their items)² additions. */
export function similarities(train: Csr, { neighbours, shrinkage }: ItemKnnConfig): Csr {
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new UserError(`neighbours must be a positive whole number, got ${neighbours}`);
  }
  if (!(shrinkage >= 0)) throw new UserError(`shrinkage must be 0 or more, got ${shrinkage}`);
  const users = csrTranspose(train);
  const counts = csrColumnCounts(train);
  const both = new Int32Array(train.cols);
  const best = new Int32Array(neighbours);
  const similarity = new Float64Array(neighbours);
  const from: number[] = [];
  const to: number[] = [];
  const values: number[] = [];
  for (let j = 0; j < train.cols; j++) {
    const met: number[] = [];
    for (let e = users.indptr[j]; e < users.indptr[j + 1]; e++) {
      const user = users.indices[e];
      for (let q = train.indptr[user]; q < train.indptr[user + 1]; q++) {
        const i = train.indices[q];
        if (i !== j && both[i]++ === 0) met.push(i);
      }
    }
    const found = nearest(met, (i) => both[i] / (Math.sqrt(counts[i] * counts[j]) + shrinkage), best, similarity);
    for (let n = 0; n < found; n++) {
      from.push(best[n]);
      to.push(j);
      values.push(similarity[n]);
    }
    for (const i of met) both[i] = 0;
  }
  return csrFromPairs(
    Int32Array.from(from), Int32Array.from(to), Float32Array.from(values), train.cols, train.cols,
  );
}

/**
 * The most similar items, best first, ties to the lower number: fills best and similarity: (k), returns how many. One
 * insertion a candidate that enters the list, and few do.
 */
function nearest(
  items: readonly number[], similarityOf: (item: number) => number, best: Int32Array, similarity: Float64Array,
): number {
  const k = best.length;
  let found = 0;
  for (const item of items) {
    const s = similarityOf(item);
    const after = (at: number): boolean => similarity[at] < s || (similarity[at] === s && best[at] > item);
    if (found === k && !after(k - 1)) continue;
    let at = found < k ? found++ : k - 1;
    for (; at > 0 && after(at - 1); at--) {
      best[at] = best[at - 1];
      similarity[at] = similarity[at - 1];
    }
    best[at] = item;
    similarity[at] = s;
  }
  return found;
}
