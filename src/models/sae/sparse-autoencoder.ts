/**
 * The sparse autoencoder over frozen user embeddings u (docs/method.md §3), and what all its kinds share:
 *
 *   û = (u − mean)/std per row        code e = activate((û − b_dec)·W_encᵀ + b_enc)
 *   out = mean + std·(e·W_dec + b_dec)
 *   loss = (L2 | Cosine)(out, target) + l1·L1(e)   [+ further terms, all absent by default: see SaeObjective]
 *
 * W_enc and W_dec are both (H, D), one row a neuron, so that a neuron's weights and gradients are contiguous; saved
 * files hold W_enc transposed, as the reference does. The kinds differ in which pre-activations they keep.
 */
import {
  addLoss, addRow, constant, cosineLoss, destandardise, l2Loss, parameter, sparseMatmul, topkEncode, topkEncodeAmong,
  type EncoderInputs, type SparseTensor, type Tape, Tensor,
} from "../../autograd/index.js";
import type { SaeObjective } from "../../config/sae.js";
import type { Engine } from "../../engine/engine.js";
import type { Floats } from "../../base/floats.js";
import type { Random } from "../../base/random.js";
import { kaimingUniform, normalisedRows } from "../initialise.js";
import type { Parameter } from "../recommenders/recommender.js";

/** D and H. */
export interface SaeShape {
  /** D: length of the embeddings. */
  factors: number;
  /** H: neurons. */
  neurons: number;
}

/** W_enc and W_dec, (H, D) each, b_enc (H) and b_dec (D). */
export interface SaeWeights {
  /** (H, D) */
  encoderW: Float32Array;
  /** (H) */
  encoderB: Float32Array;
  /** (H, D), unit rows */
  decoderW: Float32Array;
  /** (D) */
  decoderB: Float32Array;
  /** Kinds with a threshold only. BatchTopK: (1), the learnt θ; JumpReLU: (H), ln θ of each neuron. */
  threshold?: Float32Array;
}

/** Row statistics that `decode` needs to undo the standardisation. */
export interface Standardised {
  /** û: (B, D) */
  rows: Tensor;
  /** (B) */
  mean: Floats;
  /** (B) */
  std: Floats;
}

/** Everything a training step or a golden check looks at. */
export interface SaeForward {
  input: Standardised;
  code: Tensor | SparseTensor;
  out: Tensor;
  l2: Tensor;
  cosine: Tensor;
  l1: Tensor;
  /** Present when the objective gives them a weight. */
  downstream?: Tensor;
  aux?: Tensor;
  loss: Tensor;
}

/** What an objective beyond docs/method.md §3 needs to see of the training run. */
export interface Surroundings {
  /** The downstream loss of reconstructed embeddings: (B, D) → (1, 1). */
  downstream?: (tape: Tape, out: Tensor) => Tensor;
  /** Dead neurons, ascending: what AuxK revives. */
  dead?: Int32Array;
  /** (B, D) embeddings that the output shall come to instead of those that went in: a denoising SAE. */
  wanted?: Tensor;
}

/** A tensor of thresholds, for the kinds that have one: 0 unless training starts it elsewhere. */
export interface ThresholdTensor {
  /** In saved files. */
  readonly name: string;
  /** One for each neuron, else one for all. */
  readonly perNeuron: boolean;
  /** By gradients; else the model keeps it up to date itself. */
  readonly learnt: boolean;
}

/** What all kinds of SAE share; a kind says which pre-activations stay (docs/method.md §3). */
export abstract class SparseAutoencoder {
  readonly factors: number;
  readonly neurons: number;
  readonly parameters: readonly Parameter[];
  /** K while training, for the kinds that keep K: a schedule may start higher. */
  trainingK = 0;
  readonly encoderW: Tensor;
  readonly encoderB: Tensor;
  readonly decoderW: Tensor;
  readonly decoderB: Tensor;
  protected readonly threshold: Tensor | null = null;

  constructor(
    readonly engine: Engine, weights: SaeWeights, shape: SaeShape, protected readonly trainable: boolean,
    threshold?: ThresholdTensor,
  ) {
    const { factors: d, neurons: h } = shape;
    this.factors = d;
    this.neurons = h;
    const tensor = trainable ? parameter : constant;
    this.encoderW = tensor(engine, weights.encoderW, h, d);
    this.encoderB = tensor(engine, weights.encoderB, 1, h);
    this.decoderW = tensor(engine, weights.decoderW, h, d);
    this.decoderB = tensor(engine, weights.decoderB, 1, d);
    const parameters = [
      { name: "encoder_w", tensor: this.encoderW, unitRows: false },
      { name: "encoder_b", tensor: this.encoderB, unitRows: false },
      { name: "decoder_w", tensor: this.decoderW, unitRows: true },
      { name: "decoder_b", tensor: this.decoderB, unitRows: false },
    ];
    if (threshold) {
      const length = threshold.perNeuron ? h : 1;
      const values = weights.threshold ?? new Float32Array(length);
      this.threshold = (threshold.learnt ? tensor : constant)(engine, values, 1, length);
      parameters.push({ name: threshold.name, tensor: this.threshold, unitRows: false });
    }
    this.parameters = parameters;
  }

  /** Kaiming-uniform weights, decoder rows normalised, zero biases. */
  static initialise(random: Random, { factors: d, neurons: h }: SaeShape): SaeWeights {
    return {
      encoderW: kaimingUniform(random, h * d, h),
      encoderB: new Float32Array(h),
      decoderW: normalisedRows(kaimingUniform(random, h * d, d), d),
      decoderB: new Float32Array(d),
    };
  }

  /** û = (u − m)/s, row by row (docs/method.md §3). u: (B, D) */
  standardise(tape: Tape, u: Tensor): Standardised {
    const { engine } = tape;
    const rows = new Tensor(engine.floats(u.rows * u.cols), u.rows, u.cols, false);
    const mean = engine.floats(u.rows);
    const std = engine.floats(u.rows);
    engine.run("standardiseRows", rows.data, mean, std, u.data, u.cols);
    return { rows, mean, std };
  }

  /** The code that training differentiates: dense or sparse, whichever is cheaper for this kind. (B, H) */
  protected abstract activate(tape: Tape, standardised: Tensor): Tensor | SparseTensor;

  /** Neurons that may be active in a row at once. */
  abstract get maxActive(): number;

  /** e·W_dec, for the form of code that `activate` returns. (B, D) */
  protected abstract project(tape: Tape, code: Tensor | SparseTensor): Tensor;

  /** Mean over rows of Σ|e|, (1, 1). */
  protected abstract sparsity(tape: Tape, code: Tensor | SparseTensor): Tensor;

  /** The code for reading, as sparse rows: what `activate` settles to after training. */
  protected select(tape: Tape, standardised: Tensor): SparseTensor {
    return topkEncode(tape, this.encoderInputs(standardised), this.maxActive);
  }

  /** Reconstructions of û that training compares, the whole one last: (B, D) each. Nested dictionaries have several. */
  protected reconstructions(tape: Tape, code: Tensor | SparseTensor): Tensor[] {
    return [addRow(tape, this.project(tape, code), this.decoderB)];
  }

  /** A kind's own penalty on top of the objective, or null. */
  protected penalty(_tape: Tape, _objective: SaeObjective): Tensor | null {
    return null;
  }

  /** What an encoder's op takes. */
  protected encoderInputs(standardised: Tensor): EncoderInputs {
    return { x: standardised, c: this.decoderB, w: this.encoderW, b: this.encoderB };
  }

  /** The code of embeddings u as sparse rows, for reading, labelling and steering. u: (B, D). */
  encode(tape: Tape, u: Tensor): { code: SparseTensor; input: Standardised } {
    const input = this.standardise(tape, u);
    return { code: this.select(tape, input.rows), input };
  }

  /** Embeddings from a sparse code: mean + std·(e·W_dec + b_dec). (B, D) */
  decode(tape: Tape, code: SparseTensor, { mean, std }: Pick<Standardised, "mean" | "std">): Tensor {
    return destandardise(tape, addRow(tape, sparseMatmul(tape, code, this.decoderW), this.decoderB), mean, std);
  }

  /**
   * The whole training computation for embeddings u: (B, D).
   * @param around the downstream loss and the dead neurons, where the objective gives them a weight; what the output is
   *   compared with, where that is not u.
   */
  forward(tape: Tape, u: Tensor, objective: SaeObjective, around: Surroundings = {}): SaeForward {
    const input = this.standardise(tape, u);
    const code = this.activate(tape, input.rows);
    const { wanted = u } = around;
    const standardised = wanted === u ? input : this.standardise(tape, wanted);
    const target = objective.target === "embedding" ? wanted : standardised.rows;
    const decoded = this.reconstructions(tape, code);
    const compared = decoded.map((rows) => {
      const out = destandardise(tape, rows, input.mean, input.std);
      return { out, l2: l2Loss(tape, out, target), cosine: cosineLoss(tape, out, target) };
    });
    const { out, l2, cosine } = compared[compared.length - 1];
    const l1 = this.sparsity(tape, code);
    const downstream = objective.downstream > 0 ? around.downstream?.(tape, out) : undefined;
    const own = this.penalty(tape, objective);
    const { dead } = around;
    const aux = objective.auxWeight > 0 && dead && dead.length > 0
      ? this.revive(tape, input.rows, decoded[decoded.length - 1], dead, objective.auxK) : undefined;
    const loss = weightedSum(tape, [
      ...reconstructionTerms(compared, objective),
      ...downstream ? [[downstream, objective.downstream] as const] : [],
      ...own ? [[own, 1] as const] : [],
      ...aux ? [[aux.loss, objective.auxWeight * auxScale(objective, input) * aux.weight] as const] : [],
      [l1, objective.l1],
    ]);
    return { input, code, out, l2, cosine, l1, downstream, aux: aux?.loss, loss };
  }

  /**
   * AuxK (Gao et al., 2024): the residual û − decoded, taken as fixed, is rebuilt by the k best dead neurons of each
   * row, without a bias. The loss is relative to the residual's size: weight = 1/mean(residual²). It must be of the
   * size of the main loss, too: Adam divides a neuron's gradients by a long memory of their squares, so that a neuron
   * that died with large ones learns next to nothing from small ones. Where the main loss is in units of the embedding,
   * AuxK therefore gets its scale, mean(std²).
   */
  private revive(
    tape: Tape, standardised: Tensor, decoded: Tensor, dead: Int32Array, auxK: number,
  ): { loss: Tensor; weight: number } {
    const { engine } = tape;
    const residual = new Tensor(engine.floats(standardised.data.length), standardised.rows, this.factors, false);
    residual.data.set(standardised.data);
    engine.run("addScaled", residual.data, decoded.data, -1, 1);
    let squares = 0;
    for (let i = 0; i < residual.data.length; i++) squares += residual.data[i] * residual.data[i];
    const k = auxK || Math.ceil(this.factors / 2);
    const code = topkEncodeAmong(tape, this.encoderInputs(standardised), k, dead);
    const loss = l2Loss(tape, sparseMatmul(tape, code, this.decoderW), residual);
    return { loss, weight: squares > 0 ? residual.data.length / squares : 0 };
  }

  /** A copy of the weights as ordinary arrays. */
  weights(): SaeWeights {
    const copy = (t: Tensor): Float32Array => Float32Array.from(t.data);
    return {
      encoderW: copy(this.encoderW), encoderB: copy(this.encoderB),
      decoderW: copy(this.decoderW), decoderB: copy(this.decoderB),
      ...(this.threshold ? { threshold: copy(this.threshold) } : {}),
    };
  }
}

type Term = readonly [Tensor, number];

/** Reconstruction losses by their weights; nested reconstructions count equally. */
function reconstructionTerms(
  compared: readonly { readonly l2: Tensor; readonly cosine: Tensor }[],
  { loss, reconstruction, blend }: SaeObjective,
): Term[] {
  const share = 1 / compared.length;
  return compared.flatMap(({ l2, cosine }) => {
    const [chosen, other] = loss === "l2" ? [l2, cosine] : [cosine, l2];
    return [
      ...reconstruction > 0 ? [[chosen, reconstruction * share] as const] : [],
      ...blend > 0 ? [[other, blend * share] as const] : [],
    ];
  });
}

/** What brings AuxK to the size of the main loss: mean(std²) where that is in units of the embedding. */
function auxScale({ loss, target }: SaeObjective, { std }: Standardised): number {
  return loss === "l2" && target === "embedding" ? meanSquare(std) : 1;
}

function meanSquare(x: Floats): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return sum / x.length;
}

/** Σ weight·term, left to right; a first term of weight 1 is taken as it is. */
function weightedSum(tape: Tape, terms: readonly Term[]): Tensor {
  const [[first, weight], ...rest] = terms;
  const start = weight === 1 ? first : addLoss(tape, tape.input([0], 1, 1), first, weight);
  return rest.reduce((sum, [term, w]) => addLoss(tape, sum, term, w), start);
}
