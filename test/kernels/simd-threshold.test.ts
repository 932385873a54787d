import { test } from "uvu";
import fc from "fast-check";
import { Random } from "../../src/base/random.js";
import { check, floats } from "./simd-check.js";

const rows = fc.integer({ min: 0, max: 6 });
const cols = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 41, max: 1200 }));
const kinds = fc.integer({ min: 0, max: 13 });
const ODD = [0, -0, NaN, Infinity, -Infinity, -1, 1e-45, 1, 1, 2, 2, 0.25, 1 + 2 ** -23];

/** Random numbers, or a few values with many ties. */
function entries(length: number, kinds: number, random: Random): Float32Array {
  return kinds === 0 ? floats(length, random) : Float32Array.from({ length }, () => ODD[random.below(kinds)]);
}

test("nthLargest", () => {
  const n = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 81, max: 3000 }));
  fc.assert(fc.property(rows, cols, n, kinds, fc.integer(), (r, c, n, kinds, seed) => {
    const random = new Random(seed);
    check({
      name: "nthLargest", args: [new Float32Array(1).fill(NaN), entries(r * c, kinds, random), n], total: 1,
      outputs: { 0: 0 },
    }, random);
  }), { numRuns: 150, seed: 71 });
});

test("countAbove and compressAbove, with one threshold and with one a column", () => {
  const stride = fc.constantFrom(0, 1);
  fc.assert(fc.property(rows, cols, kinds, stride, fc.integer(), (r, c, kinds, stride, seed) => {
    const random = new Random(seed);
    const x = entries(r * c, kinds, random);
    const threshold = entries(stride ? c : 1, kinds, random);
    check({
      name: "countAbove", args: [new Int32Array(r).fill(-7), x, threshold, stride, c], total: r, outputs: { 0: 0 },
    }, random);
    // Room for whole rows, so that neighbouring rows' entries stay as they were.
    const rowStart = Int32Array.from({ length: r }, (_, i) => i * c);
    check({
      name: "compressAbove", total: r, outputs: { 0: 0, 1: 0 },
      args: [new Int32Array(r * c).fill(-7), new Float32Array(r * c).fill(-7), rowStart, x, threshold, stride, c],
    }, random);
  }), { numRuns: 200, seed: 72 });
});

test.run();
