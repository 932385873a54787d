/**
 * Trainings that are more than one learner in one loop, by the name that a recommender's record gives
 * (models/recommenders/record.ts).
 */
import type { NamedTensors } from "../base/named-tensors.js";
import { Registry } from "../base/registry.js";
import type { Engine } from "../engine/engine.js";
import type { TrainingData } from "../models/learner.js";
import type { ElsaSparseConfig } from "../config/elsa-sparse.js";
import { namedVectors } from "../models/recommenders/sparse-item-vectors.js";
import type { FitHooks, FitResult } from "./fit.js";
import { trainSparseElsa } from "./train-sparse-elsa.js";

export interface Trainer {
  readonly name: string;
  /** Works in the engine's heap, which is afterwards as it was. Goes on from `hooks.resume`. */
  train(
    engine: Engine, data: TrainingData, settings: unknown, seed: number, hooks?: FitHooks,
  ): Promise<{ weights: NamedTensors; fit: FitResult }>;
}

export const trainers = new Registry<Trainer>("trainer", [{
  name: "elsa-sparse",
  async train(engine, { train, validation }, settings, seed, hooks) {
    const config = settings as ElsaSparseConfig;
    const { vectors, fit } = await trainSparseElsa(engine, train, validation, config, seed, hooks);
    return { weights: namedVectors(vectors, config.factors), fit };
  },
}]);
