import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { UserError } from "../../src/base/user-error.js";
import { generateWorld } from "../../src/data/world/world.js";
import { splitDataset } from "../../src/data/split-users.js";
import { evaluateModel } from "../../src/measure/evaluate-model.js";
import { withOutputs } from "../../src/models/choose-outputs.js";
import { checkPlan, planMemory, type MemoryPlan } from "../../src/pipeline/plan-memory.js";
import { trainModel } from "../../src/pipeline/train-model.js";
import { presets } from "../../src/config/presets.js";
import { tinyConfig, tinyModel, tinyWorld } from "./tiny-model.js";

test("hooks are told of the plan, the stages in order, steps and epochs", async () => {
  const told: string[] = [];
  let steps = 0;
  const epochs = { cfae: 0, sae: 0, evaluate: 0, label: 0, meaning: 0 };
  const model = await tinyModel({
    hooks: {
      onPlan: (plan) => told.push(plan.peak > 0 ? "plan" : "empty plan"),
      onStage: (stage) => told.push(stage),
      onStep: () => { steps++; },
      onEpoch: (stage) => { epochs[stage]++; },
    },
  });
  assert.equal(told, ["plan", "cfae", "sae", "evaluate", "label"]);
  assert.is(epochs.cfae, model.fit.cfae.epochs);
  assert.is(epochs.sae, model.fit.sae.epochs);
  assert.is(steps, 4 * (epochs.cfae + epochs.sae), "240 users in batches of 64");
});

test("it can be stopped, and leaves the engine usable", async () => {
  const engine = openEngine({ threads: 1 });
  const mark = engine.heap.mark();
  const stop = new AbortController();
  const reason = new Error("enough");
  const onStep = (_: unknown, step: number): void => { if (step === 3) stop.abort(reason); };
  const hooks = { signal: stop.signal, onStep };
  assert.is(await tinyModel({ engine, hooks }).then(() => null, (error: unknown) => error), reason);
  assert.is(engine.heap.mark(), mark, "heap released");
});

test("the metrics are those of the test users, and ELSA beats popularity on a world with structure", async () => {
  const { dataset } = generateWorld({ users: 500, items: 300, concepts: 12, meanInteractions: 30, seed: 1 });
  const config = { elsa: { ...tinyConfig.elsa, factors: 64, epochs: 60 }, sae: tinyConfig.sae };
  const model = await trainModel(dataset, { config, seed: 5, threads: 1 });
  const engine = openEngine({ threads: 1 });
  assert.equal(evaluateModel(engine, model, splitDataset(dataset, { seed: 5 })), model.metrics);
  assert.is(model.metrics.testUsers, 50);
  assert.ok(model.metrics.cfae.ndcg.mean > model.metrics.popularity.ndcg.mean);
  const { change, nested, cfae } = model.metrics;
  assert.ok(Math.abs(change.ndcg.mean - (nested.ndcg.mean - cfae.ndcg.mean)) < 1e-12);
});

test("a data set without tags gives a model whose neurons have no names", async () => {
  const model = await trainModel({ ...tinyWorld().dataset, tags: null }, { config: tinyConfig, threads: 1 });
  assert.is(model.tags, null);
  assert.ok(model.labels.every(({ label, tag }) => label === null && tag === -1));
  assert.is(model.labels.length, model.shape.neurons);
});

test("the memory plan holds: no less than the measured peak, and not much more", async () => {
  const { dataset } = tinyWorld();
  const config = {
    elsa: { ...tinyConfig.elsa, factors: 512, epochs: 1, batchSize: 1024 },
    sae: { ...tinyConfig.sae, expansion: 8, epochs: 1, batchSize: 1024, k: 32 },
  };
  for (const kind of ["topk", "basic"] as const) {
    const engine = openEngine({ threads: 1 });
    const of = { ...config, sae: { ...config.sae, kind } };
    let planned = 0;
    const onPlan = (plan: MemoryPlan): void => { planned = Math.max(plan.cfae, plan.sae, plan.evaluation); };
    await trainModel(dataset, { config: of, engine, hooks: { onPlan } });
    assert.ok(engine.heap.peak <= planned, `${kind}: planned ${planned}, used ${engine.heap.peak}`);
    assert.ok(planned < 2 * engine.heap.peak, `${kind}: planned ${planned}, used only ${engine.heap.peak}`);
  }
});

test("a catalogue too large for all outputs gets sampled columns, and the plan holds for them too", async () => {
  const million = { items: 1_000_000, users: 1_000_000, interactions: 100_000_000 };
  const config = { ...presets.default, elsa: { ...presets.default.elsa, factors: 128 } };
  const plan = planMemory(million, config);
  assert.ok(plan.ways.whole > 2 ** 31 && plan.ways.sampled! < 2 ** 29);
  const wide = { ...config, elsa: { ...config.elsa, factors: 512 } };
  const chosen = withOutputs(wide, million);
  assert.is(chosen.elsa.maxOutput, 256 * 100, "as many columns as a batch of 256 users has interactions");
  assert.is(planMemory(million, wide).cfae, planMemory(million, chosen).cfae, "planned as it will be trained");
  assert.is(withOutputs(chosen, million), chosen);
  const small = { items: 10_000, users: 50_000, interactions: 1_000_000 };
  assert.is(withOutputs(wide, small), wide, "what fits is trained on all outputs");

  const { dataset } = tinyWorld();
  const engine = openEngine({ threads: 1 });
  const elsa = { ...tinyConfig.elsa, factors: 512, epochs: 1, batchSize: 64, maxOutput: 60 };
  const mark = engine.heap.peak;
  let planned = 0;
  const stop = new AbortController();
  await trainModel(dataset, {
    config: { elsa, sae: tinyConfig.sae }, engine, hooks: {
      onPlan: ({ cfae }) => { planned = cfae; }, signal: stop.signal,
      onStage: (stage) => {
        if (stage !== "sae") return;
        assert.ok(engine.heap.peak > mark && engine.heap.peak <= planned, `planned ${planned}, ${engine.heap.peak}`);
        stop.abort(new Error("seen"));
      },
    },
  }).catch((error: unknown) => { assert.is((error as Error).message, "seen"); });
  engine.close();
});

test("a plan that cannot fit is refused before any work, saying what to make smaller", async () => {
  const onMl25m = (factors: number): MemoryPlan => planMemory(
    { items: 40857, users: 144_000, interactions: 12_400_000 },
    { ...presets.paper, elsa: { ...presets.paper.elsa, factors } },
  );
  assert.throws(() => checkPlan(onMl25m(16384)), /the recommender needs .* GiB .* fewer factors/);
  checkPlan(onMl25m(2048), 2 ** 32, 2 ** 36); // the paper's largest setting fits
  const ways = { whole: 1, sampled: null, maxOutput: 0 };
  const large = { cfae: 1, ways, sae: 1, evaluation: 1, arrays: 2 ** 31, peak: 2 ** 31 };
  assert.throws(() => checkPlan(large, 2 ** 32, 2 ** 30), /this machine has 1\.00 GiB/);
  let stages = 0;
  const hooks = { onStage: (): void => { stages++; } };
  const error = await tinyModel({ memoryBytes: 2 ** 20, hooks }).then(() => null, (reason: unknown) => reason);
  assert.instance(error, UserError);
  assert.is(stages, 0);
});

test.run();
