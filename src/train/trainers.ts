/**
 * Trainings that are no learner in one loop, by the name that a recommender's record gives
 * (models/recommenders/record.ts): several levels, or a closed form.
 */
import type { NamedTensor, NamedTensors } from "../base/named-tensors.js";
import { Random } from "../base/random.js";
import { Registry } from "../base/registry.js";
import type { Engine } from "../engine/engine.js";
import type { TrainingData } from "../models/learner.js";
import type { EdlaeConfig } from "../config/edlae.js";
import type { ElsaSparseConfig } from "../config/elsa-sparse.js";
import { lowRankStart, solveLowRankEdlae } from "../models/fit-low-rank-edlae.js";
import { namedVectors } from "../models/recommenders/sparse-item-vectors.js";
import { AT_ONCE, type FitHooks, type FitResult } from "./fit.js";
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
