/** Knobs chosen through the decoder: the solver against its optimality conditions, and a planted concept found. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { Random } from "../../src/base/random.js";
import { DecoderKnobs } from "../../src/steer/decoder-knobs.js";
import { sparseNonNegative } from "../../src/steer/non-negative-least-squares.js";
import { normals } from "../support/random-floats.js";

const SIZE = 30;
const D = 12;

function randomProblem(
  seed: number, target: "random" | "hopeless" = "random",
): Parameters<typeof sparseNonNegative>[0] {
  const random = new Random(seed);
  const left = normals(random, SIZE * D).map((v) => (target === "hopeless" ? Math.abs(v) : v));
  const t = normals(random, D).map((v) => (target === "hopeless" ? -Math.abs(v) : v));
  return { size: SIZE, dimensions: D, left, right: left, ridge: 0.1, target: t, allowed: () => true };
}

/** ∂/∂w of ½·wᵀ(LLᵀ + λI)w − wᵀLt */
function gradient({ left, target, ridge }: ReturnType<typeof randomProblem>, w: ReadonlyMap<number, number>): number[] {
  const rest = Float64Array.from(target, (v) => -v);
  for (const [i, value] of w) for (let d = 0; d < D; d++) rest[d] += value * left[i * D + d];
  return Array.from({ length: SIZE }, (_, i) => {
    let sum = ridge * (w.get(i) ?? 0);
    for (let d = 0; d < D; d++) sum += left[i * D + d] * rest[d];
    return sum;
  });
}

test("without a limit the solution meets the optimality conditions of non-negative least squares", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const problem = randomProblem(seed);
    const w = sparseNonNegative(problem, SIZE);
    assert.ok(w.size > 0);
    gradient(problem, w).forEach((g, i) => {
      if (w.has(i)) assert.ok(w.get(i)! > 0 && Math.abs(g) < 1e-8, `seed ${seed}: variable ${i}, gradient ${g}`);
      else assert.ok(g > -1e-8, `seed ${seed}: variable ${i} should be active, gradient ${g}`);
    });
  }
});

test("with a limit, at most n variables, and those are optimal among themselves", () => {
  for (const n of [1, 2, 5]) {
    const problem = randomProblem(n);
    const w = sparseNonNegative(problem, n);
    assert.ok(w.size <= n);
    const g = gradient(problem, w);
    for (const i of w.keys()) assert.ok(Math.abs(g[i]) < 1e-8);
  }
});

test("a least share of what all lower the objective by ends it: independent ones lower it by their squares", () => {
  const six = Array.from({ length: 6 }, (_, i) => i);
  const identity = Float64Array.from({ length: 36 }, (_, k) => Number(k % 7 === 0));
  // 16, 9, 4, 1, .25 and .01, in units of 1 / (2 + 2λ): of those before and itself 1, .36, .14, .03, .008 and .0003.
  const problem = {
    size: 6, dimensions: 6, left: identity, right: identity, ridge: 0.1, target: [1, 4, 0.1, 3, 0.5, 2],
    allowed: () => true,
  };
  const chosen = (leastShare: number): number[] => [...sparseNonNegative(problem, 6, leastShare).keys()];
  assert.equal(chosen(0), [1, 3, 5, 0, 4, 2]);
  assert.equal(chosen(0.001), [1, 3, 5, 0, 4]);
  assert.equal(chosen(0.1), [1, 3, 5]);
  assert.equal(chosen(0.99), [1], "one that helps is always taken");
  assert.equal([...sparseNonNegative(problem, 2, 0.1).keys()], [1, 3]);
  assert.equal(six.map((i) => sparseNonNegative(problem, 6, 0.1).get(i) ?? 0).map((w) => Math.round(w * 110) / 110),
    problem.target.map((t, i) => (chosen(0.1).includes(i) ? Math.round(t * 100) / 110 : 0)), "t / (1 + λ) each");
});

test("no variable that helps: none is chosen; forbidden ones never are", () => {
  assert.is(sparseNonNegative(randomProblem(3, "hopeless"), 5).size, 0);
  const w = sparseNonNegative({ ...randomProblem(4), allowed: (i) => i % 2 === 0 }, 9);
  assert.ok(w.size > 0 && [...w.keys()].every((i) => i % 2 === 0));
});

test("a neuron that lifts just a concept's items is the concept's knob, whatever the popularity", () => {
  const items = 40;
  const random = new Random(5);
  // Axis 0 is the concept of the first ten items; the rest is noise.
  const vectors = Float32Array.from({ length: items * D }, (_, i) =>
    (i % D === 0 ? (i / D < 10 ? 1 : 0) : 0.3 * random.normal()));
  const decoder = Float32Array.from({ length: SIZE * D }, () => random.normal() / 4);
  decoder.fill(0, 7 * D, 8 * D);
  decoder[7 * D] = 1;
  const popularity = Float64Array.from({ length: items }, (_, j) => 1000 / (1 + ((j * 7) % items)));
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  for (const popularityPower of [0, 1]) {
    const before = engine.heap.mark();
    const knobs = new DecoderKnobs(engine, decoder, vectors, popularity, { popularityPower });
    assert.is(engine.heap.mark(), before);
    const { neurons, weights } = knobs.choose(Int32Array.from({ length: 10 }, (_, j) => j), 3);
    assert.is(neurons[0], 7);
    assert.ok(neurons.length <= 3 && Array.from(weights).every((w, i) => w > 0 && (i === 0 || w <= weights[i - 1])));
    const without = new DecoderKnobs(engine, decoder, vectors, popularity, {
      popularityPower, candidates: Uint8Array.from({ length: SIZE }, (_, h) => (h === 7 ? 0 : 1)),
    });
    assert.not.ok(without.choose([0, 1, 2], 5).neurons.includes(7));
    assert.equal(knobs.choose([], 3), { neurons: [], weights: [] });
  }
});

test.run();
