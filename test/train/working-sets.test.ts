/** Training with parameters outside the heap: the exact rule where everything is touched, lazy rows where not. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { csrFromLists, csrRow, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { defaultsOf } from "../../src/config/field.js";
import { DEFAULT_ELSA_SPARSE, type ElsaSparseConfig } from "../../src/config/elsa-sparse.js";
import { ELSA, type ElsaConfig } from "../../src/config/elsa.js";
import { PAPER_MULTVAE, type MultVaeConfig } from "../../src/config/multvae.js";
import { presets } from "../../src/config/presets.js";
import { PAPER_ADAM } from "../../src/config/training.js";
import type { Engine } from "../../src/engine/engine.js";
import { openEngine } from "../../src/engine/open.js";
import { trainingWays } from "../../src/models/choose-outputs.js";
import { elsa } from "../../src/models/recommenders/elsa.js";
import { multdae, multvae } from "../../src/models/recommenders/mult-records.js";
import { trainsOutside } from "../../src/models/recommenders/sparse-elsa.js";
import type { SparseItemVectors } from "../../src/models/recommenders/sparse-item-vectors.js";
import { SampledColumns } from "../../src/models/sampled-columns.js";
import { WorkingSet } from "../../src/models/working-set.js";
import { adamRule } from "../../src/train/adam.js";
import { LazyRows } from "../../src/train/lazy-rows.js";
import type { FitState } from "../../src/train/fit-state.js";
import type { TrainedCfae } from "../../src/train/train-by-steps.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import type { FitHooks } from "../../src/train/fit.js";
import { trainSparseElsa, type SparseElsaHooks } from "../../src/train/train-sparse-elsa.js";

const ITEMS = 90;
const open = (threads = 1): Engine => openEngine({ threads, memoryBytes: 2 ** 25 });

function users(seed: number, rows: number): Csr {
  const random = new Random(seed);
  const lists = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: 2 + random.below(9) }, () => random.uniform() < 0.7 ? (r % 3) * 30 + random.below(30)
      : random.below(ITEMS)));
  return csrFromLists([...lists, []], ITEMS);
}

const data = { train: users(1, 70), validation: users(2, 20) };
const CONFIG: ElsaConfig = {
  ...defaultsOf(ELSA), factors: 16, batchSize: 16, epochs: 5, patience: 2, learningRate: 0.01,
};
const trained = (config: ElsaConfig, hooks?: FitHooks, engine = open(), on = data): Promise<TrainedCfae> =>
  trainRecommender(engine, elsa, on, config, 7, hooks);

test("with all items as columns ELSA is trained to the same bits as in the heap", async () => {
  const whole = await trained(CONFIG);
  assert.equal(await trained({ ...CONFIG, maxOutput: ITEMS }), whole);
  const { train } = data;
  const strong = { ...data, train: { ...train, values: Float32Array.from(train.indices, (i) => 1 + (i % 4)) } };
  const weighted = await trained(CONFIG, undefined, open(), strong);
  assert.not.equal(weighted, whole);
  assert.equal(await trained({ ...CONFIG, maxOutput: ITEMS }, undefined, open(), strong), weighted);
});

test("sampled columns learn, with dropout and averaging too; the threads change no bit", async () => {
  const config = { ...CONFIG, maxOutput: 40, inputDropout: 0.4, averaging: 0.5, epochs: 12, patience: 0 };
  const one = await trained(config);
  const { history } = one.fit;
  assert.ok(history.at(-1)!.validationLoss < 0.9 * history[0].validationLoss, JSON.stringify(history));
  const threaded = open(2);
  assert.equal(await trained(config, undefined, threaded), one);
  threaded.close();
});

test("resumed after every third step: the same bytes", async () => {
  const config = { ...CONFIG, maxOutput: 40, inputDropout: 0.4, averaging: 0.5 };
  const states: FitState[] = [];
  const hooks: FitHooks = { checkpoint: { due: () => true, save: (state) => { states.push(state); } } };
  const whole = await trained(config, hooks);
  assert.ok(states.length > 10);
  for (let at = 0; at < states.length; at += 3) {
    assert.equal(await trained(config, { resume: states[at] }), whole, `after step ${at + 1}`);
  }
});

const SPARSE: ElsaSparseConfig = {
  ...DEFAULT_ELSA_SPARSE, factors: 16, nonZeros: 4, levelEpochs: 2, batchSize: 16, learningRate: 0.05,
};
const sparse = async (
  config: ElsaSparseConfig, hooks?: SparseElsaHooks, outside = true, engine = open(),
): Promise<SparseItemVectors> => {
  const { vectors } = await trainSparseElsa(engine, data.train, data.validation, config, 7, hooks, { outside });
  return vectors;
};

for (const restart of [true, false]) {
  const name = `sparse ELSA, ${restart ? "with" : "without"} restarts`;

  test(`${name}: with all items as columns the same bits as in the heap`, async () => {
    for (const optimiser of ["nadam", "adam"] as const) {
      const config = { ...SPARSE, restart, optimiser };
      assert.equal(await sparse({ ...config, maxOutput: ITEMS }), await sparse(config, undefined, false));
    }
  });

  test(`${name}: resumed after every third step the same bytes, on two threads too`, async () => {
    const config = { ...SPARSE, restart, maxOutput: 40 };
    const states: FitState[] = [];
    const whole = await sparse(config, { checkpoint: { due: () => true, save: (state) => { states.push(state); } } });
    assert.is(states.length % 5, 0);
    for (let at = 0; at < states.length; at += 3) {
      assert.equal(await sparse(config, { resume: states[at] }), whole, `after step ${at + 1}`);
    }
    const threaded = open(2);
    assert.equal(await sparse(config, undefined, true, threaded), whole);
    threaded.close();
  });
}

test("sparse ELSA learns from sampled columns", async () => {
  const losses: number[] = [];
  await sparse({ ...SPARSE, levelEpochs: 15, learningRate: 0.02, maxOutput: 40 }, {
    onEpoch: ({ validationLoss }) => { losses.push(validationLoss); },
  });
  assert.ok(losses.at(-1)! < 0.9 * losses[0], JSON.stringify(losses));
});

test("sparse ELSA leaves the heap where it has no room there or looks at few of its rows, and only then", () => {
  const config = { ...DEFAULT_ELSA_SPARSE, factors: 128 };
  assert.is(trainsOutside({ ...config, maxOutput: 8192 }, 10_000), false);
  assert.is(trainsOutside({ ...config, maxOutput: 8192 }, 20_000), true, "most rows would only rest");
  assert.is(trainsOutside({ ...config, factors: 2048, maxOutput: 80_000 }, 100_000), true, "no room");
  assert.is(trainsOutside(config, 2_000_000), false, "all outputs were asked for");
  const sizes = { items: 2_000_000, users: 1_000_000, interactions: 1e8 };
  const whole = { ...presets.default, model: "elsa-sparse", elsaSparse: { ...config, batchSize: 128 } };
  assert.ok(trainingWays(whole, sizes).whole > 2 ** 32);
  assert.is(trainingWays(whole, sizes).maxOutput, 12_800);
  assert.ok(trainingWays(whole, sizes).sampled! < 2 ** 30);
});

const MULT = {
  ...PAPER_MULTVAE, factors: 6, hidden: 10, batchSize: 16, epochs: 4, learningRate: 0.01, annealingSteps: 9,
};
const mult = (record: typeof multvae, config: MultVaeConfig, hooks?: FitHooks, engine = open()): Promise<TrainedCfae> =>
  trainRecommender(engine, record, data, config, 7, hooks);

for (const [record, kind] of [[multvae, "vae"], [multdae, "dae"]] as const) {
  test(`${record.title}: with all items as columns the same bits as in the heap`, async () => {
    const config: MultVaeConfig = { ...MULT, kind, patience: 2 };
    assert.equal(await mult(record, { ...config, maxOutput: ITEMS }), await mult(record, config));
  });

  test(`${record.title}: resumed after every third step the same bytes, on two threads too`, async () => {
    const config: MultVaeConfig = { ...MULT, kind, maxOutput: 40, patience: 3 };
    const states: FitState[] = [];
    const whole = await mult(record, config, {
      checkpoint: { due: () => true, save: (state) => { states.push(state); } },
    });
    for (let at = 0; at < states.length; at += 3) {
      assert.equal(await mult(record, config, { resume: states[at] }), whole, `after step ${at + 1}`);
    }
    const threaded = open(2);
    assert.equal(await mult(record, config, undefined, threaded), whole);
    threaded.close();
  });
}

test("MultVAE learns from sampled columns", async () => {
  const { fit: { history } } = await mult(multvae, { ...MULT, maxOutput: 40, epochs: 40, annealingSteps: 1e6 });
  const [first, last] = [history[0].validationLoss, history.at(-1)!.validationLoss];
  assert.ok(last < 0.93 * first, `${first} → ${last}`);
});

test("a batch's columns are its items and distinct negatives, and its entries are numbered by them", () => {
  const sampler = new SampledColumns(ITEMS);
  const random = new Random(3);
  const { train } = data;
  for (let step = 0; step < 200; step++) {
    const rows = Int32Array.from({ length: 1 + random.below(6) }, () => random.below(train.rows));
    const most = random.below(ITEMS + 20);
    const { columns, x } = sampler.draw(train, rows, most, random);
    const own = new Set([...rows].flatMap((row) => [...csrRow(train, row)]));
    assert.ok(columns.every((item, at) => at === 0 || item > columns[at - 1]), "ascending, so distinct");
    assert.is(columns.length, Math.min(ITEMS, Math.max(own.size + 1, most)));
    rows.forEach((row, r) => {
      assert.equal([...csrRow(x, r)].map((at) => columns[at]), [...csrRow(train, row)]);
    });
  }
});

test("every other item is as likely a negative", () => {
  const sampler = new SampledColumns(12);
  const x = csrFromLists([[2, 5]], 12);
  for (const most of [4, 9]) {
    const random = new Random(5);
    const times = new Float64Array(12);
    for (let draw = 0; draw < 6000; draw++) {
      for (const item of sampler.draw(x, [0], most, random).columns) times[item]++;
    }
    assert.equal([times[2], times[5]], [6000, 6000]);
    // Six standard deviations.
    const [expected, spread] = [(6000 * (most - 2)) / 10, 6 * Math.sqrt(6000 / 4)];
    times.forEach((n, i) => { assert.ok(i === 2 || i === 5 || Math.abs(n - expected) < spread, `item ${i}: ${n}`); });
  }
});

test("lazy rows: what a step does not touch stays as it is, value and averages", () => {
  const engine = open();
  const set = new WorkingSet("a", Float32Array.from({ length: 12 }, (_, i) => i / 10), 6, 2, false);
  const rows = new LazyRows(engine, [set], adamRule(engine, { ...PAPER_ADAM, learningRate: 0.1 }));
  const tape = new Tape(engine);
  const step = (touched: number[], gradient: number): void => {
    tape.reset();
    const tensor = set.gather(tape, Int32Array.from(touched));
    tape.contribution(tensor)[0].fill(gradient);
    rows.step();
  };
  step([0, 1, 4], 1);
  const { m: [m], v: [v] } = rows.state();
  assert.equal([...m], [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0].map((on) => on * Math.fround(m[0])));
  assert.ok(Math.abs(m[0] - 0.1) < 1e-7 && Math.abs(v[0] - 0.01) < 1e-8);
  const first = set.parameter.tensor.data.slice();
  step([4, 5], -1);
  const second = set.parameter.tensor.data;
  assert.equal(second.subarray(0, 8), first.subarray(0, 8));
  assert.ok(second[10] > first[10] && second[8] !== first[8]);
  assert.ok(rows.state().m[0].subarray(0, 4).every((value) => value === m[0]));
});

test.run();
