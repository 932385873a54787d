/** A small trained model for tests: a world of 300 users, a few seconds' work, shared by a file's tests. */
import { generateWorld, type World } from "../../src/data/world/world.js";
import type { Model } from "../../src/model-folder/model.js";
import { trainModel, type TrainOptions } from "../../src/pipeline/train-model.js";
import { presets } from "../../src/config/presets.js";
import type { Config } from "../../src/config/config.js";

export const tinyConfig: Config = {
  ...presets.default,
  elsa: { ...presets.default.elsa, factors: 16, epochs: 12, batchSize: 64, learningRate: 3e-3 },
  sae: {
    ...presets.default.sae, kind: "topk", itemK: 0, auxWeight: 0, expansion: 2, k: 4, epochs: 12, batchSize: 64,
    learningRate: 3e-3,
  },
};

export function tinyWorld(): World {
  return generateWorld({ users: 300, items: 120, concepts: 6, meanInteractions: 15, seed: 3, name: "tiny" });
}

export function tinyModel(options: Partial<TrainOptions> = {}): Promise<Model> {
  return trainModel(tinyWorld().dataset, { config: tinyConfig, seed: 5, threads: 1, ...options });
}
