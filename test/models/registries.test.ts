/**
 * A recommender, a scorer and a kind of SAE that src knows nothing of (test/toys), through the registries alone:
 * trained, saved, loaded, opened, listed.
 */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitDataset } from "../../src/data/split-users.js";
import { openEngine } from "../../src/engine/open.js";
import { evaluateBaselines } from "../../src/measure/evaluate-baselines.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import { recommenders } from "../../src/models/recommenders/registry.js";
import { scorers } from "../../src/models/recommenders/scorers.js";
import { resolveConfig, settings } from "../../src/models/resolve-config.js";
import { saeKinds } from "../../src/models/sae/registry.js";
import { planMemory } from "../../src/pipeline/plan-memory.js";
import { openSession } from "../../src/session/open-session.js";
import { parseGrid } from "../../src/sweep/grid.js";
import { jobsOf } from "../../src/sweep/jobs.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { toy } from "../toys/toy-recommender.js";
import { toySae } from "../toys/toy-sae.js";
import { toyScorer } from "../toys/toy-scorer.js";

recommenders.register(toy);
scorers.register(toyScorer);
saeKinds.register(toySae);

const config = { model: "toy", toy: { epochs: 3 }, sae: { kind: "half-topk", k: 4, expansion: 2, epochs: 3 } };

test("a name is taken once, and an unknown one is refused with those there are", () => {
  assert.throws(() => recommenders.register(toy), /there is a recommender "toy" already/);
  assert.throws(() => recommenders.get("toi"), /there is no recommender "toi", did you mean "toy"/);
  assert.throws(() => saeKinds.get("nothing like it"), /there are topk, basic/);
});

test("its settings are completed, checked and listed with the others", () => {
  const resolved = resolveConfig(config);
  assert.equal([resolved.toy!.epochs, resolved.toy!.factors, resolved.sae.kind], [3, 6, "half-topk"]);
  assert.not("toy" in resolveConfig({}), "models of other recommenders do not carry it");
  assert.throws(
    () => resolveConfig({ model: "toy", toy: { factors: 1 } }), /toy\.factors must be a whole number from 2 on/,
  );
  assert.ok(settings().some(({ path }) => path === "toy.factors"));
});

test("trained, saved, loaded and opened: the same model, with steering through its decoder", () =>
  inTemporaryFolder(async (folder) => {
    const model = await tinyModel({ config });
    await saveModel(join(folder, "m"), model);
    const loaded = await loadModel(join(folder, "m"));
    assert.equal(loaded, model);
    const session = openSession(loaded, { threads: 1 });
    assert.equal(session.recommend(["i1", "i2"], 5), openSession(model, { threads: 1 }).recommend(["i1", "i2"], 5));
    assert.is(session.defaultMapping, "decoder");
    assert.ok(loaded.metrics.l0.mean <= 2, "half of the k that was asked for");
    session.close();
  }));

test("planned, listed and named in a sweep", () => {
  const plan = planMemory({ items: 120, users: 300, interactions: 4000 }, resolveConfig(config));
  assert.ok(plan.peak > 0);
  const grid = parseGrid(JSON.stringify({
    name: "toys", cfaes: [{ model: "toy", factors: [4, 6] }], saes: [{ kind: "half-topk", k: 4 }],
  }), "grid.json");
  const titles = jobsOf(grid, { data: "", numerics: "" }).map(({ title }) => title);
  assert.ok(titles.includes("Toy-4") && titles.includes("Half TopK-16 k=4 cosine on Toy-4"), titles.join());
});

test("a scorer is among the baselines, with the setting that validation chose", async () => {
  const { dataset } = tinyWorld();
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
  const options = { names: ["popularity", "toy popularity"] };
  const [plain, found] = await evaluateBaselines(engine, dataset, splitDataset(dataset, { seed: 1 }), options);
  assert.ok(scorers.names.includes("toy popularity"));
  assert.ok("test" in plain && "test" in found);
  assert.equal(found.test, plain.test);
  assert.is(found.setting, "power 1");
  engine.close();
});

test.run();
