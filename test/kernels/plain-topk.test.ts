/** The K largest positive entries of a row: by hand, at the edges, and against sorting. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { topkRelu } from "../../src/kernels/plain/topk.js";

/** The winners of each row as [column, value] pairs. */
function topk(rows: readonly (readonly number[])[], k: number, begin = 0, end = rows.length): [number, number][][] {
  const cols = rows[0].length;
  const indices = new Int32Array(rows.length * k).fill(-7);
  const values = new Float64Array(rows.length * k).fill(NaN);
  const rowEnd = new Int32Array(rows.length);
  topkRelu(indices, values, rowEnd, Float64Array.from(rows.flat()), cols, k, begin, end);
  return rows.map((_, r) => Array.from({ length: Math.max(0, rowEnd[r] - r * k) }, (__, i) => [
    indices[r * k + i], values[r * k + i],
  ]));
}

test("the largest, ascending by column", () => {
  assert.equal(topk([[3, -1, 7, 0, 5]], 2), [[[2, 7], [4, 5]]]);
  assert.equal(topk([[1, 2, 3], [3, 2, 1]], 1), [[[2, 3]], [[0, 3]]]);
});

test("only positive entries count: a row may have fewer than k, or none", () => {
  assert.equal(topk([[-1, 0, -0, 2]], 3), [[[3, 2]]]);
  assert.equal(topk([[-1, -2, 0]], 2), [[]]);
});

test("k beyond the columns", () => {
  assert.equal(topk([[1, -1, 2]], 8), [[[0, 1], [2, 2]]]);
});

test("ties go to the lowest column", () => {
  assert.equal(topk([[4, 4, 4, 4, 4]], 3), [[[0, 4], [1, 4], [2, 4]]]);
  assert.equal(topk([[1, 5, 1, 5, 1, 9]], 4), [[[0, 1], [1, 5], [3, 5], [5, 9]]]);
});

test("NaN never wins, infinity does", () => {
  assert.equal(topk([[NaN, 1, NaN, 2]], 3), [[[1, 1], [3, 2]]]);
  assert.equal(topk([[1, Infinity, NaN, 2]], 1), [[[1, Infinity]]]);
});

test("a range leaves other rows alone", () => {
  assert.equal(topk([[1, 2], [3, 4], [5, 6]], 1, 1, 2), [[], [[1, 4]], []]);
});

test("the same as sorting, for any row with many ties", () => {
  fc.assert(fc.property(
    fc.array(fc.constantFrom(-1, 0, 1, 2, 3, NaN, 0.5), { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 12 }),
    (row, k) => {
      const expected = row.map((value, column): [number, number] => [column, value])
        .filter(([, value]) => value > 0)
        .sort((a, b) => b[1] - a[1] || a[0] - b[0])
        .slice(0, k)
        .sort((a, b) => a[0] - b[0]);
      assert.equal(topk([row], k), [expected]);
    },
  ), { numRuns: 500 });
});

test.run();
