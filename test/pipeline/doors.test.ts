/**
 * What no door lets in: data sets made by a program, model folders and checkpoints that somebody edited, result lines
 * written by hand. Each fault is a UserError in words, before the work, and leaves nothing behind.
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { UserError } from "../../src/base/user-error.js";
import type { Dataset } from "../../src/data/dataset.js";
import { splitDataset } from "../../src/data/split-users.js";
import { openEngine } from "../../src/engine/open.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import { trainModel } from "../../src/pipeline/train-model.js";
import { openSession } from "../../src/session/open-session.js";
import { readResults } from "../../src/sweep/results.js";
import { readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.js";
import type { FitState, StateArray } from "../../src/train/fit-state.js";
import { messageOf, withFolder } from "../data/temporary-folder.js";
import { tinyConfig, tinyModel, tinyWorld } from "./tiny-model.js";

const { dataset } = tinyWorld();
const model = await tinyModel();

function edited(change: (copy: { -readonly [K in keyof Dataset]: Dataset[K] }) => void): Dataset {
  const copy = structuredClone(dataset);
  change(copy);
  return copy;
}

test("data sets that no reader would give", async () => {
  const cases: [RegExp, Dataset][] = [
    [/row 0 has column 120, expected 0 to 119/, edited(({ interactions: x }) => { x.indices[x.indptr[1] - 1] = 120; })],
    [/row 0 has column -1/, edited(({ interactions: x }) => { x.indices[0] = -1; })],
    [/expected ascending, each once/, edited(({ interactions: x }) => { x.indices[1] = x.indices[0]; })],
    [/expected ascending, each once/, edited(({ interactions: x }) => {
      [x.indices[0], x.indices[1]] = [x.indices[1], x.indices[0]];
    })],
    [/indptr goes down at row 0/, edited(({ interactions: x }) => { x.indptr[1] = -1; })],
    [/indptr must have 301 offsets/, edited(({ interactions: x }) => { x.indptr[300]--; })],
    [/interactions is 300 × 120, expected 300 × 119/, edited((copy) => { copy.itemIds = copy.itemIds.slice(1); })],
    [/itemIds holds "i1" twice/, edited(
      (copy) => { copy.itemIds = copy.itemIds.map((id, i) => (i === 1 ? "i1" : id)); },
    )],
    [/itemTitles has 0 entries/, edited((copy) => { copy.itemTitles = []; })],
    [/tags\.item\[0\] is 120/, edited(({ tags }) => { tags!.item[0] = 120; })],
    [/tags\.tag\[0\] is -1/, edited(({ tags }) => { tags!.tag[0] = -1; })],
    [/tags\.count\[0\] is Infinity, expected a positive/, edited(({ tags }) => { tags!.count[0] = 1e39; })],
    [/tags\.count\[0\] is 0, expected a positive/, edited(({ tags }) => { tags!.count[0] = 1e-50; })],
  ];
  for (const [message, spoilt] of cases) {
    const got = await messageOf(() => trainModel(spoilt, { config: tinyConfig, threads: 1 })).catch(String);
    assert.match(got, message);
  }
});

test("a split of another data set", async () => {
  const split = structuredClone(splitDataset(dataset, { seed: 1 }));
  split.test.users[0] = 300;
  const train = (): Promise<unknown> => trainModel(dataset, { config: tinyConfig, threads: 1, split });
  assert.match(await messageOf(train), /split\.test\.users\[0\] is 300, expected 0 to 299/);
  split.test.users[0] = 0;
  split.validation.input.indices[0] = -5;
  assert.match(await messageOf(train), /split\.validation\.input: row 0 has column -5/);
});

test("model folders that somebody edited", () => withFolder({}, async (folder) => {
  const place = join(folder, "m");
  await saveModel(place, model);
  const description = join(place, "unknot.json");
  const tensors = join(place, "model.safetensors");
  const [text, weights] = [await readFile(description, "utf8"), await readFile(tensors)];
  const withText = async (from: string | RegExp, to: string): Promise<string> => {
    assert.is.not(text.replace(from, to), text, String(from));
    await writeFile(description, text.replace(from, to));
    return messageOf(() => loadModel(place));
  };
  const cases: [RegExp, string | RegExp, string][] = [
    [/items\.ids is a list with "i1" twice, expected each id once/, '"ids":["i1","i2"', '"ids":["i1","i1"'],
    [/shape\.k is 1000000000000000, expected a whole number from 1 to 32/, '"k":4}', '"k":1e15}'],
    [/levels/, /"levels":\d+/, '"levels":2147483648'],
    [/is nested too deep, expected/, '"k":4}', `"k":${"[".repeat(5000)}${"]".repeat(5000)}}`],
    [/expected a finite number/, /"density":[^,}]*/, '"density":1e999'],
    [/expected a positive number/, /"counts":\[\d+/, '"counts":[1e39'],
    [/expected a positive number/, /"counts":\[\d+/, '"counts":[1e-50'],
  ];
  for (const [message, from, to] of cases) assert.match(await withText(from, to), message);

  const sum = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
  for (const weight of [NaN, -Infinity, 1e30]) {
    const spoilt = Buffer.from(weights);
    spoilt.writeFloatLE(weight, spoilt.length - 4);
    await writeFile(tensors, spoilt);
    assert.match(await withText(sum(weights), sum(spoilt)), /tensor "\w+" holds [\d\w+.-]+: the model is broken/);
  }
}));

test("checkpoints with a right checksum and a wrong content", () => withFolder({}, async (folder) => {
  const checkpoint = { folder: join(folder, "c"), every: 3, resume: false };
  const stop = new AbortController();
  const train = (resume: boolean): Promise<unknown> => trainModel(dataset, {
    config: tinyConfig, threads: 1, checkpoint: { ...checkpoint, resume },
    hooks: {
      onStep: (stage, step) => { if (stage === "cfae" && step === 20) stop.abort(new UserError("stopped")); },
      signal: stop.signal,
    },
  });
  assert.is(await messageOf(() => train(false)), "stopped");
  const file = join(checkpoint.folder, "cfae.checkpoint");
  const good = (await readCheckpoint(file))!;
  const spoil = async (change: (arrays: Record<string, StateArray>) => void): Promise<string> => {
    const state = structuredClone(good) as FitState & { arrays: Record<string, StateArray> };
    change(state.arrays);
    await writeCheckpoint(file, state);
    return messageOf(() => trainModel(dataset, {
      config: tinyConfig, threads: 1, checkpoint: { ...checkpoint, resume: true },
    }));
  };
  for (const name of Object.keys(good.arrays)) {
    const array = good.arrays[name];
    assert.match(
      await spoil((arrays) => { Reflect.deleteProperty(arrays, name); }), /has no entries, expected \d+/, name,
    );
    if (array.length > 0) assert.match(await spoil((arrays) => { arrays[name] = array.slice(1); }), /expected/, name);
  }
  assert.match(await spoil(({ position }) => { position[0] = 1e9; }), /position .* is impossible|history/);
  assert.match(await spoil(({ position }) => { position[1] = NaN; }), /position .* is impossible/);
  assert.match(await spoil(({ order }) => { order[0] = order[1]; }), /order of the rows is none/);
  assert.match(await spoil(({ order }) => { order[0] = 1e9; }), /order of the rows is none/);
}));

test("any bytes under a right checksum: read, or refused in words", () => withFolder({}, async (folder) => {
  const file = join(folder, "c");
  await writeCheckpoint(file, { run: "a run", arrays: { w: Float32Array.of(1, 2, 3), n: Int32Array.of(7) } });
  const good = await readFile(file);
  const random = new Random(7);
  for (let round = 0; round < 300; round++) {
    const bytes = Buffer.from(good.subarray(0, good.length - 32));
    for (let k = 0; k <= round % 4; k++) bytes[8 + random.below(bytes.length - 8)] = random.below(256);
    await writeFile(file, Buffer.concat([bytes, createHash("sha256").update(bytes).digest()]));
    await readCheckpoint(file).catch((error: unknown) => assert.instance(error, UserError));
  }
}));

test("a refused checkpoint leaves the caller's engine as it was", () => withFolder({}, async (folder) => {
  const checkpoint = { folder: join(folder, "c"), every: 0, resume: true };
  const engine = openEngine({ threads: 1 });
  await trainModel(dataset, { config: tinyConfig, engine, checkpoint }).catch(() => undefined);
  const file = join(checkpoint.folder, "cfae.checkpoint");
  await writeCheckpoint(file, { run: `another\nnumerics ${engine.numerics}`, arrays: {} });
  const mark = engine.heap.mark();
  for (let i = 0; i < 3; i++) {
    const again = trainModel(dataset, { config: tinyConfig, seed: 9, engine, checkpoint });
    assert.match(await messageOf(() => again), /the checkpoint was written with other data or settings, .*\(another seed;/);
  }
  assert.equal(engine.heap.mark(), mark);
  engine.close();
}));

test("result lines written by hand", () => withFolder({}, async (folder) => {
  const file = join(folder, "r.jsonl");
  const estimate = { mean: 0.1, se: null, n: 3 };
  const quality = { recall: estimate, ndcg: estimate };
  const run = { run: "a", title: "t", seed: 1, data: "d", split: "s", test: quality, validation: quality };
  const good = { ...run, kind: "baseline", setting: "" };
  const cases: [RegExp, unknown][] = [
    [/line 1: kind is missing/, {}], [/line 1: kind is an|line 1: kind is "x"/, { ...good, kind: "x" }],
    [/line 1: test is missing, expected an object/, { ...good, test: undefined }],
    [/test\.ndcg\.mean is "1"/, { ...good, test: { recall: estimate, ndcg: { ...estimate, mean: "1" } } }],
    [/line 1: title is 3/, { ...good, title: 3 }], [/settings is missing/, { ...run, kind: "cfae", model: "elsa" }],
    [/the file is \[\]|line 1/, []], [/line 1/, null], [/line 1/, "text"],
    [/cfae is missing/, { ...run, kind: "sae", model: "elsa", settings: {}, fit: {
      epochs: 1, bestEpoch: 1, bestValidationLoss: null, stoppedEarly: false } }],
  ];
  for (const [message, line] of cases) {
    await writeFile(file, `${JSON.stringify(line)}\n`);
    assert.match(await messageOf(() => readResults(file)), message);
  }
  await writeFile(file, `${JSON.stringify(good)}\n`);
  assert.is((await readResults(file)).length, 1);
}));

test("sessions: lengths of lists, and names of any length", () => {
  const session = openSession(model, { threads: 1 });
  const [tag] = model.tags!.names;
  for (const n of [-1, 0, NaN, 1.5, Infinity]) {
    for (const ask of [
      () => session.inspectTag(tag, n), () => session.inspectNeuron(0, n), () => session.recommend(["i1"], n),
    ]) {
      assert.throws(ask, (error: unknown) => error instanceof UserError && /at least 1 item/.test(error.message));
    }
  }
  assert.ok(session.inspectTag(tag, 1e9).characterises.length <= model.shape.neurons);
  const endless = "x".repeat(30_000);
  for (const ask of [() => session.findItem(endless), () => session.findTag(endless)]) {
    assert.throws(ask, (error: unknown) => error instanceof UserError && error.message.length < 300);
  }
  session.close();
});

test.run();
