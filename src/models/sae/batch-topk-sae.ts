/**
 * The BatchTopK SAE (Bussmann et al., 2024): a batch of B rows keeps its B·K largest activations, so that rows may use
 * more or fewer than K neurons. A single row has no batch to compete in: inference keeps what reaches a threshold θ,
 * learnt in training as the running mean of each batch's smallest kept activation.
 */
import {
  batchTopkEncode, sparseL1, sparseMatmul, thresholdEncode, type SparseTensor, type Tape, type Tensor,
} from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { SaeRecord } from "./record.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights } from "./sparse-autoencoder.js";

/** Share of the newest batch in the running mean: it remembers about 100 steps. */
const NEWEST = 0.01;

const THRESHOLD = { name: "threshold", perNeuron: false, learnt: false };

/** Keeps the K·B largest entries of a batch, and by a threshold in use, so that users differ in how many. */
export class BatchTopKSae extends SparseAutoencoder {
  readonly k: number;

  constructor(engine: Engine, weights: SaeWeights, shape: SaeShape & { k: number }, trainable = false) {
    super(engine, weights, shape, trainable, THRESHOLD);
    this.k = shape.k;
    this.trainingK = shape.k;
  }

  get maxActive(): number {
    return this.neurons;
  }

  protected activate(tape: Tape, standardised: Tensor): SparseTensor {
    if (!tape.recording || !this.trainable) return this.select(tape, standardised);
    const inputs = this.encoderInputs(standardised);
    const { code, smallest } = batchTopkEncode(tape, inputs, standardised.rows * this.trainingK);
    const theta = this.threshold!.data;
    // 0 stands for "no batch yet".
    theta[0] = theta[0] === 0 ? smallest : theta[0] + NEWEST * (smallest - theta[0]);
    return code;
  }

  protected override select(tape: Tape, standardised: Tensor): SparseTensor {
    return thresholdEncode(tape, this.encoderInputs(standardised), this.threshold!.data);
  }

  protected project(tape: Tape, code: SparseTensor): Tensor {
    return sparseMatmul(tape, code, this.decoderW);
  }

  protected sparsity(tape: Tape, code: SparseTensor): Tensor {
    return sparseL1(tape, code);
  }
}

export const batchTopK: SaeRecord = {
  name: "batch-topk", title: "BatchTopK", k: "batch", sparse: false, threshold: THRESHOLD,
  open: (engine, weights, shape, _design, { trainable }) => new BatchTopKSae(engine, weights, shape, trainable),
  rowFloats: (_config, { neurons }) => 5 * neurons,
};
