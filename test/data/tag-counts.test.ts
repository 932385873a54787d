/** Tag counts: support filter, drop list, order, restriction to users. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import type { TagApplications } from "../../src/data/dataset.js";
import { readerShelves } from "../../src/data/layouts/goodbooks.js";
import { tagCounts } from "../../src/data/tags/tag-counts.js";

/** b: 3 applications, a: 3, rare: 1, c: 2 with counts 4 and 1. */
const tags: TagApplications = {
  names: ["b", "rare", "a", "c", "never"],
  tag: Int32Array.of(0, 0, 0, 1, 2, 2, 2, 3, 3),
  item: Int32Array.of(2, 0, 2, 1, 0, 1, 2, 3, 0),
  user: Int32Array.of(0, 0, 1, 1, 1, 2, -1, -1, 2),
  count: Float32Array.of(1, 1, 1, 1, 1, 1, 1, 4, 1),
};

test("rows by descending support, then name; duplicates add up; columns ascend", () => {
  const { names, counts } = tagCounts(tags, 5, { minApplications: 2 });
  assert.equal(names, ["c", "a", "b"]);
  assert.equal([counts.rows, counts.cols], [3, 5]);
  assert.equal([0, 1, 2].map((r) => [...csrRow(counts, r)]), [[0, 3], [0, 1, 2], [0, 2]]);
  assert.equal([...counts.values!], [1, 4, 1, 1, 1, 1, 2]);
});

test("the default support is 100, tags without an application never count", () => {
  assert.equal(tagCounts(tags, 5).names, []);
  assert.equal(tagCounts(tags, 5).counts.rows, 0);
  assert.equal(tagCounts(tags, 5, { minApplications: 0 }).names, ["c", "a", "b", "rare"]);
});

test("support of the whole source decides where it is known", () => {
  const { names } = tagCounts({ ...tags, support: Float64Array.of(9, 100, 100, 5, 500) }, 5);
  assert.equal(names, ["a", "rare"]);
});

test("drop patterns, with or without the global flag", () => {
  assert.equal(tagCounts(tags, 5, { minApplications: 1, drop: [/^r/, /^[ab]$/g] }).names, ["c"]);
});

test("users restrict the counts but not the rows; unknown taggers fall out", () => {
  for (const users of [new Set([1, 2]), Int32Array.of(1, 2)]) {
    const { names, counts } = tagCounts(tags, 5, { minApplications: 2, users });
    assert.equal(names, ["c", "a", "b"]);
    assert.equal([0, 1, 2].map((r) => [...csrRow(counts, r)]), [[0], [0, 1], [2]]);
  }
});

test("reader shelves go, content stays", () => {
  const dropped = (name: string): boolean => readerShelves.some((pattern) => pattern.test(name));
  for (const name of [
    "to-read", "currently-reading", "owned", "books-i-own", "favorites", "favourites", "kindle", "ebook", "audiobook",
    "library", "default", "wish-list", "read-in-2015", "2016", "did-not-finish", "dnf", "didn-t-finish", "book-club",
    "5-stars", "re-read", "to-buy", "my-books", "tbr", "i-own", "own-it", "abandoned", "read", "books",
  ]) assert.ok(dropped(name), `${name} describes the reader`);
  for (const name of [
    "fantasy", "non-fiction", "young-adult", "historical-fiction", "romance", "poetry", "graphic-novels",
    "harry-potter",
    "dystopian", "war", "science-fiction", "biography", "vampires", "cookbooks", "self-help", "new-york", "love", "art",
    "family", "classics", "comic-books", "picture-books", "travel", "children", "home-improvement", "general-fiction",
  ]) assert.not(dropped(name), `${name} describes the book`);
});

test.run();
