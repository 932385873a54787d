/** Loss kernels on rows whose loss is known; their gradients are checked in test/autograd. */
import { test } from "uvu";
import {
  cosineDistance, cosineDistanceGradient, reluResidual, reluResidualGradient, squaredError, squaredErrorGradient,
} from "../../src/kernels/plain/losses.js";
import { assertClose } from "../support/assert-close.js";

const exact = { absolute: 0 };
const f = (...values: number[]): Float64Array => Float64Array.from(values);
const i = (...values: number[]): Int32Array => Int32Array.from(values);

test("reluResidual: relu(s − x), its squares and its products with x", () => {
  const s = f(3, 0.5, -1, 2, -1, -1);
  const [squares, dots] = [new Float64Array(2), new Float64Array(2)];
  reluResidual(s, squares, dots, i(0, 2), i(2, 2), i(0, 1), 3, 0, 2);
  assertClose(s, [2, 0, 0, 2, 0, 0], exact);
  assertClose(squares, [4, 4], exact);
  assertClose(dots, [2, 0], exact);
});

test("reluResidualGradient: no gradient without a direction", () => {
  const alpha = f(9, 9, 9);
  const s = f(0, 0, 1, 1, 0, 2);
  // No scores; no items; no overlap between scores and items.
  reluResidualGradient(s, alpha, f(0, 2, 4), f(0, 0, 0), i(0, 1, 1), i(1, 1, 2), i(0, 0), 2, 1, 0, 3);
  assertClose(alpha, [0, 0, 0], exact);
  assertClose(s, [0, 0, 1, 1, 0, 2], exact);
});

test("squaredError and its gradient", () => {
  const loss = new Float64Array(2);
  squaredError(loss, f(1, 2, 3, 4), f(0, 0, 3, 6), 2, 0, 2);
  assertClose(loss, [5, 4], exact);
  const dx = f(1, 1, 1, 1);
  squaredErrorGradient(dx, f(1, 2, 3, 4), f(0, 0, 3, 6), 0.5, 0, 0, 2);
  squaredErrorGradient(dx, f(1, 2, 3, 4), f(0, 0, 3, 6), 0.5, 1, 2, 4);
  assertClose(dx, [1, 2, 1, -1], exact);
});

test("cosineDistance: parallel, orthogonal, opposite, and a zero row", () => {
  const loss = new Float64Array(4);
  const [x, y] = [f(1, 2, 1, 0, 3, 4, 0, 0), f(2, 4, 0, 5, -3, -4, 1, 1)];
  cosineDistance(loss, x, y, 2, 0, 4);
  assertClose(loss, [0, 1, 2, 1], { absolute: 1e-15 });
  const dx = new Float64Array(8);
  cosineDistanceGradient(dx, x, y, 2, 1, 0, 0, 3);
  // Along x itself the cosine does not change; across it, it does.
  assertClose(dx.subarray(0, 6), [0, 0, 0, -1, 0, 0], { absolute: 1e-15 });
});

test.run();
