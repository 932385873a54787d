/** One matrix against a few vectors, on numbers worked out by hand. */
import { test } from "uvu";
import { matvec } from "../../src/kernels/plain/matvec.js";
import { assertClose } from "../support/assert-close.js";

const exact = { absolute: 0 };
const f = (...values: number[]): Float64Array => Float64Array.from(values);
const W = f(1, 2, 3, 4, 5, 6);

test("one vector: rows are overwritten or added to, others stay", () => {
  const y = f(1, 1, 1);
  matvec(y, W, f(1, -1), 1, 2, 0, 0, 2);
  matvec(y, W, f(1, -1), 1, 2, 1, 2, 3);
  assertClose(y, [-1, -1, 0], exact);
});

test("two vectors: one row of results each", () => {
  const y = f(9, 9, 9, 9, 9, 9);
  matvec(y, W, f(1, -1, 0, 2), 2, 2, 0, 1, 3);
  assertClose(y, [9, -1, -1, 9, 8, 12], exact);
});

test.run();
