/**
 * The Basic SAE (docs/method.md §3): e = relu((û − b_dec)·W_encᵀ + b_enc), kept sparse by the L1 term alone. A third of
 * its neurons are active, so training runs on dense codes.
 */
import { l1, linear, matmul, relu, subtractRow, type Tape, type Tensor } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { SaeRecord } from "./record.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights } from "./sparse-autoencoder.js";

/** e = relu(pre-activations), kept sparse by the L1 term alone (docs/method.md §3). */
export class BasicSae extends SparseAutoencoder {
  constructor(engine: Engine, weights: SaeWeights, shape: SaeShape, trainable = false) {
    super(engine, weights, shape, trainable);
  }

  get maxActive(): number {
    return this.neurons;
  }

  protected activate(tape: Tape, standardised: Tensor): Tensor {
    return relu(tape, linear(tape, subtractRow(tape, standardised, this.decoderB), this.encoderW, this.encoderB));
  }

  protected project(tape: Tape, code: Tensor): Tensor {
    return matmul(tape, code, this.decoderW);
  }

  protected sparsity(tape: Tape, code: Tensor): Tensor {
    return l1(tape, code);
  }
}

export const basic: SaeRecord = {
  name: "basic", title: "Basic", k: "unused", sparse: false,
  open: (engine, weights, shape, _design, { trainable }) => new BasicSae(engine, weights, shape, trainable),
  rowFloats: (_config, { neurons }) => 5 * neurons,
};
