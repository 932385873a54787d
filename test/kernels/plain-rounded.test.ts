/** Rounding to 16 bits, interleaving and products of what was rounded, against their closed forms. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import {
  QUANTUM, interleaveRows, largestSizes, roundRows, roundedMatmul, roundedMatmulABt, roundedMatmulAtB,
} from "../../src/kernels/plain/rounded.js";
import { matmul, matmulABt, matmulAtB } from "../../src/kernels/plain/matmul.js";

test("a block of 1,024 products fits 32 bits, one more of the next quantum would not", () => {
  assert.ok(1024 * QUANTUM ** 2 < 2 ** 31 && 1024 * (QUANTUM + 1) ** 2 > 2 ** 31);
});

test("the nearest whole number, the even one of two; an odd row ends with 0; scale 0 gives 0", () => {
  const q = new Int32Array(4);
  roundRows(q, Float32Array.of(1, -3, 1.25, 9, 9, 9), Float32Array.of(0.5, 0), 3, 0, 2);
  assert.equal([...new Int16Array(q.buffer)], [2, -6, 2, 0, 0, 0, 0, 0]);
  roundRows(q, Float32Array.of(0.5, 1.5, -0.5, -1.5, -2.5, 2.500001), Float32Array.of(1), 6, 0, 1);
  assert.equal([...new Int16Array(q.buffer).subarray(0, 6)], [0, 2, -0, -2, -2, 3].map((v) => v + 0));
});

test("largest sizes, and two rows side by side", () => {
  const sizes = new Float32Array(2);
  largestSizes(sizes, Float32Array.of(1, -3, 2, 0, 0, 0), 3, 0, 2);
  assert.equal([...sizes], [3, 0]);
  const q = new Int32Array(6);
  roundRows(q, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), Float32Array.of(1, 1, 1), 3, 0, 3);
  const out = new Int32Array(6);
  interleaveRows(out, q, 3, 3, 1, 2);
  interleaveRows(out, q, 3, 3, 0, 1);
  assert.equal([...new Int16Array(out.buffer)], [1, 4, 2, 5, 3, 6, 7, 0, 8, 0, 9, 0]);
});

test("products of whole numbers are the products of those numbers", () => {
  const random = new Random(1);
  const [m, n, k] = [5, 7, 9];
  const whole = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.below(41) - 20);
  /** (rows, cols) along its rows, and along its columns. */
  const along = (x: Float64Array, cols: number): Int32Array => {
    const rows = x.length / cols;
    const q = new Int32Array(rows * Math.ceil(cols / 2));
    roundRows(q, x, new Float64Array(rows).fill(1), cols, 0, rows);
    return q;
  };
  const across = (x: Float64Array, cols: number): Int32Array => {
    const out = new Int32Array(Math.ceil(x.length / cols / 2) * cols);
    interleaveRows(out, along(x, cols), x.length / cols, cols, 0, Math.ceil(x.length / cols / 2));
    return out;
  };
  const [a, b, bt, at] = [whole(m * k), whole(k * n), whole(n * k), whole(k * m)];
  const words = Math.ceil(k / 2);
  for (const accumulate of [0, 1]) {
    const start = whole(m * n);
    const scaled = start.map((v) => 2 * v);
    const [x, y] = [start.slice(), scaled.slice()];
    const same = (): void => {
      assert.equal([...y], [...x].map((v) => 2 * v));
      x.set(start);
      y.set(scaled);
    };
    matmul(x, a, b, m, n, k, accumulate, 0, n);
    roundedMatmul(y, along(a, k), across(b, n), m, n, words, 2, accumulate, 0, n);
    same();
    matmulABt(x, a, bt, m, n, k, accumulate, 0, n);
    roundedMatmulABt(y, along(a, k), along(bt, k), m, n, words, 2, accumulate, 0, n);
    same();
    matmulAtB(x, at, b, m, n, k, accumulate, 0, n);
    roundedMatmulAtB(y, across(at, m), across(b, n), m, n, words, 2, accumulate, 0, n);
    same();
  }
});

test.run();
