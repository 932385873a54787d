/** A training that goes on from an earlier one: what stays, what is new, what is refused. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromDense } from "../support/csr-from-dense.js";
import { csrFromLists, csrRow } from "../../src/base/csr.js";
import { UserError } from "../../src/base/user-error.js";
import type { Dataset } from "../../src/data/dataset.js";
import { fingerprints } from "../../src/data/row-order.js";
import { splitAgain } from "../../src/data/split-again.js";
import { splitDataset } from "../../src/data/split-users.js";
import { openEngine } from "../../src/engine/open.js";
import { matchNeurons } from "../../src/interpret/match-neurons.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import { startFrom } from "../../src/model-folder/warm-start.js";
import { trainModel, updateConfig } from "../../src/pipeline/train-model.js";
import { inTemporaryFolder } from "./temporary-folder.js";
import { tinyConfig, tinyModel, tinyWorld } from "./tiny-model.js";

const whole = tinyWorld().dataset;

/** Some users' interactions with some items; users without any are left out. */
function part(users: number, items: readonly number[]): Dataset {
  const place = new Map(items.map((item, i) => [item, i]));
  const lists = Array.from({ length: users }, (_, u) =>
    Array.from(csrRow(whole.interactions, u)).flatMap((i) => place.get(i) ?? []).sort((a, b) => a - b));
  const kept = Array.from(lists.keys()).filter((u) => lists[u].length >= 3);
  const tags = whole.tags!;
  const own = Array.from(tags.item.keys()).filter((a) => place.has(tags.item[a]));
  return {
    ...whole, interactions: csrFromLists(kept.map((u) => lists[u]), items.length),
    userIds: kept.map((u) => whole.userIds[u]), itemIds: items.map((i) => whole.itemIds[i]),
    itemTitles: items.map((i) => whole.itemTitles[i]),
    tags: {
      names: tags.names, tag: Int32Array.from(own, (a) => tags.tag[a]), user: new Int32Array(own.length).fill(-1),
      item: Int32Array.from(own, (a) => place.get(tags.item[a])!), count: Float32Array.from(own, (a) => tags.count[a]),
    },
  };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const longer = { ...tinyConfig, elsa: { ...tinyConfig.elsa, learningRate: 0.01, epochs: 60 } };
const before = part(240, range(110));
const earlier = await trainModel(before, { config: longer, seed: 5, threads: 1 });
// Items in another order, ten that are new, one that is gone.
const now = part(300, [...range(120).slice(60), ...range(60)].filter((i) => i !== 7));

test("weights start where the earlier ones are, by id; new items where their tags put them", () => {
  const engine = openEngine({ threads: 1 });
  const D = tinyConfig.elsa.factors;
  const start = startFrom(engine, earlier, updateConfig(longer), { ...now, tags: earlier.tags && null });
  const rows = start.cfae.encoder.data;
  now.itemIds.forEach((id, i) => {
    const was = earlier.items.ids.indexOf(id);
    const row = rows.slice(i * D, (i + 1) * D);
    if (was >= 0) assert.equal(row, earlier.cfae.encoder.data.slice(was * D, (was + 1) * D), id);
    else assert.ok(Math.abs(row.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-5, id);
  });
  assert.equal([start.newItems, start.goneItems], [10, 1]);
  assert.is(start.sae, earlier.sae);
});

test("goes on: neurons keep meaning and names, the update is told and saved, the same bits again", async () => {
  const options = { from: earlier, seed: 6, threads: 1 };
  const model = await trainModel(now, options);
  const { neurons, kept, newItems, goneItems } = model.update!;
  assert.equal([newItems, goneItems], [10, 1]);
  assert.ok(kept / neurons >= 0.9, `${kept} of ${neurons}`);
  assert.is(model.config.elsa.epochs, Math.ceil(0.2 * longer.elsa.epochs));
  const same = model.labels.filter(({ label }, n) => label === earlier.labels[n].label).length;
  assert.ok(same >= 0.8 * model.labels.length, `${same} of ${model.labels.length} names`);
  // What a neuron was called before goes with it, from training to training.
  const meant = model.labels.filter(({ earlier: names }) => names!.length > 0);
  assert.is(meant.length, kept);
  for (const { neuron, earlier: names } of meant) assert.equal(names, [earlier.labels[neuron].label]);
  const third = await trainModel(now, { from: model, seed: 7, threads: 1 });
  const stayed = third.labels.filter(({ earlier: names }) => names!.length === 2);
  assert.ok(stayed.length >= 0.8 * kept, `${stayed.length} of ${kept}`);
  for (const { neuron, earlier: names } of stayed) {
    assert.equal(names, [model.labels[neuron].label, earlier.labels[neuron].label]);
  }
  assert.equal((await trainModel(now, options)).cfae, model.cfae);
  const cold = await trainModel(now, { config: longer, seed: 6, threads: 1 });
  assert.is(cold.update, undefined);
  await inTemporaryFolder(async (folder) => {
    await saveModel(`${folder}/model`, model);
    const { update, labels } = await loadModel(`${folder}/model`);
    assert.equal([update, labels], [model.update, model.labels]);
  });
});

test("refused: other factors, another recommender, one in closed form", async () => {
  const engine = openEngine({ threads: 1 });
  const go = (config: typeof longer, from = earlier) => () => startFrom(engine, from, config, { ...now, tags: null });
  assert.throws(go({ ...longer, elsa: { ...longer.elsa, factors: 8 } }), /goes on from factors 16, the settings say 8/);
  assert.throws(go({ ...longer, model: "multvae" }), /goes on from model elsa, the settings say multvae/);
  const solved = { ...tinyConfig, model: "edlae", edlae: { factors: 16, solver: "free" } };
  const closed = await tinyModel({ config: solved as never });
  assert.throws(go(closed.config, closed), /is not trained in steps from weights/);
});

test("whoever was held out stays held out, and newcomers are split too", () => {
  const first = splitDataset(before, { seed: 5 });
  const once = { users: fingerprints(before.userIds), seed: 5 };
  const again = splitAgain(now, 6, [once]);
  const ids = (users: Int32Array, { userIds }: Dataset): string[] => Array.from(users, (u) => userIds[u]);
  const stays = (a: Int32Array, b: Int32Array): void => {
    const then = new Set(ids(b, now));
    const there = ids(a, before).filter((id) => now.userIds.includes(id));
    assert.ok(there.length > 0 && there.every((id) => then.has(id)));
  };
  stays(first.trainUsers, again.trainUsers);
  stays(first.validation.users, again.validation.users);
  stays(first.test.users, again.test.users);
  assert.ok(again.test.users.length > first.test.users.length);
  assert.is(
    again.trainUsers.length + again.validation.users.length + again.test.users.length, now.interactions.rows,
  );
  assert.equal(splitAgain(now, 6, [once]), again);
  // Of a third training the newcomers of the second stay where they are.
  const third = splitAgain(now, 7, [once, { users: fingerprints(now.userIds), seed: 6 }]);
  assert.equal(Array.from(third.test.users).sort(), Array.from(again.test.users).sort());
});

test("a neuron that has become another is told from one that stayed", () => {
  const codes = (values: number[]) => csrFromDense(Float32Array.from(values), 4, 3);
  const before3 = codes([1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 3, 0]);
  const swapped = codes([0, 1, 0, 0, 2, 0, 1, 0, 0, 3, 0, 0]);
  const stayed = matchNeurons(before3, before3);
  assert.equal([stayed.alive, stayed.kept, [...stayed.nearest]], [2, 2, [0, 1, -1]]);
  const gone = matchNeurons(before3, swapped);
  assert.equal([gone.alive, gone.kept, [...gone.nearest]], [2, 0, [1, 0, -1]]);
  assert.is(gone.cosine[0], 0);
  assert.ok(Number.isNaN(gone.cosine[2]));
});

test("what an earlier model cannot be gone on from, or give names to, is refused before any training", async () => {
  const others = { ...now, itemIds: now.itemIds.map((id) => `other ${id}`) };
  const stages: string[] = [];
  const hooks = { onStage: (stage: string) => stages.push(stage) };
  const refuses = async (options: object, pattern: RegExp): Promise<void> => {
    const error = await trainModel(others, { config: longer, threads: 1, hooks, ...options }).catch((e: unknown) => e);
    assert.ok(error instanceof UserError && pattern.test(error.message), String(error));
  };
  await refuses({ namesFrom: earlier }, /names cannot be kept: .* 110 items, this one 119, only 0 are the same/);
  await refuses({ from: earlier }, /none of the 119 items is one of the earlier model's 110/);
  assert.equal(stages, []);
});

test("ids that mean other things are warned of; a catalogue of mostly new items gets new names", async () => {
  const warnings: string[] = [];
  const hooks = { onWarning: (text: string) => warnings.push(text) };
  const fast = { ...tinyConfig, elsa: { ...tinyConfig.elsa, epochs: 1 }, sae: { ...tinyConfig.sae, epochs: 1 } };
  const renamed = { ...now, itemTitles: now.itemTitles.map((title) => `other ${title}`) };
  await trainModel(renamed, { from: earlier, namesFrom: earlier, config: fast, threads: 1, hooks });
  assert.match(warnings[0], /^109 of 109 items have the ids of the earlier model.s and other titles \("i61" was "Starship/);
  warnings.length = 0;
  const few = part(300, range(50));
  const model = await trainModel(few, { from: earlier, config: fast, threads: 1, hooks });
  assert.match(warnings[0], /concepts get new names: .*110 items, this one 50, only 50 are the same/);
  assert.is(model.namesKept, undefined);
});

test.run();
