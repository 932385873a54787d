/**
 * A thousand files of titles and of tags that nobody has written by hand, beside one table of interactions: separators
 * × header × quoting × encodings × order of columns × spellings of the keys × ways of writing several tags ×
 * dictionaries. Each is read right or refused; none is misread.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import type { Dataset } from "../../src/data/dataset.js";
import { readDataset, type ColumnNames } from "../../src/data/read-dataset.js";
import { styles, written } from "./written-table.js";

/** What is said of an item. */
interface Item {
  readonly title: string;
  readonly tags: readonly string[];
}

const TITLES = [
  "Alien (1979)", "Café, the", "Bob’s", "2001", "A | B", "x; y", "say \"no\"", "Nausicaä", "Film: a tale", "#9",
];
const TAGS = ["noir", "war", "sci-fi", "film noir", "rock & roll", "70s", "café", "it's"];
/** How item n is called in the interactions, and how in the other file. */
const KEYS: readonly (readonly [(n: number) => string, (n: number) => string])[] = [
  [String, String], [(n) => `i${n}`, (n) => `i${n}`], [(n) => `${n}.0`, String], [String, (n) => `${n}.0`],
  [String, (n) => `00${n}`], [(n) => `B${n}x`, (n) => `b${n}X`], [(n) => `a ${n}`, (n) => `a${n}`],
];
/** Several tags in a cell. */
const CELLS: readonly ((tags: readonly string[]) => string)[] = [
  (tags) => tags.join("|"), (tags) => tags.join("; "), (tags) => tags.join(", "), (tags) => JSON.stringify(tags),
  (tags) => `[${tags.map((tag) => (tag.includes("'") ? `"${tag}"` : `'${tag}'`)).join(", ")}]`,
  (tags) => `{${tags.map((tag) => `"${tag}"`).join(",")}}`,
  (tags) => JSON.stringify(tags.map((name, id) => ({ id, name }))),
];

const files = fc.record({
  kind: fc.constantFrom<("titles" | "tags" | "dictionary")[]>("titles", "tags", "dictionary"),
  items: fc.array(fc.record<Item>({
    title: fc.constantFrom(...TITLES), tags: fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 2, maxLength: 4 }),
  }), { minLength: 4, maxLength: 12 }),
  keys: fc.constantFrom(...KEYS),
  cell: fc.constantFrom(...CELLS),
  several: fc.boolean(),
  columns: fc.constantFrom<string[]>(["item", "text", "more"], ["text", "item", "more"], ["more", "item", "text"]),
  header: fc.boolean(),
  style: styles,
});

type File = typeof files extends fc.Arbitrary<infer T> ? T : never;

const titleOf = ({ title }: Item, n: number): string => `${title} ${n}`;

/** The rows of the file, its columns in their usual order. */
function plainRows({ kind, items, keys: [, key], cell, several }: File): string[][] {
  if (kind === "titles") return items.map((item, n) => [key(n + 1), titleOf(item, n), cell(item.tags)]);
  if (kind === "tags" && several) return items.map(({ tags }, n) => [key(n + 1), cell(tags), "3"]);
  const spelt = (tag: string): string => (kind === "tags" ? tag : `t${TAGS.indexOf(tag)}`);
  return items.flatMap(({ tags }, n) => tags.map((tag) => [key(n + 1), spelt(tag), "3"]));
}

/** With the columns in the wanted order and a header, if there is to be one. */
function rowsOf(file: File): string[][] {
  const [text, more] = file.kind === "titles" ? ["title", "genres"] : ["tag", "count"];
  const at = file.columns.map((column) => ["item", "text", "more"].indexOf(column));
  const rows = file.header ? [["item", text, more], ...plainRows(file)] : plainRows(file);
  return rows.map((row) => at.map((c) => row[c]));
}

/** Without a header an unusual order is given by number. */
function given({ kind, columns, header }: File): ColumnNames {
  if (header || columns[0] === "item") return {};
  const [item, text, more] = ["item", "text", "more"].map((column) => columns.indexOf(column) + 1);
  if (kind === "titles") return { titles: { item, title: text, genres: more } };
  return { tags: { item, tag: text, count: more } };
}

/** "item: title" and "item: tag" of what should come out. */
function expected({ kind, items, keys: [key] }: File): string[] {
  return items.flatMap((item, n) => [
    `${key(n + 1)} is ${kind === "titles" ? titleOf(item, n) : key(n + 1)}`,
    ...item.tags.map((tag) => `${key(n + 1)}: ${tag}`),
  ]).sort();
}

function got({ itemIds, itemTitles, tags }: Dataset): string[] {
  const applied = tags ? Array.from(tags.tag, (t, a) => `${itemIds[tags.item[a]]}: ${tags.names[t]}`) : [];
  return [...itemIds.map((id, i) => `${id} is ${itemTitles[i]}`), ...new Set(applied)].sort();
}

test("a thousand files of titles and tags are read right or refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "unknot-any-"));
  const write = (name: string, rows: readonly string[]): Promise<void> =>
    writeFile(join(folder, name), rows.map((row) => `${row}\n`).join(""));
  await write("dictionary.csv", ["id,name", ...TAGS.map((tag, t) => `t${t},${tag}`)]);
  const read = { titles: 0, tags: 0, dictionary: 0 };
  const refused = new Map<string, number>();
  try {
    await fc.assert(fc.asyncProperty(files, async (file) => {
      const bytes = written(rowsOf(file), file.style);
      if (!bytes) return;
      const [key] = file.keys;
      await write("interactions.csv", ["user,item", ...file.items.map((_, n) => `u${n % 3},${key(n + 1)}`)]);
      await writeFile(join(folder, "other.csv"), bytes);
      const other = file.kind === "titles" ? { titles: "other.csv" } : { titles: "none", tags: "other.csv" };
      const dictionary = file.kind === "dictionary" ? "dictionary.csv" : "none";
      let dataset: Dataset;
      try {
        const names = { interactions: "interactions.csv", ...other, dictionary };
        dataset = await readDataset(folder, { minUserInteractions: 1, columns: given(file), files: names });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const reason = error.message.replaceAll(folder, "").replace(/[\d"].*$/s, "").slice(0, 60);
        refused.set(reason, (refused.get(reason) ?? 0) + 1);
        return;
      }
      assert.equal(got(dataset), expected(file));
      read[file.kind]++;
    }), { numRuns: 1000, seed: 15 });
  } finally {
    await rm(folder, { recursive: true });
  }
  const told = `${JSON.stringify(read)} were read; refused: ${JSON.stringify([...refused])}`;
  assert.ok(Object.values(read).every((many) => many > 150), told);
  if (process.env.UNKNOT_TEST_SAY) console.log(told);
});

test.run();
