/**
 * What every recommender's class shares: whoever scores items can be asked for the best of them. A profile is a list of
 * item numbers; many at once are rows of a matrix, which share the reads of the model.
 */
import type { SparseTensor, Tape, Tensor } from "../../autograd/index.js";
import { csrFromLists, type Csr } from "../../base/csr.js";
import { UserError } from "../../base/user-error.js";
import type { Engine } from "../../engine/engine.js";
import { rankAll } from "./rank-all.js";
import type { RankedItems, Recommender } from "./recommender.js";

/** A recommender that can be asked by itself: `recommend` beside `scores`. */
export abstract class ScoringModel implements Recommender {
  /** Whose heap the weights are in. */
  abstract readonly engine: Engine;
  abstract readonly items: number;

  /** Scores of all items for each row of x, higher is better. Seen items are not masked. x: (B, I), result: (B, I). */
  abstract scores(tape: Tape, x: SparseTensor): Tensor;

  /**
   * The n best items, without those of the profile.
   *
   * @param profile item numbers; or many profiles, (B, I) with entries 1, for a list each
   * @throws UserError when n or an item makes no sense
   */
  recommend(profile: Csr, n?: number): RankedItems[];
  recommend(profile: readonly number[] | Int32Array, n?: number): RankedItems;
  recommend(profile: readonly number[] | Int32Array | Csr, n = 20): RankedItems | RankedItems[] {
    if (!(Number.isInteger(n) && n > 0)) throw new UserError(`n must be a whole number from 1 on, got ${n}`);
    if ("indptr" in profile) return this.lists(profile, n);
    const sorted = [...new Set<number>(profile)].sort((a, b) => a - b);
    const strange = sorted.find((item) => !(Number.isInteger(item) && item >= 0 && item < this.items));
    if (strange !== undefined) {
      throw new UserError(`there is no item number ${strange}: the model's items are 0 … ${this.items - 1}`);
    }
    return this.lists(csrFromLists([sorted], this.items), n)[0];
  }

  private lists(input: Csr, n: number): RankedItems[] {
    if (input.cols !== this.items) {
      throw new UserError(`the profiles have ${input.cols} items, the model has ${this.items}`);
    }
    const lists: RankedItems[] = [];
    rankAll(this.engine, this, input, (row, list, scores) => {
      const empty = list.indexOf(-1);
      const items = empty < 0 ? list : list.slice(0, empty);
      lists[row] = { items, scores: Float32Array.from(scores).subarray(0, items.length) };
    }, { n });
    return lists;
  }
}
