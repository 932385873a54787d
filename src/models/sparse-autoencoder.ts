/**
 * The sparse autoencoder over frozen user embeddings u (METHOD.md §3), and what all its kinds share:
 *
 *   û = (u − mean)/std per row        code e = activate((û − b_dec)·W_encᵀ + b_enc)
 *   out = mean + std·(e·W_dec + b_dec)
 *   loss = (L2 | Cosine)(out, target) + l1·L1(e)
 *
 * W_enc and W_dec are both (H, D), one row a neuron, so that a neuron's weights and gradients are contiguous; saved
 * files hold W_enc transposed, as the reference does. The kinds differ in `activate` only.
 */
import {
  addLoss, addRow, constant, cosineLoss, destandardise, l2Loss, parameter, sparseMatmul, topkEncode,
  type SparseTensor, type Tape, Tensor,
} from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { Floats } from "../kernels/floats.js";
import type { Random } from "../kernels/random.js";
import { kaimingUniform, normalisedRows } from "./initialise.js";
import type { Parameter } from "./recommender.js";

export interface SaeShape {
  /** D: length of the embeddings. */
  factors: number;
  /** H: neurons. */
  neurons: number;
}

export interface SaeObjective {
  /** Reconstruction loss: mean squared error over elements, or mean over rows of 1 − cos. */
  loss: "l2" | "cosine";
  /** Weight of the mean over rows of Σ|e|. */
  l1: number;
  /**
   * What the output is compared with: the embedding u, or the standardised û. The reference standardises its batch in
   * place and so compares the de-standardised output with û (METHOD.md §3).
   */
  target: "embedding" | "standardised";
}

export interface SaeWeights {
  /** (H, D) */
  encoderW: Float32Array;
  /** (H) */
  encoderB: Float32Array;
  /** (H, D), unit rows */
  decoderW: Float32Array;
  /** (D) */
  decoderB: Float32Array;
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
  loss: Tensor;
}

export abstract class SparseAutoencoder {
  readonly factors: number;
  readonly neurons: number;
  readonly parameters: readonly Parameter[];
  protected readonly encoderW: Tensor;
  protected readonly encoderB: Tensor;
  protected readonly decoderW: Tensor;
  protected readonly decoderB: Tensor;

  constructor(readonly engine: Engine, weights: SaeWeights, shape: SaeShape, trainable: boolean) {
    const { factors: d, neurons: h } = shape;
    this.factors = d;
    this.neurons = h;
    const tensor = trainable ? parameter : constant;
    this.encoderW = tensor(engine, weights.encoderW, h, d);
    this.encoderB = tensor(engine, weights.encoderB, 1, h);
    this.decoderW = tensor(engine, weights.decoderW, h, d);
    this.decoderB = tensor(engine, weights.decoderB, 1, d);
    this.parameters = [
      { name: "encoder_w", tensor: this.encoderW, unitRows: false },
      { name: "encoder_b", tensor: this.encoderB, unitRows: false },
      { name: "decoder_w", tensor: this.decoderW, unitRows: true },
      { name: "decoder_b", tensor: this.decoderB, unitRows: false },
    ];
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

  /** The code of embeddings u as sparse rows, for reading, labelling and steering. u: (B, D). */
  encode(tape: Tape, u: Tensor): { code: SparseTensor; input: Standardised } {
    const input = this.standardise(tape, u);
    const code = topkEncode(tape, input.rows, this.decoderB, this.encoderW, this.encoderB, this.maxActive);
    return { code, input };
  }

  /** Embeddings from a sparse code: mean + std·(e·W_dec + b_dec). (B, D) */
  decode(tape: Tape, code: SparseTensor, { mean, std }: Pick<Standardised, "mean" | "std">): Tensor {
    return destandardise(tape, addRow(tape, sparseMatmul(tape, code, this.decoderW), this.decoderB), mean, std);
  }

  forward(tape: Tape, u: Tensor, objective: SaeObjective): SaeForward {
    const input = this.standardise(tape, u);
    const code = this.activate(tape, input.rows);
    const decoded = addRow(tape, this.project(tape, code), this.decoderB);
    const out = destandardise(tape, decoded, input.mean, input.std);
    const target = objective.target === "embedding" ? u : input.rows;
    const l2 = l2Loss(tape, out, target);
    const cosine = cosineLoss(tape, out, target);
    const l1 = this.sparsity(tape, code);
    const loss = addLoss(tape, objective.loss === "l2" ? l2 : cosine, l1, objective.l1);
    return { input, code, out, l2, cosine, l1, loss };
  }

  /** A copy of the weights as ordinary arrays. */
  weights(): SaeWeights {
    const copy = (t: Tensor): Float32Array => Float32Array.from(t.data);
    return {
      encoderW: copy(this.encoderW), encoderB: copy(this.encoderB),
      decoderW: copy(this.decoderW), decoderB: copy(this.decoderB),
    };
  }
}
