/**
 * RecVAE (Shenbin et al., WSDM 2020; docs/method.md §9.6): a variational autoencoder with a deep encoder, a linear
 * decoder, and a prior that remembers the encoder as it was.
 *
 *   h_k = LayerNorm(swish(h_{k−1}·W_kᵀ + b_k + Σ_{j<k} h_j)), k = 1 … 5, h_0 = x/‖x‖
 *   mu, logvar linear in h_5      z = mu + ε·exp(logvar/2) in training, mu else      scores = z·Vᵀ + c
 *   loss = mean over users of −Σ_i x·ln softmax + γ|x|·Σ_d [ln q(z) − ln p(z)]
 *
 * p mixes N(0, 1), the old encoder's posterior of the same user and N(0, e^10). The likelihood holds p ≥ 1e-7, as
 * MultVAE's does. W_1 is kept transposed, (I, hidden), so that the first layer is a sparse product; saved weights are
 * [out, in], by the reference's names.
 *
 * Long: encoder, prior and both alternating steps of one model.
 */
import {
  add, addLoss, addRow, constant, layerNorm, linear, mixtureKl, parameter, sampleGaussian, softmaxNllLoss, sparseMatmul,
  SparseTensor, swish, Tensor, type Tape,
} from "../../autograd/index.js";
import { transpose } from "../../base/dense.js";
import type { Floats } from "../../base/floats.js";
import type { NamedTensors } from "../../base/named-tensors.js";
import type { Random } from "../../base/random.js";
import { UserError } from "../../base/user-error.js";
import { RECVAE, type RecVaeConfig } from "../../config/recvae.js";
import type { Engine } from "../../engine/engine.js";
import { uniform, xavierUniform } from "../initialise.js";
import type { TrainingData } from "../learner.js";
import type { CfaeRecord, WeightLearner } from "./record.js";
import type { Cfae, Parameter } from "./recommender.js";
import { ScoringModel } from "./scoring-model.js";

const LAYERS = 5;
const EPSILON = 0.1;
const FIRST = "encoder.fc1.weight";

/** Widths of the network. */
export interface RecVaeShape {
  items: number;
  factors: number;
  hidden: number;
}

/** Everything a training step or a golden check looks at. */
export interface RecVaeForward {
  mu: Tensor;
  logvar: Tensor;
  z: Tensor;
  oldMu: Tensor;
  oldLogvar: Tensor;
  logQ: Floats;
  logP: Floats;
  /** −Σ x·ln softmax over items, mean over users times the number of items is `nll`·I. */
  nll: Tensor;
  kl: Tensor;
  loss: Tensor;
}

/** An encoder on its tensors: the one that is trained, or the old one. */
class Encoder {
  private readonly byName = new Map<string, Tensor>();

  constructor(engine: Engine, weights: NamedTensors, shape: RecVaeShape, prefix: string, trainable: boolean) {
    const tensor = trainable ? parameter : constant;
    for (const { name, out, fanIn } of encoderLayers(shape)) {
      const data = named(weights, prefix + name, fanIn > 0 ? [out, fanIn] : [out]);
      if (name === FIRST) this.byName.set(name, tensor(engine, transpose(data, out, fanIn), fanIn, out));
      else this.byName.set(name, fanIn > 0 ? tensor(engine, data, out, fanIn) : tensor(engine, data, 1, out));
    }
  }

  get tensors(): ReadonlyMap<string, Tensor> {
    return this.byName;
  }

  /** x: (B, I) with any values. */
  posterior(tape: Tape, x: SparseTensor): { mu: Tensor; logvar: Tensor } {
    let all: Tensor | null = null;
    let h: Tensor | null = null;
    for (let k = 1; k <= LAYERS; k++) {
      const bias = this.tensor(`encoder.fc${k}.bias`);
      let before: Tensor = h
        ? linear(tape, h, this.tensor(`encoder.fc${k}.weight`), bias)
        : addRow(tape, sparseMatmul(tape, x, this.tensor(FIRST)), bias);
      if (all) before = add(tape, before, all);
      h = layerNorm(
        tape, swish(tape, before), this.tensor(`encoder.ln${k}.weight`), this.tensor(`encoder.ln${k}.bias`), EPSILON,
      );
      all = all ? add(tape, all, h) : h;
    }
    const head = (name: string): Tensor =>
      linear(tape, h!, this.tensor(`encoder.${name}.weight`), this.tensor(`encoder.${name}.bias`));
    return { mu: head("fc_mu"), logvar: head("fc_logvar") };
  }

  private tensor(name: string): Tensor {
    return this.byName.get(name)!;
  }
}

export class RecVae extends ScoringModel implements Cfae {
  readonly items: number;
  readonly factors: number;
  readonly parameters: readonly Parameter[];
  /** The first so many parameters are the encoder's. */
  readonly encoderParameters: number;
  private readonly encoder: Encoder;
  private readonly old: Encoder;
  private readonly decoderW: Tensor;
  private readonly decoderB: Tensor;
  private readonly shape: RecVaeShape;

  /** @param weights by the reference's names; the old encoder is what `prior.` holds, or the encoder. Copied. */
  constructor(
    readonly engine: Engine, weights: NamedTensors, private readonly gamma: number, trainable = false,
  ) {
    super();
    this.shape = shapeOf(weights);
    const { items, factors } = this.shape;
    [this.items, this.factors] = [items, factors];
    this.encoder = new Encoder(engine, weights, this.shape, "", trainable);
    this.old = new Encoder(engine, renamedPrior(weights), this.shape, "", false);
    const tensor = trainable ? parameter : constant;
    this.decoderW = tensor(engine, named(weights, "decoder.weight", [items, factors]), items, factors);
    this.decoderB = tensor(engine, named(weights, "decoder.bias", [items]), 1, items);
    const all = [...this.encoder.tensors, ["decoder.weight", this.decoderW], ["decoder.bias", this.decoderB]] as
      [string, Tensor][];
    this.encoderParameters = all.length - 2;
    this.parameters = all.map(([name, t]) => ({ name, tensor: t, unitRows: false }));
  }

  /** PyTorch's uniform ±1/√fan-in for the encoder, Xavier-uniform for the decoder, layer norms at 1 and 0. */
  static initialise(random: Random, shape: RecVaeShape): NamedTensors {
    const weights: Record<string, { shape: number[]; data: Float32Array }> = {};
    let fan = shape.items;
    for (const { name, out, fanIn } of encoderLayers(shape)) {
      const norm = name.includes(".ln");
      if (fanIn > 0) fan = fanIn;
      const data = norm
        ? new Float32Array(out).fill(name.endsWith("weight") ? 1 : 0)
        : uniform(random, out * Math.max(1, fanIn), 1 / Math.sqrt(fan));
      weights[name] = { shape: fanIn > 0 ? [out, fanIn] : [out], data };
    }
    const { items, factors } = shape;
    weights["decoder.weight"] = { shape: [items, factors], data: xavierUniform(random, factors, items) };
    weights["decoder.bias"] = { shape: [items], data: new Float32Array(items) };
    return weights;
  }

  /** A copy of the weights without the old encoder, every matrix [out, in]. */
  weights(): NamedTensors {
    return Object.fromEntries(this.parameters.map(({ name, tensor }) => {
      const { rows, cols } = tensor;
      const data = Float32Array.from(tensor.data);
      if (name === FIRST) return [name, { shape: [cols, rows], data: transpose(data, rows, cols) }];
      return [name, { shape: rows === 1 ? [cols] : [rows, cols], data }];
    }));
  }

  /** The old encoder becomes a copy of the encoder. */
  rememberEncoder(): void {
    for (const [name, tensor] of this.encoder.tensors) this.old.tensors.get(name)!.data.set(tensor.data);
  }

  /** The old encoder's arrays by name, for checkpoints. */
  get remembered(): Readonly<Record<string, Floats>> {
    return Object.fromEntries([...this.old.tensors].map(([name, { data }]) => [name, data]));
  }

  encode(tape: Tape, x: SparseTensor): Tensor {
    return this.encoder.posterior(tape, normalised(tape, x, null)).mu;
  }

  /** Scores before the softmax, which rank as its probabilities do. (B, I) */
  decode(tape: Tape, e: Tensor): Tensor {
    return this.logits(tape, e);
  }

  logits(tape: Tape, e: Tensor): Tensor {
    return linear(tape, e, this.decoderW, this.decoderB);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return this.decode(tape, this.encode(tape, x));
  }

  /** The likelihood without dropout, sampling and divergence, a mean over users and items. */
  loss(tape: Tape, x: SparseTensor): Tensor {
    return this.lossOf(tape, this.encode(tape, x), x);
  }

  lossOf(tape: Tape, e: Tensor, x: SparseTensor): Tensor {
    return softmaxNllLoss(tape, e, this.decoderW, this.decoderB, x).loss;
  }

  /**
   * One step forward. x: (B, I) binary. @param kept for each entry of x its weight after dropout, or null for all 1.
   * @param noise (B, D) standard normal.
   */
  forward(tape: Tape, x: SparseTensor, kept: ArrayLike<number> | null, noise: Tensor): RecVaeForward {
    const { mu, logvar } = this.encoder.posterior(tape, normalised(tape, x, kept));
    const { mu: oldMu, logvar: oldLogvar } = this.old.posterior(tape, normalised(tape, x, null));
    const z = sampleGaussian(tape, mu, logvar, noise);
    const nll = this.lossOf(tape, z, x);
    const weight = Float64Array.from(x.rowStart, (start, r) => this.gamma * (x.rowEnd[r] - start));
    const { loss: kl, logQ, logP } = mixtureKl(tape, z, mu, logvar, oldMu, oldLogvar, weight);
    return { mu, logvar, z, oldMu, oldLogvar, logQ, logP, nll, kl, loss: addLoss(tape, kl, nll, this.items) };
  }

  /** Each entry of x stays with probability 1 − dropout and then weighs 1/(1 − dropout); the noise of the sample. */
  draw(tape: Tape, x: SparseTensor, random: Random, dropout: number): { kept: Floats; noise: Tensor } {
    const { engine } = tape;
    const kept = engine.floats(x.indices.length);
    for (let q = 0; q < kept.length; q++) kept[q] = random.uniform() < dropout ? 0 : 1 / (1 - dropout);
    const noise = engine.floats(x.rows * this.factors);
    for (let i = 0; i < noise.length; i++) noise[i] = random.normal();
    return { kept, noise: new Tensor(noise, x.rows, this.factors, false) };
  }
}

/** x/‖x‖, its entries weighted. A user without items stays empty. */
function normalised(tape: Tape, x: SparseTensor, kept: ArrayLike<number> | null): SparseTensor {
  const { engine } = tape;
  const values = engine.floats(x.indices.length);
  for (let r = 0; r < x.rows; r++) {
    const length = lengthOf(x, r);
    for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) {
      values[q] = (kept ? kept[q] : x.values ? x.values[q] : 1) / length;
    }
  }
  return new SparseTensor(engine, x.rows, x.cols, x.rowStart, x.rowEnd, x.indices, values, false);
}

/** ‖x‖ of a row. */
function lengthOf(x: SparseTensor, row: number): number {
  if (!x.values) return Math.sqrt(x.rowEnd[row] - x.rowStart[row]);
  let squares = 0;
  for (let q = x.rowStart[row]; q < x.rowEnd[row]; q++) squares += x.values[q] ** 2;
  return Math.sqrt(squares);
}

interface Layer {
  name: string;
  out: number;
  /** 0 for a vector. */
  fanIn: number;
}

/** In the reference's order. */
function encoderLayers({ items, factors, hidden }: RecVaeShape): Layer[] {
  const layer = (name: string, out: number, fanIn: number): Layer[] =>
    [{ name: `encoder.${name}.weight`, out, fanIn }, { name: `encoder.${name}.bias`, out, fanIn: 0 }];
  return [
    ...Array.from({ length: LAYERS }, (_, k) => [
      ...layer(`fc${k + 1}`, hidden, k === 0 ? items : hidden), ...layer(`ln${k + 1}`, hidden, 0),
    ]).flat(),
    ...layer("fc_mu", factors, hidden), ...layer("fc_logvar", factors, hidden),
  ];
}

function shapeOf(weights: NamedTensors): RecVaeShape {
  if (!Object.hasOwn(weights, FIRST) || !Object.hasOwn(weights, "encoder.fc_mu.weight")) {
    const found = Object.keys(weights).join(", ");
    throw new UserError(`no tensor ${FIRST} among ${found}: is this a model of another kind?`);
  }
  const [hidden, items] = weights[FIRST].shape;
  return { items, hidden, factors: weights["encoder.fc_mu.weight"].shape[0] };
}

function named(weights: NamedTensors, name: string, expected: readonly number[]): Float32Array {
  const found = Object.hasOwn(weights, name) ? weights[name] : null;
  if (!found || found.shape.length !== expected.length || found.shape.some((n, i) => n !== expected[i])) {
    throw new UserError(`${name} is ${found ? found.shape.join(" × ") : "missing"}, expected ${expected.join(" × ")}`);
  }
  return found.data;
}

/** The old encoder's weights under the encoder's names; the encoder itself where the weights hold no old one. */
function renamedPrior(weights: NamedTensors): NamedTensors {
  const prefix = "prior.encoder_old.";
  const old = Object.entries(weights).filter(([name]) => name.startsWith(prefix));
  if (old.length === 0) return weights;
  return Object.fromEntries(old.map(([name, value]) => [`encoder.${name.slice(prefix.length)}`, value]));
}

export const recvae: CfaeRecord<RecVaeConfig> = {
  name: "recvae", title: "RecVAE", section: "recvae", fields: RECVAE, linear: false,
  settings: (section) => section as RecVaeConfig,
  training: { learner },
  tensors: (items, { factors, hidden }) => ({
    ...Object.fromEntries(encoderLayers({ items, factors, hidden }).map(({ name, out, fanIn }) =>
      [name, fanIn > 0 ? [out, fanIn] : [out]])),
    "decoder.weight": [items, factors], "decoder.bias": [items],
  }),
  // γ weighs a divergence that only training knows.
  open: (engine, weights) => new RecVae(engine, weights, 0),
  itemVectors: () => null,
  // Weights with gradients and both averages, the old encoder, a batch of both.
  bytes(items, { factors, hidden, batchSize }) {
    const encoder = items * hidden + 4 * hidden * hidden + 2 * hidden * factors + 15 * hidden + 2 * factors;
    const decoder = items * (factors + 1);
    return 4 * (5 * encoder + 4 * decoder + batchSize * (2 * items + 60 * hidden + 20 * factors)) + 2 ** 24;
  },
  rowFloats: ({ hidden }) => 8 * hidden,
  rowWork: (items, { factors, hidden }) => 3 * items * factors + 12 * hidden * hidden + 6 * hidden * factors,
};

/**
 * Some epochs of the encoder with dropout, then the old encoder becomes a copy and the decoder has an epoch without,
 * and so on, each with its own optimiser. The authors keep the round with the best validation nDCG@100; here it is the
 * best likelihood of the validation users, the loop's own measure.
 */
function learner(
  engine: Engine, { train, validation, start }: TrainingData, config: RecVaeConfig, random: Random,
): WeightLearner {
  const { factors, hidden, gamma, dropout, batchSize, encoderEpochs } = config;
  const shape = { items: train.cols, factors, hidden };
  const drawn = RecVae.initialise(random.fork(), shape);
  const model = new RecVae(engine, start ?? drawn, gamma, true);
  const draws = random.fork();
  const stepsPerEpoch = Math.ceil(train.rows / batchSize);
  const decoding = (done: number): boolean =>
    Math.floor(done / stepsPerEpoch) % (encoderEpochs + 1) === encoderEpochs;
  const { parameters, encoderParameters: many } = model;
  return {
    rows: train.rows, watchedRows: validation.rows, parameters, order: random.fork(), randoms: [draws],
    arrays: model.remembered,
    alternating: {
      groups: [parameters.slice(0, many), parameters.slice(many)], turn: (done) => (decoding(done) ? 1 : 0),
    },
    step(tape, rows, done) {
      if (decoding(done) && done % stepsPerEpoch === 0) model.rememberEncoder();
      const x = tape.sparseInput(train, rows);
      const { kept, noise } = model.draw(tape, x, draws, decoding(done) ? 0 : dropout);
      return model.forward(tape, x, kept, noise).loss;
    },
    watch: (tape, rows) => model.loss(tape, tape.sparseInput(validation, rows)),
    weights: () => model.weights(),
  };
}
