/**
 * Small tables of the kinds that people report trouble with (test/data/cases): each is read right, or refused with the
 * line and the option that mends it, and what was understood is said.
 */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { tagCounts } from "../../src/data/tags/tag-counts.js";
import { readDataset, type ReadOptions } from "../../src/data/read-dataset.js";
import { messageOf, withFolder } from "./temporary-folder.js";

const cases = join("test", "data", "cases");

interface Right {
  readonly folder: string;
  readonly what: string;
  readonly options?: ReadOptions;
  /** Users, items, interactions … */
  readonly counts?: readonly [number, number, number];
  readonly says?: readonly RegExp[];
  readonly titles?: readonly string[];
  /** The most frequent tags. */
  readonly tags?: readonly string[];
  /** … or the message of the refusal. */
  readonly refuses?: RegExp;
}

/** The set that most folders hold in one form or another. */
const usual = [60, 24, 420] as const;

const right: readonly Right[] = [
  // A column given for one role is never taken for another.
  {
    folder: "columns-numbered-no-rating", what: "numbered user and item leave no rating by place",
    counts: [60, 24, 660],
    options: { columns: { user: 2, item: 3 } }, says: [/no header: column 2 = user, 3 = item/, /no column of ratings/],
  },
  {
    folder: "min-numbered-columns-no-rating", what: "the item is not the rating too", counts: [2, 4, 4],
    options: { columns: { user: 2, item: 3 } },
  },
  // Ratings whose name is unknown, or known by another word.
  { folder: "min-unknown-rating-name", what: "overall is a rating", counts: [2, 2, 2], options: { minRating: 4 } },
  {
    folder: "min-unknown-rating-name", what: "--min-rating without a rating is an error that names the numbers",
    options: { minRating: 4, columns: { rating: "none" } },
    refuses: /--min-rating 4 was given, but no column is the rating: is it 3 "overall" \(1…5\)\? Say --column rating=NAME/,
  },
  {
    folder: "rating-named-overall", what: "overall is a rating, the summary is unused", counts: usual,
    says: [/3 "overall" = rating \(1…5\)/, /unused columns: 4 "summary" \("so, so"\)/, /4 or more keeps 64 %/],
  },
  {
    folder: "bookcrossing-kaggle-comma", what: "Book-Rating is a rating, 0 is none", counts: [60, 24, 218],
    says: [/"bookcrossing"/, /3 "Book-Rating" = rating \(0…10\)/, /a rating of 0 means that the book was not rated: 323 of 660/],
    titles: ["Made-up Title 04 (1984), a Novel"],
  },
  // Without a header, one line says which column is which.
  {
    folder: "amazon-2018-ratings-only", what: "Amazon's product numbers are the items", counts: usual,
    says: [/no header: column 1 = item, 2 = user, 3 = rating \(1…5\), 4 = timestamp/],
  },
  {
    folder: "min-amazon-item-first", what: "which column is which is said", counts: [2, 2, 3],
    says: [/no header: column 1 = user, 2 = item, 3 = rating \(5\)/],
  },
  // Scales.
  {
    folder: "scale-10", what: "the range and the share kept are said, with a threshold that fits",
    counts: [60, 24, 582],
    says: [/ratings go from 2 to 10; 4 or more keeps 88 %: on this scale --min-rating 8/],
  },
  { folder: "min-scale-10", what: "a scale of ten", counts: [2, 2, 3], says: [/from 4 to 10.*--min-rating 8/] },
  {
    folder: "binary-ratings", what: "0 and 1: nothing reaches 4",
    refuses: /nothing left .*ratings lie in 0…1, --min-rating 1 would fit/,
  },
  { folder: "binary-ratings", what: "0 and 1 with the threshold that fits", options: { minRating: 1 }, counts: usual },
  // Matrices and lists are never user, item, rating.
  {
    folder: "jester-matrix", what: "Jester is refused with the reason",
    refuses: /25 columns without a header: a matrix of ratings.*Jester/,
  },
  {
    folder: "min-matrix", what: "decimal item ids are none",
    refuses: /column 2 should be the item but holds decimals such as -7\.8.*matrix/,
  },
  {
    folder: "comma-lists", what: "lists of different lengths", counts: [60, 25, 450],
    says: [/layout "lists"/, /the list of one user's items/],
  },
  { folder: "comma-lists-equal", what: "lists of one length", counts: usual, says: [/layout "lists"/] },
  // Several tags in a cell.
  {
    folder: "genres-comma-list", what: "commas separate genres", counts: usual,
    says: [/genres: several tags a cell, separated by ,/],
    tags: ["classic", "heist", "noir", "paris", "robots", "romance", "space"],
  },
  { folder: "min-genres-comma", what: "two genres, not one", counts: [2, 2, 3], tags: ["noir", "drama", "heist"] },
  {
    folder: "tags-comma-list", what: "commas separate tags", counts: usual,
    says: [/tags\.csv: several tags a cell, separated by ,/],
    tags: ["heist", "noir", "paris", "robots", "romance", "space"],
  },
  {
    folder: "tags-comma-list", what: "--tag-separator overrules", options: { tagSeparator: "none" },
    tags: ["noir, heist", "romance, paris", "space, robots"],
  },
  {
    folder: "tags-hierarchy", what: "a path gives its ancestors", counts: usual, says: [/paths such as/],
    tags: ["books", "fiction", "noir", "romance", "space"],
  },
  {
    folder: "genres-in-event-rows", what: "an item's genre counts once", counts: usual,
    options: { files: { titles: "events.csv" } },
    tags: ["heist", "noir", "paris", "robots", "romance", "space"],
  },
  {
    folder: "genres-in-event-rows", what: "titles among the rows are pointed at",
    says: [/--file titles=events\.csv reads titles and genres from them/],
  },
  // Keys that do not meet.
  {
    folder: "float-ids", what: "31.0 is 31, and it is said", counts: usual, titles: ["Made-up Title 23 (2003)"],
    says: [/movies\.csv: 24 of its 24 keys are items of the interactions, once taken without \.0 \("1" is "1\.0"\)/],
  },
  { folder: "min-float-ids", what: "10.0 is 10", counts: [2, 2, 3], titles: ["A", "B"] },
  // Separators, decimals, comments, line ends.
  {
    folder: "excel-semicolon-header", what: "semicolons and decimal commas", counts: [60, 24, 250],
    says: [/separated by semicolon.*CRLF/, /from 0\.5 to 4\.5/],
  },
  {
    folder: "excel-semicolon-no-header", what: "the same without a header", counts: [60, 24, 250],
    says: [/3 = rating \(0\.5…4\.5\)/],
  },
  {
    folder: "excel-semicolon-comma-in-header", what: "a comma within the header", counts: usual,
    says: [/separated by semicolon/],
  },
  { folder: "min-semicolon-decimal-comma", what: "4,5 is a number", counts: [1, 1, 1] },
  { folder: "space-separated", what: "blanks", counts: usual, says: [/separated by blank/] },
  { folder: "quoted-space", what: "a blank before a quote", counts: usual, titles: ["Name, The 23"] },
  {
    folder: "comment-lines", what: "comment lines, the last of them a header", counts: usual,
    says: [/a comment names the columns/, /2 comment lines/],
  },
  { folder: "cr-only", what: "old Macs' line ends", counts: usual, says: [/lines ending with CR/] },
  { folder: "min-cr-only", what: "CR in three lines", counts: [2, 2, 2] },
  // Headers and row numbers.
  {
    folder: "min-digit-header", what: "0, 1, 2 is a header", counts: [1, 2, 2], says: [/taken for a header of numbers/],
  },
  {
    folder: "min-digit-header", what: "--header no overrules", options: { header: false, minRating: 1 },
    counts: [2, 3, 3],
  },
  { folder: "pandas-index-header", what: "the row number is no user", counts: usual, says: [/1 is a row number/] },
  {
    folder: "pandas-index-no-header", what: "a row number without a header", counts: usual,
    says: [/column 2 = user, 3 = item, 4 = rating/, /1 is a row number/],
  },
  // Layouts, and columns of one file.
  {
    folder: "titles-id-column-named-id", what: "the titles' key has another name", counts: usual,
    titles: ["Made-up Title 23 (2003)"],
    says: [/its key "id" is taken for "movieId"/, /lists of JSON or Python/], tags: ["noir", "romance", "space"],
  },
  {
    folder: "titles-id-column-named-id", what: "titles.item=id", options: { columns: { titles: { item: "id" } } },
    titles: ["Made-up Title 23 (2003)"],
  },
  {
    folder: "lastfm-hetrec", what: "tags through their dictionary", counts: usual, titles: ["Band 23"],
    tags: ["ambient", "chillout", "metal"],
  },
  {
    folder: "ml-100k", what: "latin-1 titles and genres of u.genre", counts: usual, titles: ["Café 23 (1995)"],
    tags: ["noir", "romance", "space"],
  },
  {
    folder: "netflix", what: "the item stands on a line before its ratings", counts: usual,
    titles: ["Made-up Title 01 (1981)"],
  },
  { folder: "netflix", what: "a title with commas", titles: ["Lock, Stock and More"] },
  {
    folder: "min-netflix-folder", what: "a file of titles is never the interactions", counts: [1, 1, 1],
    titles: ["Some Film"],
  },
  {
    folder: "steam-200k", what: "a purchase is one interaction", counts: [60, 24, 660],
    says: [/rows of hours played are left out/],
  },
  {
    folder: "mind-behaviors", what: "histories and clicks", counts: usual, titles: ["Made-up Title 01 (1981)"],
    tags: ["lifestyle", "royals"],
  },
  // Packing and encoding.
  { folder: "compressed-gz", what: "gzip", counts: usual, says: [/packed with gzip/] },
  { folder: "compressed-zip", what: "zip", counts: usual, says: [/packed with zip/] },
  { folder: "compressed-bz2", what: "bzip2 is named with the way out", refuses: /packed with bzip2.*bunzip2 -k/ },
  { folder: "compressed-xz", what: "xz is named with the way out", refuses: /packed with xz.*unxz -k/ },
  {
    folder: "amazon-jsonl", what: "JSON lines", counts: usual,
    says: [/JSON lines/, /also there and not read: reviews\.json\.gz, reviews\.jsonl/],
  },
  {
    folder: "amazon-jsonl", what: "JSON lines, packed", options: { files: { interactions: "reviews.json.gz" } },
    counts: usual, says: [/JSON lines/],
  },
  { folder: "utf16-bom", what: "UTF-16 with a mark", counts: usual, says: [/UTF-16LE text, separated by tab/] },
  { folder: "utf16-no-bom", what: "UTF-16 without a mark", counts: usual, says: [/UTF-16LE/] },
  {
    folder: "nul-bytes", what: "the first NUL byte, by line and without itself",
    refuses: /^\P{Cc}*ratings\.csv:270: a NUL byte\P{Cc}*$/u,
  },
  {
    folder: "min-cp1252-and-empty-tag", what: "windows-1252, and a row without a tag", counts: [2, 2, 3],
    titles: ["Bob’s Café"], says: [/1 without a tag/],
  },
  // Everything dropped is counted.
  {
    folder: "min-dictionary-gap", what: "a tag without a name", counts: [2, 1, 2],
    says: [/1 of tags without a name \(such as "2"\)/],
  },
  {
    folder: "min-missing-titles-note", what: "items are counted, not rows",
    says: [/no title for 2 of 3 items \(2, 3\)/],
  },
  {
    folder: "titles-repeated-rows", what: "items without a title", counts: usual, says: [/no title for 20 of 24 items/],
  },
  {
    folder: "ragged-row", what: "a bad row by its line",
    refuses: /items\.csv:8: 4 columns, expected 3 .*--skip-bad-rows/,
  },
  {
    folder: "ragged-row", what: "a bad row left out", options: { skipBadRows: true }, counts: usual,
    says: [/1 bad rows left out.*\n.*items\.csv:8: 4 columns/],
  },
  {
    folder: "tsv-newline-in-note", what: "a line break that nothing protects",
    refuses: /ratings\.tsv:43: 1 column, expected 4/,
  },
  {
    folder: "tsv-newline-in-note", what: "the same left out", options: { skipBadRows: true },
    says: [/bad rows left out, the first of them:\n *ratings\.tsv:43/],
  },
  {
    folder: "empty-ratings", what: "an empty rating by its line",
    refuses: /ratings\.csv:52: the rating is "", expected a number/,
  },
  {
    folder: "empty-ratings", what: "an empty rating and NaN left out", options: { skipBadRows: true },
    says: [/2 bad rows left out/],
  },
  // Right before, right now.
  { folder: "big-and-negative-ids", what: "ids beyond 2⁵³, negative ones", counts: usual },
  { folder: "iso-timestamps", what: "ISO times", counts: usual, says: [/4 "timestamp" = timestamp/] },
  { folder: "one-user", what: "one person's export", counts: [1, 24, 24] },
  { folder: "users-with-one-item", what: "users of one item", counts: [120, 24, 480] },
  {
    folder: "no-user-column", what: "no user at all",
    refuses: /missing column for the user: the header has Book Id, Title, .*--column user=NAME/,
  },
  { folder: "duplicate-titles", what: "two items of one title", counts: usual, titles: ["Emma"] },
  {
    folder: "rows-sorted-after-training", what: "the table that was trained on", counts: usual,
    says: [/not read: interactions-sorted\.csv/],
  },
];

for (const { folder, what, options, counts, says = [], titles = [], tags, refuses } of right) {
  test(`${folder}: ${what}`, async () => {
    const read = (): ReturnType<typeof readDataset> =>
      readDataset(join(cases, folder), { minUserInteractions: 1, ...options });
    if (refuses) {
      assert.match(await messageOf(read), refuses);
      return;
    }
    const dataset = await read();
    const { rows, cols, indices } = dataset.interactions;
    if (counts) assert.equal([rows, cols, indices.length], [...counts]);
    for (const line of says) assert.match(dataset.notes.join("\n"), line);
    for (const title of titles) assert.ok(dataset.itemTitles.includes(title), dataset.itemTitles.join(", "));
    if (tags) {
      const { names } = tagCounts(dataset.tags!, cols, { minApplications: 1 });
      assert.equal([...names].sort(), [...tags].sort());
    }
    assert.not.match(dataset.notes.join("\n"), /[^\n\P{Cc}]/u);
  });
}

test("a bad row that is left out leaves its user's other items with the user", async () => {
  const text = "user,item,rating\nu1,a,5\nu1,,5\n,b,5\nu2,b,5\nu3,c,5\nu4,d,x\nu4,e,4\n";
  const options = { minUserInteractions: 1, skipBadRows: true };
  await withFolder({ "ratings.csv": text }, async (folder) => {
    const { interactions: x, userIds, itemIds } = await readDataset(folder, options);
    const got = userIds.map((user, u) => `${user} ${Array.from(csrRow(x, u), (i) => itemIds[i]).join()}`);
    assert.equal(got, ["u1 a", "u2 b", "u3 c", "u4 e"]);
  });
});

test("an item's genre counts once, however many rows the item has", async () => {
  const { tags } = await readDataset(join(cases, "genres-in-event-rows"), { files: { titles: "events.csv" } });
  assert.is(new Set(Array.from(tags!.tag, (tag, a) => `${tag} ${tags!.item[a]}`)).size, tags!.tag.length);
});

test("what was understood is there as data too", async () => {
  const { understood } = await readDataset(join(cases, "scale-10"));
  assert.equal(understood!.ratings, { min: 2, max: 10, threshold: 4, rows: 660, kept: 582, advice: 8 });
  assert.equal(understood!.tables[0].columns.map(({ role, column, name, reason }) => [role, column, name, reason]), [
    ["user", 1, "user", "name"], ["item", 2, "item", "name"], ["rating", 3, "rating", "name"],
  ]);
  assert.is(JSON.stringify(JSON.parse(JSON.stringify(understood))), JSON.stringify(understood));
});

test.run();
