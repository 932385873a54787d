/** The start of A from a truncated SVD: its products are the right ones, and training from it is as good. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { ELSA, type ElsaConfig } from "../../src/config/elsa.js";
import { defaultsOf } from "../../src/config/field.js";
import { openEngine } from "../../src/engine/open.js";
import { truncatedSvd } from "../../src/models/truncated-svd.js";
import { svdRows } from "../../src/models/elsa-learner.js";
import { Elsa, elsa } from "../../src/models/recommenders/elsa.js";
import type { TrainedCfae } from "../../src/train/train-by-steps.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { assertClose } from "../support/assert-close.js";

const draw = (items: number, factors: number): Float32Array => Elsa.initialise(new Random(5), items, factors);

function dot(a: Float32Array, p: number, q: number, D: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) sum += a[p * D + d] * a[q * D + d];
  return sum;
}

test("users of separate groups: AAᵀ is what the users say, item by item", () => {
  // 15 users of group g have its ten items and nothing else: M is 15/10 within a group and 0 between two.
  const [groups, D] = [6, 6];
  const x = csrFromLists(Array.from({ length: 90 }, (_, u) => Array.from({ length: 10 }, (__, i) =>
    10 * (u % groups) + i)), 10 * groups);
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
  const a = truncatedSvd(engine, x, draw(10 * groups, D), D);
  engine.close();
  for (const [p, q, expected] of [[0, 0, 1.5], [0, 9, 1.5], [0, 10, 0], [25, 21, 1.5], [59, 31, 0]]) {
    assert.ok(Math.abs(dot(a, p, q, D) - expected) < 1e-3, `${p}, ${q}: ${dot(a, p, q, D)}`);
  }
});

test("fewer directions than there are: the largest ones are kept", () => {
  // 8 groups of other sizes: 40, 35, … 5 users. Of 4 directions the four largest groups get theirs.
  const lists = Array.from({ length: 8 }, (_, g) => Array.from({ length: 40 - 5 * g }, () =>
    Array.from({ length: 10 }, (__, i) => 10 * g + i))).flat();
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
  const a = truncatedSvd(engine, csrFromLists(lists, 80), draw(80, 4), 4);
  engine.close();
  const kept = (g: number): number => dot(a, 10 * g, 10 * g + 1, 4) / ((40 - 5 * g) / 10);
  assert.ok(kept(0) > 0.9, `the largest: ${kept(0)}`);
  assert.ok(kept(0) > kept(7) + 0.5, `the smallest: ${kept(7)}`);
});

const ITEMS = 1200;
function users(seed: number, rows: number): Csr {
  const random = new Random(seed);
  return csrFromLists(Array.from({ length: rows }, (_, r) => [...new Set(Array.from({ length: 12 }, () =>
    random.uniform() < 0.8 ? (r % 8) * 140 + random.below(140) : random.below(1120)))].sort((a, b) => a - b)), ITEMS);
}

test("more directions than the interactions have, items that nobody has: finite, and those keep their rows", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
  const [x, drawn] = [csrFromLists([[1, 2], [2, 3], [1, 3]], 40), draw(40, 16)];
  const start = svdRows(engine, x, drawn.slice());
  engine.close();
  assert.ok(start.every(Number.isFinite));
  assertClose(start.subarray(16 * 4), drawn.subarray(16 * 4), { absolute: 1e-6 });
});

test("the same bits on one and on three threads, over several blocks of users", () => {
  const x = users(3, 5000);
  const [one, three] = [1, 3].map((threads) => {
    const engine = openEngine({ threads, memoryBytes: 2 ** 27 });
    const q = truncatedSvd(engine, x, draw(ITEMS, 64), 64);
    engine.close();
    return q;
  });
  assert.ok(one.every(Number.isFinite));
  assert.equal(three, one);
});

test("training from it learns in fewer epochs, and repeats", async () => {
  const data = { train: users(1, 400), validation: users(2, 100) };
  const config: ElsaConfig = {
    ...defaultsOf(ELSA), factors: 16, batchSize: 64, epochs: 3, patience: 0, learningRate: 0.01,
  };
  const trained = (settings: ElsaConfig): Promise<TrainedCfae> =>
    trainRecommender(openEngine({ threads: 1, memoryBytes: 2 ** 26 }), elsa, data, settings, 7);
  const [random, svd] = [await trained(config), await trained({ ...config, start: "svd" })];
  assert.ok(svd.fit.history[0].validationLoss < random.fit.history[2].validationLoss);
  assert.equal((await trained({ ...config, start: "svd" })).weights, svd.weights);
  assert.equal((await trained({ ...config, start: "svd", maxOutput: ITEMS })).weights, svd.weights);
});

test.run();
