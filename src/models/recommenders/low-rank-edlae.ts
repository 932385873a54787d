/**
 * EDLAE of low rank (Steck, NeurIPS 2020; docs/method.md §9.1): an item-item matrix B = U·Vᵀ that predicts hidden items
 * from the others, as a recommender with a hidden vector, so that an SAE can sit in it:
 *
 *   e = xU      scores = e·Vᵀ
 *
 * U and V, both (I, D), come in closed form turn by turn, not by gradients: models/fit-low-rank-edlae.ts.
 */
import { constant, l2Loss, linear, sparseMatmul, type SparseTensor, type Tape, Tensor } from "../../autograd/index.js";
import type { NamedTensor, NamedTensors } from "../../base/named-tensors.js";
import { UserError } from "../../base/user-error.js";
import { EDLAE, type EdlaeConfig } from "../../config/edlae.js";
import { PAPER_ADAM } from "../../config/training.js";
import type { Engine } from "../../engine/engine.js";
import { rowsOf } from "../listed-items.js";
import type { CfaeRecord, TrainedSettings } from "./record.js";
import type { Cfae, Parameter } from "./recommender.js";
import { ScoringModel } from "./scoring-model.js";
import { invertSpdFloats } from "./spd-inverse.js";

/** U and V: (I, D) each. */
export interface LowRankWeights {
  readonly encoder: ArrayLike<number>;
  readonly decoder: ArrayLike<number>;
}

export class LowRankEdlae extends ScoringModel implements Cfae {
  readonly parameters: readonly Parameter[];
  /** V, the decoder. */
  readonly itemVectors: Tensor;
  private readonly encoder: Tensor;

  /** @param weights copied. */
  constructor(readonly engine: Engine, weights: LowRankWeights, readonly items: number, readonly factors: number) {
    super();
    this.encoder = constant(engine, weights.encoder, items, factors);
    this.itemVectors = constant(engine, weights.decoder, items, factors);
    this.parameters = [
      { name: "encoder", tensor: this.encoder, unitRows: false },
      { name: "decoder", tensor: this.itemVectors, unitRows: false },
    ];
  }

  encode(tape: Tape, x: SparseTensor): Tensor {
    return sparseMatmul(tape, x, this.encoder);
  }

  decode(tape: Tape, e: Tensor): Tensor {
    return this.logits(tape, e);
  }

  decodeItems(tape: Tape, e: Tensor, _x: SparseTensor, listed: Int32Array): Tensor {
    return linear(tape, e, rowsOf(tape, this.itemVectors, listed), null);
  }

  logits(tape: Tape, e: Tensor): Tensor {
    return linear(tape, e, this.itemVectors, null);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return this.decode(tape, this.encode(tape, x));
  }

  /** Mean squared error of the scores, without dropout: to watch, not to train by. */
  loss(tape: Tape, x: SparseTensor): Tensor {
    return this.lossOf(tape, this.encode(tape, x), x);
  }

  lossOf(tape: Tape, e: Tensor, x: SparseTensor): Tensor {
    const target = new Tensor(tape.engine.floats(x.rows * this.items).fill(0), x.rows, this.items, false);
    for (let r = 0; r < x.rows; r++) {
      for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) target.data[r * this.items + x.indices[q]] = 1;
    }
    return l2Loss(tape, this.logits(tape, e), target);
  }
}

export const lowRankEdlae: CfaeRecord<EdlaeConfig & TrainedSettings> = {
  name: "edlae", title: "EDLAE", section: "edlae", fields: EDLAE, linear: true,
  // Nothing is trained in steps; one epoch of one batch is what others may reckon with.
  settings: (section) => ({ ...PAPER_ADAM, batchSize: 1, epochs: 1, patience: 0, ...section as EdlaeConfig }),
  training: { trainer: "edlae" },
  tensors: (items, { factors }) => ({ encoder: [items, factors], decoder: [items, factors] }),
  open(engine, weights) {
    const [encoder, decoder] = [tensorOf(weights, "encoder"), tensorOf(weights, "decoder")];
    const [items, factors] = decoder.shape;
    return new LowRankEdlae(engine, { encoder: encoder.data, decoder: decoder.data }, items, factors);
  },
  itemVectors: (weights) => tensorOf(weights, "decoder"),
  bytes: (items, { factors }) =>
    4 * (invertSpdFloats(items) + items * items + 10 * items * factors + 4 * invertSpdFloats(factors)) + 2 ** 24,
  rowFloats: () => 0,
  rowWork: (items, { factors, iterations }) => 3 * iterations * items * factors,
};

function tensorOf(weights: NamedTensors, name: string): NamedTensor {
  if (Object.hasOwn(weights, name)) return weights[name];
  throw new UserError(`no tensor ${name} among ${Object.keys(weights).join(", ")}: is this a model of another kind?`);
}
