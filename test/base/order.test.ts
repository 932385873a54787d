/** Positions by falling value, as a comparison puts them, ties by position; a value's place among rising ones. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fallingOrder, firstFrom } from "../../src/base/order.js";
import { Random } from "../../src/base/random.js";

const compared = (values: Float64Array): Int32Array => Int32Array.from(values.keys())
  .sort((a, b) => (values[a] === values[b] ? a - b : values[a] < values[b] ? 1 : -1));

test("agrees with a sort that compares, for floats, doubles, zeros of either sign and infinities", () => {
  const random = new Random(5);
  const kinds = [
    () => 0, () => -0, () => Infinity, () => -Infinity, () => Math.fround(random.normal()), () => random.normal(),
    () => 1 + random.below(4) * 2 ** -40, () => random.normal() * 10 ** (300 * random.uniform()),
  ];
  for (const n of [0, 1, 2, 7, 300, 5000]) {
    const values = Float64Array.from({ length: n }, () => kinds[random.below(kinds.length)]());
    assert.equal(fallingOrder(values), compared(values), `${n} numbers`);
  }
});

test("what rounds to one float is told apart", () => {
  assert.equal(fallingOrder(Float64Array.of(1, 1 + 2 ** -30, 1, 1 + 2 ** -29)), Int32Array.of(3, 1, 0, 2));
});

test("the first place from a value on: before equals, between neighbours, at either end, in an empty list", () => {
  const sorted = [-2, 1, 1, 4];
  assert.equal([-3, -2, 0, 1, 2, 4, 5].map((value) => firstFrom(sorted, value)), [0, 0, 1, 1, 3, 3, 4]);
  assert.is(firstFrom([], 1), 0);
});

test.run();
