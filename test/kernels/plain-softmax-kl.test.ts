/** The KL divergence between two lists of scores, in closed form. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { softmaxKl } from "../../src/kernels/plain/softmax-kl.js";
import { assertClose } from "../support/assert-close.js";

function run(teacher: number[], student: number[], temperature = 1): { loss: number; difference: Float64Array } {
  const loss = new Float64Array(1);
  const difference = new Float64Array(teacher.length);
  const [t, s] = [teacher, student].map((values) => Float64Array.from(values));
  softmaxKl(loss, difference, t, s, teacher.length, temperature, 0, 1);
  return { loss: loss[0], difference };
}

test("equal scores, and scores that differ by a constant, have no divergence and no gradient", () => {
  for (const shift of [0, 3, -1000]) {
    const { loss, difference } = run([1, 5, -2, 0.5], [1, 5, -2, 0.5].map((s) => s + shift));
    assertClose(loss, 0, { absolute: 1e-12 });
    assertClose(difference, [0, 0, 0, 0], { absolute: 1e-12 });
  }
});

test("two items: the closed form", () => {
  // Standard deviation 1, so at temperature 1 the teacher says p = σ(2), the student q = σ(1).
  const { loss, difference } = run([1, -1], [0.5, -0.5]);
  const [p, q] = [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(-1))];
  assertClose(loss, p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q)), { absolute: 1e-12 });
  assertClose(difference, [q - p, p - q], { absolute: 1e-12 });
});

test("a scale of the scores does not matter, only what is relative to their spread", () => {
  const [t, s] = [[1, 4, 2, 0], [0, 3, 3, 1]];
  const once = run(t, s, 0.7);
  const tenfold = run(t.map((v) => 10 * v), s.map((v) => 10 * v), 0.7);
  assertClose(tenfold.loss, once.loss, { relative: 1e-12 });
  assertClose(tenfold.difference, once.difference.map((v) => v / 10), { absolute: 1e-12 });
});

test("masked items take no part, and a row without a spread has no loss", () => {
  const masked = run([1, -Infinity, 4, 2], [0, -Infinity, 3, 3]);
  const without = run([1, 4, 2], [0, 3, 3]);
  assert.is(masked.loss, without.loss);
  assert.equal([...masked.difference], [without.difference[0], 0, ...without.difference.slice(1)]);
  for (const flat of [[2, 2, 2], [-Infinity, 1, -Infinity], [-Infinity, -Infinity, -Infinity]]) {
    assert.equal([...run(flat, [1, 2, 3]).difference], [0, 0, 0]);
    assert.is(run(flat, [1, 2, 3]).loss, 0);
  }
});

test.run();
