import { test } from "uvu";
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

test.run();
