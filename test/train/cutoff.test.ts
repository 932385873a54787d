/** ELSA trained on the largest scores (elsa.cutoff): any number of threads, and working sets, give the same bits. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { ELSA, type ElsaConfig } from "../../src/config/elsa.js";
import { defaultsOf } from "../../src/config/field.js";
import { openEngine } from "../../src/engine/open.js";
import { elsaLoss } from "../../src/models/elsa-loss.js";
import { Elsa, elsa } from "../../src/models/recommenders/elsa.js";
import type { TrainedCfae } from "../../src/train/train-by-steps.js";
import { trainRecommender } from "../../src/train/train-recommender.js";

function users(seed: number, rows: number, items: number): Csr {
  const random = new Random(seed);
  return csrFromLists(Array.from({ length: rows }, (_, r) => [...new Set(Array.from({ length: 9 }, () =>
    random.uniform() < 0.7 ? (r % 3) * items / 3 + random.below(items / 3) : random.below(items)))]
    .sort((a, b) => a - b)), items);
}

test("a step large enough to be shared: the gradient's bits on one and on three threads", () => {
  const [rows, items, factors] = [300, 1500, 64];
  const x = users(3, rows, items);
  const start = Elsa.initialise(new Random(4), items, factors);
  const [one, three] = [1, 3].map((threads) => {
    const engine = openEngine({ threads, memoryBytes: 2 ** 26 });
    const model = new Elsa(engine, start, items, factors, true);
    const tape = new Tape(engine);
    const input = tape.sparseInput(x);
    tape.backward(elsaLoss(tape, model.encode(tape, input), model.itemVectors, input, null, { cutoff: 1 }));
    const gradient = Float32Array.from(model.itemVectors.grad!);
    engine.close();
    return gradient;
  });
  assert.ok(one.some((v) => v !== 0));
  assert.equal(three, one);
});

const ITEMS = 90;
const data = { train: users(1, 70, ITEMS), validation: users(2, 20, ITEMS) };
const CONFIG: ElsaConfig = {
  ...defaultsOf(ELSA), factors: 16, batchSize: 16, epochs: 8, patience: 0, learningRate: 0.01,
};

test("training learns what training on all scores learns, and is another training", async () => {
  const trained = (config: ElsaConfig): Promise<TrainedCfae> =>
    trainRecommender(openEngine({ threads: 1, memoryBytes: 2 ** 25 }), elsa, data, config, 7);
  const [whole, cut] = [await trained(CONFIG), await trained({ ...CONFIG, cutoff: 1 })];
  assert.not.equal(cut.weights, whole.weights);
  assert.equal((await trained({ ...CONFIG, cutoff: 1, maxOutput: ITEMS })).weights, cut.weights);
  // What is watched is the exact loss in both.
  for (const { fit: { history } } of [whole, cut]) {
    assert.ok(history.at(-1)!.validationLoss < history[0].validationLoss - 0.05, "it learns");
  }
});

test.run();
