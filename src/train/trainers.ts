/**
 * Trainings by the name that a recommender's record gives (models/recommenders/record.ts): several levels, a closed
 * form, or a learner that is too large to go where only inference does.
 */
import type { NamedTensor } from "../base/named-tensors.js";
import { Random } from "../base/random.js";
import { Registry } from "../base/registry.js";
import type { Engine } from "../engine/engine.js";
import type { TrainingData } from "../models/learner.js";
import type { EdlaeConfig } from "../config/edlae.js";
import type { ElsaConfig } from "../config/elsa.js";
import type { ElsaSparseConfig } from "../config/elsa-sparse.js";
import { elsaLearner } from "../models/elsa-learner.js";
import { lowRankStart, solveLowRankEdlae } from "../models/fit-low-rank-edlae.js";
import { namedVectors } from "../models/recommenders/sparse-item-vectors.js";
import { AT_ONCE, type FitHooks } from "./fit.js";
import { trainBySteps, type TrainedCfae } from "./train-by-steps.js";
import { trainSparseElsa } from "./train-sparse-elsa.js";

export interface Trainer {
  readonly name: string;
  /** Works in the engine's heap, which is afterwards as it was. Goes on from `hooks.resume`. */
  train(
    engine: Engine, data: TrainingData, settings: unknown, seed: number, hooks?: FitHooks,
  ): Promise<TrainedCfae>;
}

export const trainers = new Registry<Trainer>("trainer", [{
  name: "elsa",
  train: (engine, data, settings, seed, hooks) =>
    trainBySteps(engine, "elsa", elsaLearner, data, settings as ElsaConfig, seed, hooks),
}, {
  name: "elsa-sparse",
  async train(engine, { train, validation }, settings, seed, hooks) {
    const config = settings as ElsaSparseConfig;
    const { vectors, fit } = await trainSparseElsa(engine, train, validation, config, seed, hooks);
    return { weights: namedVectors(vectors, config.factors), fit };
  },
}, {
  name: "edlae",
  train(engine, { train }, settings, seed) {
    const config = settings as EdlaeConfig;
    const shape = [train.cols, config.factors];
    const named = (values: ArrayLike<number>): NamedTensor => ({ shape, data: Float32Array.from(values) });
    return new Promise((resolve) => {
      const start = lowRankStart(new Random(seed), train.cols * config.factors);
      const { encoder, decoder } = solveLowRankEdlae(engine, train, config, start);
      resolve({ weights: { encoder: named(encoder), decoder: named(decoder) }, fit: AT_ONCE });
    });
  },
}]);
