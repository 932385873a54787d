/**
 * Trains MultVAE or MultDAE on the training users (docs/method.md §2). The validation loss keeps dropout and sampling
 * on, as the reference's does (§7); its draws come from a generator of their own, so watching does not change training.
 */
import { Tape, type SparseTensor, type Tensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { MultDae, type NamedWeights } from "../models/recommenders/multdae.js";
import { MultVae } from "../models/recommenders/multvae.js";
import { Adam } from "./adam.js";
import { fit, type FitHooks, type FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import type { MultVaeConfig } from "../config/multvae.js";
import { openMultVae } from "../models/recommenders/open-multvae.js";
import { meanOverBatches } from "./train-elsa.js";

export interface TrainedMultVae {
  weights: NamedWeights;
  fit: FitResult;
}

/** β of the step that has `done` steps before it: 0 in the first, so it rises after each step (docs/method.md §2). */
export function betaAt(
  done: number, { annealingSteps, maxBeta }: Pick<MultVaeConfig, "annealingSteps" | "maxBeta">,
): number {
  return Math.min(done / annealingSteps, maxBeta);
}

/**
 * @param train (U, I) binary; @param validation (V, I) binary, all interactions of the validation users.
 */
export async function trainMultVae(
  engine: Engine, train: Csr, validation: Csr, config: MultVaeConfig, seed: number, hooks?: FitHooks,
): Promise<TrainedMultVae> {
  const random = new Random(seed);
  return engine.scope(async () => {
    const shape = { items: train.cols, factors: config.factors, hidden: config.hidden };
    const initial = (config.kind === "vae" ? MultVae : MultDae).initialise(random.fork(), shape);
    const model = openMultVae(engine, config, initial, true);
    const optimiser = new Adam(engine, model.parameters, config);
    const training = random.fork();
    const watching = random.fork();
    const tape = new Tape(engine);
    const inference = new Tape(engine, false);
    /** Steps so far, which β depends on; part of a checkpoint, since the run may go on with a validation. */
    const done = new Float64Array(1);
    const lossOf = (on: Tape, x: SparseTensor, draws: Random): Tensor => {
      if (model instanceof MultVae) model.beta = betaAt(done[0], config);
      return model.forward(on, x, model.draw(on, x, draws, config.dropout)).loss;
    };
    const result = await fit({
      rows: train.rows,
      parameters: model.parameters,
      optimiser,
      randoms: [training, watching],
      arrays: { done },
      run: runName(config.kind === "vae" ? "MultVAE" : "MultDAE", seed, config, {
        train: train.indices, validation: validation.indices,
      }),
      step(rows, at) {
        tape.reset();
        const loss = lossOf(tape, tape.sparseInput(train, rows), training);
        tape.backward(loss);
        done[0] = at + 1;
        return loss.data[0];
      },
      validate: () => meanOverBatches(validation.rows, config.batchSize, (rows) => {
        inference.reset();
        return lossOf(inference, inference.sparseInput(validation, rows), watching).data[0];
      }),
    }, config, random.fork(), hooks);
    return { weights: model.weights(), fit: result };
  });
}

/** Heap bytes that training needs at its peak: weights, gradients, both averages, one batch's layers. */
export function multVaeBytes(items: number, { factors, hidden, batchSize }: MultVaeConfig): number {
  const weights = 2 * items * hidden + 3 * hidden * factors + 3 * hidden + 2 * factors + items;
  return 4 * (4 * weights + batchSize * (items + 10 * hidden + 10 * factors)) + 2 ** 24;
}
