/** A model of a small hard world, trained once per test file that measures one. */
import { splitDataset } from "../../src/data/split-users.js";
import { generateHardWorld } from "../../src/data/world/hard-world.js";
import { openEngine } from "../../src/engine/open.js";
import { trainModel } from "../../src/pipeline/train-model.js";

export const engine = openEngine({ threads: 1 });
export const { dataset } = generateHardWorld({
  users: 300, items: 200, concepts: 8, roots: 4, branching: [2], conceptsPerItem: [1, 2], tastesPerUser: [2, 3],
  meanInteractions: 25, seed: 5,
});
export const split = splitDataset(dataset, { seed: 5 });
export const model = await trainModel(dataset, {
  engine, split, seed: 5, minTagApplications: 1,
  config: { elsa: { factors: 12, epochs: 20 }, sae: { epochs: 20, k: 4, itemK: 0, batchSize: 64 } },
});
