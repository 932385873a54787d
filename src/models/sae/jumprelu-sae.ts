/**
 * The JumpReLU SAE (Rajamanoharan et al., 2024): e = p·[p > θ] with a threshold for each neuron, learnt through a
 * straight-through estimator of width `bandwidth`. Nothing limits a row; the penalty l0·(L0/k − 1)² (the papers'
 * variant for a target sparsity) draws the mean number of active neurons to k.
 */
import {
  addLoss, jumpReluEncode, relativeSquare, sparseL1, sparseMatmul, Tensor, thresholdEncode, type SparseTensor,
  type Tape,
} from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { SaeObjective } from "../../config/sae.js";
import { nthLargest } from "../../kernels/plain/threshold.js";
import type { SaeRecord } from "./record.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights } from "./sparse-autoencoder.js";

const THRESHOLD = { name: "log_threshold", perNeuron: true, learnt: true };

/** Keeps what exceeds a threshold of each neuron's own, which is learned. */
export class JumpReluSae extends SparseAutoencoder {
  readonly k: number;
  private l0: Tensor | null = null;

  constructor(
    engine: Engine, weights: SaeWeights, shape: SaeShape & { k: number }, readonly bandwidth: number, trainable = false,
  ) {
    super(engine, weights, shape, trainable, THRESHOLD);
    this.k = shape.k;
  }

  get maxActive(): number {
    return this.neurons;
  }

  protected activate(tape: Tape, standardised: Tensor): SparseTensor {
    if (!tape.recording || !this.trainable) return this.select(tape, standardised);
    const { code, l0 } = jumpReluEncode(tape, this.encoderInputs(standardised), this.threshold!, this.bandwidth);
    this.l0 = l0;
    return code;
  }

  protected override select(tape: Tape, standardised: Tensor): SparseTensor {
    const theta = tape.engine.floats(this.neurons);
    for (let n = 0; n < this.neurons; n++) theta[n] = Math.exp(this.threshold!.data[n]);
    const code = thresholdEncode(tape, this.encoderInputs(standardised), theta);
    this.l0 = new Tensor(tape.engine.floatsFrom([code.indices.length / code.rows]), 1, 1, false);
    return code;
  }

  protected override penalty(tape: Tape, { l0 }: SaeObjective): Tensor {
    return addLoss(tape, tape.input([0], 1, 1), relativeSquare(tape, this.l0!, this.k), l0);
  }

  protected project(tape: Tape, code: SparseTensor): Tensor {
    return sparseMatmul(tape, code, this.decoderW);
  }

  protected sparsity(tape: Tape, code: SparseTensor): Tensor {
    return sparseL1(tape, code);
  }
}

export const jumpRelu: SaeRecord = {
  name: "jumprelu", title: "JumpReLU", k: "mean", sparse: false, threshold: THRESHOLD,
  open: (engine, weights, shape, { bandwidth }, { trainable }) =>
    new JumpReluSae(engine, weights, shape, bandwidth, trainable),
  /** The threshold that lets k of a row through, on average. */
  startThreshold(pre, scale, { neurons, k }) {
    const theta = new Float32Array(1);
    nthLargest(theta, pre, (pre.length / neurons) * k, 0, 1);
    return new Float32Array(neurons).fill(Math.log(Math.max(scale * theta[0], 1e-6)));
  },
  rowFloats: (_config, { neurons }) => 5 * neurons,
};
