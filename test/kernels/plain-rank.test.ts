/** Ranking and masking: order, ties, and what is never listed. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { gatherRows, maskRows, placesInRow, rankListed, rankRows } from "../../src/kernels/plain/rank.js";

function rank(rows: readonly (readonly number[])[], n: number): { lists: number[][]; scores: number[][] } {
  const indices = new Int32Array(rows.length * n);
  const best = new Float64Array(rows.length * n);
  rankRows(indices, best, Float64Array.from(rows.flat()), rows[0].length, n, 0, rows.length);
  const cut = (list: Int32Array | Float64Array): number[][] =>
    rows.map((_, r) => [...list.subarray(r * n, (r + 1) * n)]);
  return { lists: cut(indices), scores: cut(best) };
}

test("best first, negative scores too", () => {
  assert.equal(rank([[0.1, 0.9, -5, 0.5], [4, 3, 2, 1]], 3), {
    lists: [[1, 3, 0], [0, 1, 2]], scores: [[0.9, 0.5, 0.1], [4, 3, 2]],
  });
});

test("ties go to the lowest column", () => {
  assert.equal(rank([[0, 0, 1, 0, 1]], 4).lists, [[2, 4, 0, 1]]);
});

test("n beyond the columns: empty places hold −1 and −∞", () => {
  assert.equal(rank([[1, 2]], 4), { lists: [[1, 0, -1, -1]], scores: [[2, 1, -Infinity, -Infinity]] });
});

test("masked entries and NaN are never listed", () => {
  assert.equal(rank([[NaN, -Infinity, 3, NaN]], 2).lists, [[2, -1]]);
  assert.equal(rank([[NaN, NaN]], 2).lists, [[-1, -1]]);
});

test("the same as a stable sort, for any row", () => {
  const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, -Infinity, Infinity));
  fc.assert(fc.property(fc.array(score, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (row, n) => {
    const expected = [...row.keys()].filter((j) => row[j] > -Infinity)
      .sort((a, b) => row[b] - row[a] || a - b).slice(0, n);
    while (expected.length < n) expected.push(-1);
    assert.equal(rank([row], n).lists, [expected]);
  }), { numRuns: 500 });
});

test("long lists, which are made another way, are the same: ties, NaN and infinities among them", () => {
  const random = new Random(9);
  const special = [NaN, -Infinity, Infinity, 0, -0];
  for (const [columns, n] of [[300, 257], [3000, 257], [3000, 1000], [3000, 3000], [1000, 5000], [257, 257]]) {
    const row = Array.from({ length: columns }, () =>
      (random.below(20) === 0 ? special[random.below(5)] : random.below(columns) / 4 - 100));
    const order = [...row.keys()].filter((j) => row[j] > -Infinity).sort((a, b) => row[b] - row[a] || a - b);
    const cut = (list: readonly number[]): number[] =>
      [...list.slice(0, n), ...Array.from({ length: Math.max(0, n - list.length) }, () => -1)];
    assert.equal(rank([row], n).lists, [cut(order)]);
    const listed = Int32Array.from(row.keys()).filter((j) => j % 3 > 0);
    const [indices, best] = [new Int32Array(n), new Float64Array(n)];
    rankListed(indices, best, Float64Array.from(row), listed, columns, n, 0, 1);
    assert.equal([...indices], cut(order.filter((j) => j % 3 > 0)));
    assert.equal([...best], [...indices].map((j) => (j < 0 ? -Infinity : row[j])));
  }
});

test("of some columns only: the full ranking without the others", () => {
  fc.assert(fc.property(
    fc.array(fc.constantFrom(-2, -1, 0, 0.5, 1, 3, -Infinity, NaN), { minLength: 1, maxLength: 40 }),
    fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), fc.integer({ min: 1, max: 12 }),
    (row, taken, n) => {
      const listed = Int32Array.from(row.keys()).filter((column) => taken[column]);
      const [indices, best] = [new Int32Array(n), new Float64Array(n)];
      rankListed(indices, best, Float64Array.from(row), listed, row.length, n, 0, 1);
      const masked = row.map((score, column) => (taken[column] ? score : -Infinity));
      const { lists, scores } = rank([masked], n);
      assert.equal([...indices], lists[0]);
      assert.equal([...best], scores[0]);
    },
  ));
});

test("gatherRows copies the rows that are named, in their order", () => {
  const out = new Float64Array(6);
  gatherRows(out, Float64Array.from([1, 2, 3, 4, 5, 6]), Int32Array.from([2, 0, 2]), 2, 0, 3);
  assert.equal([...out], [5, 6, 1, 2, 5, 6]);
});

test("maskRows", () => {
  const x = Float64Array.of(1, 2, 3, 4, 5, 6);
  maskRows(x, Int32Array.of(0, 2), Int32Array.of(2, 3), Int32Array.of(0, 2, 1), 3, 0, 2);
  assert.equal([...x], [-Infinity, 2, -Infinity, 4, -Infinity, 6]);
  maskRows(x, Int32Array.of(0, 2), Int32Array.of(2, 3), Int32Array.of(1, 2, 0), 3, 1, 2);
  assert.equal([...x], [-Infinity, 2, -Infinity, -Infinity, -Infinity, 6]);
});

test("places are those of a whole ranking", () => {
  const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Infinity, -Infinity));
  fc.assert(fc.property(fc.array(score, { minLength: 1, maxLength: 30 }), (row) => {
    const ranked = [...row.keys()].sort((a, b) => (row[a] === row[b] ? a - b : row[b] - row[a]));
    const places = new Int32Array(row.length);
    placesInRow(places, Float64Array.from(row), Int32Array.from(row.keys()), 0, row.length);
    assert.equal([...places], [...row.keys()].map((column) => ranked.indexOf(column) + 1));
  }), { numRuns: 200, seed: 67 });
});

test.run();
