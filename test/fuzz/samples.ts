/** Small whole models that changes are made to, one of each make-up; trained once a process, in a second or two. */
import { generateWorld } from "../../src/data/world/world.js";
import { presets } from "../../src/config/presets.js";
import type { Config } from "../../src/config/config.js";
import type { Dataset } from "../../src/data/dataset.js";
import type { Model } from "../../src/model-folder/model.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { trainModel } from "../../src/pipeline/train-model.js";

let models: Promise<readonly Model[]> | null = null;

export function sampleDataset(): Dataset {
  return generateWorld({ users: 80, items: 40, concepts: 4, meanInteractions: 10, seed: 3, name: "fuzz" }).dataset;
}

/** ELSA with the default SAE, ELSA with BatchTopK, and MultVAE with a TopK. */
export function sampleModels(): Promise<readonly Model[]> {
  models ??= train();
  return models;
}

/** What each of them is trained by. */
export function sampleConfigs(): Config[] {
  const short = { epochs: 2, batchSize: 32 };
  const sae = { ...short, expansion: 2, k: 3, kStart: 0, itemK: 0 };
  return [
    { elsa: { ...short, factors: 4 }, sae },
    { elsa: { ...short, factors: 4 }, sae: { ...sae, kind: "batch-topk" as const, refine: 0, refineHead: 0 } },
    { model: "multvae", multvae: { ...short, factors: 4, hidden: 8 }, sae: { ...sae, kind: "topk" as const } },
  ].map((said) => resolveConfig(said, presets.faithful));
}

async function train(): Promise<readonly Model[]> {
  const dataset = sampleDataset();
  const trained: Model[] = [];
  for (const config of sampleConfigs()) {
    trained.push(await trainModel(dataset, { config, seed: 1, threads: 1, minTagApplications: 1 }));
  }
  return trained;
}
