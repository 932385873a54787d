/**
 * The TopK SAE (Gao et al., 2024; METHOD.md §3): e keeps the K largest positive entries of a row. Everything behind the
 * encoder touches those K only.
 *
 * With `refine`, codes for reading (`encode`) are improved after the encoder: fitted to û by non-negative least
 * squares, and the weakest neuron is swapped for a better one that often at most (kernel refineCodes). Training never is.
 */
import { type SparseTensor, sparseL1, sparseMatmul, topkEncode, type Tape, type Tensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights } from "./sparse-autoencoder.js";

export interface TopKShape extends SaeShape {
  k: number;
  /** Swaps at most when refining a code at inference. Default 0: the encoder's code as it is. */
  refine?: number;
}

export class TopKSae extends SparseAutoencoder {
  readonly k: number;
  readonly refine: number;
  /** K while training: a schedule may start higher. Inference and validation always use k. */
  trainingK: number;

  constructor(engine: Engine, weights: SaeWeights, shape: TopKShape, trainable = false) {
    super(engine, weights, shape, trainable);
    this.k = shape.k;
    this.refine = shape.refine ?? 0;
    this.trainingK = shape.k;
  }

  get maxActive(): number {
    return this.k;
  }

  protected activate(tape: Tape, standardised: Tensor): SparseTensor {
    const k = tape.recording ? this.trainingK : this.k;
    return topkEncode(tape, standardised, this.decoderB, this.encoderW, this.encoderB, k);
  }

  protected override select(tape: Tape, standardised: Tensor): SparseTensor {
    const code = super.select(tape, standardised);
    // A code with gradients has to be the encoder's, and training looks at that one too when it picks what to resample.
    if (this.refine === 0 || tape.recording || this.trainable) return code;
    const { indices, values, rowStart, rowEnd } = code;
    tape.engine.run(
      "refineCodes", indices, values!, rowEnd, rowStart, standardised.data, this.decoderB.data, this.decoderW.data,
      this.neurons, this.factors, this.refine,
    );
    return code;
  }

  protected project(tape: Tape, code: SparseTensor): Tensor {
    return sparseMatmul(tape, code, this.decoderW);
  }

  protected sparsity(tape: Tape, code: SparseTensor): Tensor {
    return sparseL1(tape, code);
  }
}
