/** `unknot recommend --all`: everybody's list is the one that each gets alone; killed, it goes on to the same bytes. */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { writeDataset } from "../../src/data/write-dataset.js";
import { openEngine } from "../../src/engine/open.js";
import { saveModel } from "../../src/model-folder/folder.js";
import { recommendAll } from "../../src/pipeline/recommend-all.js";
import { openSession } from "../../src/session/open-session.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";
import { assertClose } from "../support/assert-close.js";
import { MAIN, unknot } from "./run-cli.js";

interface Line {
  user: string;
  items: { id: string; score: number }[];
}

const { dataset } = tinyWorld();
const model = await tinyModel();

function linesOf(file: string): Line[] {
  return readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Line);
}

test("everybody's list, in the order of the data, as a session gives it", () => inTemporaryFolder(async (folder) => {
  const [data, place, out, table] = ["data", "model", "lists.jsonl", "lists.csv"].map((name) => join(folder, name));
  await writeDataset(data, dataset);
  await saveModel(place, model);
  const args = ["recommend", "--model", place, "--data", data, "--all", "-n", "7", "--threads", "1"];
  const done = await unknot([...args, "--out", out]);
  assert.is(done.code, 0, done.stderr);
  assert.match(done.stdout, /300 lists in .*lists\.jsonl/);
  const lines = linesOf(out);
  assert.equal(lines.map(({ user }) => user), dataset.userIds);
  const session = openSession(model, { threads: 1 });
  for (const u of [0, 17, 299]) {
    const profile = Array.from(csrRow(dataset.interactions, u), (i) => dataset.itemIds[i]);
    const alone = session.recommend(profile, 7).items;
    assert.equal(lines[u].items.map(({ id }) => id), alone.map(({ id }) => id));
    assertClose(lines[u].items.map(({ score }) => score), alone.map(({ score }) => score), { absolute: 1e-5 });
  }
  session.close();
  assert.is((await unknot([...args, "--out", table])).code, 0);
  const rows = readFileSync(table, "utf8").trimEnd().split("\n");
  assert.is(rows[0], "user,rank,item,score");
  assert.equal(rows.slice(1), lines.flatMap(({ user, items }) =>
    items.map(({ id, score }, i) => `${user},${i + 1},${id},${score}`)));
  assert.equal(readdirSync(folder).filter((name) => name.includes(".part")), []);
}));

test("killed, with half a line behind: goes on to the same bytes", () => inTemporaryFolder(async (folder) => {
  const [data, place, out, whole] = ["data", "model", "lists.jsonl", "whole.jsonl"].map((name) => join(folder, name));
  await writeDataset(data, dataset);
  await saveModel(place, model);
  const args = (to: string): string[] =>
    ["recommend", "--model", place, "--data", data, "--all", "--threads", "1", "--batch-users", "3", "--out", to];
  assert.is((await unknot(args(whole))).code, 0);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args(out)], { stdio: "ignore" });
    const watch = setInterval(() => {
      const state = existsSync(`${out}.part.json`) ? readFileSync(`${out}.part.json`, "utf8") : "";
      if (/"users":\d\d/.test(state)) child.kill("SIGKILL");
    }, 1);
    child.on("error", reject);
    child.on("close", () => {
      clearInterval(watch);
      resolve();
    });
  });
  assert.ok(!existsSync(out), "nothing at the place before the end");
  appendFileSync(`${out}.part`, "{\"user\":\"torn");
  const rest = await unknot(args(out));
  assert.is(rest.code, 0, rest.stderr);
  assert.match(rest.stdout, /300 lists in .*, \d+ of them from a run that was stopped/);
  assert.is(readFileSync(out, "utf8"), readFileSync(whole, "utf8"));
}));

test("an engine of other numerics begins anew: no file is of two", () => inTemporaryFolder(async (folder) => {
  const [simd, plain] = [openEngine({ threads: 1 }), openEngine({ threads: 1, kernels: "plain" })];
  const out = join(folder, "lists.jsonl");
  const stop = new AbortController();
  const options = { n: 5, format: "jsonl" as const, batchUsers: 10 };
  await recommendAll(simd, model, dataset, out, {
    ...options, signal: stop.signal, onProgress: (done) => { if (done >= 50) stop.abort(new Error("stopped")); },
  }).then(() => assert.unreachable(), (error: Error) => assert.is(error.message, "stopped"));
  assert.is((await recommendAll(plain, model, dataset, out, options)).resumed, 0);
  const whole = join(folder, "whole.jsonl");
  await recommendAll(plain, model, dataset, whole, options);
  assert.is(readFileSync(out, "utf8"), readFileSync(whole, "utf8"));
  simd.close();
  plain.close();
}));

test("another model begins anew; unknown items give empty lists", () => inTemporaryFolder(async (folder) => {
  const engine = openEngine({ threads: 1 });
  const out = join(folder, "lists.jsonl");
  const stop = new AbortController();
  const options = { n: 5, format: "jsonl" as const, batchBytes: 4 * 120 * 10 };
  await recommendAll(engine, model, dataset, out, {
    ...options, signal: stop.signal, onProgress: (done) => { if (done >= 50) stop.abort(new Error("stopped")); },
  }).then(() => assert.unreachable(), (error: Error) => assert.is(error.message, "stopped"));
  const other = { ...model, items: { ...model.items, ids: model.items.ids.map((id) => `other ${id}`) } };
  const { users, resumed, unknown } = await recommendAll(engine, other, dataset, out, options);
  assert.equal([users, resumed, unknown], [300, 0, 300]);
  assert.ok(linesOf(out).every(({ items }) => items.length === 0));
  rmSync(out);
  // However many at once: the same bytes.
  await recommendAll(engine, model, dataset, out, options);
  const few = readFileSync(out, "utf8");
  await recommendAll(engine, model, dataset, out, { ...options, batchBytes: 2 ** 26 });
  assert.is(readFileSync(out, "utf8"), few);
  engine.close();
}));

test("refused: no file, a person as well", async () => {
  for (const [more, is] of [
    [[], /--all writes to a file: give --out FILE/], [["--out", "x.csv", "--user", "1"], /--all is for everybody/],
  ] as const) {
    const { code, stderr } = await unknot(["recommend", "--all", ...more]);
    assert.is(code, 2);
    assert.match(stderr, is);
  }
});

test.run();
