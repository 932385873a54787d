/**
 * Real data sets, where they are at hand: ../shared/data/<name>, or below $UNKNOT_DATA. The counts are those of the
 * reference (its split files name every user and item). Skipped aloud when a set is absent.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readerShelves } from "../../src/data/layouts/goodbooks.js";
import { readDataset } from "../../src/data/read-dataset.js";
import { readSplit } from "../../src/data/split-file.js";
import { tagCounts } from "../../src/data/tags/tag-counts.js";
import { withFolder } from "./temporary-folder.js";

const base = process.env.UNKNOT_DATA ?? resolve("..", "shared", "data");

function withSet(name: string, check: (folder: string) => Promise<void>): void {
  const folder = join(base, name);
  if (existsSync(folder)) {
    test(name, () => check(folder));
  } else {
    console.log(`skipped: ${name} is not at ${folder} (set UNKNOT_DATA to look elsewhere)`);
    test.skip(name, () => check(folder));
  }
}

/** Users, items, interactions; and the order of items and the split where the reference is at hand. */
async function matchesReference(folder: string, name: string, counts: number[]): Promise<void> {
  const data = await readDataset(folder);
  assert.equal([data.interactions.rows, data.interactions.cols, data.interactions.indices.length], counts);
  const file = resolve(base, "..", "reference", `${name}-split-42.json`);
  if (!existsSync(file)) return;
  const { items } = JSON.parse(await readFile(file, "utf8")) as { items: (string | number)[] };
  assert.equal(data.itemIds, items.map(String));
  const split = await readSplit(file, data);
  assert.is(split.train.rows + split.validation.users.length + split.test.users.length, counts[0]);
}

withSet("ml-1m", async (folder) => {
  await matchesReference(folder, "ml-1m", [6034, 3533, 575272]);
  const data = await readDataset(folder, { tagSource: "tags" });
  assert.ok(data.itemTitles.includes("Misérables, Les (1995)"), "latin-1 titles");
  assert.ok(data.tags!.user.every((user) => user === -1), "the taggers are ML-10M's users");
  assert.is(tagCounts(data.tags!, data.itemIds.length, { minApplications: 20 }).names.length, 841);
});

withSet("ml-latest-small", async (folder) => {
  await matchesReference(folder, "ml-latest-small", [603, 6298, 48562]);
  const data = await readDataset(folder);
  assert.ok(data.itemTitles.includes("Misérables, Les (1995)"), "UTF-8 titles");
  assert.ok(data.tags!.user.some((user) => user >= 0), "the taggers are the users");
});

withSet("goodbooks-10k", async (folder) => {
  const data = await readDataset(folder);
  const { rows, cols, indices } = data.interactions;
  assert.equal([rows, cols, indices.length], [28975, 9999, 596316]);
  assert.is(data.itemTitles[0], "The Hunger Games (The Hunger Games, #1)");
  const { names } = tagCounts(data.tags!, cols, { minApplications: 10_000, drop: readerShelves });
  assert.equal(names.slice(0, 3), ["fiction", "fantasy", "young-adult"]);
  assert.not(names.includes("to-read"));
});

/** Always there: the shape of ml-1m with its traps, in seven lines. */
test("ml-1m in miniature: no timestamps, latin-1 titles, taggers who are strangers", () => withFolder({
  "ratings.csv": "userId,movieId,rating\n1,48,5\n1,150,4\n6040,150,5\n",
  "movies.dat": Buffer.from("48::Misérables, Les (1995)::Drama\n150::Apollo 13 (1995)::Drama\n", "latin1"),
  // The first row's tag is also the name of a column: it must not be taken for a header.
  "tags.dat": "15::150::book::1\n20::48::book::1\n1::9::book::1\n",
}, async (folder) => {
  const data = await readDataset(folder, { minUserInteractions: 1, tagSource: "tags" });
  assert.equal(data.itemTitles, ["Misérables, Les (1995)", "Apollo 13 (1995)"]);
  assert.equal([...data.tags!.user], [-1, -1]);
  assert.equal([...data.tags!.support!], [3]);
}));

test.run();
