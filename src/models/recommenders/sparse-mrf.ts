/**
 * Sparse Markov random field (Steck, NeurIPS 2019; docs/method.md §9.3): the item-item weights of a Gaussian model
 * whose graph is known to be sparse. Like EASE, for catalogues where an I × I matrix has no room.
 *
 *   C_ij = (n_ij − n_i·n_j/U)/(s_i·s_j)      s_i = (n_i·(1 − n_i/U))^(α/2)
 *   the graph: |C_ij| > threshold (all pairs where that is 0), the largest of each column; C's diagonal gains λ
 *   for the items N around one item: P = (C_NN)⁻¹, B_ij = −P_ij/P_jj for the block's best j; averages where blocks meet
 *   W_ij = B_ij·s_j/s_i on the graph, 0 on the diagonal      scores = xW
 *
 * Blocks are worked one after the other, each inverse on the engine. Nothing is I × I: a column of C lives while its
 * graph is chosen, a block's matrix while it is inverted, and what stays are the graph's entries.
 *
 * Ties of |C| go to the lower item. An item that nobody has, or everybody, has no variance and stays out.
 */
import { csrTranspose, type Csr } from "../../base/csr.js";
import { UserError } from "../../base/user-error.js";
import type { Engine } from "../../engine/engine.js";
import { CoOccurrence } from "./co-occurrence.js";
import type { ScorerRecord } from "./record.js";
import { SparseItemItem } from "./sparse-item-item.js";
import { invertSpd, invertSpdFloats } from "./spd-inverse.js";

/** Settings of the sparse MRF (docs/method.md §9.3). */
export interface SparseMrfOptions {
  /**
   * An edge needs |C_ij| above it; decides how many there are. .35 on Goodbooks and .46 on ML-20M keep .5 %. 0 is
   * no threshold: all pairs are edges, also those with C_ij = 0, and with enough `maxNeighbours` the model is the dense
   * one.
   */
  readonly threshold: number;
  /** α in [0, 1]: 1 makes C the correlation, less lets popular items weigh more. Default 0.75. */
  readonly alpha?: number;
  /** λ > 0, added to C's diagonal. Default 1. */
  readonly lambda?: number;
  /** Edges of an item at most. Default 1000. */
  readonly maxNeighbours?: number;
  /**
   * r in [0, 1]: the share of a block's items that it is solved for; 0 gives every item a block of its own. Default
   * 0.5.
   */
  readonly blockShare?: number;
}

/** A sparse Markov random field over items (docs/method.md §9.3). */
export class SparseMrf extends SparseItemItem {
  /**
   * @param train (U, I) binary. @param onProgress is told the share of items that are solved.
   * @throws UserError when an option makes no sense.
   */
  static fit(
    engine: Engine, train: Csr, options: SparseMrfOptions, onProgress?: (share: number) => void,
  ): SparseMrf {
    return new SparseMrf(engine, mrfWeights(engine, train, options, onProgress));
  }
}

export const sparseMrf: ScorerRecord = {
  name: "sparse MRF",
  candidates: () => [0.5, 0.35, 0.2].map((threshold) => ({
    setting: `threshold ${threshold}`,
    training: { fit: (engine, train, onProgress) => SparseMrf.fit(engine, train, { threshold }, onProgress) },
  })),
  // An inverse of a few hundred items for every few hundred.
  work: ({ items, users, interactions }) => 3 * (items * 300 ** 2 + interactions * (interactions / users)),
  bytes: ({ items }) => 4 * invertSpdFloats(Math.min(items, 1001)),
};

/** W: (I, I). The heap is as it was afterwards. */
export function mrfWeights(
  engine: Engine, train: Csr, options: SparseMrfOptions, onProgress?: (share: number) => void,
): Csr {
  const { threshold, alpha = 0.75, lambda = 1, maxNeighbours = 1000, blockShare = 0.5 } = options;
  check(threshold >= 0, `threshold must be 0 or more, got ${threshold}`);
  check(alpha >= 0 && alpha <= 1, `alpha must be in [0, 1], got ${alpha}`);
  check(lambda > 0, `lambda must be positive, got ${lambda}`);
  check(
    Number.isInteger(maxNeighbours) && maxNeighbours > 0,
    `maxNeighbours must be a positive whole number, got ${maxNeighbours}`,
  );
  check(blockShare >= 0 && blockShare <= 1, `blockShare must be in [0, 1], got ${blockShare}`);
  const covariance = new ScaledCovariance(train, alpha);
  const graph = Array.from({ length: train.cols }, (_, j) => neighbours(covariance, j, threshold, maxNeighbours + 1));
  const weights = new WeightsOnGraph(graph);
  const solved = new Uint8Array(train.cols);
  let done = 0;
  for (const owner of workingOrder(covariance, graph, lambda)) {
    if (solved[owner]) continue;
    const block = graph[owner];
    const columns = Math.max(1, Math.ceil(blockShare * block.length));
    solveBlock(engine, covariance, block, columns, lambda, weights);
    for (const j of block.subarray(0, columns)) {
      if (solved[j] === 0) done++;
      solved[j] = 1;
    }
    onProgress?.(done / train.cols);
  }
  return weights.finish(covariance.scale);
}

function check(ok: boolean, what: string): void {
  if (!ok) throw new UserError(`sparse MRF: ${what}`);
}

/** C, entry by entry. */
class ScaledCovariance {
  readonly together: CoOccurrence;
  /** s: (I), 0 for items without variance. */
  readonly scale: Float64Array;
  /** n_i/s_i: (I), what makes two items that nobody shares anti-correlate. */
  private readonly weight: Float64Array;
  /** Items with variance by descending weight. */
  private readonly heaviest: Int32Array;

  constructor(private readonly train: Csr, alpha: number) {
    this.together = new CoOccurrence(train);
    const { counts } = this.together;
    this.scale = Float64Array.from(
      counts, (n) => (n > 0 && n < train.rows ? (n * (1 - n / train.rows)) ** (alpha / 2) : 0),
    );
    this.weight = Float64Array.from(counts, (n, i) => (this.scale[i] > 0 ? n / this.scale[i] : 0));
    this.heaviest = Int32Array.from(counts.keys()).filter((i) => this.scale[i] > 0)
      .sort((a, b) => this.weight[b] - this.weight[a] || a - b);
  }

  /** C_ij where `both` users have i and j. */
  of(i: number, j: number, both: number): number {
    const { scale, train, together: { counts } } = this;
    return (both - (counts[i] * counts[j]) / train.rows) / (scale[i] * scale[j]);
  }

  /** Items that nobody has together with the item counted last, yet with |C_ij| > threshold: both are popular. */
  apart(j: number, threshold: number): number[] {
    const { weight, heaviest, train, together: { both } } = this;
    const found: number[] = [];
    for (const i of heaviest) {
      if (!((weight[i] * weight[j]) / train.rows > threshold)) break;
      if (both[i] === 0) found.push(i);
    }
    return found;
  }
}

/** The item itself and its neighbours by descending |C_ij|, `most` at most. An item without variance is alone. */
function neighbours(covariance: ScaledCovariance, j: number, threshold: number, most: number): Int32Array {
  const { together, scale } = covariance;
  if (scale[j] === 0) return Int32Array.of(j);
  const met = together.count(j);
  const strength = new Map<number, number>();
  const consider = (i: number): void => {
    const size = Math.abs(covariance.of(i, j, together.both[i]));
    if (size > threshold || threshold === 0) strength.set(i, size);
  };
  for (const i of met) if (i !== j && scale[i] > 0) consider(i);
  for (const i of covariance.apart(j, threshold)) consider(i);
  const sorted = [...strength].sort(([a, x], [b, y]) => y - x || a - b);
  return Int32Array.from([j, ...sorted.slice(0, most - 1).map(([i]) => i)]);
}

/** Items by descending number of neighbours; among equals the one with the larger variance, then the lower number. */
function workingOrder(covariance: ScaledCovariance, graph: readonly Int32Array[], lambda: number): Int32Array {
  const { scale, together: { counts } } = covariance;
  const variance = Float64Array.from(counts, (n, j) => (scale[j] > 0 ? covariance.of(j, j, n) : 0) + lambda);
  const largest = variance.reduce((a, b) => Math.max(a, b), 0);
  const rank = Float64Array.from(variance, (v, j) => graph[j].length + v / (2 * largest));
  return Int32Array.from(graph.keys()).sort((a, b) => rank[b] - rank[a] || a - b);
}

/** Adds what this block says about its first `columns` items. */
function solveBlock(
  engine: Engine, covariance: ScaledCovariance, block: Int32Array, columns: number, lambda: number,
  weights: WeightsOnGraph,
): void {
  const m = block.length;
  if (m === 1) return;
  engine.scope(() => {
    const p = engine.floats(m * m);
    const together = countWithin(covariance.together, block);
    for (let a = 0; a < m; a++) {
      for (let b = 0; b < m; b++) p[a * m + b] = covariance.of(block[a], block[b], together[a * m + b]);
      p[a * m + a] += lambda;
    }
    invertSpd(engine, p, m);
    for (let d = 0; d < columns; d++) {
      weights.add(block[d], block, (a) => -p[a * m + d] / p[d * m + d]);
    }
  });
}

/** n_ij of the items of a block: (m, m). Σ over users of (their items in the block)² additions. */
function countWithin(together: CoOccurrence, block: Int32Array): Int32Array {
  const m = block.length;
  const itemsOf = new Map<number, number[]>();
  block.forEach((item, a) => {
    for (const user of together.usersOf(item)) {
      const list = itemsOf.get(user);
      if (list) list.push(a);
      else itemsOf.set(user, [a]);
    }
  });
  const counts = new Int32Array(m * m);
  for (const list of itemsOf.values()) for (const a of list) for (const b of list) counts[a * m + b]++;
  return counts;
}

/** Sums and counts of what the blocks say, on the graph's entries only. */
class WeightsOnGraph {
  /** (entries + 1): column j of the graph is from start[j] to start[j + 1]. */
  private readonly start: Int32Array;
  private readonly sum: Float64Array;
  private readonly count: Int32Array;
  /** Where an item stands in the column at hand, from 1: (I). */
  private readonly place: Int32Array;

  constructor(private readonly graph: readonly Int32Array[]) {
    this.start = new Int32Array(graph.length + 1);
    graph.forEach((column, j) => { this.start[j + 1] = this.start[j] + column.length; });
    this.sum = new Float64Array(this.start[graph.length]);
    this.count = new Int32Array(this.start[graph.length]);
    this.place = new Int32Array(graph.length);
  }

  /** Adds B_ij for the items i of a block; `valueAt(a)` is that of its a-th item. */
  add(j: number, block: Int32Array, valueAt: (a: number) => number): void {
    const { graph, start, sum, count, place } = this;
    graph[j].forEach((i, at) => { place[i] = at + 1; });
    block.forEach((i, a) => {
      if (place[i] === 0 || i === j) return;
      sum[start[j] + place[i] - 1] += valueAt(a);
      count[start[j] + place[i] - 1]++;
    });
    for (const i of graph[j]) place[i] = 0;
  }

  /** W: (I, I): the averages, scaled back to counts. */
  finish(scale: Float64Array): Csr {
    const { graph, start, sum, count } = this;
    const items = graph.length;
    const indptr = new Int32Array(items + 1);
    const indices = new Int32Array(sum.length);
    const values = new Float32Array(sum.length);
    let filled = 0;
    graph.forEach((column, j) => {
      column.forEach((i, at) => {
        const q = start[j] + at;
        if (count[q] === 0) return;
        indices[filled] = i;
        values[filled++] = ((sum[q] / count[q]) * scale[j]) / scale[i];
      });
      indptr[j + 1] = filled;
    });
    return csrTranspose({ rows: items, cols: items, indptr, indices, values });
  }
}
