/**
 * Sparse ELSA (Vančura, Spišák, Alves & Peška, WWW 2026; docs/method.md §8): ELSA whose item vectors are sparse from
 * training to file, n entries of D.
 *
 *   e = xN      scores = relu(eNᵀ − x)      rows of N: n entries, unit length
 *   loss = mean over users of the mean over columns of (s/‖s‖ − x/‖x‖)², s = min(6, relu(eNᵀ − x))
 *
 * Its dimensions mean something by themselves: what an item has in one of them, and with which sign, is its code
 * (models/sae/poles.ts), without an autoencoder behind it. Scores are added up along inverted lists: for each dimension
 * that a user has, the items that have it; lists of one user among many items by bounds (sparse-shortlist.ts).
 *
 * This is the finished recommender; what a level of training (pruning.ts) differentiates is sparse-elsa-trainee.ts.
 */
import {
  cappedResidualLoss, equalRows, linear, reluResidual, reluResidualLoss, sparseProduct, writtenOut, SparseTensor,
  Tensor, type Tape,
} from "../../autograd/index.js";
import type { Floats } from "../../base/floats.js";
import type { NamedTensor, NamedTensors } from "../../base/named-tensors.js";
import { UserError } from "../../base/user-error.js";
import { ELSA_SPARSE, type ElsaSparseConfig } from "../../config/elsa-sparse.js";
import type { Engine } from "../../engine/engine.js";
import { MAX_HEAP_BYTES } from "../../engine/heap.js";
import { sampledSparseElsaBytes } from "../training-bytes.js";
import { SparseShortlist } from "../sparse-shortlist.js";
import { levelsOf } from "./pruning.js";
import { vectorsOf, withItemVectors, type SparseItemVectors } from "./sparse-item-vectors.js";
import type { CfaeRecord, TrainedSettings } from "./record.js";
import type { Cfae, Parameter, TiledScores } from "./recommender.js";
import { ScoringModel } from "./scoring-model.js";
import { CAP } from "./sparse-elsa-trainee.js";

/** Numbers of the largest N that is written out. */
const WRITTEN_OUT = 2 ** 26;

/** From so many users on, their scores are made item by item. */
const STREAMED = 8;

/** Fewer entries are added up as quickly (docs/scale.md). */
const SHORTLIST_FROM = 2 ** 20;

export class SparseElsa extends ScoringModel implements Cfae {
  /** Nothing is trained any more. */
  readonly parameters: readonly Parameter[] = [];
  readonly items: number;
  readonly subtractsInput = true;
  private readonly n: SparseTensor;
  /** Nᵀ: the items of each dimension, and what they have of it. */
  private readonly listStart: Int32Array;
  private readonly listEnd: Int32Array;
  private readonly listItems: Int32Array;
  private readonly listValues: Floats;
  /** N written out, (I, D), for whoever needs it dense; not where it would take more than a quarter of a GiB. */
  readonly itemVectors?: Tensor;

  /** @param vectors unit rows; copied. @param factors D. */
  constructor(readonly engine: Engine, vectors: SparseItemVectors, readonly factors: number) {
    super();
    const { columns, values, entries } = vectors;
    this.items = columns.length / entries;
    this.n = equalRows(
      engine, factors, engine.intsFrom(columns), engine.floatsFrom(values), entries, false,
    );
    const { colStart, colEnd, rowIndices, positions } = this.n.transpose();
    [this.listStart, this.listEnd, this.listItems] = [colStart, colEnd, rowIndices];
    this.listValues = engine.floats(positions.length);
    engine.run("gather", this.listValues, this.n.values!, positions);
    if (this.items * factors <= WRITTEN_OUT) {
      this.itemVectors = new Tensor(writtenOut(engine, this.n), this.items, factors, false);
    }
  }

  encode(tape: Tape, x: SparseTensor): Tensor {
    return sparseProduct(tape, x, this.n);
  }

  decode(tape: Tape, e: Tensor, x: SparseTensor): Tensor {
    return reluResidual(tape, this.logits(tape, e), x);
  }

  /** eNᵀ: (B, I). Entries of x are 1 too high. */
  logits(tape: Tape, e: Tensor): Tensor {
    if (tape.tracks([e])) return linear(tape, e, this.dense, null);
    if (e.rows >= STREAMED) return this.streamed(tape, e, 0, this.items);
    const out = tape.output(e.rows, this.items);
    const { rowStart, rowEnd, indices, values } = nonZeroEntries(tape.engine, e);
    tape.engine.run(
      "csrCsrMatmul", out.data, rowStart, rowEnd, indices, values, this.listStart, this.listEnd, this.listItems,
      this.listValues, this.items,
    );
    return out;
  }

  /** Item by item instead of list by list: every entry of N streams over all users at once. */
  private streamed(tape: Tape, e: Tensor, from: number, to: number): Tensor {
    const { engine } = tape;
    const { n: { rowStart, rowEnd, indices, values }, factors } = this;
    const out = tape.output(e.rows, to - from);
    engine.scope(() => {
      const eT = engine.floats(factors * e.rows);
      engine.run("transpose", eT, e.data, e.rows, factors);
      const byItem = engine.floats((to - from) * e.rows);
      engine.run(
        "csrMatmul", byItem, rowStart.subarray(from, to), rowEnd.subarray(from, to), indices, values, eT, e.rows, 0,
      );
      engine.run("transpose", out.data, byItem, to - from, e.rows);
    });
    return out;
  }

  tiled(tape: Tape, x: SparseTensor): TiledScores | null {
    return this.decodeTiled(tape, this.encode(tape, x));
  }

  decodeTiled(tape: Tape, e: Tensor): TiledScores | null {
    if (e.rows < STREAMED) return null;
    return (from, to, x) => reluResidual(tape, this.streamed(tape, e, from, to), x);
  }

  shortlist(from = SHORTLIST_FROM): SparseShortlist | null {
    const { engine, items, factors, n: { indices, values } } = this;
    if (indices.length < from) return null;
    return SparseShortlist.of(engine, { columns: indices, values: values!, entries: indices.length / items }, factors);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return this.decode(tape, this.encode(tape, x), x);
  }

  /** The loss over all items. */
  loss(tape: Tape, x: SparseTensor): Tensor {
    return cappedResidualLoss(tape, this.encode(tape, x), this.n, x, CAP).loss;
  }

  lossOf(tape: Tape, e: Tensor, x: SparseTensor, hidden: SparseTensor | null): Tensor {
    return reluResidualLoss(tape, e, this.dense, x, hidden).loss;
  }

  private get dense(): Tensor {
    if (this.itemVectors) return this.itemVectors;
    throw new UserError(`gradients of ${this.items} × ${this.factors} sparse item vectors are not to be had: too many`);
  }
}

/** The entries of a dense tensor that are not 0, as sparse rows. */
function nonZeroEntries(engine: Engine, e: Tensor): SparseTensor {
  const starts = engine.ints(e.rows + 1);
  let many = 0;
  for (let r = 0; r < e.rows; r++) {
    starts[r] = many;
    for (let j = r * e.cols; j < (r + 1) * e.cols; j++) if (e.data[j] !== 0) many++;
  }
  starts[e.rows] = many;
  const [indices, values] = [engine.ints(many), engine.floats(many)];
  for (let at = 0, r = 0; r < e.rows; r++) {
    for (let j = 0; j < e.cols; j++) {
      const value = e.data[r * e.cols + j];
      if (value === 0) continue;
      indices[at] = j;
      values[at++] = value;
    }
  }
  return new SparseTensor(
    engine, e.rows, e.cols, starts.subarray(0, e.rows), starts.subarray(1), indices, values, false,
  );
}

/** Item vectors with their zeros, by weights: every explanation asks for them, and writing them out takes long. */
const spread = new WeakMap<NamedTensors, NamedTensor>();

export const elsaSparse: CfaeRecord<ElsaSparseConfig & TrainedSettings> = {
  name: "elsa-sparse", title: "sparse ELSA", section: "elsaSparse", fields: ELSA_SPARSE, linear: true,
  settings(section) {
    const own = section as ElsaSparseConfig;
    const epochs = levelsOf(own).reduce((sum, level) => sum + level.epochs, 0);
    return { ...own, epochs, patience: 0 };
  },
  training: { trainer: "elsa-sparse" },
  tensors: (items, { factors, nonZeros }) => ({
    columns: [items, nonZeros], values: [items, nonZeros], items_of_dimension: [factors],
  }),
  open(engine, weights) {
    const { vectors, factors } = vectorsOf(weights);
    return new SparseElsa(engine, vectors, factors);
  },
  itemVectors(weights): NamedTensor {
    const known = spread.get(weights);
    if (known) return known;
    const { vectors: { columns, values, entries }, factors } = vectorsOf(weights);
    const items = columns.length / entries;
    const data = new Float32Array(items * factors);
    for (let q = 0; q < columns.length; q++) data[Math.floor(q / entries) * factors + columns[q]] = values[q];
    const vectors = { shape: [items, factors], data };
    spread.set(weights, vectors);
    return vectors;
  },
  withItemVectors,
  bytes: bytesInHeap,
  sampledBytes(columns, settings, items) {
    const { maxOutput } = settings;
    return maxOutput > 0 && !trainsOutside(settings, items) ? bytesInHeap(items, settings)
      : sampledSparseElsaBytes(columns, settings);
  },
  // A with both averages, its columns, and A before all training.
  outsideFloats: (items, settings) => (trainsOutside(settings, items) ? 5 * items * settings.factors : 0),
  rowFloats: () => 0,
  rowWork: (items, { factors }) => 3 * items * factors,
};

/**
 * The first level's rows are whole: A with columns, gradient and averages, N and its gradient; of a batch's outputs
 * their rows with columns and gradient, written out with theirs, and scores both ways; embeddings.
 */
function bytesInHeap(items: number, { factors, batchSize, maxOutput }: ElsaSparseConfig): number {
  const outputs = maxOutput > 0 ? Math.min(maxOutput, items) : items;
  const rows = 7 * items * factors + (maxOutput > 0 ? 5 : 2) * outputs * factors;
  return 4 * (rows + 2 * outputs * batchSize + 6 * batchSize * factors) + 2 ** 24;
}

/** A step over fewer columns than items over this would spend more on the rows that it does not look at. */
const MANY = 2;

/** Whether A is trained in ordinary memory (sampled/sampled-sparse-elsa.ts), where outputs are sampled. */
export function trainsOutside(config: ElsaSparseConfig, items: number): boolean {
  return config.maxOutput > 0 && (items > MANY * config.maxOutput || bytesInHeap(items, config) > MAX_HEAP_BYTES);
}
