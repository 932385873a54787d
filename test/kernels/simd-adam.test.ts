import { test } from "uvu";
import fc from "fast-check";
import { Random } from "../../src/base/random.js";
import { UNIT, check, floats } from "./simd-check.js";

const [step, beta1, beta2, eps, invSqrtBias2] = [3e-3, 0.9, 0.99, 1e-8, 3.2];

/** The errors of m, v and p after an update with a gradient that may itself be off by `gError`. */
function bounds(
  p: Float32Array, m: Float32Array, v: Float32Array, g: ArrayLike<number>, gError: ArrayLike<number>,
): [p: Float64Array, m: Float64Array, v: Float64Array] {
  const [pBound, mBound, vBound] = [p, m, v].map((a) => new Float64Array(a.length));
  for (let i = 0; i < p.length; i++) {
    const gSize = Math.abs(g[i]);
    // Three roundings each, and the constants are rounded to single.
    mBound[i] = 4 * UNIT * (beta1 * Math.abs(m[i]) + (1 - beta1) * gSize) + (1 - beta1) * gError[i];
    const v1 = beta2 * v[i] + (1 - beta2) * gSize * gSize;
    vBound[i] = 6 * UNIT * v1 + (1 - beta2) * (2 * gSize + gError[i]) * gError[i];
    const denominator = Math.sqrt(v1) * invSqrtBias2 + eps;
    const m1 = Math.abs(beta1 * m[i] + (1 - beta1) * g[i]) + mBound[i];
    // √ halves a relative error; then product, sum, division and step.
    const relative = vBound[i] / (v1 + 1e-30) + 8 * UNIT;
    pBound[i] = UNIT * (Math.abs(p[i]) + 1) + 2 * step * (mBound[i] + m1 * relative) / denominator;
  }
  return [pBound, mBound, vBound];
}

const count = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 41, max: 300 }));

test("adam", () => {
  fc.assert(fc.property(count, fc.integer(), (n, seed) => {
    const random = new Random(seed);
    const [p, m, g] = [floats(n, random), floats(n, random), floats(n, random)];
    const v = floats(n, random).map(Math.abs);
    const [pBound, mBound, vBound] = bounds(p, m, v, g, new Float64Array(n));
    check({
      name: "adam", args: [p, m, v, g, step, beta1, beta2, eps, invSqrtBias2], total: n,
      outputs: { 0: pBound, 1: mBound, 2: vBound },
    }, random);
  }), { numRuns: 150, seed: 51 });
});

test("adamUnitRows", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 7 }), count, fc.integer(), (rows, cols, seed) => {
    const random = new Random(seed);
    const n = rows * cols;
    const [p, m, g] = [floats(n, random), floats(n, random), floats(n, random)];
    // Second moments away from zero, where the update would magnify the gradient's rounding.
    const v = floats(n, random).map((x) => Math.abs(x) + 0.1);
    if (rows > 1) p.fill(0, 0, cols);
    const projected = new Float64Array(n);
    const gBound = new Float64Array(n);
    for (let r = 0; r < rows; r++) {
      const at = r * cols;
      const norm = Math.hypot(...p.subarray(at, at + cols)) || 1;
      let along = 0;
      let size = 0;
      for (let j = at; j < at + cols; j++) {
        along += (p[j] * g[j]) / norm;
        size += Math.abs(p[j] * g[j]) / norm;
      }
      for (let j = at; j < at + cols; j++) {
        projected[j] = g[j] - (along * p[j]) / norm;
        gBound[j] = 2 * UNIT * (Math.abs(g[j]) + (2 * cols + 16) * size * Math.abs(p[j]) / norm);
      }
    }
    const [pBound, mBound, vBound] = bounds(p, m, v, projected, gBound);
    // p itself was divided by its norm: c + 12 roundings of numbers of at most 1.
    for (let i = 0; i < n; i++) pBound[i] += (cols + 12) * UNIT;
    check({
      name: "adamUnitRows", args: [p, m, v, g, cols, step, beta1, beta2, eps, invSqrtBias2], total: rows,
      outputs: { 0: pBound, 1: mBound, 2: vBound, 3: gBound },
    }, random);
  }), { numRuns: 150, seed: 52 });
});

test("nadam", () => {
  fc.assert(fc.property(count, fc.integer(), (n, seed) => {
    const random = new Random(seed);
    const [p, m, g] = [floats(n, random), floats(n, random), floats(n, random)];
    const v = floats(n, random).map((x) => Math.abs(x) + 0.1);
    const [a, b] = [3e-3, 2e-3];
    // Numbers of at most 1.1; the update divides by at least √.09 · 3.2.
    check({
      name: "nadam", args: [p, m, v, g, a, b, beta1, beta2, eps, invSqrtBias2], total: n,
      outputs: { 0: 3 * UNIT, 1: 6 * UNIT, 2: 6 * UNIT },
    }, random);
  }), { numRuns: 150, seed: 53 });
});

test.run();
