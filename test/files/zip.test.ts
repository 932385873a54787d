/** Archives unpack whole or are refused by name. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { unzip } from "../../src/files/archive/zip.js";
import { messageOf, withFolder } from "../data/temporary-folder.js";
import { zipOf } from "./zip-writer.js";

const long = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));

/** Unpacks `archive` and hands over the folder. */
const unpacked = <T>(archive: Buffer, use: (folder: string, names: string[]) => Promise<T>): Promise<T> =>
  withFolder({ "a.zip": archive }, async (folder) => {
    await mkdir(join(folder, "out"));
    return use(join(folder, "out"), await unzip(join(folder, "a.zip"), join(folder, "out")));
  });

const refused = (archive: Buffer): Promise<string> => messageOf(() => unpacked(archive, () => Promise.resolve()));

test("stored and deflated entries, the common top folder taken off", () => unpacked(zipOf([
  { name: "set/", content: Buffer.alloc(0), stored: true },
  { name: "set/ratings.csv", content: long },
  { name: "set/sub/movies.csv", content: Buffer.from("x\n"), stored: true },
  { name: "set/empty", content: Buffer.alloc(0), stored: true },
]), async (folder, names) => {
  assert.equal(names, ["ratings.csv", "sub/movies.csv", "empty"]);
  assert.ok(long.equals(await readFile(join(folder, "ratings.csv"))));
  assert.is(await readFile(join(folder, "sub/movies.csv"), "utf8"), "x\n");
  assert.is((await readFile(join(folder, "empty"))).length, 0);
}));

test("entries at the top stay there", () => unpacked(
  zipOf([{ name: "a.csv", content: long }, { name: "b/c.csv", content: long }]),
  (_, names) => {
    assert.equal(names, ["a.csv", "b/c.csv"]);
    return Promise.resolve();
  },
));

test("damage is found: cut off, a changed byte, a changed checksum, no archive", async () => {
  const whole = zipOf([{ name: "a.csv", content: long }]);
  assert.match(await refused(whole.subarray(0, whole.length - 40)), /a\.zip: no ZIP archive, or cut off/);
  assert.match(await refused(Buffer.from("<html>Not found</html>")), /no ZIP archive/);
  const stored = zipOf([{ name: "a.csv", content: long, stored: true }]);
  stored[5000] ^= 1;
  assert.match(await refused(stored), /entry "a\.csv" fails its size or CRC-32 check/);
  const deflated = Buffer.from(whole);
  deflated.fill(0xff, 60, 90);
  assert.match(await refused(deflated), /damaged: entry "a\.csv"/);
});

test("what is not supported or not safe is refused", async () => {
  const content = Buffer.from("x");
  assert.match(await refused(zipOf([{ name: "a", content, flags: 1 }])), /"a" is encrypted/);
  assert.match(await refused(zipOf([{ name: "a", content, method: 12 }])), /compression method 12/);
  for (const name of ["../evil", "x/../../evil", "/evil", "x\\evil", "C:evil"]) {
    assert.match(await refused(zipOf([{ name: "x/ok", content }, { name, content }])), /outside the folder: refused/);
  }
});

test("nothing is written outside the folder", () => withFolder({}, async (folder) => {
  await mkdir(join(folder, "out"));
  await writeFile(join(folder, "a.zip"), zipOf([{ name: "b", content: long }, { name: "../evil", content: long }]));
  await messageOf(() => unzip(join(folder, "a.zip"), join(folder, "out")));
  assert.equal((await readdir(folder)).sort(), ["a.zip", "out"]);
}));

test("names that no folder can hold are refused, whatever they would become", async () => {
  const one = { content: Buffer.from("x") };
  assert.match(await refused(zipOf([{ name: ".", ...one }])), /written outside the folder: refused/);
  assert.match(await refused(zipOf([{ name: "a/./b", ...one }, { name: "c", ...one }])), /outside the folder/);
  assert.match(await refused(zipOf([{ name: "n".repeat(300), ...one }])), /a name of more than 255 bytes: refused/);
  const [file, within] = [{ name: "s/a", ...one }, { name: "s/a/b", ...one }];
  assert.match(await refused(zipOf([file, within])), /"s\/a\/b" is both a file and a folder: refused/);
  assert.match(await refused(zipOf([within, file])), /"s\/a" is both a file and a folder: refused/);
});

test.run();
