/** MultVAE and MultDAE: what is drawn, what is saved, what is refused, and that training can be repeated. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { embedAll } from "../../src/models/encode-all.js";
import { MultDae } from "../../src/models/recommenders/multdae.js";
import { MultVae } from "../../src/models/recommenders/multvae.js";
import { NestedRecommender } from "../../src/models/nested.js";
import { presets } from "../../src/config/presets.js";
import type { FitState } from "../../src/train/fit-state.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { PAPER_MULTVAE, type MultVaeConfig } from "../../src/config/multvae.js";
import { betaAt } from "../../src/models/recommenders/multvae.js";
import { multvae } from "../../src/models/recommenders/mult-records.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { openSae } from "../../src/models/sae/registry.js";
import { trainSae } from "../../src/train/train-sae.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists } from "../support/random-floats.js";

const SHAPE = { items: 30, factors: 4, hidden: 7 };
const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
const users = (seed: number, rows: number): ReturnType<typeof csrFromLists> =>
  csrFromLists(columnLists(new Random(seed), rows, SHAPE.items, 0.3), SHAPE.items);

test("dropout keeps entries of x only, half of them, doubled; without dropout x stays", () => {
  const model = new MultVae(engine, MultVae.initialise(new Random(1), SHAPE));
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(users(2, 400));
  const { input, noise } = model.draw(tape, x, new Random(3), 0.5);
  for (let r = 0; r < x.rows; r++) {
    const given = new Set(x.indices.subarray(x.rowStart[r], x.rowEnd[r]));
    for (let q = input.rowStart[r]; q < input.rowEnd[r]; q++) {
      assert.ok(given.has(input.indices[q]) && input.values![q] === 2);
    }
  }
  const share = input.rowEnd[x.rows - 1] / x.indices.length;
  assert.ok(Math.abs(share - 0.5) < 0.03, `kept ${share}`);
  const drawn = Array.from(noise.data);
  const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
  const variance = drawn.reduce((a, b) => a + b * b, 0) / drawn.length;
  assert.ok(Math.abs(mean) < 0.1 && Math.abs(variance - 1) < 0.15 && drawn.length === 400 * SHAPE.factors);
  const whole = model.draw(tape, x, new Random(3), 0).input;
  assert.equal(whole.indices.subarray(0, x.indices.length), x.indices);
  assert.ok(whole.values!.every((value) => value === 1));
});

test("the loss without draws is the loss with all entries and no noise", () => {
  const model = new MultVae(engine, MultVae.initialise(new Random(1), SHAPE));
  model.beta = 0.3;
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(users(4, 9));
  const noise = tape.input(new Float32Array(9 * SHAPE.factors), 9, SHAPE.factors);
  const { loss, nll, kl, mu, probabilities } = model.forward(tape, x, { input: x, noise });
  assertClose(model.loss(tape, x).data, loss.data, { absolute: 0 });
  assertClose(loss.data[0], nll.data[0] + 0.3 * kl!.data[0], { absolute: 1e-7 });
  assertClose(model.encode(tape, x).data, mu.data, { absolute: 0 });
  assertClose(model.scores(tape, x).data, probabilities.data, { absolute: 1e-7 });
  assertClose(model.lossOf(tape, mu, x).data, nll.data, { absolute: 0 });
  for (let r = 0; r < 9; r++) {
    const row = Array.from(probabilities.data.subarray(r * SHAPE.items, (r + 1) * SHAPE.items));
    assertClose(row.reduce((a, b) => a + b, 0), 1, { absolute: 1e-6 });
  }
});

test("MultDAE has no second head: its loss is the likelihood, and its embedding what is decoded", () => {
  const model = new MultDae(engine, MultDae.initialise(new Random(1), SHAPE));
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(users(4, 9));
  const { loss, nll, kl, z, mu } = model.forward(tape, x, model.draw(tape, x, new Random(2), 0.5));
  assert.is(kl, null);
  assert.is(z, mu);
  assert.is(loss, nll);
  assert.not.ok(model.parameters.some(({ name }) => name.includes("logvar")));
});

test("weights go out as they came in, and a model of them scores the same", () => {
  for (const Model of [MultVae, MultDae]) {
    const weights = Model.initialise(new Random(5), SHAPE);
    const model = new Model(engine, weights);
    assert.equal(model.weights(), weights);
    assert.equal(weights["encoder.fc0.weight"].shape, [7, 30]);
    assert.equal(weights["decoder.fc1.weight"].shape, [30, 7]);
    assert.ok(weights["encoder.fc0.bias"].data.every((value) => value === 0));
    const bound = Math.sqrt(6 / 37);
    assert.ok(weights["encoder.fc0.weight"].data.every((value) => Math.abs(value) <= bound));
  }
});

test("a missing tensor and a wrong shape are refused by name", () => {
  const dae = MultDae.initialise(new Random(5), SHAPE);
  assert.throws(() => new MultVae(engine, dae), /no tensor encoder_logvar\.weight/);
  const narrow = { ...dae, "decoder.fc0.weight": { shape: [7, 3], data: new Float32Array(21) } };
  assert.throws(() => new MultDae(engine, narrow), /decoder\.fc0\.weight is 7 × 3, the other layers need 7 × 4/);
});

test("β: 0 in the first step, then up to its limit", () => {
  const annealing = { annealingSteps: 4, maxBeta: 0.6 };
  assert.equal([0, 1, 2, 3, 9].map((at) => betaAt(at, annealing)), [0, 0.25, 0.5, 0.6, 0.6]);
});

const QUICK: MultVaeConfig = {
  ...PAPER_MULTVAE, factors: 4, hidden: 7, batchSize: 16, epochs: 4, annealingSteps: 3, maxBeta: 0.2,
};

test("the same seed gives the same bits, on one thread and on two, and another seed others", async () => {
  const [train, validation] = [users(7, 70), users(8, 20)];
  const first = await trainRecommender(engine, multvae, { train, validation }, QUICK, 1);
  const two = openEngine({ threads: 2, memoryBytes: 2 ** 25 });
  const second = await trainRecommender(two, multvae, { train, validation }, QUICK, 1);
  two.close();
  assert.equal(second, first);
  const other = await trainRecommender(engine, multvae, { train, validation }, QUICK, 2);
  assert.not.equal(other.weights["decoder.fc1.bias"].data, first.weights["decoder.fc1.bias"].data);
  assert.ok(first.fit.history[3].trainLoss < first.fit.history[0].trainLoss);
});

test("a run that is stopped and resumed ends with the bits of one that is not", async () => {
  const [train, validation] = [users(7, 70), users(8, 20)];
  const whole = await trainRecommender(engine, multvae, { train, validation }, QUICK, 1);
  for (const stopAt of [1, 5, 7, 19]) {
    let saved: FitState | undefined;
    await trainRecommender(engine, multvae, { train, validation }, QUICK, 1, {
      checkpoint: { due: (step) => step === stopAt, save: (state) => { saved = state; } },
    });
    assert.ok(saved, "a state was saved");
    const resumed = await trainRecommender(engine, multvae, { train, validation }, QUICK, 1, { resume: saved });
    assert.equal(resumed, whole, `after step ${stopAt}`);
  }
});

test("an SAE goes between encoder and decoder", async () => {
  const [train, validation] = [users(7, 70), users(8, 20)];
  const { weights } = await trainRecommender(engine, multvae, { train, validation }, QUICK, 1);
  const model = new MultVae(engine, weights);
  const config = {
    ...presets.default.sae, inputDropout: 0, expansion: 8, k: 32, batchSize: 16, epochs: 60, learningRate: 0.01,
  };
  const [u, v] = [train, validation].map((x) => embedAll(engine, model, x));
  const trained = await trainSae(engine, u, v, config, 2);
  const nested = new NestedRecommender(model, openSae(engine, config, trained.weights, trained.shape));
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(validation);
  const [direct, through] = [model, nested].map((m) => Array.from(m.scores(tape, x).data));
  assertClose(through, direct, { absolute: 0.02 });
  assert.not.equal(through, direct);
});

test("training fits the memory that is planned for it", async () => {
  const start = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
  const before = start.heap.mark();
  await trainRecommender(start, multvae, { train: users(7, 70), validation: users(8, 20) }, QUICK, 1);
  assert.ok(start.heap.peak - before <= multvae.bytes(SHAPE.items, QUICK));
});

test("settings that make no sense are refused together", () => {
  assert.throws(
    () => resolveConfig({ model: "multdae", multvae: { dropout: 1, annealingSteps: 0, hidden: 1.5 } }),
    /hidden.*dropout.*annealingSteps/,
  );
});

test.run();
