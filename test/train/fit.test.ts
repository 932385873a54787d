/**
 * The training loop: early stopping, the best weights, divergence; and training that gives the same bytes every time.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine, type EngineOptions } from "../../src/engine/open.js";
import { enableRelaxedSimd } from "../../src/engine/relaxed-simd.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { embedAll } from "../../src/models/encode-all.js";
import { Elsa, elsa as recordOfElsa } from "../../src/models/recommenders/elsa.js";
import { parameter } from "../../src/autograd/index.js";
import { PAPER_ADAM } from "../../src/config/training.js";
import { Adam } from "../../src/train/adam.js";
import { presets } from "../../src/config/presets.js";
import { DivergedError, fit, type EpochReport, type Trainee } from "../../src/train/fit.js";
import { meanOverBatches } from "../../src/train/learn.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { trainSae } from "../../src/train/train-sae.js";
import { assertClose } from "../support/assert-close.js";

enableRelaxedSimd();

const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 24 });

/** A model of one number that each step raises by 1; its validation losses are given, epoch by epoch. */
function counter(rows: number, validation: readonly number[], losses: readonly number[] = []): Trainee & {
  seen: number[][]; value: () => number;
} {
  const w = parameter(engine, [0], 1, 1);
  const parameters = [{ name: "w", tensor: w, unitRows: false }];
  const seen: number[][] = [];
  let epoch = 0;
  return {
    rows, parameters, seen, optimiser: new Adam(engine, parameters, PAPER_ADAM), value: () => w.data[0],
    step(batch) {
      seen.push([...batch]);
      w.data[0]++;
      return losses[seen.length - 1] ?? 1;
    },
    validate: () => validation[epoch++],
  };
}

test("every epoch sees every row once, in another order, the last batch smaller", async () => {
  const model = counter(10, [3, 2, 1]);
  const { history } = await fit(model, { batchSize: 4, epochs: 3, patience: 0 }, new Random(1));
  assert.equal(model.seen.map((batch) => batch.length), [4, 4, 2, 4, 4, 2, 4, 4, 2]);
  const epochs = [0, 3, 6].map((at) => model.seen.slice(at, at + 3).flat());
  for (const rows of epochs) assert.equal([...rows].sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.not.equal(epochs[0], epochs[1]);
  assert.equal(history.map((h) => h.validationLoss), [3, 2, 1]);
});

test("early stopping: patience epochs without a better loss, then the best epoch's weights", async () => {
  const model = counter(2, [5, 3, 4, 3, 6, 1]);
  const reports: EpochReport[] = [];
  const result = await fit(
    model, { batchSize: 2, epochs: 100, patience: 3 }, new Random(1), { onEpoch: (r) => reports.push(r) },
  );
  assert.is(result.history.length, 5);
  assert.is(result.bestEpoch, 2);
  assert.is(result.bestValidationLoss, 3);
  assert.is(result.stoppedEarly, true);
  assert.is(model.value(), 2);
  assert.equal(reports.map((r) => r.bestEpoch), [1, 2, 2, 2, 2]);
});

test("patience 0: all epochs, the last weights", async () => {
  const model = counter(2, [1, 2, 3, 4]);
  const result = await fit(model, { batchSize: 2, epochs: 4, patience: 0 }, new Random(1));
  assert.is(result.stoppedEarly, false);
  assert.is(result.bestEpoch, 1);
  assert.is(model.value(), 4);
});

test("the best weights are kept when the epochs run out, too", async () => {
  const model = counter(2, [2, 1, 3]);
  const result = await fit(model, { batchSize: 2, epochs: 3, patience: 10 }, new Random(1));
  assert.is(result.stoppedEarly, false);
  assert.is(model.value(), 2);
});

async function errorOf(run: Promise<unknown>): Promise<unknown> {
  try {
    await run;
  } catch (error) {
    return error;
  }
  return null;
}

test("a loss that is not a number ends the run with where, and which tensor", async () => {
  const model = counter(6, [1, 1], [1, 1, 1, 1, NaN]);
  const plain = await errorOf(fit(model, { batchSize: 2, epochs: 3, patience: 0 }, new Random(1)));
  assert.instance(plain, DivergedError);
  assert.match((plain as Error).message, /became NaN in epoch 2, step 2\. Try a smaller learning rate/);

  const broken = counter(2, [1], [Infinity]);
  broken.parameters[0].tensor.data[0] = NaN;
  const named = await errorOf(fit(broken, { batchSize: 2, epochs: 1, patience: 0 }, new Random(1)));
  assert.match((named as Error).message, /became Infinity in epoch 1, step 1 \(w holds values that are not finite\)/);
});

test("a validation loss that is not a number ends the run as well", async () => {
  const error = await errorOf(fit(counter(4, [1, NaN]), { batchSize: 2, epochs: 5, patience: 3 }, new Random(1)));
  assert.instance(error, DivergedError);
  assert.match((error as Error).message, /validation loss became NaN in epoch 2/);
});

test("a signal stops between steps", async () => {
  const stop = new AbortController();
  const model = counter(100, [1]);
  const error = await errorOf(fit(model, { batchSize: 1, epochs: 1, patience: 0 }, new Random(1), {
    signal: stop.signal, onStep: (step) => { if (step === 7) stop.abort(new Error("enough")); },
  }));
  assert.is((error as Error).message, "enough");
  assert.is(model.seen.length, 7);
});

test("meanOverBatches: each row once, in order", () => {
  const batches: number[][] = [];
  assertClose(meanOverBatches(5, 2, (rows) => batches.push([...rows])), 2, { absolute: 0 });
  assert.equal(batches, [[0, 1], [2, 3], [4]]);
});

/** 25,600 weights and batches of 64 × 400 scores: enough that every large kernel is shared. */
const random = new Random(11);
const ITEMS = 400;
const lists = (rows: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: 3 + random.below(20) }, () => random.below(ITEMS)));
const [train, validation] = [csrFromLists(lists(300), ITEMS), csrFromLists(lists(40), ITEMS)];

async function trainedBytes(options: EngineOptions, seed: number): Promise<Buffer> {
  const it = openEngine({ memoryBytes: 2 ** 26, ...options });
  const elsa = { ...presets.default.elsa, factors: 64, batchSize: 64, epochs: 2, patience: 2 };
  const { weights: { encoder: { data: encoder } }, fit: first } = await trainRecommender(
    it, recordOfElsa, { train, validation }, elsa, seed,
  );
  const model = new Elsa(it, encoder, ITEMS, elsa.factors);
  const parts: Float32Array[] = [encoder, Float32Array.from(first.history, (h) => h.validationLoss)];
  for (const kind of ["topk", "basic"] as const) {
    const config = { ...presets.default.sae, inputDropout: 0, kind, k: 8, batchSize: 64, epochs: 1, patience: 2 };
    const { weights } = await trainSae(it, embedAll(it, model, train), embedAll(it, model, validation), config, seed);
    parts.push(weights.encoderW, weights.encoderB, weights.decoderW, weights.decoderB);
  }
  it.close();
  return Buffer.concat(parts.map((p) => Buffer.from(p.buffer, p.byteOffset, p.byteLength)));
}

for (const [name, options] of [
  ["plain", { kernels: "plain" }], ["SIMD, fused", { kernels: "simd", numerics: "fused" }],
  ["SIMD, portable", { kernels: "simd", numerics: "portable" }],
] as const) {
  test(`same seed, same bytes: two runs, and 1, 2 and 4 threads (${name})`, async () => {
    const first = await trainedBytes({ ...options, threads: 1 }, 42);
    for (const threads of name === "plain" ? [2, 4] : [1, 2, 4]) {
      assert.is(Buffer.compare(await trainedBytes({ ...options, threads }, 42), first), 0, `${threads} threads`);
    }
    assert.is.not(Buffer.compare(await trainedBytes({ ...options, threads: 1 }, 43), first), 0);
  });
}

test("training gives its memory back", async () => {
  const it = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
  const mark = it.heap.mark();
  await trainRecommender(
    it, recordOfElsa, { train, validation }, { ...presets.default.elsa, factors: 8, epochs: 1 }, 1,
  );
  assert.is(it.heap.mark(), mark);
  await errorOf(trainRecommender(
    it, recordOfElsa, { train, validation }, { ...presets.default.elsa, factors: 50_000, epochs: 1 }, 1,
  ));
  assert.is(it.heap.mark(), mark);
});

test.run();
