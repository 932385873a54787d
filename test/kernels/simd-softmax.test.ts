import { test } from "uvu";
import type { Random } from "../../src/base/random.js";
import { EXP_ERROR, LOG_ERROR } from "../../src/kernels/simd/emit/exponential.js";
import { UNIT, before, check, eachShape, floats } from "./simd-check.js";

const TINY = 2 ** -146;

/** Scores in ±scale, a few of them −∞; never a whole row, as column 0 is kept. */
function scores(r: number, c: number, scale: number, random: Random): Float32Array {
  return floats(r * c, random).map((v, i) => i % c > 0 && random.below(9) === 0 ? -Infinity : scale * v);
}

eachShape("softmaxRows", 1, (r, c, inPlace, random) => {
  const x = scores(r, c, 25, random);
  const bound = new Float64Array(r * c);
  for (let i = 0; i < r; i++) {
    const row = x.subarray(i * c, (i + 1) * c);
    const max = Math.max(...row);
    const sum = row.reduce((total, v) => total + Math.exp(v - max), 0);
    const depth = Math.max(...Array.from(row, (v) => v === -Infinity ? 0 : max - v));
    row.forEach((v, j) => {
      // x − max is rounded, which e^… feels as a relative error of up to depth·u, in the entry and in the sum;
      // then both exponentials, a sum of c terms, the reciprocal and the product.
      const relative = (2 * depth + c + 10) * UNIT + 2 * EXP_ERROR;
      bound[i * c + j] = relative * (Math.exp(v - max) / sum) + TINY;
    });
  }
  // out may be x.
  check({
    name: "softmaxRows", total: r, args: [inPlace ? x.slice() : before(r * c, 0, random), x, c], outputs: { 0: bound },
  }, random);
});

eachShape("softmaxRowsGradient", 1, (r, c, accumulate, random) => {
  const [dx, dy, y] = [before(r * c, accumulate, random), floats(r * c, random), floats(r * c, random)];
  const bound = new Float64Array(r * c);
  for (let i = 0; i < r; i++) {
    let size = 0;
    for (let j = i * c; j < (i + 1) * c; j++) size += Math.abs(dy[j] * y[j]);
    for (let j = i * c; j < (i + 1) * c; j++) {
      const term = Math.abs(y[j]) * (Math.abs(dy[j]) + (c + 8) * size);
      bound[j] = UNIT * (4 * term + (accumulate ? 2 * Math.abs(dx[j]) : 0)) + TINY;
    }
  }
  check({
    name: "softmaxRowsGradient", total: r, args: [dx, dy, y, c, accumulate], outputs: { 0: bound },
  }, random);
});

eachShape("softmaxKl", 1, (r, c, same, random) => {
  const temperature = 0.7;
  const teacher = scores(r, c, 3, random);
  const student = same ? teacher.map((v) => v + 0.01) : floats(r * c, random);
  // A row of equal scores has no spread.
  if (r > 2) teacher.fill(0.1, c, 2 * c);
  const losses = new Float64Array(r);
  const differences = new Float64Array(r * c);
  for (let i = 0; i < r; i++) {
    const at = Array.from({ length: c }, (_, j) => i * c + j).filter((j) => teacher[j] > -Infinity);
    const [t, s] = [teacher, student].map((list) => at.map((j) => list[j]));
    const [topT, topS] = [Math.max(...t), Math.max(...s)];
    const mean = t.reduce((a, b) => a + b - topT, 0) / t.length;
    const squares = t.reduce((a, b) => a + (b - topT - mean) ** 2, 0);
    if (!(squares > 0)) continue;
    const scale = 1 / (temperature * Math.sqrt(squares / t.length));
    const shift = (c + 8) * UNIT * (topT - Math.min(...t));
    // The mean is off by `shift` at most, of which Σ(t − mean)² feels the square; halved by the root.
    const scaleError = (c + 16) * UNIT + (c * shift * shift) / squares;
    const [logT, logS] = [t.map((v) => (v - topT) * scale), s.map((v) => (v - topS) * scale)];
    const depth = Math.max(...logT.map(Math.abs), ...logS.map(Math.abs));
    // Logits are off relatively, so exponentials by depth times that; then their sums of c terms.
    const error = depth * (scaleError + 3 * UNIT) + EXP_ERROR + (c + 12) * UNIT;
    const [massT, massS] = [logT, logS].map((list) => list.reduce((a, b) => a + Math.exp(b), 0));
    // Each gap of logits has their errors again; the cross term and the two masses add up.
    const cross = logT.reduce((a, l, j) => a + Math.exp(l) * Math.abs(l - logS[j]), 0) / massT;
    const logarithm = Math.abs(Math.log(massS / massT));
    losses[i] = 2 * (cross * error + 2 * depth * (scaleError + 3 * UNIT) + 2 * error + LOG_ERROR * logarithm);
    at.forEach((j, k) => {
      const [p, q] = [Math.exp(logT[k]) / massT, Math.exp(logS[k]) / massS];
      differences[j] = 2 * scale * (p + q) * (2 * error + scaleError) + scale * TINY;
    });
  }
  check({
    name: "softmaxKl", total: r, outputs: { 0: losses, 1: differences },
    args: [before(r, 0, random), before(r * c, 0, random), teacher, student, c, temperature],
  }, random);
});

test.run();
