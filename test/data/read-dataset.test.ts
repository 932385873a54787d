/** Every layout becomes the same data set; order, filters, titles and tags are as documented. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import type { Dataset } from "../../src/data/dataset.js";
import { readDataset } from "../../src/data/read-dataset.js";
import type { ReadOptions } from "../../src/data/read-dataset.js";
import { withFolder } from "./temporary-folder.js";

type Files = Readonly<Record<string, string | Uint8Array>>;

const read = (files: Files, options?: ReadOptions): Promise<Dataset> =>
  withFolder(files, (folder) => readDataset(folder, options));
const tagsOnly = { tagSource: "tags" } as const;

/** "user: item item" per user, ids as in the file. */
function pairs(d: Dataset): string[] {
  return d.userIds.map((id, u) => `${id}: ${Array.from(csrRow(d.interactions, u), (i) => d.itemIds[i]).join(" ")}`);
}

/** "tag item user count" per application. */
function applications(d: Dataset): string[] {
  const t = d.tags;
  if (!t) return [];
  return Array.from(t.tag, (tag, a) =>
    `${t.names[tag]} ${d.itemIds[t.item[a]]} ${t.user[a] < 0 ? "-" : d.userIds[t.user[a]]} ${t.count[a]}`);
}

const small = { minUserInteractions: 2 } as const;

/** User 9 has one like, item 30 no like: both vanish. Item 20 appears before item 10. */
const ratings = [[2, 20, 5, 1], [2, 10, 4, 2], [9, 10, 4.5, 3], [1, 10, 4, 4], [1, 30, 3.5, 5], [1, 20, 5, 6]] as const;
const csv = (end: string, columns: number): string =>
  ["userId,movieId,rating,timestamp".split(",").slice(0, columns).join(","),
    ...ratings.map((row) => row.slice(0, columns).join(","))].map((line) => line + end).join("");
const dat = ratings.map((row) => `${row.join("::")}\n`).join("");
const expected = ["2: 20 10", "1: 20 10"];
const moviesCsv = "movieId,title,genres\n10,\"Good, the Bad, The (1966)\",Western|Action\n" +
  "20,Amélie,(no genres listed)\n99,Other,X\n";
const moviesDat = Buffer.from("10::Good, the Bad, The (1966)::Western|Action\n" +
  "20::Amélie::(no genres listed)\n99::Other::X\n", "latin1");
const tagsCsv = "userId,movieId,tag,timestamp\r\n2,10,\" Epic, old \",7\r\n1,10,EPIC,7\r\n" +
  "77,20,epic,7\r\n1,99,epic,7\r\n";
const tagsDat = "2::10::Epic, old::7\n1::10::EPIC::7\n77::20::epic::7\n1::99::epic::7\n";

test("MovieLens: CSV, .dat and every mixture give the same data set", async () => {
  const interactions: Files[] = [
    { "ratings.csv": csv("\n", 4) }, { "ratings.csv": csv("\r\n", 3) }, { "ratings.dat": dat },
    { "ratings.csv": `\uFEFF${csv("\r\n", 4)}` }];
  const titles: Files[] = [{ "movies.csv": moviesCsv }, { "movies.dat": moviesDat }];
  const tags: Files[] = [{ "tags.csv": tagsCsv }, { "tags.dat": tagsDat }];
  for (const a of interactions) for (const b of titles) for (const c of tags) {
    const d = await read({ ...a, ...b, ...c }, { ...small, ...tagsOnly });
    assert.equal(pairs(d), expected);
    assert.equal(d.itemIds, ["20", "10"]);
    assert.equal(d.itemTitles, ["Amélie", "Good, the Bad, The (1966)"]);
    assert.equal(applications(d), ["epic, old 10 2 1", "epic 10 1 1", "epic 20 - 1"]);
    assert.equal([...d.tags!.support!], [1, 3], "support counts the item outside the catalogue");
    assert.match(d.notes[0], /"movielens"/);
  }
});

test("taggers with other people's ids are unknown", async () => {
  const tags = "userId,movieId,tag\n2,10,a\n701,10,a\n702,20,b\n";
  const files = { "ratings.csv": csv("\n", 3), "movies.csv": moviesCsv, "tags.csv": tags };
  const d = await read(files, { ...small, ...tagsOnly });
  assert.equal(applications(d), ["a 10 - 1", "a 10 - 1", "b 20 - 1"]);
  assert.match(d.notes.join("\n"), /only 1 of 3 taggers/);
});

test("genres: added to tags by default, asked for alone, or used when there are no tags", async () => {
  const files = { "ratings.csv": csv("\n", 3), "movies.csv": moviesCsv, "tags.csv": tagsCsv };
  const genres = ["western 10 - 1", "action 10 - 1"];
  assert.equal(applications(await read(files, { ...small, tagSource: "genres" })), genres);
  const both = await read(files, small);
  assert.equal(applications(both), ["epic, old 10 2 1", "epic 10 1 1", "epic 20 - 1", ...genres]);
  assert.equal([...both.tags!.support!], [1, 3, 1, 1]);
  assert.match(both.notes.join("\n"), /genres count as tags too/);
  const without = { "ratings.csv": csv("\n", 3), "movies.csv": moviesCsv };
  assert.equal(applications(await read(without, small)), genres);
  assert.is((await read({ "ratings.csv": csv("\n", 3) }, small)).tags, null);
});

test("thresholds: rating, users, items first and then users, counted over distinct pairs", async () => {
  const table = "user,item,rating\na,x,5\na,x,5\na,y,1\na,y,4\nb,x,5\nb,y,4\nb,z,4\nc,z,2\nc,x,4\n";
  const one = await read({ "t.csv": table }, { minUserInteractions: 2 });
  assert.equal(pairs(one), ["a: x y", "b: x y z"], "the duplicate of a,x does not count; a,y passes once");
  const two = await read({ "t.csv": table }, { minUserInteractions: 2, minItemInteractions: 2 });
  assert.equal(pairs(two), ["a: x y", "b: x y"]);
  const all = await read({ "t.csv": table }, { minUserInteractions: 1, minRating: -Infinity });
  assert.equal(pairs(all), ["a: x y", "b: x y z", "c: x z"]);
});

test("order is that of first appearance after filtering, not before", async () => {
  // b comes first, but with an item that only b has.
  const table = "user,item\nb,rare\na,y\nb,x\na,x\nb,y\n";
  const d = await read({ "interactions.csv": table }, { minUserInteractions: 2, minItemInteractions: 2 });
  assert.equal(d.userIds, ["a", "b"]);
  assert.equal(d.itemIds, ["y", "x"]);
});

test("Goodbooks: tags through both joins, impossible counts dropped, duplicate pairs once", async () => {
  const files = {
    "ratings.csv": "book_id,user_id,rating\n1,7,5\n1,7,5\n2,7,4\n2,8,5\n1,8,4\n3,8,3\n",
    "tags.csv": "tag_id,tag_name\r\n0,To-Read\r\n5,fantasy\r\n",
    "book_tags.csv": "goodreads_book_id,tag_id,count\r\n900,5,40\r\n900,0,-1\r\n800,5,7\r\n800,0,9999\r\n700,5,3\r\n",
  };
  const rows = "title,work_ratings_count\n1,900,\"A, \"\"one\"\"\",100\n2,800,B,50\n3,700,C,50\n";
  const books = `book_id,goodreads_book_id,${rows}`;
  const first = `id,book_id,${rows}`;
  for (const table of [books, first]) {
    const d = await read({ ...files, "books.csv": table }, small);
    assert.equal(pairs(d), ["7: 1 2", "8: 1 2"]);
    assert.equal(applications(d), ["fantasy 1 - 40", "fantasy 2 - 7"]);
    assert.match(d.notes.join("\n"), /2 with an impossible count/);
    assert.equal(d.itemTitles, ["A, \"one\"", "B"]);
  }
});

test("MSD triplets: every play is one interaction, ids are text, tags by song", async () => {
  const files = {
    "train_triplets.txt": "b80344d0\tSOAKIMP\t1\nb80344d0\tSOBBMDR\t12\n85c1f87f\tSOBBMDR\t1\n85c1f87f\tSOAKIMP\t2\n",
    "song_tags.csv": "song,tag,count\nSOAKIMP,Rock,3\nSOZZZ,rock,1\n",
  };
  const d = await read(files, { minUserInteractions: 2, minItemInteractions: 2 });
  assert.equal(pairs(d), ["b80344d0: SOAKIMP SOBBMDR", "85c1f87f: SOAKIMP SOBBMDR"]);
  assert.equal(applications(d), ["rock SOAKIMP - 3"]);
  assert.match(d.notes[0], /"msd"/);
});

test("any table: separators, nameable columns by name or number, one file alone", async () => {
  const want = ["u 1: i 1 i2", "u2: i 1 i2"];
  const rows = [["u 1", "i 1", "5"], ["u 1", "i2", "4"], ["u2", "i2", "5"], ["u2", "i 1", "5"]];
  const text = (separator: string, header: string[] | null, order: number[]): string =>
    [...(header ? [header] : []), ...rows].map((row) => order.map((c) => row[c]).join(separator)).join("\n");
  const known = ["user_id", "Item ID", "rating"];
  for (const separator of [",", "\t", "::"]) {
    assert.equal(pairs(await read({ "interactions.txt": text(separator, known, [2, 0, 1]) }, small)), want);
    assert.equal(pairs(await read({ "interactions.txt": text(separator, null, [0, 1, 2]) }, small)), want);
  }
  const strange = text(",", ["who", "what", "how"], [1, 2, 0]);
  const columns = { user: "who", item: "what", rating: "how" };
  assert.equal(pairs(await read({ "x.csv": strange }, { ...small, columns })), want);
  const numbers = { user: "3", item: 1, rating: "2" };
  assert.equal(pairs(await read({ "x.csv": text(",", null, [1, 2, 0]) }, { ...small, columns: numbers })), want);
  const withTags = { "x.csv": strange, "tags.csv": "theme,what\nodd,i2\n" };
  const tagged = await read(withTags, { ...small, columns: { ...columns, tag: "theme" } });
  assert.equal(applications(tagged), ["odd i2 - 1"]);
  await withFolder({ "logs/a.csv": text(",", known, [0, 1, 2]), "logs/b.csv": "1,2" }, async (folder) => {
    assert.equal(pairs(await readDataset(`${folder}/logs/a.csv`, small)), want);
    assert.equal(pairs(await readDataset(`${folder}/logs`, { ...small, files: { interactions: "a.csv" } })), want);
  });
});

test("agrees with a naive reader on any table", async () => {
  const row = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }));
  await fc.assert(fc.asyncProperty(
    fc.array(row, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }),
    async (rows, minItem, minUser) => {
      const liked = rows.filter(([, , rating]) => rating >= 4).map(([u, i]) => `${u},${i}`);
      const tally = (keys: string[], part: number): Map<string, number> => {
        const counts = new Map<string, number>();
        for (const key of keys) counts.set(key.split(",")[part], (counts.get(key.split(",")[part]) ?? 0) + 1);
        return counts;
      };
      const items = tally([...new Set(liked)], 1);
      const afterItems = liked.filter((key) => items.get(key.split(",")[1])! >= minItem);
      const users = tally([...new Set(afterItems)], 0);
      const kept = afterItems.filter((key) => users.get(key.split(",")[0])! >= minUser);
      const options = { minItemInteractions: minItem, minUserInteractions: minUser };
      const table = `user,item,rating\n${rows.map((r) => r.join(",")).join("\n")}\n`;
      if (kept.length === 0) {
        let refused = false;
        await read({ "t.csv": table }, options).catch(() => {
          refused = true;
        });
        assert.ok(refused);
        return;
      }
      const d = await read({ "t.csv": table }, options);
      assert.equal(d.userIds, [...new Set(kept.map((key) => key.split(",")[0]))]);
      assert.equal(d.itemIds, [...new Set(kept.map((key) => key.split(",")[1]))]);
      const got = d.userIds.flatMap((u, r) => Array.from(csrRow(d.interactions, r), (i) => `${u},${d.itemIds[i]}`));
      assert.equal(got.sort(), [...new Set(kept)].sort());
      for (let r = 0; r < d.interactions.rows; r++) {
        const columns = [...csrRow(d.interactions, r)];
        assert.equal(columns, [...columns].sort((a, b) => a - b));
      }
    },
  ), { numRuns: 60 });
});

test("progress reaches the size of every file", async () => {
  const seen = new Map<string, string>();
  await read({ "ratings.csv": csv("\n", 3), "movies.csv": moviesCsv }, {
    ...small, onProgress: (bytes, total, file) => seen.set(file.split("/").pop()!, `${bytes}/${total}`),
  });
  assert.equal([...seen.keys()], ["ratings.csv", "movies.csv"]);
  for (const text of seen.values()) assert.is(text.split("/")[0], text.split("/")[1]);
});

test("a year beside a title is put behind it, by its usual names, by the user's word, in no file twice", async () => {
  const events = { "interactions.csv": "user,item\n1,a\n1,b\n1,c\n2,a\n2,b\n2,c\n" };
  const titles = async (header: string, options?: ReadOptions): Promise<readonly string[]> => (await read({
    ...events, "items.csv": `${header}\na,Alien,1979\nb,Heat (1995),1995\nc,Unknown,\n`,
  }, { ...small, ...options })).itemTitles;
  const together = ["Alien (1979)", "Heat (1995)", "Unknown"];
  assert.equal(await titles("item,title,year"), together);
  assert.equal(await titles("item,title,Release Year"), together);
  assert.equal(await titles("item,title,issued", { columns: { year: "issued" } }), together);
  assert.equal(await titles("item,title,issued"), ["Alien", "Heat (1995)", "Unknown"]);
});

test.run();
