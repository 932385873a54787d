/** Trains any recommender that an SAE can be put into, as its record says (models/recommenders/registry.ts). */
import type { NamedTensors } from "../base/named-tensors.js";
import { Random } from "../base/random.js";
import type { Config } from "../config/config.js";
import type { Engine } from "../engine/engine.js";
import type { TrainingData } from "../models/learner.js";
import type { CfaeRecord, TrainedSettings } from "../models/recommenders/record.js";
import { recordOf, settingsOf } from "../models/recommenders/registry.js";
import type { FitHooks, FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import { learn } from "./learn.js";
import { trainers } from "./trainers.js";

/** A trained recommender's weights, and how training went. */
export interface TrainedCfae {
  /** By the names of PyTorch's reference (docs/exchange.md). */
  weights: NamedTensors;
  fit: FitResult;
}

/** Weights, gradients, optimiser and a batch must fit the engine's heap, which is afterwards as it was. */
export function trainRecommender<S extends TrainedSettings>(
  engine: Engine, record: CfaeRecord<S>, data: TrainingData, settings: S, seed: number, hooks?: FitHooks,
): Promise<TrainedCfae> {
  const { training, name } = record;
  if ("trainer" in training) return trainers.get(training.trainer).train(engine, data, settings, seed, hooks);
  const random = new Random(seed);
  return engine.scope(async () => {
    const learner = training.learner(engine, data, settings, random);
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

/** The recommender that a configuration names. */
export function trainCfae(
  engine: Engine, config: Config, data: TrainingData, seed: number, hooks?: FitHooks,
): Promise<TrainedCfae> {
  return trainRecommender(engine, recordOf(config), data, settingsOf(config), seed, hooks);
}
