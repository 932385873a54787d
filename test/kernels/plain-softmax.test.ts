/** Softmax, likelihood and the Gaussian kernels in closed form, and the limits of single precision. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  gaussianKl, gaussianKlGradient, gaussianSample, gaussianSampleGradient, tanh,
} from "../../src/kernels/plain/gaussian.js";
import {
  PROBABILITY_FLOOR, softmaxNll, softmaxNllGradient, softmaxRows, softmaxRowsGradient,
} from "../../src/kernels/plain/softmax.js";
import { assertClose } from "../support/assert-close.js";

test("softmax of known rows, in place", () => {
  const x = Float32Array.of(0, Math.log(3), 5, 5);
  softmaxRows(x, x, 2, 0, 2);
  assertClose(x, [0.25, 0.75, 0.5, 0.5], { absolute: 1e-7 });
  const single = Float32Array.of(-7);
  softmaxRows(single, single, 1, 0, 1);
  assert.is(single[0], 1);
});

test("large and small logits neither overflow nor become NaN", () => {
  const x = Float32Array.of(1e38, 1e38, -1e38, 300, 0, -300);
  softmaxRows(x, x, 3, 0, 2);
  assertClose(x, [0.5, 0.5, 0, 1, 0, 0], { absolute: 1e-30 });
});

test("a range of rows leaves the others alone", () => {
  const x = Float32Array.of(1, 2, 3, 3, 5, 6);
  softmaxRows(x, x, 2, 1, 2);
  assert.equal([...x], [1, 2, 0.5, 0.5, 5, 6]);
  softmaxRows(x, x, 2, 1, 1);
  assert.equal([...x], [1, 2, 0.5, 0.5, 5, 6]);
});

test("the gradient of softmax: overwritten or added", () => {
  const y = Float32Array.of(0.25, 0.75);
  const dx = Float32Array.of(10, 20);
  softmaxRowsGradient(dx, Float32Array.of(1, -1), y, 2, 0, 0, 1);
  assertClose(dx, [0.25 * 1.5, 0.75 * -0.5]);
  softmaxRowsGradient(dx, Float32Array.of(1, -1), y, 2, 1, 0, 1);
  assertClose(dx, [0.75, -0.75]);
});

/** Rows {0, 1}, {2} and {}. */
const lists = [Int32Array.of(0, 2, 3), Int32Array.of(2, 3, 3), Int32Array.of(0, 1, 2)] as const;

test("the likelihood holds probabilities at the floor, and an empty row is 0", () => {
  const p = Float32Array.of(0.5, 0.25, 0.25, 0.5, 0.5, 1e-9, 1 / 3, 1 / 3, 1 / 3);
  const nll = new Float32Array(3);
  softmaxNll(nll, p, ...lists, 3, 0, 3);
  assertClose(nll, [Math.log(8), -Math.log(PROBABILITY_FLOOR), 0], { absolute: 1e-5 });
});

test("its gradient: n·p − x for a row, none for a row without entries above the floor", () => {
  const p = Float32Array.of(0.5, 0.25, 0.25, 0.5, 0.5, 1e-9, 0.25, 0.5, 0.25);
  const alpha = new Float32Array(3);
  softmaxNllGradient(p, alpha, ...lists, 3, 0.1, 0, 3);
  assertClose(alpha, [0.2, 0, 0]);
  assertClose(p.subarray(0, 3), [0, -0.25, 0.25]);
  assertClose(p.subarray(3), [0.5, 0.5, 1e-9, 0.25, 0.5, 0.25], { absolute: 0, relative: 1e-6 });
});

test("tanh, in place", () => {
  const x = Float32Array.of(0, 1, -50, 1e-6);
  tanh(x, x, 0, 4);
  assertClose(x, [0, Math.tanh(1), -1, 1e-6], { absolute: 0, relative: 1e-6 });
});

test("the sample is μ + ε·σ, its divergence 0 for a standard normal", () => {
  const [mu, logvar] = [Float32Array.of(1, 0, 0, 2), Float32Array.of(Math.log(4), 0, 0, 1)];
  const z = new Float32Array(4);
  gaussianSample(z, mu, logvar, Float32Array.of(3, -1, 0, 0), 0, 4);
  assertClose(z, [7, -1, 0, 2]);
  const dLogvar = Float32Array.of(1, 1, 1, 1);
  gaussianSampleGradient(dLogvar, Float32Array.of(2, 2, 2, 2), logvar, Float32Array.of(3, -1, 0, 0), 1, 0, 4);
  assertClose(dLogvar, [1 + 6, 1 - 1, 1, 1]);
  const kl = new Float32Array(2);
  gaussianKl(kl, mu, logvar, 2, 0, 2);
  // −½(1 + ln 4 − 1 − 4) and −½(1 + 1 − 4 − e).
  assertClose(kl, [2 - Math.log(2), 1 + Math.E / 2]);
  gaussianKlGradient(dLogvar, logvar, 2, 0, 0, 4);
  assertClose(dLogvar, [3, 0, 0, Math.E - 1]);
});

test.run();
