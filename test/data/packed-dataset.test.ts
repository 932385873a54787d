/** A packed data set is the one that was packed, or refused. */
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openDataset } from "../../src/data/data-source.js";
import type { Dataset } from "../../src/data/dataset.js";
import { packDataset } from "../../src/data/packed-dataset.js";
import { readDataset } from "../../src/data/read-dataset.js";
import { generateWorld } from "../../src/data/world/world.js";
import { encodeArrayFile } from "../../src/files/array-file.js";
import { unknot } from "../cli/run-cli.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";

/** Without what says that it was packed. */
const bare = ({ notes, ...dataset }: Dataset): object => ({ ...dataset, notes: notes.filter((n) => !/packed/.test(n)) });

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => "no error", (error: unknown) => (error as Error).message);
}

test("a world comes back as it was, names in any language", () => inTemporaryFolder(async (folder) => {
  const { dataset } = generateWorld({ users: 60, items: 50, concepts: 5, meanInteractions: 9, seed: 3 });
  const odd = {
    ...dataset, itemTitles: dataset.itemTitles.map((title, i) => ["", "日本語", "a\nb", "😀", title][i % 5]),
    strengths: Float32Array.from(dataset.interactions.indices, (i) => 1 + i),
    times: Float64Array.from(dataset.interactions.indices, (i) => 1e9 + i / 3),
    tags: { ...dataset.tags!, support: Float64Array.from(dataset.tags!.names, (_, t) => t) },
  };
  for (const [name, one] of [["world", dataset], ["odd", odd], ["no tags", { ...dataset, tags: null }]] as const) {
    const file = join(folder, name);
    await packDataset(file, one);
    const again = await readDataset(file);
    assert.equal(bare(again), bare(one), name);
    assert.is(again.notes.at(-1), `${file}: packed earlier, not read from its source`);
    await packDataset(join(folder, "again"), one);
    assert.ok(readFileSync(file).equals(readFileSync(join(folder, "again"))), "the same bytes");
  }
}));

test("options are kept, others refused; a source that has changed is said", () => inTemporaryFolder(async (folder) => {
  const [csv, file] = [join(folder, "likes.csv"), join(folder, "likes.unknot")];
  const rows = Array.from({ length: 60 }, (_, q) => `u${q % 6},i${(q * 7) % 11},${1 + (q % 5)},${1e9 + q}`);
  writeFileSync(csv, `user,item,rating,timestamp\n${rows.join("\n")}\n`);
  const options = { minRating: 2, minUserInteractions: 3 };
  await packDataset(file, await readDataset(csv, options), options);
  const read = bare(await readDataset(csv, options));
  assert.equal(bare(await readDataset(file)), read);
  assert.equal(bare(await readDataset(file, options)), read);
  assert.match(await messageOf(readDataset(file, { minRating: 3 })), /was packed with the options .*"minRating":2/);
  assert.match(await messageOf(openDataset({ folder: file, seed: 1, splitBy: "time" })), /packed without times/);
  assert.not.ok((await readDataset(file)).notes.some((note) => note.includes("changed since")));
  utimesSync(csv, 5, 5);
  assert.match((await readDataset(file)).notes.at(-1)!, /likes\.csv has changed since: pack the data anew/);
  const timed = { ...options, times: true };
  await packDataset(file, await readDataset(csv, timed), timed);
  const { dataset } = await openDataset({ folder: file, read: options, seed: 1, splitBy: "time" });
  assert.ok(dataset.times);
}));

test("damaged and made-up files are refused", () => inTemporaryFolder(async (folder) => {
  const file = join(folder, "d");
  await packDataset(file, generateWorld({ users: 12, items: 20, concepts: 4, meanInteractions: 5, seed: 1 }).dataset);
  const good = readFileSync(file);
  for (let at = 8; at < good.length; at += 97) {
    const flipped = Buffer.from(good);
    flipped[at] ^= 8;
    writeFileSync(file, flipped);
    assert.match(await messageOf(readDataset(file)), `${file}: `);
    writeFileSync(file, good.subarray(0, at));
    assert.match(await messageOf(readDataset(file)), `${file}: `);
  }
  const kind = { magic: "UNKNOTDS", version: 1, name: "", remedy: "" };
  const header = { name: "x", rows: 1, cols: 2, read: "{}", notes: [], sources: [], tags: null, understood: null };
  const text = (n: number): object => ({ ends: new Float64Array(n), bytes: new Uint8Array(0) });
  const texts = Object.fromEntries(Object.entries({ userIds: 1, itemIds: 2, itemTitles: 2 }).flatMap(([name, n]) =>
    Object.entries(text(n)).map(([part, array]) => [`${name}/${part}`, array as Float64Array])));
  const made = async (indptr: number[], indices: number[]): Promise<string> => {
    const arrays = { indptr: Int32Array.from(indptr), indices: Int32Array.from(indices), ...texts };
    writeFileSync(file, Buffer.concat(encodeArrayFile(kind, header, arrays)));
    return messageOf(readDataset(file));
  };
  assert.is(await made([0, 2], [0, 1]), "no error");
  for (const [indptr, indices] of [[[0, 1], [0, 1]], [[0, 2], [1, 0]], [[0, 2], [0, 2]], [[0, 9], [0, 1]], [[0], []]]) {
    assert.match(await made(indptr, indices), /does not fit the rest of it. Pack the data anew/);
  }
}));

test("unknot data pack, and what it wrote as --data", () => inTemporaryFolder(async (folder) => {
  const file = join(folder, "tiny.unknot");
  const packed = await unknot(["data", "pack", "--world", "tiny", "--out", file, "--json", "--quiet"]);
  assert.is(packed.code, 0, packed.stderr);
  const info = await unknot(["data", "info", file, "--json", "--quiet"]);
  const direct = await unknot(["data", "info", "--world", "tiny", "--json", "--quiet"]);
  const without = (text: string): object => ({ ...JSON.parse(text) as object, notes: null });
  assert.equal(without(info.stdout), without(direct.stdout));
  assert.is((JSON.parse(packed.stdout) as { users: number }).users, 500);
}));

test.run();
