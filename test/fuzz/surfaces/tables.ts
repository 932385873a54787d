/**
 * Tables of interactions: files of every format that is read, changed in their bytes, and tables made of pieces that
 * nobody would put together. What is taken is a data set that passes the library's own check.
 */
import fc from "fast-check";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { checkDataset } from "../../../src/data/check-dataset.js";
import type { Dataset } from "../../../src/data/dataset.js";
import { readDataset, type ReadOptions } from "../../../src/data/read-dataset.js";
import { repository } from "../../support/repository-text.js";
import { byteChanges, changeBytes, type ByteChange } from "../mutations.js";
import { demand, judge, mustHold, type OpenSurface, type Surface } from "../surface.js";

interface Input {
  /** A file at hand by its number, or a text. */
  readonly source: number | string;
  readonly changes: readonly ByteChange[];
  readonly packed: boolean;
  readonly options: ReadOptions;
}

interface Whole {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Larger files are left to the reader's own tests: here many small ones count. */
const LARGEST = 30_000;

const cell = fc.oneof(
  fc.constantFrom("user", "item", "rating", "userId", "movieId", "title", "tag", "1", "2", "3", "5", "4.5", "4,5", "u1",
    "i1", "café", "", " ", "\"", "\"\"", "\"a\"\"b\"", "'", "NaN", "-1", "1e5", "1e999", "0x1", "2020-01-01",
    "1136239445", "[1,2]", "{\"a\":1}", "null", "\u0000", "\ufeff", "::", "\\", "1|2", "007", "\u001b[2J", "𝄞"),
  fc.integer({ min: -3, max: 40 }).map(String), fc.string({ maxLength: 6 }), fc.double().map(String),
);
const text = fc.record({
  rows: fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 12 }),
  separator: fc.constantFrom(",", ";", "\t", "|", "::", " ", "\u0001"),
  end: fc.constantFrom("\n", "\r\n", "\r", "\n\n", ""),
}).map(({ rows, separator, end }) => rows.map((row) => row.join(separator)).join(end === "" ? "\n" : end) + end);

const columnName = fc.oneof(
  fc.constantFrom<string | number>("user", "item", "rating", "none", "", "nobody", 0, 1, 2, 3, 9, -1, 1.5, NaN),
  fc.string({ maxLength: 4 }),
);
const options: fc.Arbitrary<ReadOptions> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ minUserInteractions: 1 }) },
  { weight: 1, arbitrary: fc.record({
    minRating: fc.constantFrom(-1, 0, 1, 4, NaN, Infinity, 1e308),
    minUserInteractions: fc.constantFrom(0, 1, 2, -1, 1.5, NaN),
    minItemInteractions: fc.constantFrom(0, 1, 2, -1, Infinity),
    columns: fc.record({ user: columnName, item: columnName, rating: columnName }, { requiredKeys: [] }),
  }, { requiredKeys: [] }) },
);

async function open(): Promise<OpenSurface> {
  const folder = await mkdtemp(join(tmpdir(), "unknot-fuzz-"));
  const whole = wholeFiles();
  const inputs: fc.Arbitrary<Input> = fc.record({
    source: fc.oneof({ weight: 2, arbitrary: fc.nat(whole.length - 1) }, { weight: 1, arbitrary: text }),
    changes: fc.oneof({ weight: 3, arbitrary: byteChanges }, { weight: 1, arbitrary: fc.constant([]) }),
    packed: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    options,
  });
  const bytesOf = ({ source, changes, packed }: Input): Buffer => {
    const bytes = changeBytes(typeof source === "string" ? Buffer.from(source) : whole[source].bytes, changes);
    return packed ? gzipSync(bytes) : bytes;
  };
  const nameOf = ({ source }: Input): string => (typeof source === "string" ? "table.csv" : whole[source].name);
  const surface: OpenSurface<Input> = {
    inputs,
    async check(input) {
      await mkdir(folder, { recursive: true });
      const file = join(folder, nameOf(input));
      await writeFile(file, bytesOf(input));
      return judge(async () => { checkTaken(await readDataset(file, input.options)); })
        .finally(() => rm(file, { recursive: true, force: true }));
    },
    show: (input) => `${nameOf(input)} ${JSON.stringify({ ...input, source: typeof input.source })}\n` +
      JSON.stringify(bytesOf(input).toString("latin1")),
    close: () => rm(folder, { recursive: true, force: true }),
  };
  return surface;
}

export function checkTaken(dataset: Dataset): void {
  mustHold("it is no data set", () => checkDataset(dataset));
  demand(dataset.userIds.length > 0 && dataset.itemIds.length > 0, "nothing was read");
}

/** Files of every format, small ones: those of the reader's cases, and what the tests make of them. */
function wholeFiles(): Whole[] {
  const cases = join(repository, "test/data/cases");
  const found = readdirSync(cases, { recursive: true, encoding: "utf8" }).map((name) => join(cases, name))
    .filter((file) => statSync(file).isFile() && statSync(file).size <= LARGEST)
    .map((file) => ({ name: file.slice(file.lastIndexOf("/") + 1), bytes: readFileSync(file) }));
  const columnData = [
    { name: "user", data: ["u1", "u1", "u2", "u2", "u3"] }, { name: "item", data: ["a", "b", "a", "c", "b"] },
    { name: "rating", data: [5, 4, 5, 3, 4.5] },
  ];
  const rows = [{ user: "u1", item: "a", rating: 5 }, { user: "u2", item: "b", rating: 4 }];
  return [
    ...found,
    { name: "table.parquet", bytes: new Uint8Array(parquetWriteBuffer({ columnData })) },
    { name: "table.json", bytes: Buffer.from(JSON.stringify(rows)) },
    { name: "shop.sqlite", bytes: readFileSync(join(repository, "test/data/sqlite/shop.sqlite")) },
  ];
}

export const tables: Surface = { name: "tables", about: "tables of interactions, in every format", round: 300, open };
