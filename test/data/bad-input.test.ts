/** Bad input ends with one message that names file, line and what was expected. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readDataset } from "../../src/data/read-dataset.js";
import type { ReadOptions } from "../../src/data/read-dataset.js";
import { messageOf, withFolder } from "./temporary-folder.js";

const movies = "movieId,title,genres\n10,A,X\n20,B,Y\n";
const good = "userId,movieId,rating\n1,10,5\n1,20,4\n";
const options = { minUserInteractions: 1 };

const cases: { what: string; files: Record<string, string>; options?: ReadOptions; message: RegExp }[] = [
  {
    what: "missing column",
    files: { "ratings.csv": "userId,movieId,stern\n1,10,5\n", "movies.csv": movies },
    message: /ratings\.csv:1: missing column for the rating: the header has userId, movieId, stern; expected one of/,
  },
  {
    what: "a named column that is not there",
    files: { "t.csv": "user,item\n1,2\n" }, options: { columns: { user: "customer" } },
    message: /t\.csv:1: missing column for the user: .*expected a column "customer"/,
  },
  {
    what: "a header without known names",
    files: { "t.csv": "alpha,beta\n1,2\n" },
    message: /t\.csv:1: missing column for the user and the item: the header has alpha, beta; .*--column user=NAME --column item=NAME/,
  },
  {
    what: "a header of more columns than the rows have",
    files: { "ratings.csv": good, "movies.csv": "movieId,x,y,title\n10,A,X\n20,B,Y\n" },
    message: /movies\.csv:1: the title would be column 4 of the header, but most rows have 3 columns/,
  },
  {
    what: "a first row of one empty field",
    files: { "t.csv": "\"\"\n1 2\n" },
    message: /t\.csv/,
  },
  {
    what: "not a number",
    files: { "ratings.csv": "userId,movieId,rating\n1,10,5\n1,20,many\n", "movies.csv": movies },
    message: /ratings\.csv:3: the rating is "many", expected a number/,
  },
  {
    what: "an empty number",
    files: { "ratings.csv": "userId,movieId,rating\n1,10,\n", "movies.csv": movies },
    message: /ratings\.csv:2: the rating is "", expected a number/,
  },
  {
    what: "wrong column count",
    files: { "ratings.csv": `${good}2,10,5,9\n1,10,5\n`, "movies.csv": movies },
    message: /ratings\.csv:4: 4 columns, expected 3/,
  },
  {
    what: "truncated last line",
    files: { "ratings.csv": `${good}2,1`, "movies.csv": movies },
    message: /ratings\.csv:4: the file ends in the middle of this row \(truncated\?\): 2 columns, expected 3/,
  },
  {
    what: "truncated inside a number",
    files: { "ratings.csv": `${good}2,10,`, "movies.csv": movies },
    message: /ratings\.csv:4: the rating is "", expected a number; the file ends here/,
  },
  {
    what: "truncated inside quotes",
    files: { "ratings.csv": good, "movies.csv": `${movies}30,"Good, the` },
    message: /movies\.csv:4: the file ends inside a quoted field/,
  },
  {
    what: "empty id",
    files: { "ratings.csv": "userId,movieId,rating\n ,10,5\n", "movies.csv": movies },
    message: /ratings\.csv:2: the user id is empty/,
  },
  {
    what: "empty file",
    files: { "ratings.csv": "", "movies.csv": movies },
    message: /ratings\.csv: the file is empty, expected rows with user, item, rating/,
  },
  {
    what: "header only",
    files: { "ratings.csv": "userId,movieId,rating\n", "movies.csv": movies },
    message: /ratings\.csv: no interactions: a header and no rows/,
  },
  {
    what: "nothing passes the filter",
    files: { "ratings.csv": good, "movies.csv": movies }, options: { minUserInteractions: 3 },
    message: /ratings\.csv: nothing left after filtering: 2 rows, .*none has 3 items.*: lower the minimum/,
  },
  {
    what: "one column",
    files: { "interactions.csv": "user\n1\n2\n" },
    message: /interactions\.csv:1: one column only \("user"\), expected columns separated by a comma/,
  },
  {
    what: "UTF-16 that is cut off",
    files: { "interactions.csv": Buffer.from("\uFEFFuser,item\na,b\n", "utf16le").toString("latin1").slice(0, -1) },
    message: /interactions\.csv: holds bytes that are no utf-16le: is it cut off/,
  },
  {
    what: "bad count of a tag",
    files: { "ratings.csv": good, "tags.csv": "item,tag,count\n10,x,lots\n" },
    message: /tags\.csv:2: the count is "lots", expected a number/,
  },
  {
    what: "Goodbooks tags without books.csv",
    files: {
      "ratings.csv": "book_id,user_id,rating\n1,2,5\n", "book_tags.csv": "goodreads_book_id,tag_id,count\n1,1,1\n",
    },
    message: /book_tags\.csv: books\.csv is missing/,
  },
  {
    what: "Goodbooks tags without the dictionary",
    files: {
      "ratings.csv": "book_id,user_id,rating\n1,2,5\n", "books.csv": "book_id,goodreads_book_id,title\n1,1,T\n",
      "book_tags.csv": "goodreads_book_id,tag_id,count\n1,1,1\n",
    },
    message: /tags\.csv: no such file/,
  },
  {
    what: "unknown layout",
    files: { "notes.md": "hello", "a.csv": "1,2", "b.csv": "1,2" },
    message: /looked for\n {2}bookcrossing .*\n {2}movielens .*\n {2}table .*\nbut found a\.csv, b\.csv, notes/s,
  },
  {
    what: "layout asked for but not there",
    files: { "ratings.csv": good }, options: { layout: "msd" },
    message: /no data set recognised; looked for\n {2}msd .*\nbut found ratings\.csv/,
  },
  {
    what: "layout that does not exist",
    files: { "ratings.csv": good }, options: { layout: "netflux" as "msd" },
    message: /unknown layout "netflux", expected one of bookcrossing, goodbooks, movielens, .*, table/,
  },
  {
    what: "a named file that is not there",
    files: { "ratings.csv": good }, options: { files: { tags: "labels.csv" } },
    message: /labels\.csv: no such file; the folder has ratings\.csv/,
  },
  {
    what: "contradictory options, all at once",
    files: { "ratings.csv": good },
    options: { minUserInteractions: -1, minItemInteractions: 1.5, tagSource: "none" as "tags" },
    message: /minUserInteractions is -1, .*; minItemInteractions is 1\.5, .*; tagSource is "none"/,
  },
];

for (const { what, files, options: given, message } of cases) {
  test(what, async () => {
    const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) =>
      [name, what.startsWith("UTF-16") ? Buffer.from(text, "latin1") : text]));
    const got = await withFolder(bytes, (folder) => messageOf(() => readDataset(folder, { ...options, ...given })));
    assert.match(got, message);
  });
}

test("a folder that is not there", async () => {
  assert.match(await messageOf(() => readDataset("/nowhere/at/all")), /\/nowhere\/at\/all: no such folder/);
});

test.run();
