/** The steering benchmark on a small world, TEASER beside the knobs. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitDataset } from "../../src/data/split-users.js";
import { generateHardWorld } from "../../src/data/world/hard-world.js";
import { openEngine } from "../../src/engine/open.js";
import { steerBench } from "../../src/measure/steer-bench.js";
import { trainModel } from "../../src/pipeline/train-model.js";

const engine = openEngine({ threads: 1 });
const { dataset } = generateHardWorld({
  users: 300, items: 200, concepts: 8, roots: 4, branching: [2], conceptsPerItem: [1, 2], tastesPerUser: [2, 3],
  meanInteractions: 25, seed: 5,
});
const split = splitDataset(dataset, { seed: 5 });
const model = await trainModel(dataset, {
  engine, split, seed: 5, minTagApplications: 1,
  config: { elsa: { factors: 12, epochs: 20 }, sae: { epochs: 20, k: 4, itemK: 0, batchSize: 64 } },
});
const options = { tags: 3, users: 20, minItems: 10 };

test("TEASER is a row more and changes no other; it is told of visible items and raises those", async () => {
  const bare = await steerBench(engine, model, split, options);
  const bench = await steerBench(engine, model, split, { ...options, teaser: true });
  const teaser = bench.rows.find(({ method }) => method === "TEASER")!;
  assert.equal(bench.rows.filter((row) => row !== teaser), bare.rows);
  assert.ok(teaser.visible >= teaser.hidden, `${teaser.visible}, ${teaser.hidden}`);
  assert.ok(teaser.kept > 0 && teaser.still <= bench.tags);
  assert.equal(await steerBench(engine, model, split, { ...options, teaser: true }), bench);
});

test.after(() => { engine.close(); });
test.run();
