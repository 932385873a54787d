/** The golden loader: shapes are checked, and what is missing is an error. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Golden, loadGolden } from "./goldens.js";

test("arrays, numbers and NaN", () => {
  const golden = new Golden("g", { about: "a", x: { shape: [2, 1], data: [1, null] }, list: [3, 4], deep: [{ n: 2 }] });
  const { shape, data } = golden.shaped("x");
  assert.equal(shape, [2, 1]);
  assert.ok(data[0] === 1 && Number.isNaN(data[1]));
  assert.equal(golden.ints("list"), Int32Array.of(3, 4));
  assert.is(golden.number("deep.0.n"), 2);
  assert.is(golden.has("deep.1"), false);
});

test("a missing path, a wrong shape and words are refused by name", () => {
  const golden = new Golden("g", { x: { shape: [3], data: [1] }, words: ["a"] });
  assert.throws(() => golden.array("y"), /golden g: nothing at "y"/);
  assert.throws(() => golden.array("x"), /has 1 numbers, its shape \[3\] says 3/);
  assert.throws(() => golden.array("words"), /string/);
});

test("the files beside the tests are found", () => {
  assert.match(loadGolden("adam").about, /./);
});

test.run();
