/**
 * Explanations add up: contributions of neurons to every recommended item of 1,000 users of a generated world, and
 * contributions of past items to the neurons that they switched on (docs/method.md §6).
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { generateWorld } from "../../src/data/world/world.js";
import { openEngine } from "../../src/engine/open.js";
import { explainScore } from "../../src/interpret/explain.js";
import { NeuronProfiles } from "../../src/interpret/neuron-profile.js";
import { explainActivation } from "../../src/interpret/explain-activation.js";
import { csrFromLists, csrRow, csrSelectRows } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Elsa, elsa as recordOfElsa } from "../../src/models/recommenders/elsa.js";
import { embedAll, range } from "../../src/models/encode-all.js";
import { steerCode } from "../../src/steer/steer.js";
import { presets } from "../../src/config/presets.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { openSae } from "../../src/models/sae/registry.js";
import { trainSae } from "../../src/train/train-sae.js";
import { assertClose } from "../support/assert-close.js";

const USERS = 1000;
const ITEMS = 300;
const FACTORS = 16;
const LIST = 20;

const { interactions } = generateWorld({ users: USERS, items: ITEMS, concepts: 12, meanInteractions: 20 }).dataset;
const engine = openEngine({ threads: 1, memoryBytes: 2 ** 27 });
const quick = { epochs: 5, patience: 0, batchSize: 128 };
const { weights: { encoder: { data: encoder } } } = await trainRecommender(
  engine, recordOfElsa, { train: interactions, validation: csrSelectRows(interactions, range(0, 50)) },
  { ...presets.default.elsa, ...quick, factors: FACTORS }, 1,
);
const elsa = new Elsa(engine, encoder, ITEMS, FACTORS);
const u = embedAll(engine, elsa, interactions);
const config = { ...presets.default.sae, inputDropout: 0, ...quick, expansion: 4, k: 6 };
const { weights, shape } = await trainSae(engine, u, u, config, 2);
const sae = openSae(engine, config, weights, shape);

for (const strength of [0, 0.3]) {
  test(`contributions of neurons sum to the score of every recommended item of 1,000 users, α ${strength}`, () => {
    const tape = new Tape(engine, false);
    const x = tape.sparseInput(interactions);
    const { code, input } = sae.encode(tape, elsa.encode(tape, x));
    const steered = steerCode(tape, code, [{ neurons: [3, 9], strength }]);
    const scores = elsa.decode(tape, sae.decode(tape, steered, input), x).data;
    const shown = Float32Array.from(scores);
    engine.run("maskRows", scores, x.rowStart, x.rowEnd, x.indices, ITEMS);
    const lists = engine.ints(USERS * LIST);
    engine.run("rankRows", lists, engine.floats(USERS * LIST), scores, ITEMS, LIST);
    let explained = 0;
    for (let r = 0; r < USERS; r++) {
      const [start, end] = [steered.rowStart[r], steered.rowEnd[r]];
      const user = {
        neurons: steered.indices.subarray(start, end), activations: steered.values!.subarray(start, end),
        mean: input.mean[r], std: input.std[r],
      };
      for (let i = 0; i < LIST; i++) {
        const item = lists[r * LIST + i];
        const score = shown[r * ITEMS + item];
        // A score of 0 was cut by the relu: nothing recommends the item.
        if (item < 0 || score === 0) continue;
        const explanation = explainScore(
          user, 0, encoder.subarray(item * FACTORS, (item + 1) * FACTORS), weights.decoderW, weights.decoderB,
        );
        const sum = explanation.contributions.reduce(
          (total, c) => total + c.contribution, explanation.base - explanation.own,
        );
        assertClose(sum, score, { absolute: 1e-6, relative: 1e-4 }, `user ${r}, item ${item}`);
        assertClose(explanation.score, sum, { absolute: 1e-9 });
        explained++;
      }
    }
    tape.reset();
    assert.ok(explained > 10 * USERS, `${explained} items explained`);
  });
}

test("contributions of past items sum to the activation of every active neuron", () => {
  const tape = new Tape(engine, false);
  const rows = range(0, 200);
  const { code, input } = sae.encode(tape, elsa.encode(tape, tape.sparseInput(interactions, rows)));
  for (let r = 0; r < rows.length; r++) {
    for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) {
      const history = csrRow(interactions, r);
      const parts = explainActivation(code.indices[q], history, input.std[r], encoder, weights);
      assertClose(parts.activation, code.values![q], { absolute: 1e-4, relative: 1e-4 });
      assert.is(parts.contributions.length, history.length);
      for (let i = 1; i < history.length; i++) {
        assert.ok(parts.contributions[i - 1].contribution >= parts.contributions[i].contribution);
      }
    }
  }
  tape.reset();
});

test("own and base of an item that the user has, by hand", () => {
  const user = { neurons: [1], activations: [2], mean: 0.5, std: 3 };
  const explanation = explainScore(
    user, 1, Float64Array.of(1, 2), Float64Array.of(9, 9, 0.1, 0.2), Float64Array.of(0, 1),
  );
  assertClose(explanation.base, 0.5 + 2 * (0.5 + 3), { absolute: 1e-12 });
  assertClose(explanation.contributions[0].contribution, 3 * 2 * 0.5, { absolute: 1e-12 });
  assertClose(explanation.score, 7.5 - 1 + 3, { absolute: 1e-12 });
});

test("a neuron's top, middle and random items, density and neighbours", () => {
  const lists = csrFromLists([[0], [0], [0], [0], [0], [1], [], [0]], 3);
  const codes = { ...lists, values: Float32Array.of(1, 5, 3, 2, 4, 7, 6) };
  const decoder = Float64Array.of(1, 0, 0, 2, 3, 3);
  const profiles = new NeuronProfiles(codes, decoder);
  const profile = profiles.profile(0, new Random(1), { count: 2, neighbours: 2 });
  assert.is(profile.density, 6 / 8);
  assert.equal(profile.top, [{ item: 7, activation: 6 }, { item: 1, activation: 5 }]);
  assert.equal(profile.middle, [{ item: 4, activation: 4 }, { item: 2, activation: 3 }]);
  assert.is(new Set(profile.random.map(({ item }) => item)).size, 2);
  assert.equal(profile.random, profiles.profile(0, new Random(1), { count: 2 }).random);
  assert.equal(profile.neighbours.map(({ neuron }) => neuron), [2, 1]);
  assertClose(profile.neighbours.map(({ cosine }) => cosine), [Math.SQRT1_2, 0], { absolute: 1e-12 });
  const dead = profiles.profile(2, new Random(1));
  assert.equal([dead.density, dead.top, dead.middle, dead.random], [0, [], [], []]);
});

test.run();
