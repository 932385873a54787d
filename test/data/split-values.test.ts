/** Several tags in a cell, as programs and people write them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { pathNames, valueSplitter } from "../../src/data/tags/split-values.js";

/** Cells of a column of genres, the tags of the first cell, and how the column was understood. */
const columns: readonly [string, readonly string[], readonly string[], RegExp][] = [
  ["bars", ["Sci-Fi|War", "Drama"], ["Sci-Fi", "War"], /by \|/],
  ["commas and blanks", ["Sci-Fi , War", "Drama, War"], ["Sci-Fi", "War"], /by ,/],
  ["slashes that lead nowhere", ["Sci-Fi/War", "Drama/War", "War/Drama", "Drama", "Sci-Fi/Drama"], ["Sci-Fi", "War"], /by \//],
  ["a genre with a slash in it", ["Sci-Fi/Fantasy", "Drama", "War", "Noir"], ["Sci-Fi/Fantasy"], /one tag a cell/],
  ["JSON", ["[\"War\", \"It's\"]"], ["War", "It's"], /lists/],
  ["Python", ["['War', \"It's\", None]"], ["War", "It's"], /lists/],
  ["Python's tuples", ["('War', 'Drama')", "('War',)"], ["War", "Drama"], /lists/],
  ["Python's sets", ["{'War', 'Drama'}"], ["War", "Drama"], /lists/],
  ["PostgreSQL's arrays", ["{War,\"Film Noir\"}", "{Drama}"], ["War", "Film Noir"], /lists/],
  ["NumPy's arrays", ["['War' 'Drama']", "['Noir'\n 'War']"], ["War", "Drama"], /lists/],
  ["records", ["[{'id': 1, 'name': 'War'}]"], ["War"], /lists/],
  ["hashtags", ["#war #drama", "#noir"], ["war", "drama"], /each with a #/],
  ["entities of a web page", ["Rock &amp; Roll", "Jazz"], ["Rock & Roll"], /one tag a cell/],
];

for (const [what, cells, expected, about] of columns) {
  test(what, () => {
    const splitter = valueSplitter(cells, undefined, false);
    assert.equal(splitter.split(cells[0]), [...expected]);
    assert.match(splitter.about, about);
  });
}

const steps = [["blanks", " > "], ["none", ">"], ["arrows", " » "], ["entities", " &gt; "], ["slashes", "/"]] as const;
for (const [what, step] of steps) {
  test(`paths, their steps apart by ${what}`, () => {
    const paths = [["Books", "Fiction", "Crime"], ["Books", "Fiction", "Space"], ["Films", "Noir"]];
    const cells = paths.map((path) => path.join(step));
    const { about, split } = valueSplitter(cells, undefined, false);
    assert.match(about, /paths such as/);
    const name = pathNames(cells.flatMap(split));
    assert.equal(split(cells[0]).map(name), ["Books", "Fiction", "Crime"]);
  });
}

test.run();
