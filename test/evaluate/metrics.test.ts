/** Ranking metrics worked out by hand, and the standard error. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { estimate, ndcg, recall } from "../../src/evaluate/metrics.js";
import { assertClose } from "../support/assert-close.js";

const targets = (...items: number[]): Int32Array => Int32Array.from(items);
const tight = { absolute: 1e-12 };

test("recall: hits by what could be hit", () => {
  assertClose(recall([5, 1, 7], targets(1, 9)), 1 / 2, tight);
  assertClose(recall([5, 1, 7], targets(1, 5, 7, 8, 9)), 1, tight);
  assertClose(recall([0, 1], targets(2, 3)), 0, tight);
});

test("nDCG: discounted by rank, divided by the best possible", () => {
  assertClose(ndcg([1, 2, 3], targets(1)), 1, tight);
  assertClose(ndcg([2, 1, 3], targets(1)), 1 / Math.log2(3), tight);
  assertClose(ndcg([9, 1, 2], targets(1, 2)), (1 / Math.log2(3) + 1 / 2) / (1 + 1 / Math.log2(3)), tight);
  assertClose(ndcg([7, 8], targets(1, 7, 8)), 1, tight);
});

test("empty places never hit, and users without targets are no number", () => {
  assertClose(recall([3, -1, -1], targets(3, 4)), 1 / 2, tight);
  assertClose(ndcg([-1, -1], targets(0)), 0, tight);
  assert.ok(Number.isNaN(recall([1], targets())) && Number.isNaN(ndcg([1], targets())));
});

test("both lie in 0 … 1; 1 for the ideal list; nDCG falls when a hit moves down", () => {
  const items = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 25 });
  fc.assert(fc.property(items, items, (list, wanted) => {
    const sorted = Int32Array.from([...wanted].sort((a, b) => a - b));
    for (const metric of [recall, ndcg]) {
      const value = metric(list, sorted);
      assert.ok(value >= 0 && value <= 1 + 1e-12);
      assertClose(metric(wanted, sorted), 1, tight);
    }
    const hit = list.findIndex((item) => wanted.includes(item));
    const miss = list.findIndex((item, at) => at > hit && !wanted.includes(item));
    if (hit >= 0 && miss > hit) {
      const worse = [...list];
      [worse[hit], worse[miss]] = [worse[miss], worse[hit]];
      assert.ok(ndcg(worse, sorted) < ndcg(list, sorted));
      assertClose(recall(worse, sorted), recall(list, sorted), tight);
    }
  }));
});

test("estimate: mean, and std/√n in the n−1 form; NaN left out", () => {
  const { mean, se, n } = estimate([1, 2, NaN, 3, 6]);
  assertClose([mean, se, n], [3, Math.sqrt(14 / 3 / 4), 4], tight);
  const one = estimate([5]);
  assert.is(one.mean, 5);
  assert.ok(Number.isNaN(one.se));
  assert.ok(Number.isNaN(estimate([]).mean));
  assert.is(estimate([NaN]).n, 0);
});

test.run();
