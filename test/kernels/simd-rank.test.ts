import { test } from "uvu";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { plain } from "../../src/kernels/families.js";
import { Random } from "../../src/base/random.js";
import { Bench, check, floats } from "./simd-check.js";

function rank(x: Float32Array, rows: number, cols: number, n: number, random: Random): void {
  const args = [new Int32Array(rows * n).fill(-7), new Float32Array(rows * n).fill(-7), x, cols, n];
  check({ name: "rankRows", args, total: rows, outputs: { 0: 0, 1: 0 } }, random);
}

const rows = fc.integer({ min: 0, max: 4 });
const cols = fc.oneof(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 81, max: 3000 }));
const n = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 41, max: 200 }), fc.constantFrom(1, 20, 32, 64));

test("random numbers of both signs", () => {
  fc.assert(fc.property(rows, cols, n, fc.integer(), (r, c, n, seed) => {
    const random = new Random(seed);
    rank(floats(r * c, random), r, c, n, random);
  }), { numRuns: 200, seed: 61 });
});

test("ties, NaN, infinities and masked entries", () => {
  const odd = [-Infinity, 0, NaN, -0, Infinity, -1, -1, 1e-45, -3e38, 1, 2, 2, 1 + 2 ** -23];
  const kinds = fc.integer({ min: 1, max: odd.length });
  fc.assert(fc.property(rows, cols, n, kinds, fc.integer(), (r, c, n, kinds, seed) => {
    const random = new Random(seed);
    rank(Float32Array.from({ length: r * c }, () => odd[random.below(kinds)]), r, c, n, random);
  }), { numRuns: 200, seed: 62 });
});

test("sorted rows and equal rows", () => {
  const random = new Random(63);
  for (const n of [1, 20, 33, 100]) {
    for (const c of [511, 512, 513]) {
      rank(Float32Array.from({ length: c }, (_, j) => j - 200), 1, c, n, random);
      rank(Float32Array.from({ length: c }, (_, j) => 200 - j), 1, c, n, random);
      rank(new Float32Array(c).fill(-3), 1, c, n, random);
    }
  }
});

test("rows too wide for the workspace fall back to the plain kernel", () => {
  const random = new Random(64);
  const c = 400000;
  const bench = new Bench("portable");
  const x = floats(c, random);
  const [indices, scores] = [new Int32Array(5), new Float32Array(5)];
  plain.rankRows(indices, scores, x, c, 5, 0, 1);
  const placed = bench.place([new Int32Array(5), new Float32Array(5), x], random);
  const [gotIndices, gotScores, gotX] = placed as [Int32Array, Float32Array, Float32Array];
  bench.kernels.rankRows!(gotIndices, gotScores, gotX, c, 5, 0, 1);
  assert.equal([...gotIndices], [...indices]);
  assert.equal([...gotScores], [...scores]);
});

test("gathered rows of any width, named in any order and more than once", () => {
  const width = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 127, 128, 129));
  fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), width, fc.integer({ min: 0, max: 60 }), fc.integer(),
    (r, c, count, seed) => {
      const random = new Random(seed);
      const listed = Int32Array.from({ length: count }, () => random.below(r));
      const args = [new Float32Array(count * c).fill(-7), floats(r * c, random), listed, c];
      check({ name: "gatherRows", args, total: count, outputs: { 0: 0 } }, random);
    }), { numRuns: 200, seed: 65 });
});

test("places of columns named in any order, among ties, infinities and NaN", () => {
  const odd = [-Infinity, 0, NaN, -0, Infinity, -1, 1, 2, 2, 1 + 2 ** -23];
  fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 30 }), fc.boolean(), fc.integer(),
    (c, count, few, seed) => {
      const random = new Random(seed);
      const x = few ? Float32Array.from({ length: c }, () => odd[random.below(odd.length)]) : floats(c, random);
      const numbers = [...x.keys()].filter((j) => !Number.isNaN(x[j]));
      if (numbers.length === 0) return;
      const listed = Int32Array.from({ length: count }, () => numbers[random.below(numbers.length)]);
      const args = [new Int32Array(count).fill(-7), x, listed];
      check({ name: "placesInRow", args, total: count, outputs: { 0: 0 } }, random);
    }), { numRuns: 200, seed: 66 });
});

test.run();
