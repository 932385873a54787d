/** Training SAEs: every kind learns, and each option does what it says. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parameter, Tape, type Matrix } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists, csrRow, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { embedAll } from "../../src/models/encode-all.js";
import { Adam } from "../../src/train/adam.js";
import { WeightAverage } from "../../src/train/averaging.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { presets } from "../../src/config/presets.js";
import type { SaeConfig } from "../../src/config/sae.js";
import { DeadNeurons, resample } from "../../src/models/sae/dead-neurons.js";
import { learningRateAt } from "../../src/train/fit.js";
import { dropEntries } from "../../src/models/input-dropout.js";
import { geometricMedian, standardisedRows, startWeights } from "../../src/models/sae/start.js";
import { openSae } from "../../src/models/sae/registry.js";
import { kAt, trainSae, type FrozenCfae } from "../../src/train/train-sae.js";
import { assertClose } from "../support/assert-close.js";

const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 26 });
const [USERS, ITEMS, D] = [120, 30, 8];

/** Users with a taste for one of three thirds of the items. */
function interactions(rows: number, seed: number): Csr {
  const random = new Random(seed);
  const lists = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: 8 }, () => (random.uniform() < 0.8 ? (r % 3) * 10 + random.below(10) : random.below(ITEMS))));
  return csrFromLists(lists, ITEMS);
}

const elsa = new Elsa(engine, Elsa.initialise(new Random(1), ITEMS, D), ITEMS, D);
const [train, validation] = [interactions(USERS, 2), interactions(40, 3)];
const frozen: FrozenCfae = { cfae: elsa, train, validation };
const [U, V] = [embedAll(engine, elsa, train), embedAll(engine, elsa, validation)];

const SMALL: SaeConfig = {
  ...presets.paper.sae, expansion: 4, k: 4, l1: 0, target: "embedding", loss: "cosine", batchSize: 40, epochs: 30,
  learningRate: 3e-3, patience: 30,
};

const VARIANTS: readonly (readonly [string, Partial<SaeConfig>])[] = [
  ["topk", {}], ["batch-topk", { kind: "batch-topk" }], ["matryoshka", { kind: "matryoshka", levels: 3 }],
  ["jumprelu", { kind: "jumprelu" }], ["basic", { kind: "basic", l1: 1e-3 }],
  ["downstream kl", { downstream: 0.5 }], ["downstream own", { downstream: 0.5, downstreamLoss: "own" }],
  ["own loss alone", { reconstruction: 0, downstream: 1, downstreamLoss: "own" }],
  ["input dropout", { inputDropout: 0.3 }], ["varied dropout", { inputDropout: 0.6, variedDropout: true }],
  ["denoising", { inputDropout: 0.5, denoise: true }],
  ["AuxK", { auxWeight: 0.1, deadAfter: 0.5 }], ["resampling", { resampleEvery: 5 }],
  ["start", { start: "data", tied: true, centre: "median" }], ["averaging", { averaging: 0.95 }],
  ["schedules", { warmUp: 5, decay: 0.3, kStart: 12, kEpochs: 10 }],
];

for (const [name, change] of VARIANTS) {
  test(`${name}: the validation loss falls, and the same seed gives the same bytes`, async () => {
    const config = { ...SMALL, ...change };
    assert.equal(resolveConfig({ elsa: { factors: D }, sae: config }).sae, config);
    const before = engine.heap.mark();
    const first = await trainSae(engine, U, V, config, 7, {}, frozen);
    const second = await trainSae(engine, U, V, config, 7, {}, frozen);
    assert.is(engine.heap.mark(), before);
    const { history, bestValidationLoss } = first.fit;
    const [{ validationLoss }] = history;
    assert.ok(bestValidationLoss < 0.9 * validationLoss, `${validationLoss} → ${bestValidationLoss}`);
    assert.equal(first, second);
    openSae(engine, config, first.weights, first.shape);
    engine.heap.release(before);
  });
}

async function messageOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
}

test("what looks beyond the embeddings needs the model and its interactions, of the same users", async () => {
  const config = { ...SMALL, downstream: 1 };
  const refusal = (change: SaeConfig, around?: FrozenCfae): Promise<string> =>
    messageOf(trainSae(engine, U, V, change, 1, {}, around));
  assert.match(await refusal(config), "sae.downstream is set, but embeddings alone were given");
  assert.match(await refusal(config, { ...frozen, validation: train }), "must be of the same users");
  assert.match(await refusal({ ...SMALL, inputDropout: 0.1 }), "sae.inputDropout is set");
});

test("contradictions are refused together, in one message", () => {
  const refused = (change: Partial<SaeConfig>): string => {
    try {
      resolveConfig({ sae: change });
    } catch (error) {
      return (error as Error).message;
    }
    return "accepted";
  };
  for (const preset of Object.values(presets)) assert.equal(resolveConfig(preset), preset);
  const many = refused({ reconstruction: 0, kStart: 64, decay: 2, temperature: 0 });
  const parts = ["nothing to learn from", "kEpochs is 0", "sae.decay", "sae.temperature"];
  for (const part of parts) assert.match(many, part);
  assert.match(refused({ kind: "jumprelu", kStart: 64, kEpochs: 2 }), "not jumprelu");
  assert.match(refused({ kStart: 8, kEpochs: 2 }), "between k (32)");
  assert.match(refused({ averaging: 1 }), "averaging");
  assert.is(refused({ downstream: 1, reconstruction: 0 }), "accepted");
  assert.match(refused({ denoise: true }), "nothing is hidden");
});

test("input dropout: every entry is either seen or hidden, and everybody keeps one", () => {
  const random = new Random(4);
  let hiddenCount = 0;
  for (const [p, varied] of [[0.3, false], [0.999, false], [0.999, true]] as const) {
    const { seen, hidden } = dropEntries(train, [5, 0, 7], p, random, varied);
    [5, 0, 7].forEach((row, i) => {
      assert.ok(csrRow(seen, i).length > 0);
      const both = [...csrRow(seen, i), ...csrRow(hidden, i)].sort((a, b) => a - b);
      assert.equal(both, [...csrRow(train, row)]);
      hiddenCount += csrRow(hidden, i).length;
    });
  }
  assert.ok(hiddenCount > 0);
});

test("a denoising SAE comes closer to the whole embedding from a part of the interactions", async () => {
  const mark = engine.heap.mark();
  const { seen } = dropEntries(validation, Int32Array.from({ length: 40 }, (_, i) => i), 0.5, new Random(6));
  const part = embedAll(engine, elsa, seen);
  const distances: number[] = [];
  for (const denoise of [false, true]) {
    const config = { ...SMALL, inputDropout: 0.5, epochs: 60, patience: 0, denoise };
    const { weights, shape } = await trainSae(engine, U, V, config, 7, {}, frozen);
    const tape = new Tape(engine, false);
    const wanted = tape.input(V.data, V.rows, D);
    const out = openSae(engine, config, weights, shape)
      .forward(tape, tape.input(part.data, part.rows, D), config, { wanted });
    distances.push(out.cosine.data[0]);
  }
  engine.heap.release(mark);
  assert.ok(distances[1] < 0.8 * distances[0], `${distances[0]} → ${distances[1]}`);
});

test("the schedules of the learning rate and of k", () => {
  const rates = [0, 1, 2, 50, 75, 99].map((done) => learningRateAt(done, 100, { ...SMALL, warmUp: 4, decay: 0.5 }));
  assertClose(rates, [0.25, 0.5, 0.75, 1, 0.5, 0.02], { absolute: 1e-12 });
  assert.is(learningRateAt(0, 100, SMALL), 1);
  const config = { ...SMALL, k: 4, kStart: 20, kEpochs: 8 };
  assert.equal([0, 4, 8, 100].map((epochs) => kAt(epochs, config)), [20, 12, 4, 4]);
  assert.is(kAt(0, SMALL), SMALL.k);
});

test("weight averaging: the exponential average, swapped in with unit rows and out again", () => {
  const w = parameter(engine, [3, 4], 1, 2);
  const average = new WeightAverage([{ name: "w", tensor: w, unitRows: true }], 0.9);
  w.data.set([0, 1]);
  average.update(1);
  // t = 1: the share of the new weights is 1 − 2/11.
  assertClose(average.averages[0], [3 * 2 / 11, 4 * 2 / 11 + 9 / 11], { absolute: 1e-6 });
  average.swapIn();
  assertClose(Math.hypot(...w.data), 1, { absolute: 1e-6 });
  average.swapOut();
  assert.equal([...w.data], [0, 1]);
});

test("starting from data: decoder rows point to users, the centre is in the middle, the scale fits", () => {
  const config: SaeConfig = { ...SMALL, start: "data", tied: true, centre: "mean" };
  const shape = { factors: D, neurons: 4 * D, k: 4 };
  const { decoderW, decoderB, encoderW } = startWeights(new Random(3), U, config, shape);
  const users = standardisedRows(U, Int32Array.from({ length: USERS }, (_, i) => i));
  for (let j = 0; j < D; j++) {
    const column = Array.from({ length: USERS }, (_, r) => users[r * D + j]);
    assertClose(decoderB[j], column.reduce((a, b) => a + b) / USERS, { absolute: 1e-5 });
  }
  const directions = new Set<number>();
  for (let n = 0; n < shape.neurons; n++) {
    const row = decoderW.subarray(n * D, (n + 1) * D);
    const cosines = Array.from({ length: USERS }, (_, r) => {
      const centred = Float64Array.from({ length: D }, (_, j) => users[r * D + j] - decoderB[j]);
      return centred.reduce((sum, value, j) => sum + value * row[j], 0) / Math.hypot(...centred);
    });
    const best = cosines.indexOf(Math.max(...cosines));
    assertClose(cosines[best], 1, { absolute: 1e-5 });
    directions.add(best);
  }
  assert.is(directions.size, shape.neurons);
  const scale = encoderW[0] / decoderW[0];
  assert.ok(scale > 0 && scale < 2);
  encoderW.forEach((value, i) => { assertClose(value, scale * decoderW[i], { absolute: 1e-5 }); });
});

test("the geometric median does not follow an outlier", () => {
  const rows = Float32Array.of(0, 0, 2, 0, 0, 2, 2, 2, 1, 1, 1000, 1000);
  const median = geometricMedian(rows, 2, 200);
  assert.ok(Math.hypot(median[0] - 1, median[1] - 1) < 0.5, `${median[0]}, ${median[1]}`);
});

function normOf(rows: Float32Array, n: number): number {
  return Math.hypot(...rows.subarray(n * D, (n + 1) * D));
}

/** Root of the mean square over rows. */
function meanNorm(rows: Float32Array): number {
  return Math.hypot(...rows) / Math.sqrt(rows.length / D);
}

test("resampled neurons of a TopK SAE come to life: fewer are dead than without, and more is rebuilt", async () => {
  const random = new Random(7);
  const [width, concepts, rows] = [24, 60, 600];
  const directions = Float32Array.from({ length: concepts * width }, () => random.normal());
  const make = (n: number): Matrix => {
    const data = new Float32Array(n * width);
    for (let u = 0; u < n; u++) {
      for (let k = 0; k < 4; k++) {
        const [c, strength] = [random.below(concepts), 0.3 + random.uniform()];
        for (let d = 0; d < width; d++) data[u * width + d] += strength * directions[c * width + d];
      }
    }
    return { data, rows: n, cols: width };
  };
  const [train, validation] = [make(rows), make(60)];
  const config = {
    ...presets.default.sae, kind: "topk", k: 4, itemK: 0, expansion: 10, inputDropout: 0, variedDropout: false,
    auxWeight: 0, epochs: 24, patience: 0, batchSize: 64,
  };
  const [none, some] = [await trainSae(engine, train, validation, config, 5),
    await trainSae(engine, train, validation, { ...config, resampleEvery: 4 }, 5)].map(({ health }) => health);
  assert.ok(some.dead < none.dead / 2, `${some.dead} of ${some.neurons}, without ${none.dead}`);
  assert.ok(some.explained > none.explained, `${some.explained}, without ${none.explained}`);
});

test("resampling points dead neurons at users and leaves the others alone", () => {
  const mark = engine.heap.mark();
  const shape = { factors: D, neurons: 16, k: 4 };
  const random = new Random(9);
  const model = openSae(engine, SMALL, startWeights(random, U, SMALL, shape), shape, { trainable: true });
  const optimiser = new Adam(engine, model.parameters, SMALL);
  const counter = new DeadNeurons(16, 100);
  counter.silentFor.set([100, 250], 3);
  const before = model.weights();
  resample(model, optimiser, counter, U, random, true);
  const after = model.weights();
  const users = standardisedRows(U, Int32Array.from({ length: USERS }, (_, i) => i));
  for (let n = 0; n < 16; n++) {
    const [was, is] = [before, after].map(({ decoderW }) => decoderW.slice(n * D, (n + 1) * D));
    if (n !== 3 && n !== 4) {
      assert.equal(is, was);
      continue;
    }
    const cosines = Array.from({ length: USERS }, (_, r) => {
      const user = users.subarray(r * D, (r + 1) * D);
      return is.reduce((sum, value, j) => sum + value * user[j], 0) / Math.hypot(...user);
    });
    assertClose(Math.max(...cosines), 1, { absolute: 1e-5 });
    assert.is(counter.silentFor[n], 0);
    // As long as the mean of all, so that it can win a place among the top K.
    assertClose(normOf(after.encoderW, n), meanNorm(before.encoderW), { relative: 1e-5 });
  }
  engine.heap.release(mark);
});

test.run();
