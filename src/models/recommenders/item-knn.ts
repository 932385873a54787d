/**
 * Item-based nearest neighbours (Sarwar et al., WWW 2001), the oldest baseline: a user's score for an item is the
 * summed similarity of the item's nearest neighbours that the user has.
 *
 *   s_ij = n_ij / (√(n_i·n_j) + shrinkage)        score_j = Σ_{i ∈ x ∩ N(j)} s_ij
 *
 * n_ij users have both items; N(j) are the k items most similar to j, ties to the lower number. Everything is sparse:
 * k numbers an item.
 */
import type { Engine } from "../../engine/engine.js";
import { csrTranspose, type Csr } from "../../base/csr.js";
import { UserError } from "../../base/user-error.js";
import { CoOccurrence } from "./co-occurrence.js";
import { SparseItemItem } from "./sparse-item-item.js";
import type { ScorerRecord } from "./record.js";

/** Settings of item-kNN. */
export interface ItemKnnConfig {
  /** k: neighbours of an item. */
  neighbours: number;
  /** Added to the denominator, in users: similarities that rest on few users shrink towards 0. */
  shrinkage: number;
}

/** Its matrix: row i holds s_ij for the items j that have i among their neighbours. */
export class ItemKnn extends SparseItemItem {
  /**
   * @param train (U, I) binary, or with positive values: every n is then a sum of products.
   * @throws UserError when the configuration makes no sense.
   */
  static fit(engine: Engine, train: Csr, config: ItemKnnConfig): ItemKnn {
    return new ItemKnn(engine, similarities(train, config));
  }
}

/** S: (I, I), s_ij in row i, column j for every i in N(j). Σ over users of (their items)² additions. */
export function similarities(train: Csr, { neighbours, shrinkage }: ItemKnnConfig): Csr {
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new UserError(`neighbours must be a positive whole number, got ${neighbours}`);
  }
  if (!(shrinkage >= 0)) throw new UserError(`shrinkage must be 0 or more, got ${shrinkage}`);
  const together = new CoOccurrence(train);
  const { squares, both } = together;
  const k = Math.min(neighbours, train.cols);
  const best = new Int32Array(k);
  const similarity = new Float64Array(k);
  const indptr = new Int32Array(train.cols + 1);
  const indices = new Int32Array(train.cols * k);
  const values = new Float32Array(train.cols * k);
  for (let j = 0; j < train.cols; j++) {
    const met = together.count(j).filter((i) => i !== j);
    const found = nearest(met, (i) => both[i] / (Math.sqrt(squares[i] * squares[j]) + shrinkage), best, similarity);
    indices.set(best.subarray(0, found), indptr[j]);
    values.set(similarity.subarray(0, found), indptr[j]);
    indptr[j + 1] = indptr[j] + found;
  }
  return csrTranspose({ rows: train.cols, cols: train.cols, indptr, indices, values });
}

/**
 * The most similar items, best first, ties to the lower number: fills best and similarity: (k), returns how many. One
 * insertion a candidate that enters the list, and few do.
 */
function nearest(
  items: Int32Array, similarityOf: (item: number) => number, best: Int32Array, similarity: Float64Array,
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

export const itemKnn: ScorerRecord = {
  name: "item-kNN",
  weighted: true,
  candidates: () => [20, 50, 100, 200].map((neighbours) => ({
    setting: `${neighbours} neighbours`,
    training: { fit: (engine, train) => ItemKnn.fit(engine, train, { neighbours, shrinkage: 10 }) },
  })),
  work: ({ interactions, users }) => 4 * interactions * (interactions / users),
  bytes: () => 0,
};
