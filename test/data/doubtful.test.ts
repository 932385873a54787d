/**
 * Tables that a program would read wrongly without noticing and a person would not: each is read as the person would,
 * or refused with the column and the option that mends it.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { readDataset, type ReadOptions } from "../../src/data/read-dataset.js";
import { messageOf, withFolder } from "./temporary-folder.js";

/** Row n has user u(n), item m(n) and rating r(n), and is the only one that has this pair. */
const u = (n: number): number => 1 + (n % 7);
const m = (n: number): number => 100 + 3 * Math.floor(n / 7);
const r = (n: number): number => 1 + ((n * 3) % 5);
const time = (n: number): number => 1.4e9 + 77 * n;
const lines = (line: (n: number) => string, rows = 210): string =>
  `${Array.from({ length: rows }, (_, n) => line(n)).join("\n")}\n`;

interface Case {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly options?: ReadOptions;
  /** Users, items, interactions … */
  readonly counts?: readonly [number, number, number];
  readonly says?: RegExp;
  /** … or the message of the refusal. */
  readonly refuses?: RegExp;
}

const text = (table: string, name = "ratings.csv"): Case["files"] => ({ [name]: table });
const shop = lines((n) => `${u(n)},${m(n)}`);

const cases: readonly Case[] = [
  // Columns without names, in an order of their own.
  {
    what: "a log: time, user, item", files: text(lines((n) => `${time(n)},${u(n)},${m(n)}`)),
    refuses: /column 1 should be the user but holds times such as 1400000000: say --column user=NUMBER/,
  },
  {
    what: "check-ins: user, time, latitude, longitude, place",
    files: text(lines((n) => `${u(n)}\t2010-10-19T23:55:27Z\t30.2${n}\t-97.7${n}\t${m(n)}`)),
    refuses: /column 2 should be the item but holds times such as 2010-10-19T23:55:27Z/,
  },
  {
    what: "the same with the columns given", options: { columns: { user: 1, item: 5 } }, counts: [7, 30, 210],
    files: text(lines((n) => `${u(n)}\t2010-10-19T23:55:27Z\t30.2${n}\t-97.7${n}\t${m(n)}`)),
  },
  {
    what: "user, rating, item", files: text(lines((n) => `${u(n)},${r(n)},${m(n)}`)),
    refuses: /column . \(1 to .\) looks like ratings and column 3 \(100 to 187\) like ids/,
  },
  {
    what: "rows in brackets", files: text(lines((n) => `(${u(n)},${m(n)},${r(n)})`)), refuses: /take the brackets off/,
  },
  // Headers that are none, or too short.
  {
    what: "R's row names: a header one shorter than the rows", counts: [7, 30, 210], options: { minRating: 1 },
    files: text(`"user" "item" "rating"\n${lines((n) => `"${n + 1}" "${u(n)}" "${m(n)}" ${r(n)}`)}`),
    says: /column 2 "user" = user, 3 "item" = item, 4 "rating" = rating \(1…5\)\n.*1 is a row number/,
  },
  {
    what: "a separator behind the last column", counts: [7, 30, 210], options: { minRating: 1 },
    files: text(`user,item,rating\n${lines((n) => `${u(n)},${m(n)},${r(n)},`)}`),
  },
  {
    what: "lines before the table", files: text(`Export of the shop\n2024\n\nuser,item\n${shop}`),
    refuses: /:1: 1 column \("Export of the shop"\), expected 2 as in most rows below/,
  },
  {
    what: "a matrix with item numbers for a header",
    files: text(`user_id,101,102,103\n${lines((n) => `${n},${r(n)},${r(n + 1)},0`)}`),
    refuses: /missing column for the item: the header has user_id, 101, 102, 103/,
  },
  {
    what: "a matrix with names for a header, one of which ends with id",
    files: text(`user,Covid,Alien,Heat,Up,Solo\n${lines((n) => `${n},1,${r(n)},0,0,1`)}`),
    refuses: /missing column for the item: .*is it a matrix, one column an item\?/,
  },
  // Cells that are not what they should be.
  {
    what: "ids that a spreadsheet has rounded", files: text(`user,item\n${lines((n) => `${u(n)},9.78${n % 9}E+12`)}`),
    refuses: /column 2 should be the item but holds rounded numbers such as 9\.780E\+12/,
  },
  {
    what: "the same as the user wants it", files: text(`user,item\n${lines((n) => `${u(n)},9.78${n % 9}E+12`)}`),
    options: { columns: { item: "item" } }, counts: [7, 9, 63],
  },
  {
    what: "a list of items in every row",
    files: text(lines((n) => JSON.stringify({ user: n, item: [m(n), m(n + 9)] })), "ratings.jsonl"),
    refuses: /column 2 should be the item but holds lists such as \[100,103\], expected one item a row/,
  },
  {
    what: "rows without a user", files: text(`user,item\n${lines((n) => `${n % 3 === 0 ? "NULL" : u(n)},${m(n)}`)}`),
    says: /rows whose user is "NULL" count as one user of that name: are they rows without a user\?/,
  },
  {
    what: "likes as true and false", options: { minRating: 1 }, counts: [7, 30, 105],
    files: text(`user,item,liked\n${lines((n) => `${u(n)},${m(n)},${n % 2 === 0 ? "True" : "False"}`)}`),
  },
  {
    what: "likes as true and false without a threshold that fits",
    files: text(lines((n) => JSON.stringify({ user: u(n), item: m(n), rating: n % 2 === 0 })), "ratings.jsonl"),
    refuses: /ratings lie in 0…1, --min-rating 1 would fit/,
  },
  {
    what: "thousands or decimals, nobody knows", options: { weight: "log" },
    files: text(`user,item,plays\n${lines((n) => `${u(n)},${m(n)},"1,${200 + n}"`)}`),
    refuses: /the weight is "1,200": is it 1200 or 1\.200\?/,
  },
  {
    what: "libFM's pairs", files: text(lines((n) => `${r(n)} ${u(n)}:1 ${m(n)}:1`), "ratings.txt"),
    refuses: /column 2 should be the item but holds pairs such as 1:1 \(LIBSVM's or libFM's form\)/,
  },
  // Files that belong together.
  {
    what: "one file behind the other, marks and headers and all", counts: [7, 30, 210],
    files: text(`\uFEFFuser,item\n${shop}\uFEFFuser,item\n${shop}`), says: /the header stands 1 more times/,
  },
  {
    what: "parts of which one has no ratings",
    files: {
      "part-1.csv": `user,item,rating\n${lines((n) => `${u(n)},${m(n)},${r(n)}`)}`,
      "part-2.csv": `user,item\n${shop}`,
    },
    refuses: /part-2\.csv: a part with item, user, the parts before it have item, rating, user/,
  },
  // Scales.
  ...[[7, 6], [20, 16], [3, 3], [50, 40]].map(([top, fits]): Case => ({
    what: `a scale of ${top}`, files: text(`user,item,rating\n${lines((n) => `${u(n)},${m(n)},${1 + (n % top)}`)}`),
    ...(top < 4 ? { refuses: /ratings lie in 1…3, --min-rating 3 would fit/ }
      : { says: new RegExp(`on this scale --min-rating ${fits} says`) }),
  })),
  {
    what: "−1 for a film that was seen and not rated",
    files: text(`user,item,rating\n${lines((n) => `${u(n)},${m(n)},${n % 3 === 0 ? -1 : 1 + (n % 10)}`)}`),
    says: /ratings go from -1 to 10; 4 or more keeps .*--min-rating 8/,
  },
  // Titles and tags without a header.
  {
    what: "titles: item, year, title",
    files: {
      "interactions.csv": `user,item\n${shop}`, "items.csv": lines((n) => `${m(7 * n)},19${10 + n},Film ${n}`, 30),
    },
    refuses: /items\.csv:1: column 2 should be the title but holds numbers such as 1910, and column 3 text such as Film 0/,
  },
  {
    what: "tags: user, item, tag",
    files: { "interactions.csv": `user,item\n${shop}`, "tags.csv": lines((n) => `${u(n)},${m(n)},tag ${n % 4}`) },
    refuses: /tags\.csv:1: column 2 should be the tag .*--column tags\.item=NUMBER --column tags\.tag=NUMBER/,
  },
  {
    what: "the same with the columns given", options: { columns: { tags: { item: 2, tag: 3 } } }, counts: [7, 30, 210],
    files: { "interactions.csv": `user,item\n${shop}`, "tags.csv": lines((n) => `${u(n)},${m(n)},tag ${n % 4}`) },
    says: /tags\.csv: 30 of its 30 keys are items/,
  },
  // No tables at all.
  {
    what: "an SQL dump", files: text("-- a dump\nDROP TABLE IF EXISTS r;\nCREATE TABLE r (u int);\n"),
    refuses: /an SQL dump, expected a table: .*--query/,
  },
  { what: "a Markdown table", files: text("| user | item |\n|---|---|\n| 1 | 2 |\n"), refuses: /a Markdown table/ },
  { what: "ARFF", files: text("@relation r\n@attribute user numeric\n@data\n1,2\n"), refuses: /an ARFF file/ },
];

for (const { what, files, options, counts, says, refuses } of cases) {
  test(what, async () => {
    await withFolder(files, async (folder) => {
      const read = (): ReturnType<typeof readDataset> => readDataset(folder, { minUserInteractions: 1, ...options });
      if (refuses) {
        assert.match(await messageOf(read), refuses);
        return;
      }
      const { interactions: x, notes, userIds, itemIds } = await read();
      if (counts) assert.equal([x.rows, x.cols, x.indices.length], [...counts]);
      if (says) assert.match(notes.join("\n"), says);
      if (counts?.[1] !== 30) return;
      const first = userIds.indexOf("1");
      const own = new Set(Array.from({ length: 210 }, (_, n) => n).filter((n) => u(n) === 1).map((n) => String(m(n))));
      assert.ok(Array.from(csrRow(x, first), (i) => itemIds[i]).every((id) => own.has(id)));
    });
  });
}

test.run();
