import { test } from "uvu";
import type { Random } from "../../src/base/random.js";
import { EXP_ERROR, TANH_ERROR } from "../../src/kernels/simd/emit/exponential.js";
import { UNIT, before, check, eachShape, floats } from "./simd-check.js";

/** Logarithms of variances from e⁻³⁰ to e³⁰. */
const logvars = (n: number, random: Random): Float32Array => floats(n, random).map((v) => 30 * v);

/** Per element: roundings of the terms, plus one of what is added to. */
function elementwise(n: number, dx: Float32Array, accumulate: number, term: (i: number) => number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) =>
    term(i) + (accumulate ? UNIT * (Math.abs(dx[i]) + term(i) / UNIT) : 0) + 2 ** -148);
}

eachShape("tanh", 0, (r, c, _, random) => {
  const x = floats(r * c, random).map((v) => 12 * v * v * v);
  const outputs = { 0: Float64Array.from(x, (v) => TANH_ERROR * Math.abs(Math.tanh(v))) };
  check({ name: "tanh", total: r * c, args: [before(r * c, 0, random), x], outputs }, random);
});

eachShape("tanhGradient", 0, (r, c, accumulate, random) => {
  const n = r * c;
  const [dx, dy, y] = [before(n, accumulate, random), floats(n, random), floats(n, random)];
  // y², 1 − y², the product; the sum is at most |dx| + |dy|.
  const bound = elementwise(n, dx, accumulate, (i) => 4 * UNIT * Math.abs(dy[i]));
  check({ name: "tanhGradient", total: n, args: [dx, dy, y, accumulate], outputs: { 0: bound } }, random);
});

eachShape("gaussianSample", 0, (r, c, _, random) => {
  const n = r * c;
  const [mu, logvar, noise] = [floats(n, random), logvars(n, random), floats(n, random)];
  // logvar/2 is exact; the product and the sum round.
  const bound = Float64Array.from(mu, (m, i) => {
    const term = Math.abs(noise[i]) * Math.exp(logvar[i] / 2);
    return (EXP_ERROR + 3 * UNIT) * term + UNIT * Math.abs(m) + 2 ** -148;
  });
  check({
    name: "gaussianSample", total: n, args: [before(n, 0, random), mu, logvar, noise], outputs: { 0: bound },
  }, random);
});

eachShape("gaussianSampleGradient", 0, (r, c, accumulate, random) => {
  const n = r * c;
  const [dLogvar, dz] = [before(n, accumulate, random), floats(n, random)];
  const [logvar, noise] = [logvars(n, random), floats(n, random)];
  const bound = elementwise(n, dLogvar, accumulate, (i) =>
    (EXP_ERROR + 3 * UNIT) * Math.abs(dz[i] * noise[i] * 0.5) * Math.exp(logvar[i] / 2));
  check({
    name: "gaussianSampleGradient", total: n, args: [dLogvar, dz, logvar, noise, accumulate], outputs: { 0: bound },
  }, random);
});

eachShape("gaussianKl", 0, (r, c, _, random) => {
  const [mu, logvar] = [floats(r * c, random), logvars(r * c, random)];
  const bound = new Float64Array(r);
  for (let i = 0; i < r * c; i++) {
    const size = 1 + Math.abs(logvar[i]) + mu[i] * mu[i] + Math.exp(logvar[i]);
    // Three roundings and the exponential's within a term, then a sum of c terms.
    bound[Math.floor(i / c)] += (c + 12) * UNIT * size;
  }
  check({ name: "gaussianKl", total: r, args: [before(r, 0, random), mu, logvar, c], outputs: { 0: bound } }, random);
});

eachShape("gaussianKlGradient", 0, (r, c, accumulate, random) => {
  const n = r * c;
  const weight = 0.3;
  const [dLogvar, logvar] = [before(n, accumulate, random), logvars(n, random)];
  const bound = elementwise(n, dLogvar, accumulate, (i) =>
    (EXP_ERROR + 4 * UNIT) * 0.5 * weight * (Math.exp(logvar[i]) + 1));
  check({
    name: "gaussianKlGradient", total: n, args: [dLogvar, logvar, weight, accumulate], outputs: { 0: bound },
  }, random);
});

test.run();
