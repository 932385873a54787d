import { test } from "uvu";
import type { KernelName } from "../../src/kernels/families.js";
import type { Random } from "../../src/base/random.js";
import { UNIT, before, check, eachShape, floats, linearBound, type Arg } from "./simd-check.js";

function linear(name: KernelName, args: Arg[], total: number, terms: number, random: Random): void {
  check({ name, args, total, outputs: { 0: linearBound(name, args, total, 0, terms) } }, random);
}

eachShape("fillRows", 0, (r, c, _, random) => check({
  name: "fillRows", args: [before(r * c, 0, random), floats(c, random), c], total: r, outputs: { 0: 0 },
}, random));

eachShape("subtractRow", 0, (r, c, _, random) => {
  const args = [before(r * c, 0, random), floats(r * c, random), floats(c, random), c];
  check({ name: "subtractRow", args, total: r, outputs: { 0: 2 * UNIT } }, random);
});

eachShape("scaleRows", 0, (r, c, accumulate, random) => linear("scaleRows",
  [before(r * c, accumulate, random), floats(r * c, random), floats(r, random), c, accumulate], r, 1, random));

eachShape("destandardiseRows", 0, (r, c, _, random) => linear("destandardiseRows",
  [before(r * c, 0, random), floats(r * c, random), floats(r, random), floats(r, random), c], r, 1, random));

eachShape("columnSums", 0, (r, c, accumulate, random) => linear("columnSums",
  [before(c, accumulate, random), floats(r * c, random), r, c, accumulate], c, r + 1, random));

eachShape("rowDots", 0, (r, c, _, random) => linear("rowDots",
  [before(r, 0, random), floats(r * c, random), floats(r * c, random), c], r, c + 1, random));

eachShape("addScaled", 0, (r, c, accumulate, random) => linear("addScaled",
  [before(r * c, accumulate, random), floats(r * c, random), -0.3, accumulate], r * c, 2, random));

eachShape("relu", 0, (r, c, _, random) => {
  const x = floats(r * c, random);
  if (x.length > 3) x[3] = NaN;
  check({ name: "relu", args: [before(r * c, 0, random), x], total: r * c, outputs: { 0: 0 } }, random);
});

eachShape("reluGradient", 0, (r, c, accumulate, random) => check({
  name: "reluGradient",
  args: [before(r * c, accumulate, random), floats(r * c, random), floats(r * c, random), accumulate],
  total: r * c, outputs: { 0: 2 * UNIT },
}, random));

eachShape("normaliseRows", 0, (r, c, _, random) => {
  const w = floats(r * c, random);
  w.fill(0, 0, c);
  // Norm: c + 8 roundings of squares, halved by the root; then one product. Elements are at most 1.
  check({ name: "normaliseRows", args: [w, c], total: r, outputs: { 0: (c + 12) * UNIT } }, random);
});

eachShape("standardiseRows", 0, (r, c0, _, random) => {
  const c = c0 + 2;
  const x = floats(r * c, random);
  // The mean is off by at most δ = (c + 4)·u·mean|x|. Σ(x − mean) = 0, so the std only feels δ². Then a few roundings.
  const means = new Float64Array(r);
  const stds = new Float64Array(r);
  const outs = new Float64Array(r * c);
  for (let i = 0; i < r; i++) {
    const row = Float64Array.from(x.subarray(i * c, (i + 1) * c));
    const mean = row.reduce((a, b) => a + b, 0) / c;
    const std = Math.sqrt(row.reduce((a, b) => a + (b - mean) ** 2, 0) / (c - 1)) + 1e-7;
    const shift = (c + 4) * UNIT * row.reduce((a, b) => a + Math.abs(b), 0) / c;
    const relative = (c + 8) * UNIT + (c * shift * shift) / ((c - 1) * std * std) + shift / std * 2 * UNIT;
    means[i] = shift;
    stds[i] = 2 * std * relative;
    row.forEach((v, j) => {
      const size = Math.abs(v - mean) / std;
      outs[i * c + j] = 2 * (shift / std + (UNIT * Math.abs(v)) / std + size * (relative + 3 * UNIT)) + 1e-30;
    });
  }
  const args = [before(r * c, 0, random), before(r, 0, random), before(r, 0, random), x, c];
  check({ name: "standardiseRows", args, total: r, outputs: { 0: outs, 1: means, 2: stds } }, random);
});

test.run();
