import { test } from "uvu";
import type { Random } from "../../src/base/random.js";
import { UNIT, before, check, eachShape, floats, rowLists } from "./simd-check.js";

eachShape("cappedResidual", 1, (r, c, _, random) => {
  const { rowStart, rowEnd, indices } = rowLists(c, r, 12, random);
  // Scores around 1, so that some entries of x stay positive and some scores reach the cap.
  const s = floats(r * c, random).map((v) => 2 * v);
  check({
    name: "cappedResidual", total: c,
    args: [s, before(c, 0, random), before(c, 0, random), rowStart, rowEnd, indices, r, c, 1.5],
    // |s − 1| ≤ 3: one rounding; a sum of r squares ≤ 2.25 or of 12 scores.
    outputs: { 0: 3 * UNIT, 1: (r + 8) * r * 9 * UNIT, 2: 13 * 12 * 3 * UNIT },
  }, random);
});

eachShape("cappedResidualGradient", 1, (r, c, _, random) => {
  const { rowStart, rowEnd, indices } = rowLists(c, r, 12, random);
  // A third each is 0, between, and at the cap.
  const s = floats(r * c, random).map((v) => Math.fround(Math.min(0.75, Math.max(0, 1.5 * v))));
  check({
    name: "cappedResidualGradient", total: c,
    args: [s, floats(c, random), floats(c, random), rowStart, rowEnd, indices, r, c, 0.75],
    // scale·s − shift ≤ 2: two roundings and one of the result.
    outputs: { 0: 3 * 2 * UNIT },
  }, random);
});

/** Rows of many lengths; where there are several the first is 0. */
function rowsOf(r: number, c: number, random: Random): Float32Array {
  const x = floats(r * c, random);
  if (r > 1) x.fill(0, 0, c);
  return x;
}

eachShape("unitRows", 1, (r, c, _, random) => {
  const x = rowsOf(r, c, random);
  check({
    name: "unitRows", total: r, args: [before(r * c, 0, random), before(r, 0, random), x, c],
    // c squares in sums of at most 1: the root halves the relative error. A norm is at most √c.
    outputs: { 0: (c + 8) * UNIT, 1: (c + 8) * Math.sqrt(c) * UNIT },
  }, random);
});

eachShape("unitRowsGradient", 1, (r, c, accumulate, random) => {
  const [x, dOut] = [rowsOf(r, c, random), floats(r * c, random)];
  const norms = new Float32Array(r);
  const out = x.slice();
  for (let row = 0; row < r; row++) {
    norms[row] = Math.max(0.5, Math.hypot(...x.subarray(row * c, (row + 1) * c)));
    for (let at = row * c; at < (row + 1) * c; at++) out[at] /= norms[row];
  }
  check({
    name: "unitRowsGradient", total: r,
    args: [before(r * c, accumulate, random), out, norms, dOut, c, accumulate],
    // ⟨out, dOut⟩ ≤ c; a product, a difference, a division and a sum of numbers up to (1 + c)/.5 + 1.
    outputs: { 0: (c + 8) * (2 * c + 3) * UNIT },
  }, random);
});

test.run();
