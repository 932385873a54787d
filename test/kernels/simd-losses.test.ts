import { test } from "uvu";
import { UNIT, before, check, eachShape, floats, rowLists } from "./simd-check.js";

eachShape("reluResidual", 1, (r, c, _, random) => {
  const { rowStart, rowEnd, indices } = rowLists(r, c, 12, random);
  // Scores around 1, so that some entries of x stay positive.
  const s = floats(r * c, random).map((v) => 2 * v);
  check({
    name: "reluResidual", total: r,
    args: [s, before(r, 0, random), before(r, 0, random), rowStart, rowEnd, indices, c],
    // |s − 1| ≤ 3: one rounding; a sum of c squares ≤ 9 or of 12 scores.
    outputs: { 0: 3 * UNIT, 1: (c + 8) * c * 9 * UNIT, 2: 13 * 12 * 3 * UNIT },
  }, random);
});

eachShape("squaredError", 1, (r, c, _, random) => check({
  name: "squaredError", total: r, args: [before(r, 0, random), floats(r * c, random), floats(r * c, random), c],
  // Squares of differences ≤ 2.
  outputs: { 0: (c + 8) * c * 4 * UNIT },
}, random));

eachShape("squaredErrorGradient", 1, (r, c, accumulate, random) => check({
  name: "squaredErrorGradient", total: r * c,
  args: [before(r * c, accumulate, random), floats(r * c, random), floats(r * c, random), 0.7, accumulate],
  // 1.4·(x − y) + dx ≤ 3.8, four roundings (the factor itself is one).
  outputs: { 0: 4 * 3.8 * UNIT },
}, random));

eachShape("cosineDistance", 1, (r, c, _, random) => check({
  name: "cosineDistance", total: r, args: [before(r, 0, random), floats(r * c, random), floats(r * c, random), c],
  // By Cauchy–Schwarz every sum of products is at most ‖x‖‖y‖: relative errors c·u of three sums.
  outputs: { 0: 2 * (c + 10) * UNIT },
}, random));

eachShape("cosineDistanceGradient", 1, (r, c, accumulate, random) => {
  const [dx, x, y] = [before(r * c, accumulate, random), floats(r * c, random), floats(r * c, random)];
  if (r > 1) x.fill(0, 0, c);
  const weight = 0.4;
  const bound = new Float64Array(r * c);
  for (let i = 0; i < r; i++) {
    const norm = (v: Float32Array): number => Math.max(1e-8, Math.hypot(...v.subarray(i * c, (i + 1) * c)));
    const [nx, ny] = [norm(x), norm(y)];
    for (let j = i * c; j < (i + 1) * c; j++) {
      const size = weight * (Math.abs(x[j]) / (nx * nx) + Math.abs(y[j]) / (nx * ny));
      bound[j] = 3 * (c + 12) * UNIT * size + (accumulate ? UNIT * Math.abs(dx[j]) : 0);
    }
  }
  check({
    name: "cosineDistanceGradient", total: r, args: [dx, x, y, c, weight, accumulate], outputs: { 0: bound },
  }, random);
});

test.run();
