/** Sparse ELSA in the whole pipeline: its dimensions are neurons, two to each, with names, knobs and reasons. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { csrFromLists } from "../../src/base/csr.js";
import { presets } from "../../src/config/presets.js";
import { openEngine } from "../../src/engine/open.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import { openNested } from "../../src/model-folder/open-model.js";
import { recommenders } from "../../src/models/recommenders/registry.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { openSession } from "../../src/session/open-session.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const config = resolveConfig({
  ...presets.default, model: "elsa-sparse", sae: { ...presets.default.sae, kind: "poles", expansion: 2 },
  ...{ elsaSparse: { factors: 32, nonZeros: 4, levelEpochs: 4, batchSize: 64 } },
});
const model = await tinyModel({ config });
const likes = ["i1", "i2", "i3"];

test("the model's neurons are the poles of its dimensions, and what comes through them is the recommender", () => {
  assert.equal([model.shape.factors, model.shape.neurons], [32, 64]);
  assert.is(model.metrics.change.ndcg.mean, 0);
  assert.ok(model.metrics.cosine.mean > 1 - 1e-6, `cosine ${model.metrics.cosine.mean}`);
  assert.is(model.labels.length, 64);
});

test("an item's code is its vector: n entries, each in the pole of its sign", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
  const { cfae, sae } = openNested(engine, model);
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(csrFromLists([[7]], 120));
  const { code } = sae.encode(tape, cfae.encode(tape, x));
  const { columns, values } = model.cfae;
  const expected = Array.from(values.data.subarray(28, 32), (value, k) => {
    const column = columns.data[28 + k];
    return { neuron: value > 0 ? column : 32 + column, value: Math.abs(value) };
  }).filter(({ value }) => value > 0).sort((a, b) => a.neuron - b.neuron);
  assert.equal([...code.indices.subarray(code.rowStart[0], code.rowEnd[0])], expected.map(({ neuron }) => neuron));
  assert.equal([...code.values!.subarray(code.rowStart[0], code.rowEnd[0])], expected.map(({ value }) => value));
});

test("reasons add up to the score, knobs move the list, and a saved model answers as before", async () => {
  const folder = mkdtempSync(join(tmpdir(), "unknot-sparse-"));
  try {
    await saveModel(join(folder, "m"), model);
    const again = await loadModel(join(folder, "m"));
    assert.equal(again.cfae, model.cfae);
    const [session, reopened] = [model, again].map((one) => openSession(one, { threads: 1 }));
    const list = session.recommend(likes, 8).items;
    assert.equal(reopened.recommend(likes, 8).items, list);
    for (const { id, score } of list) {
      const why = session.explain(likes, id);
      const sum = why.contributions.reduce((total, { contribution }) => total + contribution, why.base - why.own);
      assert.ok(Math.abs(sum - why.score) < 1e-9 && Math.abs(Math.max(0, why.score) - score) < 1e-5);
      assert.ok(Math.abs(why.unexplained) < 1e-6 && Math.abs(why.base) < 1e-9, "poles explain everything");
    }
    const [knob] = model.tags!.names;
    const { before, after } = session.steer(likes, [{ tag: knob, strength: 0.5 }], 8);
    assert.not.equal(after.map(({ id }) => id), before.map(({ id }) => id));
    for (const one of [session, reopened]) one.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("poles have two neurons a factor; weights of another model, and columns beyond the width, are refused", () => {
  assert.throws(
    () => resolveConfig({ sae: { ...presets.default.sae, kind: "poles", expansion: 4 } }),
    /sae\.expansion must be 2 for poles, got 4/,
  );
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 22 });
  const record = recommenders.get("elsa-sparse");
  assert.throws(() => record.open(engine, { encoder: model.cfae.values }), /no tensor columns among encoder/);
  const { columns } = model.cfae;
  const broken = { ...model.cfae, columns: { ...columns, data: columns.data.map((c, q) => (q === 3 ? 32 : c)) } };
  assert.throws(() => record.open(engine, broken), /columns: entry 3 is 32, expected 0 to 31/);
});

test.run();
