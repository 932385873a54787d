/** Numbers as people write them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { count, fixed, fraction, percent, signed, whole, withError } from "../../src/base/numbers.js";

test("minus signs, dashes, and zeros before the point or not", () => {
  assert.equal([0.3274, -0.012, 1, NaN, Infinity].map((x) => fixed(x)), ["0.327", "−0.012", "1.000", "–", "–"]);
  assert.equal([0.3274, -0.012, 1, 10.5, NaN].map((x) => fraction(x)), [".327", "−.012", "1.000", "10.500", "–"]);
  assert.equal([0.5, 0, -0.5].map((x) => signed(x, 1)), ["+0.5", "0.0", "−0.5"]);
  assert.equal([0.988, -1, NaN].map((x) => percent(x, 1)), ["98.8 %", "−100.0 %", "–"]);
});

test("estimates, groups of thousands, plurals", () => {
  assert.is(withError({ mean: 0.3274, se: 0.008 }), "0.327 ± 0.008");
  assert.is(withError({ mean: 0.3274, se: NaN }, 2, fraction), ".33");
  assert.is(whole(1234567), "1,234,567");
  assert.equal([count(1, "neuron"), count(1200, "entry", "entries")], ["1 neuron", "1,200 entries"]);
});

test.run();
