/**
 * Refined codes with SIMD products. Where two swaps are nearly even rounding decides, so it is not the codes that must
 * be those of the plain kernel but how well they fit: row by row when nothing is swapped, in sum when something is.
 */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { plain } from "../../src/kernels/families.js";
import { Random } from "../../src/base/random.js";
import { WORKSPACE_BYTES } from "../../src/kernels/bind.js";
import { Bench, NUMERICS, floats, type Arg } from "./simd-check.js";

interface Sizes {
  rows: number;
  D: number;
  H: number;
  k: number;
  swaps: number;
  size: number;
}

const ITEMS = 23;
const benches = NUMERICS.map((numerics) => new Bench(numerics));

/** The arguments without the range: rows of up to k neurons, drawn at random. */
function problem(random: Random, { rows, D, H, k, swaps, size }: Sizes): Arg[] {
  const [indices, end] = [new Int32Array(rows * k).fill(-7), new Int32Array(rows)];
  const start = Int32Array.from({ length: rows }, (_, r) => r * k);
  const order = Int32Array.from({ length: H }, (_, h) => h);
  for (let r = 0; r < rows; r++) {
    const count = Math.min(H, random.below(k + 1));
    indices.set(random.shuffle(order).slice(0, count).sort(), r * k);
    end[r] = r * k + count;
  }
  const head = new Int32Array(rows * size).fill(-1);
  for (let r = 0; r < rows; r++) {
    const count = random.below(Math.min(size, 9) + 1);
    for (let q = 0; q < count; q++) head[r * size + q] = random.below(ITEMS);
  }
  const values = Float32Array.from({ length: rows * k }, () => random.uniform());
  const w = floats(H * D, random).map((v) => v / Math.sqrt(D));
  const a = floats(ITEMS * D, random).map((v) => v / Math.sqrt(D));
  return [
    indices, values, end, start, floats(rows * D, random), floats(D, random), w, H, D, swaps,
    size > 0 ? a : null, size > 0 ? head : null, size, 0.8,
  ];
}

type Loose = (...args: readonly unknown[]) => void;

/** ‖r‖²_M of each row. */
function errors(args: readonly Arg[]): number[] {
  const [indices, values, end, start, x, b, w] = args as Float32Array[];
  const [D, a, head, size, weight] = [args[8], args[10], args[11], args[12], args[13]] as [
    number, Float32Array | null, Int32Array | null, number, number,
  ];
  return Array.from(end, (to, r) => {
    const residual = Array.from({ length: D }, (_, j) => x[r * D + j] - b[j]);
    for (let q = start[r]; q < to; q++) {
      residual.forEach((_, j) => { residual[j] -= values[q] * w[indices[q] * D + j]; });
    }
    let sum = residual.reduce((total, v) => total + v * v, 0);
    for (let q = 0; a && head && q < size && head[r * size + q] >= 0; q++) {
      sum += weight * residual.reduce((total, v, j) => total + v * a[head[r * size + q] * D + j], 0) ** 2;
    }
    return sum;
  });
}

function byPlain(args: readonly Arg[]): Arg[] {
  const copies = args.map((arg) => typeof arg === "object" && arg ? arg.slice() : arg);
  (plain.refineCodes as Loose)(...copies, 0, (args[2] as Int32Array).length);
  return copies;
}

function bySimd(bench: Bench, args: readonly Arg[], cuts: readonly number[], random: Random): Arg[] {
  const placed = bench.place(args, random);
  const bounds = [0, ...cuts, (args[2] as Int32Array).length];
  for (let i = 1; i < bounds.length; i++) (bench.kernels.refineCodes as Loose)(...placed, bounds[i - 1], bounds[i]);
  bench.checkCanaries("refineCodes");
  return placed.map((arg) => typeof arg === "object" && arg ? arg.slice() : arg);
}

const sizes: fc.Arbitrary<Sizes> = fc.record({
  rows: fc.integer({ min: 0, max: 6 }), D: fc.integer({ min: 1, max: 70 }), H: fc.integer({ min: 1, max: 90 }),
  k: fc.integer({ min: 1, max: 17 }), swaps: fc.integer({ min: 0, max: 9 }), size: fc.integer({ min: 0, max: 9 }),
});

test("fitted as the plain kernel fits", () => {
  fc.assert(fc.property(sizes, fc.integer(), (of, seed) => {
    const args = problem(new Random(seed), { ...of, swaps: 0 });
    const wanted = errors(byPlain(args));
    for (const bench of benches) {
      errors(bySimd(bench, args, [], new Random(seed))).forEach((error, r) => {
        assert.ok(Math.abs(error - wanted[r]) <= 1e-5 * (1 + wanted[r]), `row ${r}: ${error} for ${wanted[r]}`);
      });
    }
  }), { numRuns: 200, seed: 71 });
});

test("swapped as well as the plain kernel swaps, and no row becomes worse", () => {
  const sums = { before: 0, plain: 0 };
  const simd = benches.map(() => 0);
  fc.assert(fc.property(sizes, fc.integer(), (of, seed) => {
    const args = problem(new Random(seed), of);
    const before = errors(args);
    sums.before += before.reduce((a, b) => a + b, 0);
    sums.plain += errors(byPlain(args)).reduce((a, b) => a + b, 0);
    benches.forEach((bench, i) => {
      const out = bySimd(bench, args, [], new Random(seed));
      errors(out).forEach((error, r) => {
        simd[i] += error;
        assert.ok(error <= before[r] + 1e-4 * (1 + before[r]), `row ${r}: ${before[r]} became ${error}`);
      });
      const [indices, values, end, start] = out as Int32Array[];
      end.forEach((to, r) => {
        for (let q = start[r]; q < to; q++) {
          assert.ok(
            values[q] > 0 && indices[q] >= 0 && indices[q] < of.H && (q === start[r] || indices[q] > indices[q - 1]),
          );
        }
      });
    });
  }), { numRuns: 200, seed: 72 });
  assert.ok(sums.plain < 0.85 * sums.before, `${sums.plain} after ${sums.before}`);
  for (const sum of simd) assert.ok(Math.abs(sum - sums.plain) < 5e-3 * sums.plain, `${sum} for ${sums.plain}`);
});

test("any split of the rows gives the same bits", () => {
  fc.assert(fc.property(sizes, fc.integer(), fc.nat(6), (of, seed, cut) => {
    const args = problem(new Random(seed), of);
    for (const bench of benches) {
      const whole = bySimd(bench, args, [], new Random(seed));
      assert.equal(bySimd(bench, args, [Math.min(cut, of.rows)], new Random(seed + 1)), whole);
    }
  }), { numRuns: 100, seed: 73 });
});

test("a row that is not finite stays", () => {
  const random = new Random(74);
  const args = problem(random, { rows: 3, D: 9, H: 20, k: 4, swaps: 5, size: 3 });
  (args[4] as Float32Array)[9] = NaN;
  for (const bench of benches) {
    const out = bySimd(bench, args, [], random);
    assert.equal((out[0] as Int32Array).subarray(4, 8), (args[0] as Int32Array).subarray(4, 8));
    assert.equal((out[1] as Float32Array).subarray(4, 8), (args[1] as Float32Array).subarray(4, 8));
  }
});

test("rows too wide for the workspace go to the plain kernel", () => {
  const random = new Random(75);
  const args = problem(random, { rows: 1, D: 40, H: 30, k: 5, swaps: 4, size: WORKSPACE_BYTES / 4 });
  for (const bench of benches) assert.equal(bySimd(bench, args, [], random), byPlain(args));
});

test.run();
