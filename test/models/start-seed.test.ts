/** A start with a seed of its own: trainings of other seeds begin at the same weights, and go on differently. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { ELSA, type ElsaConfig } from "../../src/config/elsa.js";
import { defaultsOf } from "../../src/config/field.js";
import { SAE, type SaeConfig } from "../../src/config/sae.js";
import { openEngine } from "../../src/engine/open.js";
import { elsa } from "../../src/models/recommenders/elsa.js";
import { startWeights } from "../../src/models/sae/start.js";
import { trainRecommender } from "../../src/train/train-recommender.js";

const ITEMS = 60;
function users(seed: number, rows: number): Csr {
  const random = new Random(seed);
  return csrFromLists(Array.from({ length: rows }, () =>
    [...new Set(Array.from({ length: 8 }, () => random.below(ITEMS)))].sort((a, b) => a - b)), ITEMS);
}

const data = { train: users(1, 80), validation: users(2, 20) };
/** So small that rounding takes each step back. */
const STILL = 1e-30;

async function trained(config: Partial<ElsaConfig>, seed: number): Promise<Float32Array> {
  const settings = { ...defaultsOf(ELSA), factors: 8, batchSize: 16, epochs: 2, patience: 0, ...config };
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
  const { weights } = await trainRecommender(engine, elsa, data, settings, seed);
  engine.close();
  return weights.encoder.data;
}

for (const start of ["random", "svd"] as const) {
  test(`ELSA, ${start}: one start for all seeds, another for each without`, async () => {
    const still = { start, learningRate: STILL };
    assert.equal(await trained({ ...still, startSeed: 3 }, 1), await trained({ ...still, startSeed: 3 }, 2));
    assert.not.equal(await trained({ ...still, startSeed: 3 }, 1), await trained({ ...still, startSeed: 4 }, 1));
    assert.not.equal(await trained(still, 1), await trained(still, 2));
    const moving = { start, learningRate: 0.01, startSeed: 3 };
    assert.not.equal(await trained(moving, 1), await trained(moving, 2), "the order of the batches is the seed's");
  });
}

test("the seed alone decides when the start has none, and a start of its own takes nothing from it", async () => {
  assert.equal(await trained({ startSeed: 0 }, 1), await trained({}, 1));
});

test("an SAE's start likewise, at random and from users", () => {
  const [D, rows] = [6, 40];
  const random = new Random(9);
  const train = { data: Float32Array.from({ length: rows * D }, () => random.normal()), rows, cols: D };
  const shape = { factors: D, neurons: 2 * D, k: 3 };
  const of = (more: Partial<SaeConfig>, seed: number): unknown =>
    startWeights(new Random(seed), train, { ...defaultsOf(SAE), k: 3, ...more }, shape);
  for (const start of ["random", "data"] as const) {
    assert.equal(of({ start, startSeed: 5 }, 1), of({ start, startSeed: 5 }, 2));
    assert.not.equal(of({ start }, 1), of({ start }, 2));
  }
});

test.run();
