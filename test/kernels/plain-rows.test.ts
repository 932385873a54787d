/** Row-wise and elementwise kernels on numbers worked out by hand. */
import { test } from "uvu";
import { addScaled, relu, reluGradient } from "../../src/kernels/plain/elementwise.js";
import {
  columnSums, destandardiseRows, fillRows, normaliseRows, scaleRows, standardiseRows, subtractRow,
} from "../../src/kernels/plain/rows.js";
import { assertClose } from "../support/assert-close.js";

const exact = { absolute: 0 };
const f = (...values: number[]): Float64Array => Float64Array.from(values);

test("fillRows, subtractRow, addScaled", () => {
  const out = f(9, 9, 9, 9, 9, 9);
  fillRows(out, f(1, 2), 2, 1, 3);
  assertClose(out, [9, 9, 1, 2, 1, 2], exact);
  subtractRow(out, f(1, 2, 3, 4, 5, 6), f(1, 10), 2, 0, 2);
  assertClose(out, [0, -8, 2, -6, 1, 2], exact);
  addScaled(out, f(1, 1, 1, 1, 1, 1), 2, 1, 0, 3);
  assertClose(out, [2, -6, 4, -6, 1, 2], exact);
  addScaled(out, f(1, 1, 1, 1, 1, 1), 2, 0, 3, 6);
  assertClose(out, [2, -6, 4, 2, 2, 2], exact);
});

test("standardiseRows: the n−1 form plus 1e-7; a constant row becomes zeros", () => {
  const x = f(1, 2, 3, 4, 4, 4);
  const [out, mean, std] = [new Float64Array(6), new Float64Array(2), new Float64Array(2)];
  standardiseRows(out, mean, std, x, 3, 0, 2);
  assertClose(mean, [2, 4], exact);
  assertClose(std, [1 + 1e-7, 1e-7], { absolute: 1e-15 });
  assertClose(out, [-1 / (1 + 1e-7), 0, 1 / (1 + 1e-7), 0, 0, 0], { absolute: 1e-15 });
  const back = new Float64Array(6);
  destandardiseRows(back, out, mean, std, 3, 0, 2);
  assertClose(back, x, { absolute: 1e-12 });
});

test("scaleRows and columnSums", () => {
  const out = f(1, 1, 1, 1);
  scaleRows(out, f(1, 2, 3, 4), f(10, -1), 2, 0, 0, 1);
  scaleRows(out, f(1, 2, 3, 4), f(10, -1), 2, 1, 1, 2);
  assertClose(out, [10, 20, -2, -3], exact);
  const sums = f(100, 100);
  columnSums(sums, f(1, 2, 3, 4, 5, 6), 3, 2, 0, 0, 1);
  columnSums(sums, f(1, 2, 3, 4, 5, 6), 3, 2, 1, 1, 2);
  assertClose(sums, [9, 112], exact);
});

test("relu and its gradient", () => {
  const y = new Float64Array(4);
  relu(y, f(-1, 0, 2, -0), 0, 4);
  assertClose(y, [0, 0, 2, 0], exact);
  const dx = f(5, 5, 5, 5);
  reluGradient(dx, f(1, 2, 3, 4), y, 0, 0, 2);
  reluGradient(dx, f(1, 2, 3, 4), y, 1, 2, 4);
  assertClose(dx, [0, 0, 8, 5], exact);
});

test("normaliseRows: unit rows, a zero row stays", () => {
  const w = f(3, 4, 0, 0, -2, 0);
  normaliseRows(w, 2, 0, 3);
  assertClose(w, [0.6, 0.8, 0, 0, -1, 0], { absolute: 1e-15 });
});

test.run();
