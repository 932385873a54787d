/** A title and the year at its end: joined, cut, and joined only once. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cutYear, withYear, yearOf } from "../../src/base/title-year.js";

test("a year is found at the end alone, also where it goes on to another", () => {
  assert.equal(cutYear("Alien (1979)"), ["Alien", "(1979)"]);
  assert.equal(cutYear("The Wire (2002–2008)"), ["The Wire", "(2002–2008)"]);
  assert.equal(cutYear("Nowhere to Hide (Somewhere) (1999)"), ["Nowhere to Hide (Somewhere)", "(1999)"]);
  for (const title of ["1984", "(1979)", "2001: A Space Odyssey", "Alien (1979) cut", "Disc (12345)", ""]) {
    assert.equal([cutYear(title), yearOf(title)], [[title, ""], null], title);
  }
  assert.equal(["Alien (1979)", "The Wire (2002-)"].map(yearOf), [1979, 2002]);
});

test("a cell's year is put behind a title, unless one is there or the cell holds none", () => {
  for (const cell of ["1979", " 1979 ", "1979.0", "1979-05-25"]) assert.is(withYear("Alien", cell), "Alien (1979)");
  for (const cell of ["", "79", "19790", "0", "-750.0", "May 1979"]) assert.is(withYear("Alien", cell), "Alien", cell);
  assert.is(withYear("Alien (1979)", "2003"), "Alien (1979)");
});

test("whatever the title: what is joined comes apart, and the parts are the text", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1000, max: 2999 }), (title, year) => {
    const joined = withYear(title.trim(), String(year));
    const [name, end] = cutYear(joined);
    assert.is(joined.replaceAll(/\s/g, ""), `${name}${end}`.replaceAll(/\s/g, ""));
    if (title.trim() === "" || yearOf(title.trim()) !== null) return;
    assert.equal([name, yearOf(joined)], [title.trim(), year]);
  }));
});

test.run();
