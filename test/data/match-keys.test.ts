/** Keys of titles and tags that do not meet the items: what is undone is said, and what cannot be is refused. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readDataset } from "../../src/data/read-dataset.js";
import { messageOf, withFolder } from "./temporary-folder.js";

/** Twelve items with a user or two each; `item(n)` is how the interactions spell item n. */
function interactions(item: (n: number) => string): string {
  const rows = Array.from({ length: 36 }, (_, n) => `u${n % 5},${item(1 + (n % 12))}`);
  return `user,item\n${rows.join("\n")}\n`;
}

const NUMBERS = Array.from({ length: 12 }, (_, n) => n + 1);
const letters = (n: number): string => String.fromCharCode(96 + n);

/** The spelling of the interactions, that of the other file, and what is said of the join. */
const joins: readonly [(n: number) => string, (n: number) => string, RegExp][] = [
  [(n) => `${n}.0`, String, /once taken without \.0 \("1" is "1\.0"\)/],
  [String, (n) => `${n}.00`, /once taken without \.0 \("1\.00" is "1"\)/],
  [(n) => `00${n}`, String, /once taken without leading zeros \("1" is "001"\)/],
  [(n) => `${letters(n)} x`, (n) => `${letters(n)}x`, /once taken without blanks \("ax" is "a x"\)/],
  [(n) => `Film ${letters(n)}`, (n) => `film ${letters(n)}`, /once taken in lower case \("film a" is "Film a"\)/],
  [(n) => `0${n}.0`, String, /once taken without \.0, leading zeros, blanks, and in lower case/],
];

for (const [ours, theirs, says] of joins) {
  for (const role of ["titles", "tags"] as const) {
    test(`${role}: "${theirs(1)}" is "${ours(1)}"`, async () => {
      const cells = NUMBERS.map((n) => `${theirs(n)},${role === "titles" ? `Title ${n}` : letters(n)}`);
      const header = role === "titles" ? "item,title" : "item,tag";
      const files = { "interactions.csv": interactions(ours), [`${role}.csv`]: [header, ...cells, ""].join("\n") };
      await withFolder(files, async (folder) => {
        const { itemIds, itemTitles, tags, notes, understood } = await readDataset(folder, { minUserInteractions: 1 });
        assert.match(notes.join("\n"), says);
        assert.is(understood!.keys[0].met, 12);
        assert.equal(itemIds, NUMBERS.map(ours));
        if (role === "titles") assert.equal(itemTitles, NUMBERS.map((n) => `Title ${n}`));
        if (role === "titles") return;
        const applied = Array.from(tags!.item, (i, a) => [i, tags!.names[tags!.tag[a]]]);
        assert.equal(applied, NUMBERS.map((n) => [n - 1, letters(n)]));
      });
    });
  }
}

for (const role of ["titles", "tags"] as const) {
  for (const [what, met, message] of [
    ["no key", 0, /none of its 24 keys \(not "x1", "x2"\) is an item of the interactions \(which have 12, such as "1", "2"\)/],
    ["one key in twenty-four", 1, /only 1 of its 24 keys \(not "x2", "x3"\) is an item .*such as "2", "3"\), nor without \.0/],
  ] as const) {
    test(`${role}: ${what} meets: refused with examples`, async () => {
      const keys = Array.from({ length: 24 }, (_, n) => (n < met ? String(n + 1) : `x${n + 1}`));
      const text = `item,${role === "titles" ? "title" : "tag"}\n${keys.map((key) => `${key},t\n`).join("")}`;
      await withFolder({ "interactions.csv": interactions(String), [`${role}.csv`]: text }, async (folder) => {
        const read = (files?: object): ReturnType<typeof readDataset> =>
          readDataset(folder, { minUserInteractions: 1, files });
        const got = await messageOf(read);
        assert.match(got, message);
        assert.match(got, new RegExp(`--column ${role}\\.item=NAME\\)\\? --file ${role}=none leaves the file out`));
        assert.is((await read({ [role]: "none" })).itemIds.length, 12);
      });
    });
  }
}

test("few of many titles are no reason to refuse: as many meet as could", async () => {
  const keys = ["3", ...Array.from({ length: 400 }, (_, n) => `other ${n}`)];
  const titles = `item,title\n${keys.join(",t\n")},t\n`;
  const files = { "interactions.csv": "user,item\na,3\nb,3\n", "titles.csv": titles };
  await withFolder(files, async (folder) => {
    assert.equal((await readDataset(folder, { minUserInteractions: 1 })).itemTitles, ["t"]);
  });
});

const dictionary = "tag_id,tag\n1,noir\n2,war\n3,space\n";
const shelves = (tag: (n: number) => string): Record<string, string> => ({
  "interactions.csv": interactions(String), "tag_names.csv": dictionary,
  "tags.csv": `item,tag_id\n${NUMBERS.map((n) => `${n},${tag(1 + (n % 3))}\n`).join("")}`,
});

test("a dictionary of tags: ids that a program has written as 1.0", async () => {
  await withFolder(shelves((n) => `${n}.0`), async (folder) => {
    const { tags, notes } = await readDataset(folder, { minUserInteractions: 1 });
    assert.equal([...tags!.names].sort(), ["noir", "space", "war"]);
    assert.match(notes.join("\n"), /its tags are found in the dictionary once taken without \.0/);
  });
});

test("a dictionary that has none of the tags is refused with examples", async () => {
  await withFolder(shelves((n) => `x${n}`), async (folder) => {
    const message = await messageOf(() => readDataset(folder, { minUserInteractions: 1 }));
    assert.match(message, /hardly any of its 3 tags \("x2", "x3"\) is in the dictionary \(with "1", "2"\)/);
    const { tags } = await readDataset(folder, { minUserInteractions: 1, files: { dictionary: "none" } });
    assert.equal([...tags!.names].sort(), ["x1", "x2", "x3"]);
  });
});

test("Goodbooks: ratings and shelves of a program that writes 1.0", async () => {
  const files = {
    "ratings.csv": `user_id,book_id,rating\n${NUMBERS.map((n) => `7,${n}.0,5\n`).join("")}`,
    "books.csv": `book_id,goodreads_book_id,title\n${NUMBERS.map((n) => `${n},${1000 + n},Book ${n}\n`).join("")}`,
    "book_tags.csv": `goodreads_book_id,tag_id,count\n${NUMBERS.map((n) => `${1000 + n}.0,5,3\n`).join("")}`,
    "tags.csv": "tag_id,tag_name\n5,noir\n",
  };
  await withFolder(files, async (folder) => {
    const { tags, itemTitles, understood, notes } = await readDataset(folder);
    assert.equal([...tags!.item], NUMBERS.map((n) => n - 1));
    assert.is(itemTitles[11], "Book 12");
    const met = understood!.keys.map((keys) => [keys.role, keys.met, keys.itemsMet]);
    assert.equal(met, [["titles", 12, 12], ["tags", 12, 12]]);
    assert.match(notes.join("\n"), /book_tags\.csv: 12 of its 12 keys .*without \.0/);
  });
});

test.run();
