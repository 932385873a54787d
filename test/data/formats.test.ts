/** The same table in every form that it comes in: packed, in parts, in an archive, as JSON, as Parquet, in SQLite. */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import type { Dataset } from "../../src/data/dataset.js";
import { readDataset, type ReadOptions } from "../../src/data/read-dataset.js";
import { zipOf } from "../files/zip-writer.js";
import { messageOf, withFolder } from "./temporary-folder.js";

const rows = [["ann", "alien", 5], ["ann", "heat", 4], ["bob", "alien", 2], ["bob", "café", 4.5]] as const;
const want = ["ann: alien heat", "bob: café"];
const csv = (part: readonly (readonly (string | number)[])[] = rows, header = "user,item,rating\n"): string =>
  header + part.map((row) => `${row.join(",")}\n`).join("");
const records = rows.map(([user, item, rating]) => ({ user, item, rating }));

function pairs(d: Dataset): string[] {
  return d.userIds.map((id, u) => `${id}: ${Array.from(csrRow(d.interactions, u), (i) => d.itemIds[i]).join(" ")}`);
}

type Files = Readonly<Record<string, string | Uint8Array>>;
const small = { minUserInteractions: 1 } as const;
const read = (files: Files, options?: ReadOptions, path = ""): Promise<Dataset> =>
  withFolder(files, (folder) => readDataset(join(folder, path), { ...small, ...options }));

const forms: { what: string; files: Files; path?: string; options?: ReadOptions; says?: RegExp }[] = [
  { what: "gzip", files: { "ratings.csv.gz": gzipSync(csv()) }, says: /packed with gzip/ },
  { what: "gzip of gzip, by its bytes and not its name", files: { "ratings.csv": gzipSync(gzipSync(csv())) } },
  {
    what: "a ZIP archive of one table", files: { "x.zip": zipOf([{ name: "d/t.csv", content: Buffer.from(csv()) }]) },
    path: "x.zip",
  },
  {
    what: "parts, each with its header",
    files: { "part-0.csv": csv(rows.slice(0, 1)), "part-1.csv": csv(rows.slice(1)) }, says: /2 files/,
  },
  {
    what: "a pattern of parts, packed or not", path: "log-*.csv*",
    files: {
      "log-1.csv": csv(rows.slice(0, 2)), "log-2.csv.gz": gzipSync(csv(rows.slice(2))), "other.csv": "x,y\n1,2\n",
    },
  },
  {
    what: "parts with their columns in another order", path: "log-?.csv",
    files: {
      "log-1.csv": csv(rows.slice(0, 2)),
      "log-2.csv": csv(rows.slice(2).map(([u, i, r]) => [r, i, u]), "rating,item,user\n"),
    },
  },
  {
    what: "two files one behind the other, header and all",
    files: { "ratings.csv": csv(rows.slice(0, 2)) + csv(rows.slice(2)) }, says: /header stands 1 more times/,
  },
  { what: "windows-1252", files: { "ratings.csv": Buffer.from(csv(), "latin1") }, says: /windows-1252 text/ },
  { what: "UTF-16 in both orders", files: { "ratings.csv": Buffer.from(csv(), "utf16le").swap16() }, says: /UTF-16BE/ },
  {
    what: "an encoding that is named", options: { encoding: "windows-1251" },
    files: { "ratings.csv": Buffer.from(csv().replace("café", "\xec"), "latin1") },
  },
  { what: "tabs, bars and blanks", files: { "ratings.txt": csv().replaceAll(",", " | ") } },
  { what: "Excel's sep= line", files: { "ratings.csv": `sep=;\r\n${csv().replaceAll(",", ";")}` } },
  {
    what: "JSON lines", files: { "ratings.jsonl": records.map((one) => JSON.stringify(one)).join("\n") },
    says: /JSON lines/,
  },
  {
    what: "a JSON array over many lines", files: { "ratings.json": JSON.stringify(records, null, 2) },
    says: /JSON array/,
  },
  { what: "JSON lists", files: { "ratings.json": JSON.stringify(rows) } },
  { what: "JSON lists a line", files: { "ratings.json": rows.map((row) => JSON.stringify(row)).join("\n") } },
  {
    what: "JSON with objects in it",
    files: { "r.json": records.map(({ user, ...rest }) => JSON.stringify({ by: { user }, ...rest })).join("\n") },
    options: { columns: { user: "by.user" } },
  },
  {
    what: "Parquet", says: /Parquet/, files: { "ratings.parquet": new Uint8Array(parquetWriteBuffer({ columnData: [
      {
        name: "user", data: rows.map(([user]) => user), type: "STRING" }, { name: "note", data: rows.map(() => "…"),
        type: "STRING",
      },
      {
        name: "item", data: rows.map(([, item]) => item), type: "STRING" }, { name: "rating",
        data: rows.map(([,, r]) => r), type: "DOUBLE",
      },
    ], rowGroupSize: [2] })) },
  },
];

for (const { what, files, path, options, says } of forms) {
  test(what, async () => {
    const dataset = await read(files, options, path);
    assert.equal(pairs(dataset).map((line) => line.replace("\u043c", "café")), want);
    if (says) assert.match(dataset.notes.join("\n"), says);
  });
}

test("a ZIP archive of several tables is a folder", async () => {
  const archive = zipOf([
    { name: "ml/ratings.csv", content: Buffer.from("userId,movieId,rating\n1,10,5\n1,20,4\n") },
    { name: "ml/movies.csv", content: Buffer.from("movieId,title,genres\n10,A,X|Y\n20,B,Y\n") },
    { name: "ml/README.txt", content: Buffer.from("hello") },
  ]);
  const dataset = await read({ "ml.zip": archive }, {}, "ml.zip");
  assert.equal(dataset.itemTitles, ["A", "B"]);
  assert.match(dataset.notes[0], /"movielens"/);
});

test("ids beyond 2⁵³ keep their last digit in JSON and Parquet", async () => {
  const ids = ["9007199254740993", "9007199254740992"];
  const json = ids.map((id) => `{"user": ${id}, "item": 1}`).join("\n");
  assert.equal((await read({ "events.json": json })).userIds, ids);
  const parquet = parquetWriteBuffer({ columnData: [
    { name: "user", data: ids.map(BigInt), type: "INT64" }, { name: "item", data: [1, 1], type: "INT32" },
  ] });
  assert.equal((await read({ "events.parquet": new Uint8Array(parquet) })).userIds, ids);
});

test("one id in two encodings is one id", async () => {
  const mixed = Buffer.concat([Buffer.from("user,item\nann,café\n"), Buffer.from("bob,café\n", "latin1")]);
  const dataset = await read({ "interactions.csv": mixed });
  assert.equal(dataset.itemIds, ["café"]);
  assert.equal(pairs(dataset), ["ann: café", "bob: café"]);
});

test("lists of values in JSON are several tags", async () => {
  const items = "{\"item\": \"alien\", \"title\": \"Alien\", \"categories\": [[\"Film\", \"Horror\"]]}\n";
  const dataset = await read({ "interactions.csv": csv(), "items.jsonl": items });
  assert.equal(dataset.tags!.names, ["film", "horror"]);
});

interface Told {
  users: number;
  interactions: number;
  understood: { tables: { files: string[] }[] };
}

test("standard input", () => {
  const cli = join("dist", "src", "cli", "main.js");
  const args = [cli, "data", "info", "--data", "-", "--min-user-items", "1", "--json"];
  const { stdout, status } = spawnSync(process.execPath, args, { input: gzipSync(csv()), encoding: "utf8" });
  assert.is(status, 0);
  const told = JSON.parse(stdout) as Told;
  assert.equal([told.users, told.interactions], [2, 3]);
  assert.equal(told.understood.tables[0].files, ["standard input"]);
});

const refused: { what: string; files: Files; path?: string; options?: ReadOptions; message: RegExp }[] = [
  {
    what: "a spreadsheet", files: { "t.csv": zipOf([{ name: "xl/workbook.xml", content: Buffer.from("<x/>") }]) },
    message: /a spreadsheet.*save the sheet as CSV/,
  },
  { what: "a web page", files: { "t.csv": "<!DOCTYPE html>\n<html>" }, message: /a web page.*login page/ },
  { what: "a pickle", files: { "t.csv": Buffer.from([0x80, 4, 0x95]) }, message: /a Python pickle/ },
  {
    what: "a Git LFS pointer", files: { "t.csv": "version https://git-lfs.github.com/spec/v1\noid sha256:0\n" },
    message: /Git LFS pointer.*git lfs pull/,
  },
  {
    what: "gzip that is cut off", files: { "t.csv": gzipSync(csv()).subarray(0, 40) },
    message: /t\.csv: damaged: it cannot be unpacked/,
  },
  {
    what: "an archive of many tables inside a folder",
    files: { "ratings.zip": zipOf(["a.csv", "b.csv"].map((name) => ({ name, content: Buffer.from("1,2\n") }))) },
    message: /an archive of 2 files \(a\.csv, b\.csv\)/,
  },
  {
    what: "JSON that breaks off", files: { "ratings.json": "{\"user\": 1, \"item\": 2}\n{\"user\": 1, \"it" },
    message: /ratings\.json:2: no JSON/,
  },
  {
    what: "one JSON object around the list", files: { "ratings.json": "{\"ratings\": [{\"user\": 1, \"item\": 2}]}" },
    message: /one object, whose "ratings" holds a list/,
  },
  {
    what: "an unknown encoding", files: { "t.csv": csv() }, options: { encoding: "klingon" },
    message: /unknown encoding "klingon"/,
  },
  {
    what: "a pattern that nothing matches", files: { "t.csv": csv() }, path: "part-*.csv",
    message: /part-\*\.csv: no file matches; .* has t\.csv/,
  },
  {
    what: "a query of a file", files: { "t.csv": csv() }, path: "t.csv",
    options: { queries: { interactions: "select 1" } }, message: /no database/,
  },
  {
    what: "rows of item:rating pairs", files: { "t.csv": "1 5:3 7:1\n2 5:1\n3 5:4 9:1\n" }, path: "t.csv",
    message: /LIBSVM/,
  },
  {
    what: "Parquet that is damaged", files: { "t.parquet": Buffer.from(`PAR1${"x".repeat(60)}PAR1`) },
    message: /the Parquet file cannot be read/,
  },
];

for (const { what, files, path, options, message } of refused) {
  test(`refused: ${what}`, async () => {
    assert.match(await messageOf(() => read(files, options, path)), message);
  });
}

// What this Node.js can and what it cannot do is said by name.
const [major, minor] = process.versions.node.split(".").map(Number);
const zstd = spawnSync("zstd", ["-c", "-q"], { input: csv() });
(zstd.status === 0 ? test : test.skip)("zstd is read where Node.js has it, else named with the way out", async () => {
  const files = { "ratings.csv.zst": zstd.stdout as Buffer };
  if ("zstdDecompressSync" in await import("node:zlib")) assert.equal(pairs(await read(files)), want);
  else assert.match(await messageOf(() => read(files)), /zstd, which Node\.js has from 22\.15 on .*zstd -d/);
});

test("SQLite is read where Node.js has it, else named with the way out", async () => {
  const file = join("test", "data", "sqlite", "shop.sqlite");
  const queries = { interactions: "select user, item, rating from ratings", titles: "select id, title from items" };
  const options = { ...small, queries };
  if (major < 22 || (major === 22 && minor < 13)) {
    const message = await messageOf(() => readDataset(file, options));
    assert.match(message, /an SQLite database, which Node\.js reads from 22\.5 on .*sqlite3 -header -csv/);
    return;
  }
  const dataset = await readDataset(file, options);
  assert.equal(pairs(dataset), want);
  assert.equal(dataset.itemTitles, ["Alien", "Heat", "Café"]);
  assert.match(await messageOf(() => readDataset(file, small)), /a database of 2 tables \(items, ratings\).*--query/);
  const refusal = (interactions: string): Promise<string> =>
    messageOf(() => readDataset(file, { queries: { interactions } }));
  assert.match(await refusal("select nobody from ratings"), /the query failed: no such column/);
  assert.match(await refusal("delete from ratings"), /the query failed: .*readonly/);
  if (major === 22 && minor < 16) return;
  assert.match(await refusal("select user, item from ratings where 0"), /no interactions: no rows/);
  assert.match(await refusal("select user, item, user from ratings"), /two columns are called "user"/);
});

test("the SQLite file of the test is one", async () => {
  const bytes = await readFile(join("test", "data", "sqlite", "shop.sqlite"));
  assert.is(bytes.subarray(0, 15).toString(), "SQLite format 3");
});

test.run();
