/**
 * Figures of lists of any lengths from one ranking: accuracy (metrics.ts) and what lists are worth beside it
 * (docs/method.md §11.1, §11.2). A list of n is the beginning of a longer one, so one pass over the users measures all
 * lengths. Distances within a list take O(n·D), not O(n²·D): with v̂ of unit length,
 *
 *   Σ_{i<j} cos(v_i, v_j) = (‖Σ_i v̂_i‖² − Σ_i ‖v̂_i‖²) / 2
 */
import { csrColumnCounts, csrRow, csrTranspose, type Csr } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import type { HeldOut } from "../data/dataset.js";
import { coverage, exposure, gini, novelty, popularityLabels } from "./beyond-accuracy.js";
import { calibrationKl, tagDistribution } from "./calibration.js";
import { estimate, ndcg, precision, recall, reciprocalRank, type Estimate } from "./metrics.js";

/** What lists of n are worth beside hitting targets (docs/method.md §11.1, §11.2). */
export interface BeyondAccuracy {
  /** Length of the lists. */
  readonly n: number;
  /** Share of the catalogue that stands in anybody's list. */
  readonly coverage: number;
  /** Gini coefficient of how often items are listed: 0 all alike. */
  readonly gini: number;
  /** Share of the recommendations that are long tail: the least popular items with a fifth of all interactions. */
  readonly tail: number;
  /** Mean −log₂(n_i/U). */
  readonly novelty: Estimate;
  /** Mean over pairs of 1 − cos of the model's item vectors; null where it has none. */
  readonly distance: Estimate | null;
  /** C_KL of the input's tags and the list's; null without tags. */
  readonly calibration: Estimate | null;
}

/** All figures of lists of n. */
export interface ListQuality extends BeyondAccuracy {
  readonly recall: Estimate;
  readonly ndcg: Estimate;
  readonly precision: Estimate;
  /** MRR: reciprocal rank of the first hit. */
  readonly mrr: Estimate;
  /** Users with any hit. */
  readonly hitRate: Estimate;
}

/** What figures are taken against. */
export interface ListContext {
  /** (I) training users of each item, of U in all. */
  readonly users: ArrayLike<number>;
  readonly allUsers: number;
  /** (I, D); null: no distances. */
  readonly vectors: { readonly data: Floats; readonly cols: number } | null;
  /** (I, T) what each item carries; null: no calibration. */
  readonly tags: Csr | null;
}

/**
 * From what a split and a model have.
 * @param train (U, I). @param vectors (I, D) of the items. @param tags (T, I), as of TagCounts.
 */
export function listContext(
  train: Csr, vectors: { readonly shape: readonly number[]; readonly data: Floats } | null, tags: Csr | null,
): ListContext {
  return {
    users: csrColumnCounts(train), allUsers: train.rows,
    vectors: vectors && { data: vectors.data, cols: vectors.shape[1] },
    tags: tags && csrTranspose(tags),
  };
}

/** Collects users' lists, one after the other. */
export class ListFigures {
  private readonly lists: Int32Array[];
  private readonly perUser: { readonly [N in "distance" | "calibration"]: Float64Array[] };

  /** @param at lengths, each at least 1. @param heldOut whose lists are added. */
  constructor(
    private readonly at: readonly number[], private readonly heldOut: HeldOut, private readonly context: ListContext,
  ) {
    const { rows } = heldOut.input;
    this.lists = new Array<Int32Array>(rows);
    const values = (): Float64Array[] => at.map(() => new Float64Array(rows).fill(NaN));
    this.perUser = { distance: values(), calibration: values() };
  }

  /**
   * One user's list.
   * @param row of the held-out users. @param list items, best first, −1 for empty places; the longest of `at`.
   */
  add(row: number, list: Int32Array): void {
    const { context: { vectors, tags }, heldOut: { input } } = this;
    this.lists[row] = list;
    const history = tags && tagDistribution(csrRow(input, row), tags);
    this.at.forEach((n, a) => {
      const head = list.subarray(0, n);
      if (vectors) this.perUser.distance[a][row] = meanDistance(head, vectors.data, vectors.cols);
      // Who has no tagged item asks for no mixture.
      if (history?.some((share) => share > 0)) {
        this.perUser.calibration[a][row] = calibrationKl(history, tagDistribution(head, tags!));
      }
    });
  }

  /** One entry a length, in their order. */
  figures(): ListQuality[] {
    const { heldOut: { target }, context: { users, allUsers, vectors, tags } } = this;
    const labels = popularityLabels(users);
    return this.at.map((n, a) => {
      const lists = this.lists.map((list) => list.subarray(0, n));
      const over = (figure: (list: Int32Array, targets: Int32Array) => number): Estimate =>
        estimate(lists.map((list, row) => figure(list, csrRow(target, row))));
      const counts = exposure(lists, users.length);
      let [shown, tail] = [0, 0];
      counts.forEach((count, item) => {
        shown += count;
        if (labels[item] < 0) tail += count;
      });
      return {
        n, recall: over(recall), ndcg: over(ndcg), precision: over(precision), mrr: over(reciprocalRank),
        hitRate: over((list, targets) => Math.ceil(reciprocalRank(list, targets))),
        coverage: coverage(counts), gini: gini(counts), tail: tail / shown,
        novelty: estimate(lists.map((list) => novelty(list, users, allUsers))),
        distance: vectors && estimate(this.perUser.distance[a]),
        calibration: tags && estimate(this.perUser.calibration[a]),
      };
    });
  }
}

/** The figures beside accuracy alone. */
export function beyondAccuracy(
  { n, coverage: covered, gini: uneven, tail, novelty: rare, distance, calibration }: ListQuality,
): BeyondAccuracy {
  return { n, coverage: covered, gini: uneven, tail, novelty: rare, distance, calibration };
}

/** Mean over pairs of 1 − cos, as intraListDistance; NaN for fewer than two items. */
function meanDistance(list: Int32Array, vectors: Floats, factors: number): number {
  const sum = new Float64Array(factors);
  let [items, directed] = [0, 0];
  for (const item of list) {
    if (item < 0) continue;
    items++;
    let square = 0;
    for (let d = 0; d < factors; d++) square += vectors[item * factors + d] ** 2;
    if (square === 0) continue;
    directed++;
    const scale = 1 / Math.sqrt(square);
    for (let d = 0; d < factors; d++) sum[d] += scale * vectors[item * factors + d];
  }
  const cosines = (sum.reduce((total, value) => total + value * value, 0) - directed) / 2;
  return 1 - cosines / (items * (items - 1) / 2);
}
