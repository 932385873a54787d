/**
 * How well items are recommended that nobody has chosen (docs/method.md §12, "Protocol"): a part of the catalogue is
 * held out with every interaction, the recommender is trained on the rest, and users get lists of held-out items alone.
 *
 * Whoever has a held-out item is asked; the input is the person's other items, the target the held-out ones. All
 * methods here are linear in the input, scores = xM with M (W, C) from W warm to C cold items: a method is its matrix.
 *
 *   ridge map      A·V̂ᵀ, V̂ from tags (models/cold/ridge-map.ts)        nearest items   A·(mean of k items by tags)ᵀ
 *   tag profile    F·F_coldᵀ: items with the tags of one's own           tag popularity  mean count of its tags' items
 *   random, and EASE with side information (models/cold/content-ease.ts)
 *
 * A setting is chosen on one half of the held-out items; the figures are the other half's.
 */
import { constant, sparseMatmul, Tape, type Matrix } from "../autograd/index.js";
import { csrFromLists, csrRow, type Csr } from "../base/csr.js";
import { dot } from "../base/dense.js";
import type { Floats } from "../base/floats.js";
import { Random } from "../base/random.js";
import type { Engine } from "../engine/engine.js";
import type { Recommender } from "../models/recommenders/recommender.js";
import { range } from "../models/encode-all.js";
import { estimate, ndcg, recall, type Estimate } from "../evaluate/metrics.js";

/** Held-out items with the users who have one. */
export interface ColdHalf {
  /** (C) numbers of the data set. */
  readonly items: Int32Array;
  /** (n) users of the data set. */
  readonly users: Int32Array;
  /** (n, W) their warm items. */
  readonly input: Csr;
  /** (n, C) their items of this half. */
  readonly target: Csr;
}

/** A catalogue in three parts. */
export interface ColdSplit {
  /** (W) numbers of the data set. */
  readonly warm: Int32Array;
  /** (U, W): all that may be trained on. */
  readonly interactions: Csr;
  readonly validation: ColdHalf;
  readonly test: ColdHalf;
}

/** What lists of held-out items alone are worth. */
export interface ColdQuality {
  /** recall@20, recall@50, nDCG@100 over users. */
  readonly recall20: Estimate;
  readonly recall50: Estimate;
  readonly ndcg100: Estimate;
  /** Share of the held-out items that stand in anybody's first 20. */
  readonly coverage20: number;
  /** Per user, for paired comparisons. */
  readonly ndcgPerUser: Float64Array;
}

/** At most so many items in each half, as beeFormer's authors have it; a tenth of a small catalogue. */
const MOST = 2000;
const SHARE = 0.1;
const LONGEST = 100;
const BATCH = 512;

/** Which items are held out of the data, drawn by the seed. @param interactions (U, I) of a data set. */
export function splitItems(interactions: Csr, seed: number): ColdSplit {
  const I = interactions.cols;
  const each = Math.min(MOST, Math.floor(SHARE * I));
  const order = new Random(seed).shuffle(Int32Array.from({ length: I }, (_, i) => i));
  const warm = order.slice(2 * each).sort();
  const own = columns(interactions, warm);
  const half = (items: Int32Array): ColdHalf => {
    const target = columns(interactions, items);
    const users = Int32Array.from({ length: interactions.rows }, (_, u) => u)
      .filter((u) => target.indptr[u + 1] > target.indptr[u] && own.indptr[u + 1] > own.indptr[u]);
    return { items, users, input: rowsOf(own, users), target: rowsOf(target, users) };
  };
  return {
    warm, interactions: own,
    validation: half(order.slice(0, each).sort()), test: half(order.slice(each, 2 * each).sort()),
  };
}

/** The columns of these items, numbered anew in their order. */
export function columns(x: Csr, items: Int32Array): Csr {
  const place = new Int32Array(x.cols).fill(-1);
  items.forEach((item, i) => { place[item] = i; });
  return csrFromLists(Array.from({ length: x.rows }, (_, u) =>
    Array.from(csrRow(x, u), (item) => place[item]).filter((i) => i >= 0).sort((a, b) => a - b)), items.length);
}

function rowsOf(x: Csr, rows: Int32Array): Csr {
  return csrFromLists(Array.from(rows, (u) => Array.from(csrRow(x, u))), x.cols);
}

/** Lists of held-out items from scores xM. matrix: (W, C), row-major. The heap is as it was afterwards. */
export function rankColdItems(
  engine: Engine, matrix: Floats, { input, target }: Pick<ColdHalf, "input" | "target">,
): ColdQuality {
  const C = target.cols;
  const [recall20, recall50, ndcgPerUser] = [0, 1, 2].map(() => new Float64Array(input.rows));
  const shown = new Uint8Array(C);
  engine.scope(() => {
    const m = constant(engine, matrix, input.cols, C);
    const tape = new Tape(engine, false);
    const n = Math.min(LONGEST, C);
    for (let from = 0; from < input.rows; from += BATCH) {
      tape.reset();
      const rows = range(from, Math.min(input.rows, from + BATCH));
      const scores = sparseMatmul(tape, tape.sparseInput(input, rows), m);
      const [lists, best] = [engine.ints(rows.length * n), engine.floats(rows.length * n)];
      engine.run("rankRows", lists, best, scores.data, C, n);
      for (let r = 0; r < rows.length; r++) {
        const list = lists.slice(r * n, (r + 1) * n);
        const wanted = csrRow(target, from + r);
        recall20[from + r] = recall(list.subarray(0, 20), wanted);
        recall50[from + r] = recall(list.subarray(0, 50), wanted);
        ndcgPerUser[from + r] = ndcg(list, wanted);
        for (const item of list.subarray(0, 20)) if (item >= 0) shown[item] = 1;
      }
    }
    tape.reset();
  });
  return {
    recall20: estimate(recall20), recall50: estimate(recall50), ndcg100: estimate(ndcgPerUser),
    coverage20: shown.reduce((sum, one) => sum + one, 0) / C, ndcgPerUser,
  };
}

/**
 * Share of the first 20 that held-out items take when all items are candidates, and recall@20 of the held-out ones
 * among them. vectors: (W, D), cold: (C, D).
 */
export function mixedLists(
  engine: Engine, vectors: Matrix, cold: Matrix, { input, target }: Pick<ColdHalf, "input" | "target">,
): { readonly coldShare: Estimate; readonly recall20: Estimate } {
  const [W, C] = [vectors.rows, cold.rows];
  const n = 20;
  const [share, found] = [new Float64Array(input.rows), new Float64Array(input.rows)];
  engine.scope(() => {
    const a = constant(engine, vectors.data, W, vectors.cols);
    const both = new Float32Array((W + C) * vectors.cols);
    both.set(vectors.data);
    both.set(cold.data, vectors.data.length);
    const candidates = engine.floatsFrom(both);
    const tape = new Tape(engine, false);
    for (let from = 0; from < input.rows; from += BATCH) {
      tape.reset();
      const rows = range(from, Math.min(input.rows, from + BATCH));
      const x = tape.sparseInput(input, rows);
      const u = sparseMatmul(tape, x, a);
      const scores = engine.floats(rows.length * (W + C));
      engine.run("matmulABt", scores, u.data, candidates, rows.length, W + C, vectors.cols, 0);
      engine.run("maskRows", scores, x.rowStart, x.rowEnd, x.indices, W + C);
      const [lists, best] = [engine.ints(rows.length * n), engine.floats(rows.length * n)];
      engine.run("rankRows", lists, best, scores, W + C, n);
      for (let r = 0; r < rows.length; r++) {
        const list = lists.slice(r * n, (r + 1) * n);
        share[from + r] = list.filter((item) => item >= W).length / n;
        found[from + r] = recall(list.map((item) => item - W), csrRow(target, from + r));
      }
    }
    tape.reset();
  });
  return { coldShare: estimate(share), recall20: estimate(found) };
}

/** A·Vᵀ: (W, C) */
export function throughVectors(engine: Engine, a: Matrix, v: Matrix): Floats {
  return engine.scope(() => {
    const m = engine.floats(a.rows * v.rows);
    engine.run("matmulABt", m, engine.floatsFrom(a.data), engine.floatsFrom(v.data), a.rows, v.rows, a.cols, 0);
    return m.slice();
  });
}

/** (C, D): the mean vector of the k warm items nearest by the cosine of features. */
export function nearestMeans(engine: Engine, features: Matrix, vectors: Matrix, cold: Matrix, k: number): Matrix {
  const similar = throughVectors(engine, cold, features);
  const length = (m: Matrix, i: number): number => Math.sqrt(dot(m.data, m.data, i * m.cols, i * m.cols, m.cols)) || 1;
  const warm = Float64Array.from({ length: features.rows }, (_, i) => length(features, i));
  const [W, D] = [features.rows, vectors.cols];
  const data = new Float32Array(cold.rows * D);
  for (let c = 0; c < cold.rows; c++) {
    const near = Array.from(warm.keys(), (i) => ({ i, s: similar[c * W + i] / warm[i] }))
      .sort((a, b) => b.s - a.s || a.i - b.i).slice(0, k);
    for (const { i } of near) for (let d = 0; d < D; d++) data[c * D + d] += vectors.data[i * D + d] / k;
  }
  return { data, rows: cold.rows, cols: D };
}

/** The same scores for everybody: (W, C). */
export function sameForAll(scores: ArrayLike<number>, warm: number): Floats {
  return Float32Array.from({ length: warm * scores.length }, (_, q) => scores[q % scores.length]);
}

/** Rows of warm and columns of cold items of a model that scores by a matrix W, (I, I): (W, C). */
export function blockOf(engine: Engine, model: Recommender, warm: Int32Array, cold: Int32Array): Floats {
  const m = new Float32Array(warm.length * cold.length);
  const tape = new Tape(engine, false);
  for (let from = 0; from < warm.length; from += BATCH) {
    tape.reset();
    const rows = Array.from(warm.subarray(from, from + BATCH), (item) => [item]);
    const { data } = model.scores(tape, tape.sparseInput(csrFromLists(rows, model.items)));
    for (let r = 0; r < rows.length; r++) {
      cold.forEach((item, c) => { m[(from + r) * cold.length + c] = data[r * model.items + item]; });
    }
  }
  tape.reset();
  return m;
}

/** The rows of these users alone. */
export function ofUsers(half: ColdHalf, wanted: ReadonlySet<number>): ColdHalf {
  const rows = Int32Array.from(half.users.keys()).filter((r) => wanted.has(half.users[r]));
  return {
    items: half.items, users: rows.map((r) => half.users[r]),
    input: rowsOf(half.input, rows), target: rowsOf(half.target, rows),
  };
}
