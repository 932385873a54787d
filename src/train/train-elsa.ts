/** Trains ELSA on the training users, watching its loss on the validation users (docs/method.md §2). */
import { Tape } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { Elsa } from "../models/recommenders/elsa.js";
import { Adam } from "./adam.js";
import type { ElsaConfig } from "../config/elsa.js";
import { fit, type FitHooks, type FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import { dropEntries } from "./input-dropout.js";

export interface TrainedElsa {
  /** (I, D) item vectors. */
  encoder: Float32Array;
  fit: FitResult;
}

/**
 * @param train (U, I) binary; @param validation (V, I) binary, all interactions of the validation users.
 * Weights, gradients, optimiser and one batch of scores must fit the engine's heap: see `elsaBytes`.
 */
export async function trainElsa(
  engine: Engine, train: Csr, validation: Csr, config: ElsaConfig, seed: number, hooks?: FitHooks,
): Promise<TrainedElsa> {
  const random = new Random(seed);
  return engine.scope(async () => {
    const model = new Elsa(
      engine, Elsa.initialise(random.fork(), train.cols, config.factors), train.cols, config.factors, true,
    );
    const optimiser = new Adam(engine, model.parameters, config);
    const order = random.fork();
    // Forked only when used: without dropout a seed gives what it always gave.
    const drops = config.inputDropout > 0 ? random.fork() : null;
    const tape = new Tape(engine);
    const watching = new Tape(engine, false);
    const result = await fit({
      rows: train.rows,
      parameters: model.parameters,
      optimiser,
      step(rows) {
        tape.reset();
        const x = tape.sparseInput(train, rows);
        let loss;
        if (drops) {
          const { seen, hidden } = dropEntries(train, rows, config.inputDropout, drops);
          loss = model.lossOf(tape, model.encode(tape, tape.sparseInput(seen)), x, tape.sparseInput(hidden));
        } else loss = model.loss(tape, x);
        tape.backward(loss);
        return loss.data[0];
      },
      validate: () => meanOverBatches(validation.rows, config.batchSize, (rows) => {
        watching.reset();
        return model.loss(watching, watching.sparseInput(validation, rows)).data[0];
      }),
      run: runName("elsa", seed, config, { train: train.indices, validation: validation.indices }),
      randoms: drops ? [drops] : [],
    }, config, order, hooks);
    return { encoder: Float32Array.from(model.parameters[0].tensor.data), fit: result };
  });
}

/** Mean of a per-batch loss over rows 0 … rows−1, in order. */
export function meanOverBatches(rows: number, batchSize: number, loss: (rows: Int32Array) => number): number {
  let sum = 0;
  let batches = 0;
  for (let from = 0; from < rows; from += batchSize) {
    const to = Math.min(rows, from + batchSize);
    sum += loss(Int32Array.from({ length: to - from }, (_, i) => from + i));
    batches++;
  }
  return sum / batches;
}

/** Heap bytes that training needs at its peak: A, its gradient and both averages, a batch of scores and embeddings. */
export function elsaBytes(items: number, { factors, batchSize }: ElsaConfig): number {
  return 4 * (4 * items * factors + batchSize * items + 6 * batchSize * factors) + 2 ** 24;
}
