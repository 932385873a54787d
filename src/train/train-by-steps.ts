/** Trains a recommender that is one learner in one loop: by gradient descent, with what train/learn.ts brings. */
import type { NamedTensors } from "../base/named-tensors.js";
import { Random } from "../base/random.js";
import type { Engine } from "../engine/engine.js";
import type { TrainingData } from "../models/learner.js";
import type { TrainedSettings, WeightLearner } from "../models/recommenders/record.js";
import type { FitHooks, FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import { learn } from "./learn.js";

/** A trained recommender's weights, and how training went. */
export interface TrainedCfae {
  /** By the names of PyTorch's reference (docs/exchange.md). */
  weights: NamedTensors;
  fit: FitResult;
}

/**
 * Weights, gradients, optimiser and a batch must fit the engine's heap, which is afterwards as it was.
 * @param name of the recommender, which a checkpoint's run is called by.
 */
export function trainBySteps<S extends TrainedSettings>(
  engine: Engine, name: string,
  makeLearner: (engine: Engine, data: TrainingData, settings: S, random: Random) => WeightLearner,
  data: TrainingData, settings: S, seed: number, hooks?: FitHooks,
): Promise<TrainedCfae> {
  return engine.scope(async () => {
    const learner = makeLearner(engine, data, settings, new Random(seed));
    const { train, validation } = data;
    const run = runName(name, seed, settings, {
      train: train.indices, validation: validation.indices, ...(train.values ? { weights: train.values } : {}),
      ...startOf(data),
    });
    const fit = await learn(engine, learner, settings, run, hooks);
    return { weights: learner.weights(), fit };
  });
}

/** What a run started from, for its name; nothing where weights were drawn. */
export function startOf({ start }: Pick<TrainingData, "start">): Record<string, Float32Array> {
  return start ? Object.fromEntries(Object.entries(start).map(([name, { data }]) => [`start ${name}`, data])) : {};
}
