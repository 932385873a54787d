/**
 * Screening in 16 bits: the kernels as their specification has them, and the whole way against the full product, on
 * numbers whose products are exact, so that ties are ties and nothing depends on rounding.
 */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { largestQuantum } from "../../src/kernels/plain/screen.js";
import { plain } from "../../src/kernels/families.js";
import { Bench, NUMERICS, check, eachShape, floats } from "./simd-check.js";

/** Whole numbers of 1/64 from −1 to 1. */
const coarse = (n: number, random: Random): Float32Array =>
  Float32Array.from({ length: n }, () => (random.below(129) - 64) / 64);

eachShape("int16Product", 1, (r, c, _, random) => {
  const words = 1 + random.below(5) * 4;
  const ints = (n: number): Int32Array => new Int32Array(Int16Array.from(
    { length: 2 * n }, () => random.below(2 * 2047 + 1) - 2047).buffer);
  const [m, n] = random.below(2) === 0 ? [r, c] : [c, r];
  check({
    name: "int16Product", args: [new Int32Array(m * n).fill(7), ints(m * words), ints(n * words), m, n, words],
    total: Math.max(m, n), outputs: { 0: 0 },
  }, random);
});

test("quantised rows: within half a step, and the facts bound what is missed", () => {
  const random = new Random(2);
  for (const numerics of NUMERICS) {
    const bench = new Bench(numerics);
    for (const cols of [8, 64, 104, 1024]) {
      const rows = 5;
      const x = floats(rows * cols, random);
      x.fill(0, cols, 2 * cols);
      const facts = Array.from({ length: 3 }, () => new Float32Array(rows).fill(NaN));
      const placed = bench.place([new Int32Array((rows * cols) / 2), ...facts, x], random);
      const [q, scale, norm, error] = placed as [Int32Array, Float32Array, Float32Array, Float32Array];
      bench.kernels.quantiseRows!(q, scale, norm, error, placed[4] as Float32Array, cols, 0, rows);
      bench.checkCanaries("quantiseRows");
      const halves = new Int16Array(q.slice().buffer);
      for (let r = 0; r < rows; r++) {
        let [missed, squares] = [0, 0];
        for (let j = r * cols; j < (r + 1) * cols; j++) {
          assert.ok(Math.abs(halves[j]) <= largestQuantum(cols));
          assert.ok(Math.abs(x[j] - scale[r] * halves[j]) <= 0.5001 * scale[r]);
          missed += (x[j] - scale[r] * halves[j]) ** 2;
          squares += x[j] ** 2;
        }
        assert.ok(Math.abs(norm[r] - Math.sqrt(squares)) <= 1e-5 * Math.sqrt(squares));
        assert.ok(Math.abs(error[r] - Math.sqrt(missed)) <= 1e-3 * Math.sqrt(missed) + 1e-6 * norm[r]);
      }
    }
  }
});

test("a quantised product fits 32 bits", () => {
  for (const cols of [8, 64, 256, 512, 1024]) assert.ok(largestQuantum(cols) ** 2 * cols < 2 ** 31, `${cols}`);
});

test("screenedTopk finds what the full product finds", () => {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 40 }),
    (seed, cols, k) => {
      const random = new Random(seed);
      const [rows, d] = [1 + random.below(5), 8 * (1 + random.below(12))];
      const [x, w, b] = [coarse(rows * d, random), coarse(cols * d, random), coarse(cols, random)];
      if (random.below(3) === 0) b.fill(-2);
      const quantised = (data: Float32Array, count: number): [Int32Array, Float32Array, Float32Array, Float32Array] => {
        const facts = Array.from({ length: 3 }, () => new Float32Array(count));
        const q = new Int32Array((count * d) / 2);
        plain.quantiseRows(q, facts[0], facts[1], facts[2], data, d, 0, count);
        return [q, facts[0], facts[1], facts[2]];
      };
      const [xq, scale, norm, error] = quantised(x, rows);
      const [wq, columnScale, columnNorm, columnError] = quantised(w, cols);
      const products = new Int32Array(rows * cols);
      plain.int16Product(products, xq, wq, rows, cols, d / 2, 0, Math.max(rows, cols));
      const most = Float32Array.of(Math.max(...columnNorm), Math.max(...columnError), Math.max(...b.map(Math.abs)));
      // Slots that no winner fills stay as they were.
      check({
        name: "screenedTopk",
        args: [
          new Int32Array(rows * k).fill(-7), new Float32Array(rows * k).fill(-7), new Int32Array(rows), products, scale,
          norm, error, columnScale, x, w, b, most, d, k,
        ],
        total: rows, outputs: { 0: 0, 1: 0, 2: 0 },
      }, random);
    }), { numRuns: 200, seed: 17 });
});

test.run();
