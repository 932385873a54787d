/** A model's lists at several lengths agree with those it keeps; protocols by name; folders without the figures. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitDataset } from "../../src/data/split-users.js";
import { splitByTime } from "../../src/data/split-time.js";
import { openEngine } from "../../src/engine/open.js";
import { evaluateLists, evaluateModel } from "../../src/measure/evaluate-model.js";
import { protocolFigures, protocolLengths } from "../../src/measure/protocols.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";

const tinyDataset = tinyWorld().dataset;
const model = await tinyModel();
const split = splitDataset(tinyDataset, { seed: model.seed });

test("lists of 20 are those that the model keeps; shorter ones are their beginnings", () => {
  const engine = openEngine({ threads: 1 });
  const { lists, cfae } = evaluateModel(engine, model, split);
  const found = evaluateLists(engine, model, split, [5, 20]);
  assert.equal(found.cfae[1].recall, cfae.recall);
  assert.equal(found.cfae[1].ndcg, cfae.ndcg);
  for (const name of ["popularity", "cfae", "nested"] as const) {
    const { coverage, gini, distance } = found[name][1];
    assert.equal([coverage, gini, distance], [lists![name].coverage, lists![name].gini, lists![name].distance]);
    assert.ok(found[name][0].coverage <= coverage && found[name][0].hitRate.mean <= found[name][1].hitRate.mean);
    assert.is(found[name][0].n, 5);
  }
  assert.throws(() => evaluateLists(engine, model, split, [split.train.cols + 1]), /expected whole numbers from 1 to/);
  engine.close();
});

test("protocols say which figures, and refuse the other kind of split", () => {
  const long = { ...split, train: { ...split.train, cols: 100 } };
  assert.equal(protocolLengths("strong", long), [20, 50, 100]);
  assert.throws(() => protocolLengths("time", split), /split by users: train one with --split-by time/);
  const times = Float64Array.from(tinyDataset.interactions.indices, (_, q) => (q * 7919) % 1009);
  const byTime = splitByTime({ ...tinyDataset, times });
  assert.equal(protocolLengths("time", byTime), [20]);
  assert.throws(() => protocolLengths("strong", byTime), /split by time/);
  const engine = openEngine({ threads: 1 });
  const { cfae } = evaluateLists(engine, model, split, [20]);
  assert.equal(protocolFigures("time", cfae), { "recall@20": cfae[0].recall, "nDCG@20": cfae[0].ndcg });
  engine.close();
});

test("the figures are kept in the folder; one without them is read", () => inTemporaryFolder(async (folder) => {
  await saveModel(folder, model);
  assert.equal((await loadModel(folder)).metrics, model.metrics);
  const file = join(folder, "unknot.json");
  const json = JSON.parse(await readFile(file, "utf8")) as { metrics: { lists?: unknown } };
  delete json.metrics.lists;
  await writeFile(file, JSON.stringify(json));
  const { lists, ...others } = model.metrics;
  assert.ok(lists);
  assert.equal((await loadModel(folder)).metrics, others);
}));

test.run();
