/** Trains TEASER by gradient descent on the training users (docs/method.md §2), its item-tag matrix given. */
import { Tape, type Matrix } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import { Teaser } from "../models/recommenders/teaser.js";
import type { TeaserConfig } from "../config/teaser.js";
import { Adam } from "./adam.js";
import { fit, type FitHooks, type FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import { meanOverBatches } from "./train-elsa.js";

export interface TrainedTeaser {
  /** E: (I, T) */
  encoder: Float32Array;
  fit: FitResult;
}

/**
 * @param train (U, I) binary; @param validation (V, I) binary, all interactions of the validation users.
 * @param tags G: (I, T), for example 1 where the item carries the tag.
 */
export async function trainTeaser(
  engine: Engine, train: Csr, validation: Csr, tags: Matrix, config: TeaserConfig, seed: number, hooks?: FitHooks,
): Promise<TrainedTeaser> {
  if (tags.rows !== train.cols) {
    throw new UserError(
      `the tag matrix has ${tags.rows} items, the interactions ${train.cols}: do they belong together?`,
    );
  }
  const random = new Random(seed);
  return engine.scope(async () => {
    // The loss is a convex quadratic function of E, so zero is as good a start as any, and it has no noise to unlearn.
    const model = new Teaser(engine, new Float32Array(tags.data.length), tags, config, true);
    const optimiser = new Adam(engine, model.parameters, config);
    const tape = new Tape(engine);
    const watching = new Tape(engine, false);
    const result = await fit({
      rows: train.rows,
      parameters: model.parameters,
      optimiser,
      run: runName("TEASER", seed, config, { train: train.indices, validation: validation.indices, tags: tags.data }),
      step(rows) {
        tape.reset();
        const loss = model.loss(tape, tape.sparseInput(train, rows));
        tape.backward(loss);
        return loss.data[0];
      },
      validate: () => meanOverBatches(validation.rows, config.batchSize, (rows) => {
        watching.reset();
        return model.loss(watching, watching.sparseInput(validation, rows)).data[0];
      }),
    }, config, random, hooks);
    return { encoder: Float32Array.from(model.parameters[0].tensor.data), fit: result };
  });
}
