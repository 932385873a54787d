/**
 * A thousand tables that nobody has written by hand: separators × header × quoting × line ends × encodings × packing ×
 * order of columns × scales. Each is read right or refused; none is misread.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { csrRow } from "../../src/base/csr.js";
import { readDataset, type ColumnNames } from "../../src/data/read-dataset.js";
import { styles, written } from "./written-table.js";

interface Interaction {
  readonly user: string;
  readonly item: string;
  readonly rating: number;
  readonly time: number;
}

/** Ids of every kind, of which one table has one: numbers, words, names with what is dangerous in them. */
const ids: readonly fc.Arbitrary<string>[] = [
  fc.integer({ min: 1, max: 40 }).map(String),
  fc.integer({ min: 1, max: 30 }).map((n) => `u${n}`),
  fc.bigInt({ min: 9007199254740990n, max: 9007199254741010n }).map(String),
  fc.constantFrom("café", "Bob’s", "A, B", "x;y", "a|b", "say \"no\"", "tab\there", " inner blank ", "007", "7", "-3"),
];
const scales: readonly fc.Arbitrary<number>[] = [
  fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 10 }).map((n) => n / 2), fc.integer({ min: 1, max: 10 }),
  fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 100 }), fc.constant(5),
];
/** What the columns are called; each name is one that people use. */
const known = {
  user: ["user", "userId", "User-ID", "reviewerID", "customer_id"],
  item: ["item", "movieId", "ISBN", "asin", "product_id", "track id"],
  rating: ["rating", "overall", "score", "stars", "Book-Rating"],
  time: ["timestamp", "unixReviewTime", "date", "ts"],
  other: ["comment", "helpful"],
  index: ["", "Unnamed: 0"],
};

const tables = fc.record({
  rows: fc.tuple(fc.nat(ids.length - 1), fc.nat(ids.length - 1), fc.nat(scales.length - 1)).chain(([u, i, s]) =>
    fc.array(fc.record<Interaction>({
      user: ids[u], item: ids[i], rating: scales[s], time: fc.integer({ min: 1.1e9, max: 1.6e9 }),
    }), { minLength: 2, maxLength: 30 })),
  columns: fc.constantFrom<string[]>(
    ["user", "item"], ["user", "item", "rating"], ["user", "item", "rating", "time"], ["item", "user", "rating"],
    ["time", "rating", "item", "user"], ["user", "item", "time"], ["user", "other", "item", "rating"],
    ["index", "user", "item", "rating"], ["time", "user", "item"], ["user", "time", "item"],
  ),
  spelling: fc.nat(5),
  style: styles,
  header: fc.boolean(),
  decimalComma: fc.boolean(),
  threshold: fc.constantFrom(undefined, 1, 3.5, 8),
});

type Table = typeof tables extends fc.Arbitrary<infer T> ? T : never;

/** The table's rows as text, its header among them. */
function rowsOf({ rows, columns, decimalComma, header, spelling }: Table): string[][] {
  const cell = (row: Interaction, column: string, n: number): string => {
    if (column === "other") return "fine";
    if (column === "index") return String(n);
    const text = String(row[column as keyof Interaction]);
    return column === "rating" && decimalComma ? text.replace(".", ",") : text;
  };
  const lines = rows.map((row, n) => columns.map((column) => cell(row, column, n)));
  if (!header) return lines;
  const names = columns.map((column) => known[column as keyof typeof known]);
  return [names.map((spellings) => spellings[spelling % spellings.length]), ...lines];
}

/** What nobody can tell without a header: times, row numbers and the usual order anybody can. */
const TELLING = ["user item", "time user item", "user time item", "index user item"];

/** An order that nobody can guess is given by number where there is no header. */
function numbered({ header, columns, rows }: Table): ColumnNames {
  const order = columns.join(" ");
  const guessed = TELLING.some((begin) => order.startsWith(begin)) && (columns[0] !== "index" || rows.length > 3);
  if (header || guessed) return {};
  const wanted = ["user", "item", "rating"].filter((role) => columns.includes(role));
  return Object.fromEntries(wanted.map((role) => [role, columns.indexOf(role) + 1]));
}

/** "user item" of what should be taken. */
function expected({ rows, columns, threshold }: Table): string[] {
  const least = threshold ?? 4;
  const taken = columns.includes("rating") ? rows.filter((row) => row.rating >= least) : rows;
  return [...new Set(taken.map(({ user, item }) => `${user.trim()} ${item.trim()}`))].sort();
}

test("a thousand tables are read right or refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "unknot-any-"));
  const file = join(folder, "table.csv");
  let read = 0;
  const refused = new Map<string, number>();
  try {
    await fc.assert(fc.asyncProperty(tables, async (table) => {
      const bytes = written(rowsOf(table), table.style);
      if (!bytes) return;
      await writeFile(file, bytes);
      let got: string[];
      try {
        const minRating = table.columns.includes("rating") ? table.threshold : undefined;
        const options = { minUserInteractions: 1, minRating, columns: numbered(table) };
        const { interactions: x, userIds, itemIds } = await readDataset(file, options);
        got = userIds.flatMap((user, u) => Array.from(csrRow(x, u), (i) => `${user} ${itemIds[i]}`)).sort();
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const reason = error.message.replaceAll(file, "").replace(/[\d"].*$/s, "").slice(0, 40);
        refused.set(reason, (refused.get(reason) ?? 0) + 1);
        // What is refused for having nothing left must have nothing.
        if (/nothing left/.test(error.message)) assert.equal(expected(table), []);
        return;
      }
      assert.equal(got, expected(table));
      read++;
    }), { numRuns: 1000, seed: 15 });
  } finally {
    await rm(folder, { recursive: true });
  }
  assert.ok(read > 500, `${read} were read; refused: ${JSON.stringify([...refused])}`);
});

test.run();
