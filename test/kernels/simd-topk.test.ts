import { test } from "uvu";
import * as assert from "uvu/assert";
import fc from "fast-check";
import { plain } from "../../src/kernels/families.js";
import { Random } from "../../src/base/random.js";
import { Bench, check, floats } from "./simd-check.js";

function topk(x: Float32Array, rows: number, cols: number, k: number, random: Random): void {
  // Slots behind a short row stay as they were, in both.
  const args = [
    new Int32Array(rows * k).fill(-7), new Float32Array(rows * k).fill(-7), new Int32Array(rows), x, cols, k,
  ];
  check({ name: "topkRelu", args, total: rows, outputs: { 0: 0, 1: 0, 2: 0 } }, random);
}

const rows = fc.integer({ min: 0, max: 4 });
const cols = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 81, max: 3000 }));
const k = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 700 }), fc.constantFrom(8, 32, 64, 512));

test("random numbers", () => {
  fc.assert(fc.property(rows, cols, k, fc.integer(), (r, c, k, seed) => {
    const random = new Random(seed);
    topk(floats(r * c, random), r, c, k, random);
  }), { numRuns: 200, seed: 21 });
});

test("many ties, NaN, infinities and zeros", () => {
  const odd = [0, -0, NaN, Infinity, -Infinity, -1, 1e-45, 1, 1, 2, 2, 2, 3, 1 + 2 ** -23];
  const kinds = fc.integer({ min: 1, max: odd.length });
  fc.assert(fc.property(rows, cols, k, kinds, fc.integer(), (r, c, k, kinds, seed) => {
    const random = new Random(seed);
    topk(Float32Array.from({ length: r * c }, () => odd[random.below(kinds)]), r, c, k, random);
  }), { numRuns: 200, seed: 22 });
});

test("sorted rows and equal rows", () => {
  const random = new Random(23);
  for (const k of [1, 31, 32, 33, 64, 100, 512]) {
    for (const c of [511, 512, 513, 2048]) {
      topk(Float32Array.from({ length: c }, (_, j) => j + 1), 1, c, k, random);
      topk(Float32Array.from({ length: c }, (_, j) => c - j), 1, c, k, random);
      topk(new Float32Array(c).fill(3), 1, c, k, random);
      topk(new Float32Array(c).fill(-3), 1, c, k, random);
    }
  }
});

test("rows too wide for the workspace and k = 0 fall back to the plain kernel", () => {
  const random = new Random(24);
  const c = 400000;
  const bench = new Bench("portable");
  const args = [new Int32Array(5), new Float32Array(5), new Int32Array(1), floats(c, random), c, 5] as const;
  const expected = args.slice(0, 3).map((a) => (a as Int32Array).slice()) as [Int32Array, Float32Array, Int32Array];
  plain.topkRelu(...expected, args[3], c, 5, 0, 1);
  const placed = bench.place(args, random) as [Int32Array, Float32Array, Int32Array, Float32Array];
  const [indices, values, rowEnd, x] = placed;
  bench.kernels.topkRelu!(indices, values, rowEnd, x, c, 5, 0, 1);
  assert.equal([indices, values, rowEnd].map((a) => [...a]), expected.map((a) => [...a]));
  topk(floats(30, random), 3, 10, 0, random);
});

test.run();
