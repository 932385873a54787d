/** The numeric assertion can fail, and is strict where a lenient one would let errors pass. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertClose, worstError } from "./assert-close.js";

test("equal, and within the tolerance", () => {
  assertClose([1, 2, -Infinity], [1, 2, -Infinity]);
  assertClose([1.05], [1], { absolute: 0.1 });
  assertClose([1010], [1000], { absolute: 0, relative: 0.02 });
  assertClose([], []);
});

test("beyond the tolerance, with the worst error and where it is", () => {
  assert.throws(
    () => assertClose([1, 2.5, 4], [1, 2, 3], {}, "loss"), /loss: first beyond tolerance at \[1\].*error 1 at \[2\]/,
  );
  assert.throws(() => assertClose(1.05, 1, { absolute: 0.01 }));
  assert.throws(() => assertClose(1010, 1000, { absolute: 0, relative: 0.005 }));
  assert.throws(() => assertClose([1], [1, 1]), /1 elements, expected 2/);
});

test("NaN never passes, nor does the wrong infinity", () => {
  assert.throws(() => assertClose([NaN], [1]));
  assert.throws(() => assertClose([1], [NaN]));
  assert.throws(() => assertClose([NaN], [NaN]));
  assert.throws(() => assertClose([Infinity], [-Infinity]));
  assert.throws(() => assertClose([1e300], [Infinity]));
  assert.throws(() => assertClose([5], [Infinity], { relative: 0.1 }));
  assert.throws(() => assertClose([2], [1], { absolute: NaN }));
});

test("the worst error", () => {
  const worst = worstError([1, 5, -2], [1, 4, -4]);
  assert.equal([worst.absolute, worst.relative, worst.index], [2, 0.5, 2]);
  assert.ok(Number.isNaN(worstError([NaN], [0]).absolute));
});

test.run();
