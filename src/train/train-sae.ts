/** Trains an SAE on the frozen embeddings of the training users (METHOD.md §3). */
import { Tape, type Matrix } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { Random } from "../kernels/random.js";
import { BasicSae } from "../models/basic-sae.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights } from "../models/sparse-autoencoder.js";
import { TopKSae } from "../models/topk-sae.js";
import { Adam } from "./adam.js";
import type { SaeConfig } from "./config.js";
import { fit, type FitHooks, type FitResult } from "./fit.js";
import { meanOverBatches } from "./train-elsa.js";

export interface TrainedSae {
  weights: SaeWeights;
  shape: SaeShape & { k: number };
  fit: FitResult;
}

/** The SAE of a configuration on given weights. */
export function openSae(
  engine: Engine, config: Pick<SaeConfig, "kind">, weights: SaeWeights, shape: SaeShape & { k: number },
  trainable = false,
): SparseAutoencoder {
  return config.kind === "topk"
    ? new TopKSae(engine, weights, shape, trainable)
    : new BasicSae(engine, weights, shape, trainable);
}

export async function trainSae(
  engine: Engine, train: Matrix, validation: Matrix, config: SaeConfig, seed: number, hooks?: FitHooks,
): Promise<TrainedSae> {
  const random = new Random(seed);
  const mark = engine.heap.mark();
  const shape = { factors: train.cols, neurons: Math.round(config.expansion * train.cols), k: config.k };
  try {
    const model = openSae(engine, config, SparseAutoencoder.initialise(random.fork(), shape), shape, true);
    const optimiser = new Adam(engine, model.parameters, config);
    const tape = new Tape(engine);
    const watching = new Tape(engine, false);
    const result = await fit({
      rows: train.rows,
      parameters: model.parameters,
      optimiser,
      step(rows) {
        tape.reset();
        const { loss } = model.forward(tape, tape.rowsOf(train, rows), config);
        tape.backward(loss);
        return loss.data[0];
      },
      validate: () => meanOverBatches(validation.rows, config.batchSize, (rows) => {
        watching.reset();
        return model.forward(watching, watching.rowsOf(validation, rows), config).loss.data[0];
      }),
    }, config, random.fork(), hooks);
    return { weights: model.weights(), shape, fit: result };
  } finally {
    engine.heap.release(mark);
  }
}
