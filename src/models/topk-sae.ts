/**
 * The TopK SAE (Gao et al., 2024; METHOD.md §3): e keeps the K largest positive entries of a row. Everything behind the
 * encoder touches those K only.
 */
import { type SparseTensor, sparseL1, sparseMatmul, topkEncode, type Tape, type Tensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights } from "./sparse-autoencoder.js";

export class TopKSae extends SparseAutoencoder {
  readonly k: number;
  /** K while training: a schedule may start higher. Inference and validation always use k. */
  trainingK: number;

  constructor(engine: Engine, weights: SaeWeights, shape: SaeShape & { k: number }, trainable = false) {
    super(engine, weights, shape, trainable);
    this.k = shape.k;
    this.trainingK = shape.k;
  }

  get maxActive(): number {
    return this.k;
  }

  protected activate(tape: Tape, standardised: Tensor): SparseTensor {
    const k = tape.recording ? this.trainingK : this.k;
    return topkEncode(tape, standardised, this.decoderB, this.encoderW, this.encoderB, k);
  }

  protected project(tape: Tape, code: SparseTensor): Tensor {
    return sparseMatmul(tape, code, this.decoderW);
  }

  protected sparsity(tape: Tape, code: SparseTensor): Tensor {
    return sparseL1(tape, code);
  }
}
