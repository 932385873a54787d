/** Codes improved at inference: by hand, at the edges, and what every row is promised. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { refineCodes } from "../../src/kernels/plain/refine-codes.js";
import { topkRelu } from "../../src/kernels/plain/topk.js";
import { Random } from "../../src/base/random.js";

interface Problem {
  /** (rows, D) */
  x: Float32Array;
  /** (D) */
  b: Float32Array;
  /** (H, D) */
  w: Float32Array;
  D: number;
  k: number;
  /** Items whose scores count: vectors (items, D), the head of each row's list (rows, size), and their weight. */
  items?: { a: Float32Array; head: Int32Array; size: number; weight: number };
}

interface Codes {
  indices: Int32Array;
  values: Float32Array;
  start: Int32Array;
  end: Int32Array;
}

/** The encoder's guess: the k largest of W·(x − b). */
function guess({ x, b, w, D, k }: Problem): Codes {
  const [rows, H] = [x.length / D, w.length / D];
  const pre = new Float32Array(rows * H);
  for (let r = 0; r < rows; r++) {
    for (let h = 0; h < H; h++) for (let j = 0; j < D; j++) pre[r * H + h] += w[h * D + j] * (x[r * D + j] - b[j]);
  }
  const codes: Codes = {
    indices: new Int32Array(rows * k).fill(-7), values: new Float32Array(rows * k).fill(-7),
    start: Int32Array.from({ length: rows }, (_, r) => r * k), end: new Int32Array(rows),
  };
  topkRelu(codes.indices, codes.values, codes.end, pre, H, k, 0, rows);
  return codes;
}

function refined(
  { x, b, w, D, items }: Problem, { indices, values, start, end }: Codes, swaps: number,
  ranges: readonly (readonly [number, number])[] = [[0, end.length]],
): Codes {
  const out = { indices: indices.slice(), values: values.slice(), start, end: end.slice() };
  for (const [from, to] of ranges) {
    refineCodes(
      out.indices, out.values, out.end, start, x, b, w, w.length / D, D, swaps,
      items?.a ?? null, items?.head ?? null, items?.size ?? 0, items?.weight ?? 0, from, to,
    );
  }
  return out;
}

const row = ({ indices, values, start, end }: Codes, r = 0): [number, number][] =>
  Array.from(indices.subarray(start[r], end[r]), (neuron, q) => [neuron, values[start[r] + q]]);

/** ‖r‖²_M of each row. */
function errors({ x, b, w, D, items }: Problem, codes: Codes): number[] {
  return Array.from(codes.end, (_, r) => {
    const residual = Array.from({ length: D }, (_, j) =>
      row(codes, r).reduce((rest, [h, e]) => rest - e * w[h * D + j], x[r * D + j] - b[j]));
    const sum = residual.reduce((total, v) => total + v * v, 0);
    const head = items ? [...items.head.subarray(r * items.size, (r + 1) * items.size)].filter((i) => i >= 0) : [];
    return head.reduce((total, i) =>
      total + items!.weight * residual.reduce((score, v, j) => score + v * items!.a[i * D + j], 0) ** 2, sum);
  });
}

function randomProblem(seed: number, rows: number, D: number, H: number, k: number): Problem {
  const random = new Random(seed);
  const normals = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
  const w = normals(H * D);
  for (let h = 0; h < H; h++) {
    const length = Math.hypot(...w.subarray(h * D, (h + 1) * D));
    for (let j = 0; j < D; j++) w[h * D + j] /= length;
  }
  return { x: normals(rows * D), b: normals(D).map((v) => v / 4), w, D, k };
}

test("an orthonormal dictionary: the encoder is right already, not a bit changes", () => {
  const w = Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, -0.5, 0.5, 0.5, -0.5, -0.5, 0.5, -0.5, -0.5, 0.5);
  const x = Float32Array.of(7, 3, -2, 5, 1, 2, 3, 4, -9, 1, 0, 2);
  const problem = { x, b: Float32Array.of(1, 0, 2, 0), w, D: 4, k: 2 };
  const before = guess(problem);
  assert.ok(before.end.some((end, r) => end - before.start[r] === 2));
  assert.equal(refined(problem, before, 30), before);
});

test("by hand: a neuron is fitted, the wrong one swapped, and what two explain shared out", () => {
  // x is 5 times the second neuron.
  const problem = {
    x: Float32Array.of(3, 4), b: new Float32Array(2), w: Float32Array.of(1, 0, 0.6, 0.8, 0, 1), D: 2, k: 1,
  };
  const wrong = {
    indices: Int32Array.of(0), values: Float32Array.of(1), start: Int32Array.of(0), end: Int32Array.of(1),
  };
  assert.equal(row(refined(problem, wrong, 0)), [[0, 3]]);
  assert.equal(row(refined(problem, wrong, 1)), [[2, 4]], "the residual (0, 4) is that of the third neuron");
  // Now it is (3, 0), that of the first: a swap that would make it worse is undone, although the second is the best.
  assert.equal(row(refined(problem, wrong, 2)), [[2, 4]]);
  const both = {
    indices: Int32Array.of(0, 1), values: Float32Array.of(3, 5), start: Int32Array.of(0), end: Int32Array.of(2),
  };
  assert.ok(errors(problem, refined({ ...problem, k: 2 }, both, 0))[0] < 1e-3 * errors(problem, both)[0]);
});

test("empty rows, rows of fewer than k, and rows that are not finite", () => {
  const problem = randomProblem(1, 3, 8, 20, 4);
  const codes = guess(problem);
  codes.end[0] = codes.start[0];
  codes.end[1] = codes.start[1] + 1;
  problem.x[2 * 8] = NaN;
  const out = refined(problem, codes, 5);
  assert.is(row(out, 0).length, 0);
  assert.is(row(out, 1).length, 1);
  assert.equal(row(out, 2), row(codes, 2));
  assert.equal(out.indices.subarray(6, 8), codes.indices.subarray(6, 8), "slots behind a short row stay");
});

test("by hand: the score that is shown is kept before the rest of the embedding", () => {
  const problem = {
    x: Float32Array.of(3, 4), b: new Float32Array(2), w: Float32Array.of(1, 0, 0, 1), D: 2, k: 1,
    items: { a: Float32Array.of(1, 0), head: Int32Array.of(-1), size: 1, weight: 3 },
  };
  const first = {
    indices: Int32Array.of(0), values: Float32Array.of(3), start: Int32Array.of(0), end: Int32Array.of(1),
  };
  assert.equal(row(refined(problem, first, 1)), [[1, 4]], "no item: the second neuron leaves 9 of 25, the first 16");
  // The item's score is the first entry, whose square now counts 1 + 3 times: the second neuron would leave 36.
  problem.items.head[0] = 0;
  assert.equal(row(refined(problem, first, 1)), [[0, 3]]);
});

const sizes = fc.record({
  seed: fc.integer(), rows: fc.integer({ min: 1, max: 6 }), D: fc.integer({ min: 2, max: 24 }),
  H: fc.integer({ min: 1, max: 60 }), k: fc.integer({ min: 1, max: 9 }), swaps: fc.integer({ min: 0, max: 12 }),
});

test("the error never rises, at most k neurons stay, positive and ascending", () => {
  let better = 0;
  fc.assert(fc.property(sizes, ({ seed, rows, D, H, k, swaps }) => {
    const problem = randomProblem(seed, rows, D, H, k);
    const before = guess(problem);
    const after = refined(problem, before, swaps);
    const [was, is] = [errors(problem, before), errors(problem, after)];
    for (let r = 0; r < rows; r++) {
      assert.ok(is[r] <= was[r] + 1e-5, `row ${r}: ${was[r]} became ${is[r]}`);
      if (is[r] < 0.9 * was[r]) better++;
      const entries = row(after, r);
      assert.ok(entries.length <= row(before, r).length);
      assert.ok(entries.every(([h, e], q) => e > 0 && h >= 0 && h < H && (q === 0 || h > entries[q - 1][0])));
    }
  }), { numRuns: 300, seed: 4 });
  assert.ok(better > 300, `only ${better} rows became better by a tenth`);
});

function withItems(problem: Problem, size: number, weight: number): Problem {
  const random = new Random(problem.D + size);
  const rows = problem.x.length / problem.D;
  const a = Float32Array.from({ length: 15 * problem.D }, () => random.normal() / Math.sqrt(problem.D));
  // Some rows have fewer items.
  const head = new Int32Array(rows * size).fill(-1);
  for (let r = 0; r < rows; r++) {
    const count = random.below(size + 1);
    for (let q = 0; q < count; q++) head[r * size + q] = random.below(15);
  }
  return { ...problem, items: { a, head, size, weight } };
}

test("with items: the error in M never rises", () => {
  let better = 0;
  fc.assert(fc.property(sizes, fc.integer({ min: 0, max: 7 }), ({ seed, rows, D, H, k, swaps }, size) => {
    const problem = withItems(randomProblem(seed, rows, D, H, k), size, 0.7);
    const before = guess(problem);
    const [was, is] = [errors(problem, before), errors(problem, refined(problem, before, swaps))];
    for (let r = 0; r < rows; r++) {
      assert.ok(is[r] <= was[r] + 1e-5, `row ${r}: ${was[r]} became ${is[r]}`);
      if (is[r] < 0.9 * was[r]) better++;
    }
  }), { numRuns: 300, seed: 6 });
  assert.ok(better > 300, `only ${better} rows became better by a tenth`);
});

test("with items: the same as scores written behind the embedding as further entries", () => {
  fc.assert(fc.property(sizes, fc.integer({ min: 1, max: 7 }), ({ seed, D, H, k, swaps }, size) => {
    const problem = withItems(randomProblem(seed, 1, D, H, k), size, 0.7);
    const { a, head, weight } = problem.items!;
    const length = (v: Float32Array): number => (v.length / D) * (D + size);
    const extended = (v: Float32Array): Float32Array => Float32Array.from({ length: length(v) }, (_, i) => {
      const [at, j] = [Math.floor(i / (D + size)) * D, i % (D + size)];
      if (j < D) return v[at + j];
      const item = head[j - D];
      if (item < 0) return 0;
      let score = 0;
      for (let l = 0; l < D; l++) score += a[item * D + l] * v[at + l];
      return Math.sqrt(weight) * score;
    });
    const longer: Problem = {
      x: extended(problem.x), b: extended(problem.b), w: extended(problem.w), D: D + size, k,
    };
    const before = guess(problem);
    const [one, other] = [row(refined(problem, before, swaps)), row(refined(longer, before, swaps))];
    // Rounding to single precision may turn a choice that is nearly even, so it is the errors that must agree.
    const error = (entries: [number, number][]): number => errors(problem, {
      indices: Int32Array.from(entries, ([h]) => h), values: Float32Array.from(entries, ([, e]) => e),
      start: Int32Array.of(0), end: Int32Array.of(entries.length),
    })[0];
    const [mine, theirs] = [error(one), error(other)];
    assert.ok(Math.abs(mine - theirs) <= 2e-3 * theirs + 1e-5, `${mine} for ${theirs}`);
  }), { numRuns: 300, seed: 7 });
});

test("more swaps are no worse", () => {
  const problem = randomProblem(9, 20, 24, 96, 6);
  const before = guess(problem);
  const sums = [0, 1, 4, 16].map((swaps) => errors(problem, refined(problem, before, swaps)).reduce((a, b) => a + b));
  for (let i = 1; i < sums.length; i++) assert.ok(sums[i] < sums[i - 1], sums.join(" "));
});

test("any split of the rows gives the same bytes", () => {
  fc.assert(fc.property(sizes, fc.integer({ min: 0, max: 6 }), ({ seed, rows, D, H, k, swaps }, cut) => {
    const problem = randomProblem(seed, rows, D, H, k);
    const before = guess(problem);
    const at = Math.min(cut, rows);
    assert.equal(refined(problem, before, swaps, [[at, rows], [0, at]]), refined(problem, before, swaps));
  }), { numRuns: 100, seed: 5 });
});

test.run();
