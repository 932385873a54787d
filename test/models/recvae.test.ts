/** RecVAE: its ops' gradients, its weights there and back, a run that goes on, and the contract. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { l2Loss, layerNorm, mixtureKl, swish, Tape, type Tensor } from "../../src/autograd/index.js";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { DEFAULT_RECVAE } from "../../src/config/recvae.js";
import { openEngine } from "../../src/engine/open.js";
import { recvae, RecVae } from "../../src/models/recommenders/recvae.js";
import type { FitState } from "../../src/train/fit-state.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { assertClose } from "../support/assert-close.js";
import { checkGradients, doubleEngine, type Leaf } from "../support/gradient-check.js";
import { columnLists, normals } from "../support/random-floats.js";
import { recommenderContract } from "../support/recommender-contract.js";

const TINY = { ...DEFAULT_RECVAE, factors: 6, hidden: 12, batchSize: 16, learningRate: 0.01, epochs: 40, patience: 0 };
const users = (seed: number, rows: number): Csr => csrFromLists(columnLists(new Random(seed), rows, 20, 0.3), 20);

recommenderContract({
  name: "RecVAE", personal: true,
  train: async (engine, train, validation) => {
    const config = { ...TINY, epochs: 120 };
    const { weights } = await trainRecommender(engine, recvae, { train, validation }, config, 1);
    return new RecVae(engine, weights, config.gamma);
  },
});

function leaf(seed: number, rows: number, cols: number): Leaf {
  return { rows, cols, values: normals(new Random(seed), rows * cols) };
}

function toLoss(tape: Tape, t: Tensor): Tensor {
  return l2Loss(tape, t, tape.input(normals(new Random(4), t.rows * t.cols), t.rows, t.cols));
}

test("swish and layerNorm: gradients", () => {
  checkGradients({ x: leaf(1, 5, 7) }, (tape, { x }) => toLoss(tape, swish(tape, x)));
  checkGradients({ x: leaf(2, 5, 7), scale: leaf(3, 1, 7), shift: leaf(5, 1, 7) }, (tape, { x, scale, shift }) =>
    toLoss(tape, layerNorm(tape, x, scale, shift, 0.1)));
});

test("layerNorm by its formula", () => {
  const tape = new Tape(doubleEngine(), false);
  const row = [1, 3, 5, 7];
  const out = layerNorm(
    tape, tape.input(row, 1, 4), tape.input([1, 1, 2, 2], 1, 4), tape.input([0, 1, 0, 1], 1, 4), 0.1,
  );
  const root = Math.sqrt(5 + 0.1);
  assertClose(out.data, [-3 / root, -1 / root + 1, 2 / root, 6 / root + 1], { absolute: 1e-14 });
});

test("mixtureKl: gradients, also where one part of the prior rules", () => {
  for (const scale of [0.3, 3]) {
    const leaves = { z: leaf(6, 4, 3), mu: leaf(7, 4, 3), logvar: leaf(8, 4, 3) };
    leaves.z.values.forEach((v, i) => { leaves.z.values[i] = scale * v; });
    checkGradients(leaves, (tape, { z, mu, logvar }) => {
      const [oldMu, oldLogvar] = [9, 10].map((seed) => tape.input(normals(new Random(seed), 12), 4, 3));
      return mixtureKl(tape, z, mu, logvar, oldMu, oldLogvar, [1, 2, 0, 0.5]).loss;
    });
  }
});

test("weights come back as they were, and a missing one is named", () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 24 });
  const weights = RecVae.initialise(new Random(1), { items: 9, factors: 3, hidden: 5 });
  assert.equal(new RecVae(engine, weights, 0.01).weights(), weights);
  const { "decoder.bias": _, ...rest } = weights;
  assert.throws(() => new RecVae(engine, rest, 0.01), /decoder\.bias is missing, expected 9/);
});

test("a run goes on from any step with the same bytes", async () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
  const config = { ...TINY, epochs: 6, patience: 3 };
  const states: FitState[] = [];
  const data = { train: users(1, 40), validation: users(2, 10) };
  const whole = await trainRecommender(engine, recvae, data, config, 3, {
    checkpoint: { due: () => true, save: (state) => { states.push(state); } },
  });
  assert.is(states.length, 18);
  for (let at = 0; at < states.length; at += 4) {
    const again = await trainRecommender(engine, recvae, data, config, 3, { resume: states[at] });
    assert.equal(again.weights, whole.weights, `after step ${at + 1}`);
  }
});

test.run();
