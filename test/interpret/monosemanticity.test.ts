/** Monosemanticity: pure and mixed neurons by hand, and the one-pass sum against all pairs. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { monosemanticity } from "../../src/interpret/monosemanticity.js";
import { assertClose } from "../support/assert-close.js";
import { csrFromDense } from "../support/csr-from-dense.js";

// Items 0, 1 are tagged 0; items 2, 3 are tagged 1.
const tags = csrFromDense([1, 1, 0, 0, 0, 0, 1, 1], 2, 4);

test("one kind of item scores 1, two kinds in equal parts a third, a lone item nothing", () => {
  //                      n0 pure, n1 mixed, n2 lone, n3 dead
  const codes = csrFromDense([2, 1, 5, 0, 2, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0], 4, 4);
  const scores = monosemanticity(codes, tags);
  // n1: all six pairs weigh the same, two of them are alike.
  assertClose(scores.subarray(0, 2), [1, 1 / 3], { absolute: 1e-6 });
  assert.ok(Number.isNaN(scores[2]) && Number.isNaN(scores[3]));
});

test("agrees with the sum over pairs", () => {
  const [items, T] = [6, 3];
  const cells = (n: number, max: number): fc.Arbitrary<number[]> =>
    fc.array(fc.nat(max), { minLength: n, maxLength: n });
  fc.assert(fc.property(cells(items, 3), cells(T * items, 3), (activation, counts) => {
    const got = monosemanticity(csrFromDense(activation, items, 1), csrFromDense(counts, T, items))[0];
    const low = Math.min(...activation);
    const span = Math.max(...activation) - low;
    const a = activation.map((v) => (span > 0 ? (v - low) / span : v > 0 ? 1 : 0));
    const profile = a.map((_, i) => Array.from({ length: T }, (_, t) => {
      const support = counts.slice(t * items, (t + 1) * items).filter((count) => count > 0).length;
      return support > 0 ? counts[t * items + i] * Math.log(items / support) : 0;
    })).map((v) => {
      const norm = Math.hypot(...v);
      return v.map((e) => (norm > 0 ? e / norm : 0));
    });
    let weighted = 0;
    let weight = 0;
    for (let i = 0; i < items; i++) {
      for (let j = 0; j < i; j++) {
        weight += a[i] * a[j];
        weighted += a[i] * a[j] * profile[i].reduce((sum, e, t) => sum + e * profile[j][t], 0);
      }
    }
    if (weight > 0) assertClose(got, weighted / weight, { absolute: 1e-6 });
    else assert.ok(Number.isNaN(got));
  }));
});

test.run();
