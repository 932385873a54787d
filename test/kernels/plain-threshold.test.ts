/** Selection by a threshold, against sorting. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compressAbove, countAbove, nthLargest } from "../../src/kernels/plain/threshold.js";

function nth(x: Float32Array, n: number): number {
  const out = new Float32Array(1);
  nthLargest(out, x, n, 0, 1);
  return out[0];
}

test("nthLargest is the n-th of the sorted positive entries, 0 beyond them", () => {
  const float = fc.float({ noNaN: true, min: -4, max: Math.fround(1e30) });
  fc.assert(fc.property(fc.array(fc.oneof(float, fc.constantFrom(0, 1, 1e-40, 0.5)), { maxLength: 60 }), (list) => {
    const x = Float32Array.from(list);
    const sorted = [...x].filter((v) => v > 0).sort((a, b) => b - a);
    for (let n = 1; n <= list.length + 1; n++) assert.is(nth(x, n), sorted[n - 1] ?? 0);
  }));
});

test("NaN and infinities: a NaN never counts, +∞ is the largest", () => {
  assert.is(nth(Float32Array.of(NaN, 2, Infinity, -Infinity, 1), 1), Infinity);
  assert.is(nth(Float32Array.of(NaN, 2, Infinity, -Infinity, 1), 3), 1);
  assert.is(nth(Float32Array.of(NaN, 2), 2), 0);
});

test("counting and compressing keep positive entries at or above the threshold, row by row, in ascending order", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 7 }), fc.boolean(),
    fc.infiniteStream(fc.integer({ min: -3, max: 5 })),
    (rows, cols, shared, numbers) => {
      const take = (n: number): Float32Array => Float32Array.from({ length: n }, () => numbers.next().value as number);
      const x = take(rows * cols);
      const threshold = take(shared ? 1 : cols);
      const stride = shared ? 0 : 1;
      const counts = new Int32Array(rows);
      countAbove(counts, x, threshold, stride, cols, 0, rows);
      const starts = new Int32Array(rows + 1);
      counts.forEach((count, r) => { starts[r + 1] = starts[r] + count; });
      const [indices, values] = [new Int32Array(starts[rows]), new Float32Array(starts[rows])];
      // The upper half of the rows first: ranges do not depend on each other.
      const half = rows >> 1;
      compressAbove(indices, values, starts, x, threshold, stride, cols, half, rows);
      compressAbove(indices, values, starts, x, threshold, stride, cols, 0, half);
      const expected: [number, number][][] = Array.from({ length: rows }, () => []);
      x.forEach((v, i) => {
        const c = i % cols;
        if (v > 0 && v >= threshold[shared ? 0 : c]) expected[Math.floor(i / cols)].push([c, v]);
      });
      assert.equal([...counts], expected.map((row) => row.length));
      assert.equal([...indices].map((c, q) => [c, values[q]]), expected.flat());
    },
  ));
});

test.run();
