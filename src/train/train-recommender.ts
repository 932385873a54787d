/** Trains any recommender that an SAE can be put into, as its record says (models/recommenders/registry.ts). */
import type { Config } from "../config/config.js";
import type { Engine } from "../engine/engine.js";
import type { TrainingData } from "../models/learner.js";
import type { CfaeRecord, TrainedSettings } from "../models/recommenders/record.js";
import { recordOf, settingsOf } from "../models/recommenders/registry.js";
import type { FitHooks } from "./fit.js";
import { trainBySteps, type TrainedCfae } from "./train-by-steps.js";
import { trainers } from "./trainers.js";

/** Weights, gradients, optimiser and a batch must fit the engine's heap, which is afterwards as it was. */
export function trainRecommender<S extends TrainedSettings>(
  engine: Engine, record: CfaeRecord<S>, data: TrainingData, settings: S, seed: number, hooks?: FitHooks,
): Promise<TrainedCfae> {
  const { training, name } = record;
  if ("trainer" in training) return trainers.get(training.trainer).train(engine, data, settings, seed, hooks);
  return trainBySteps(engine, name, training.learner, data, settings, seed, hooks);
}

/** The recommender that a configuration names. */
export function trainCfae(
  engine: Engine, config: Config, data: TrainingData, seed: number, hooks?: FitHooks,
): Promise<TrainedCfae> {
  return trainRecommender(engine, recordOf(config), data, settingsOf(config), seed, hooks);
}
