/** Sparse ELSA: pruning, sampled outputs, scores by inverted lists, training that is resumed and on threads. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { linear, Tape } from "../../src/autograd/index.js";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { DEFAULT_ELSA_SPARSE, type ElsaSparseConfig } from "../../src/config/elsa-sparse.js";
import type { Engine } from "../../src/engine/engine.js";
import { openEngine } from "../../src/engine/open.js";
import { largestOfRows, levelsOf, pruningLevels } from "../../src/models/recommenders/pruning.js";
import { SparseElsa } from "../../src/models/recommenders/sparse-elsa.js";
import { sampleOutputs } from "../../src/models/recommenders/sparse-elsa-trainee.js";
import type { FitState } from "../../src/train/fit-state.js";
import { nextStart, trainSparseElsa } from "../../src/train/train-sparse-elsa.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists, normals } from "../support/random-floats.js";
import { recommenderContract } from "../support/recommender-contract.js";

const TINY: ElsaSparseConfig = {
  ...DEFAULT_ELSA_SPARSE, factors: 16, nonZeros: 2, levelEpochs: 2, batchSize: 16, learningRate: 0.05,
};
const tiny = (): Engine => openEngine({ threads: 1, memoryBytes: 2 ** 25 });
const users = (seed: number, rows: number, items = 30): Csr =>
  csrFromLists(columnLists(new Random(seed), rows, items, 0.2), items);

for (const more of [{ factors: 12, nonZeros: 6 }, { factors: 16, nonZeros: 4, restart: false }]) {
  recommenderContract({
    name: `sparse ELSA ${JSON.stringify(more)}`, personal: true,
    train: async (engine, train, validation) => {
      const config = { ...TINY, levelEpochs: 20, learningRate: 0.02, ...more };
      const { vectors } = await trainSparseElsa(engine, train, validation, config, 1);
      return new SparseElsa(engine, vectors, more.factors);
    },
  });
}

test("schedules: step-wise takes the stages, linear equal steps, exponential halves every so many levels", () => {
  const entries = (schedule: "step-wise" | "linear" | "exponential"): number[] =>
    pruningLevels(64, [0, 32, 16], 3, schedule).map((level) => level.entries);
  assert.equal(entries("step-wise"), [64, 32, 16]);
  assert.equal(entries("linear"), [64, 56, 48, 40, 32, 24, 16]);
  assert.equal(entries("exponential"), [64, 25, 20, 16, 12, 16]);
  assert.equal(pruningLevels(64, [0, 32, 16], 3, "linear").map(({ epochs }) => epochs), [1, 1, 1, 1, 1, 1, 3]);
  assert.throws(() => pruningLevels(64, [0, 32, 0], 3, "linear"), /stages/);
  assert.throws(() => pruningLevels(64, [0, 128], 3, "linear"), /stages of 1 to 64/);
  assert.throws(() => pruningLevels(64, [], 3, "linear"), /got none/);
});

test("a configuration's levels end at its entries, whatever the widths, and never grow", () => {
  for (const [factors, nonZeros] of [[1024, 32], [512, 512], [100, 7], [1000, 44], [16, 1], [9, 8]]) {
    for (const pruning of ["exponential", "linear", "step-wise"] as const) {
      const levels = levelsOf({ ...TINY, factors, nonZeros, pruning, levelEpochs: 4 });
      const entries = levels.map((level) => level.entries);
      assert.is(entries[entries.length - 1], nonZeros);
      assert.ok(entries.every((n, at) => n >= 1 && (at === 0 || n <= entries[at - 1])));
    }
  }
});

test("a level of more entries than the one before: rows gain the lowest columns that they lack", () => {
  const now = { columns: Int32Array.of(1, 4, 0, 2), values: [3, -2, 1, 5], entries: 2 };
  const initial = Array.from({ length: 10 }, (_, q) => q + 0.5);
  const restarted = nextStart(now, 4, 2, { initial, factors: 5 });
  assert.equal([...restarted.columns], [0, 1, 2, 4, 0, 1, 2, 3]);
  assert.equal(Array.from(restarted.values), [0.5, 1.5, 2.5, 4.5, 5.5, 6.5, 7.5, 8.5]);
  assert.equal(Array.from(nextStart(now, 4, 2, null).values), [0, 3, 0, -2, 1, 0, 5, 0]);
});

test("the largest of each row: by size, ties to the first, ascending", () => {
  assert.equal([...largestOfRows([3, -3, 1, 3, 0, 0, 0, 0], 2, 4, 2)], [0, 1, 0, 1]);
  assert.equal([...largestOfRows([1, -5, 2, 4], 1, 4, 3)], [1, 2, 3]);
  assert.equal([...largestOfRows([1, 2], 1, 2, 2)], [0, 1]);
});

test("a restart takes the first values at the support that training found", () => {
  const now = { columns: Int32Array.of(1, 3, 4, 0, 2, 4), values: [0.1, -0.9, 0.4, 0.2, 0.1, 0.7], entries: 3 };
  const initial = Float64Array.from({ length: 10 }, (_, q) => q);
  const start = nextStart(now, 2, 2, { initial, factors: 5 });
  assert.equal([[...start.columns], [...start.values as Float64Array]], [[3, 4, 0, 4], [3, 4, 5, 9]]);
  assert.is(nextStart(now, 2, 2, null), now);
});

test("sampled outputs: the batch's items, then others; none where everybody has everything", () => {
  const engine = tiny();
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(csrFromLists([[2, 5], [5, 7]], 10));
  const { items, x: over } = sampleOutputs(tape, x, 8, new Random(1));
  assert.equal([...items.subarray(0, 3)], [2, 5, 7]);
  assert.is(items.length, 8);
  assert.ok(items.subarray(3).every((item) => ![2, 5, 7].includes(item)));
  assert.equal([...over.indices], [0, 1, 1, 2]);
  assert.is(sampleOutputs(tape, x, 2, new Random(1)).items.length, 4, "one negative at least");
  const full = tape.sparseInput(csrFromLists([[0, 1], [1, 2]], 3));
  assert.equal([...sampleOutputs(tape, full, 8, new Random(1)).items], [0, 1, 2]);
});

test("scores by inverted lists, and of many users item by item, are those of the written-out vectors", () => {
  const engine = tiny();
  const [items, factors, entries] = [30, 12, 3];
  const columns = largestOfRows(normals(new Random(3), items * factors), items, factors, entries);
  const model = new SparseElsa(engine, { columns, values: normals(new Random(4), items * entries), entries }, factors);
  const dense = model.itemVectors!;
  const tape = new Tape(engine, false);
  for (const rows of [1, 3, 20]) {
    const e = model.encode(tape, tape.sparseInput(users(5, rows)));
    assertClose(model.logits(tape, e).data, linear(tape, e, dense, null).data, { absolute: 1e-6 }, `${rows} users`);
  }
  const e = model.encode(tape, tape.sparseInput(users(5, 3)));
  e.data.fill(0);
  assert.ok(model.logits(tape, e).data.every((score) => score === 0), "nobody's dimensions, nobody's scores");
});

test("trained vectors have n entries of unit length, and the same bytes on one thread and two", async () => {
  const [one, two] = await Promise.all([1, 2].map(async (threads) => {
    const engine = openEngine({ threads, memoryBytes: 2 ** 27 });
    const config = { ...TINY, factors: 128, nonZeros: 16, levelEpochs: 1, maxOutput: 250, batchSize: 300 };
    const { vectors } = await trainSparseElsa(engine, users(6, 600, 300), users(7, 50, 300), config, 3);
    engine.close();
    return vectors;
  }));
  assert.equal([...one.columns], [...two.columns]);
  assert.equal([...one.values as Float32Array], [...two.values as Float32Array]);
  assert.is(one.columns.length, 300 * 16);
  for (let i = 0; i < 300; i++) {
    let squares = 0;
    for (let q = 16 * i; q < 16 * (i + 1); q++) squares += one.values[q] ** 2;
    assertClose(squares, 1, { absolute: 1e-5 });
  }
});

for (const restart of [true, false]) {
  test(`a run goes on from any step with the same bytes, ${restart ? "with" : "without"} restarts`, async () => {
    const engine = tiny();
    const [train, validation] = [users(8, 40), users(9, 10)];
    const config = { ...TINY, maxOutput: 20, restart };
    const states: FitState[] = [];
    const seen: number[] = [];
    const whole = await trainSparseElsa(engine, train, validation, config, 5, {
      onEpoch: ({ epoch, epochs }) => { seen.push(epoch / epochs); },
      checkpoint: { due: () => true, save: (state) => { states.push(state); } },
    });
    const epochs = levelsOf(config).reduce((sum, level) => sum + level.epochs, 0);
    assert.equal(seen, Array.from({ length: epochs }, (_, e) => (e + 1) / epochs));
    assert.is(states.length, epochs * 3);
    for (let at = 0; at < states.length; at += 2) {
      const again = await trainSparseElsa(engine, train, validation, config, 5, { resume: states[at] });
      assert.equal(again.vectors, whole.vectors, `after step ${at + 1}`);
    }
    let refused = "";
    await trainSparseElsa(engine, train, validation, config, 6, { resume: states[4] })
      .catch((error: unknown) => { refused = (error as Error).message; });
    assert.match(refused, /would not go on as it began \(another seed\)/);
  });
}

test("each level is shown with its entries", async () => {
  const shown: number[][] = [];
  const { vectors } = await trainSparseElsa(tiny(), users(1, 20), users(2, 5), { ...TINY, pruning: "step-wise" }, 1, {
    onLevel: ({ columns, entries }, level) => { shown.push([entries, level.entries, columns.length / 30]); },
  });
  assert.equal(shown, [16, 8, 4, 2].map((n) => [n, n, n]));
  assert.is(vectors.entries, 2);
});

test("more entries than factors are refused", async () => {
  let said = "";
  await trainSparseElsa(tiny(), users(1, 5), users(2, 5), { ...TINY, nonZeros: 17 }, 1)
    .catch((error: unknown) => { said = (error as Error).message; });
  assert.match(said, /nonZeros is 17, but there are only 16 factors/);
});

test.run();
