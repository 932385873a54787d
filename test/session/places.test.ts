/** Places by one pass are those of a full sort. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { placesOf } from "../../src/session/scores/places.js";

/** As rankRows orders: by score, ties to the lower number. */
function placesBySorting(scores: Float32Array, items: readonly number[]): number[] {
  const order = Array.from(scores, (_, j) => j).sort((a, b) => scores[b] - scores[a] || a - b);
  return items.map((item) => order.indexOf(item) + 1);
}

test("places are those of a full sort, ties and −∞ included", () => {
  const score = fc.oneof(fc.constantFrom(0, 1, 0.5), fc.float({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(fc.property(
    fc.array(fc.oneof(score, fc.constant(-Infinity)), { minLength: 1, maxLength: 60 }).chain((list) => fc.tuple(
      fc.constant(Float32Array.from(list, (x) => x + 0)),
      fc.uniqueArray(fc.nat({ max: list.length - 1 }), { maxLength: 20 }))),
    ([scores, all]) => {
      const items = all.filter((item) => scores[item] > -Infinity);
      assert.equal(placesOf(scores, items), placesBySorting(scores, items));
    }), { seed: 14, numRuns: 500 });
});

test("nothing asked, nothing placed", () => assert.equal(placesOf(new Float32Array(3), []), []));

test.run();
