/** A transpose and an inner product, against their definitions. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dot, transpose } from "../../src/base/dense.js";

test("transpose: rows become columns, the precision stays, twice is nothing", () => {
  const x = Float32Array.of(1, 2, 3, 4, 5, 6);
  assert.equal(transpose(x, 2, 3), Float32Array.of(1, 4, 2, 5, 3, 6));
  assert.equal(transpose(transpose(Float64Array.from(x), 3, 2), 2, 3), Float64Array.from(x));
  assert.is(transpose(new Float32Array(0), 0, 5).length, 0);
});

test("dot: parts of arrays", () => {
  assert.is(dot([1, 2, 3], Float32Array.of(0, 10, 100), 1, 0, 2), 30);
  assert.is(dot([], [], 0, 0, 0), 0);
});

test.run();
