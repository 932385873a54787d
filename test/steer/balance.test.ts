/** Balanced lists: what each weight does alone, greedy steps against the formula written out, prices counted. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists } from "../../src/base/csr.js";
import { calibrationKl, tagDistribution } from "../../src/evaluate/calibration.js";
import { balanceList, type BalanceData } from "../../src/steer/balance.js";
import { minMax, rerank } from "../../src/steer/rerank.js";

const ranking = [4, 2, 7, 0, 5, 1];
const scores = [9, 8, 6, 5, 3, 1];
const users = [10, 60, 30, 0, 50, 10, 0, 40];
const tags = csrFromLists([[0], [1], [0, 2], [], [1], [2], [], [0, 1]], 3);
/** Items with a tag in common are alike. */
const cosine = (a: number, b: number): number => (a % 2 === b % 2 ? 0.8 : 0.1);
const data: BalanceData = { users, cosine, tags, history: Float64Array.of(0.5, 0.25, 0.25) };

function close(got: number, expected: number): void {
  assert.ok(Math.abs(got - expected) < 1e-12, `${got} against ${expected}`);
}

test("without any weight the list is the plain one, at no price", () => {
  const { order, price } = balanceList(ranking, scores, 3, 1, {}, data);
  assert.equal(order, [1, 2, 3]);
  assert.equal([price.kept, price.overlap, price.places], [1, 1, [2, 3, 4]]);
  assert.equal(price.balanced, price.plain);
  close(price.plain.users!, 80 / 3);
  close(price.plain.distance!, (0.9 + 0.2 + 0.9) / 3);
  close(price.plain.calibration!, calibrationKl(data.history!, tagDistribution([2, 7, 0], tags)));
});

test("popularity alone orders the pool by users, either way, and leaves what lies behind it", () => {
  const listed = (popularity: number, pool?: number): number[] =>
    balanceList(ranking, scores, 6, 0, { popularity, pool }, data).order.map((at) => ranking[at]);
  assert.equal(listed(1), [1, 4, 7, 2, 0, 5]);
  assert.equal(listed(-1), [0, 5, 2, 7, 4, 1]);
  assert.equal(listed(-1, 3), [2, 7, 4, 0, 5, 1]);
});

test("the price is counted on the lists", () => {
  const { order, price } = balanceList(ranking, scores, 2, 0, { popularity: -1 }, data);
  assert.equal(order, [3, 4]);
  close(price.kept, 8 / 17);
  assert.equal([price.overlap, price.places], [0, [4, 5]]);
  assert.equal([price.plain.users, price.balanced.users], [40, 10]);
  const unknown = { users: null, cosine: null, tags: null, history: null };
  assert.equal(balanceList(ranking, scores, 2, 0, {}, unknown).price.plain,
    { users: null, distance: null, calibration: null });
});

const some = fc.array(fc.record({
  score: fc.integer({ min: 0, max: 50 }), users: fc.integer({ min: 0, max: 9 }),
  tags: fc.uniqueArray(fc.integer({ min: 0, max: 5 })),
}), { minLength: 1, maxLength: 14 });
const weight = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);

test("pages of one balanced ranking fit together, whatever is weighed", () => {
  fc.assert(fc.property(some, weight, weight, weight, fc.integer({ min: 1, max: 16 }), (items, p, v, c, pool) => {
    const order = items.map((_, i) => i).sort((a, b) => items[b].score - items[a].score);
    const given: BalanceData = {
      users: items.map((one) => one.users), cosine, tags: csrFromLists(items.map((one) => one.tags), 6),
      history: Float64Array.from({ length: 6 }, (_, t) => (t + 1) / 21),
    };
    const balance = { popularity: 2 * p - 1, variety: v, calibration: c, pool };
    const page = (n: number, offset: number): readonly number[] =>
      balanceList(order, order.map((i) => items[i].score), n, offset, balance, given).order;
    const whole = page(items.length, 0);
    assert.equal([...whole].sort((a, b) => a - b), items.map((_, i) => i), "every item once");
    assert.equal([...page(3, 0), ...page(3, 3), ...page(20, 6)], whole);
  }), { seed: 3, numRuns: 200 });
});

test("the greedy steps are those of the formula, whose C_KL is worked out whole here", () => {
  fc.assert(fc.property(some, weight, weight, (items, v, c) => {
    const rel = minMax(items.map(({ score }) => score));
    const carried = csrFromLists(items.map((one) => one.tags), 6);
    const history = Float64Array.from({ length: 6 }, (_, t) => (t === 5 ? 0 : (5 - t) / 15));
    const worth = (list: readonly number[], i: number): number =>
      (1 - c) * ((1 - v) * rel[i] - v * (list.length === 0 ? 0 : Math.max(...list.map((j) => cosine(i, j))))) -
      c * calibrationKl(history, tagDistribution([...list, i], carried));
    const pool = items.map((_, i) => i);
    const got = rerank(pool, rel, items.length, { weight: v, cosine }, { weight: c, history, tags: carried });
    got.forEach((i, place) => {
      const before = got.slice(0, place);
      const best = Math.max(...pool.filter((one) => !before.includes(one)).map((one) => worth(before, one)));
      assert.ok(worth(before, i) > best - 1e-9, `place ${place}: ${worth(before, i)} of at most ${best}`);
    });
  }), { seed: 5, numRuns: 200 });
});

test.run();
