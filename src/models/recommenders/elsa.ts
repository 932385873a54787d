/**
 * ELSA, a linear autoencoder with unit item vectors (Vančura et al., RecSys 2022; docs/method.md §2).
 *
 *   e = xA          y = relu(eAᵀ − x)          loss = mean over users ‖ y/‖y‖ − x/‖x‖ ‖²
 *
 * A is (I, D), one row an item. Subtracting x removes what an item says about itself. How it is trained, with every
 * approximation, is models/elsa-learner.ts: browsers load none of it.
 */
import {
  parameter, constant, linear, reluResidual, reluResidualLoss, sparseMatmul, Tensor, type SparseTensor,
  type Tape, weightedResidualLoss,
} from "../../autograd/index.js";
import type { NamedTensor, NamedTensors } from "../../base/named-tensors.js";
import { UserError } from "../../base/user-error.js";
import { ELSA, type ElsaConfig } from "../../config/elsa.js";
import type { Engine } from "../../engine/engine.js";
import type { Random } from "../../base/random.js";
import { columnsOf, rowsOf } from "../listed-items.js";
import { ExactShortlist } from "../exact-shortlist.js";
import { kaimingUniform, normalisedRows } from "../initialise.js";
import { elsaTrainingBytes } from "../training-bytes.js";
import type { Cfae, Parameter, TiledScores } from "./recommender.js";
import type { CfaeRecord } from "./record.js";
import { ScoringModel } from "./scoring-model.js";

/** Item vectors of fewer numbers are scanned as quickly (docs/scale.md). */
const SHORTLIST_FROM = 2 ** 25;

export class Elsa extends ScoringModel implements Cfae {
  readonly parameters: readonly Parameter[];
  /** A, the decoder as well as the encoder. */
  readonly itemVectors: Tensor;
  readonly subtractsInput = true;

  /** @param encoder (I, D) item vectors; copied. */
  constructor(
    readonly engine: Engine, encoder: ArrayLike<number>, readonly items: number, readonly factors: number,
    trainable = false,
  ) {
    super();
    this.itemVectors = (trainable ? parameter : constant)(engine, encoder, items, factors);
    this.parameters = [{ name: "encoder", tensor: this.itemVectors, unitRows: true }];
  }

  /** Kaiming-uniform rows, normalised. */
  static initialise(random: Random, items: number, factors: number): Float32Array {
    return normalisedRows(kaimingUniform(random, items * factors, factors), factors);
  }

  encode(tape: Tape, x: SparseTensor): Tensor {
    return sparseMatmul(tape, x, this.itemVectors);
  }

  decode(tape: Tape, e: Tensor, x: SparseTensor): Tensor {
    return reluResidual(tape, linear(tape, e, this.itemVectors, null), x);
  }

  decodeItems(tape: Tape, e: Tensor, x: SparseTensor, listed: Int32Array): Tensor {
    const scores = linear(tape, e, rowsOf(tape, this.itemVectors, listed), null);
    return reluResidual(tape, scores, columnsOf(tape, x, listed));
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return this.decode(tape, this.encode(tape, x), x);
  }

  tiled(tape: Tape, x: SparseTensor): TiledScores {
    return this.decodeTiled(tape, this.encode(tape, x));
  }

  decodeTiled(tape: Tape, e: Tensor): TiledScores {
    const { itemVectors: { data }, factors } = this;
    return (from, to, x) => {
      const rows = new Tensor(data.subarray(from * factors, to * factors), to - from, factors, false);
      return reluResidual(tape, linear(tape, e, rows, null), x);
    };
  }

  shortlist(from = SHORTLIST_FROM): ExactShortlist | null {
    return this.items * this.factors < from ? null : new ExactShortlist(this.engine, this.itemVectors);
  }

  loss(tape: Tape, x: SparseTensor): Tensor {
    return this.lossOf(tape, this.encode(tape, x), x, null);
  }

  /** eAᵀ: (B, I). Entries of x are 1 too high. */
  logits(tape: Tape, e: Tensor): Tensor {
    return linear(tape, e, this.itemVectors, null);
  }

  /** The loss from embeddings on: (1, 1). e: (B, D), x: (B, I), hidden: entries of x that e was not made from. */
  lossOf(tape: Tape, e: Tensor, x: SparseTensor, hidden: SparseTensor | null): Tensor {
    if (x.values) return weightedResidualLoss(tape, e, this.itemVectors, x, hidden);
    return reluResidualLoss(tape, e, this.itemVectors, x, hidden).loss;
  }
}

/** ELSA's record (docs/method.md §2). */
export const elsa: CfaeRecord<ElsaConfig> = {
  name: "elsa", title: "ELSA", section: "elsa", fields: ELSA, linear: true, weighted: true,
  settings: (section) => section as ElsaConfig,
  training: { trainer: "elsa", goesOn: true },
  tensors: (items, { factors }) => ({ encoder: [items, factors] }),
  open(engine, weights) {
    const { shape: [items, factors], data } = encoderOf(weights);
    return new Elsa(engine, data, items, factors);
  },
  itemVectors: encoderOf,
  finishItemRows: (_, rows, factors) => { normalisedRows(rows, factors); },
  bytes: (items, settings) => elsaTrainingBytes(items, items, settings),
  sampledBytes: (columns, settings, items) => elsaTrainingBytes(columns, items, settings),
  // A with both averages.
  outsideFloats: (items, { factors }) => 3 * items * factors,
  rowFloats: () => 0,
  rowWork: (items, { factors }) => 3 * items * factors,
};

/** A: (I, D). @throws UserError when the weights are not ELSA's. */
export function encoderOf(weights: NamedTensors): NamedTensor {
  if (Object.hasOwn(weights, "encoder")) return weights.encoder;
  throw new UserError(`no tensor encoder among ${Object.keys(weights).join(", ")}: is this a model of another kind?`);
}
