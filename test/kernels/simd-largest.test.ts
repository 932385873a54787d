import { test } from "uvu";
import fc from "fast-check";
import { Bench, NUMERICS, type Arg } from "./simd-check.js";
import { Random } from "../../src/base/random.js";
import { keepLargest } from "../../src/kernels/plain/largest.js";
import * as assert from "uvu/assert";

const ODD = [0, -0, NaN, Infinity, -Infinity, -1, 1e-45, 1, 1, 2, 2, 0.25, 1 + 2 ** -23];
const benches = NUMERICS.map((numerics) => new Bench(numerics));

/** Each row's list; what lies behind it is anybody's. */
function lists([s, columns, rowEnd]: readonly Arg[], cols: number): number[][][] {
  const [values, at, ends] = [s, columns, rowEnd] as [Float32Array, Int32Array, Int32Array];
  return [...ends].map((end, r) => [[...values.slice(r * cols, end)], [...at.slice(r * cols, end)]]);
}

test("keepLargest, in place, whole and in pieces", () => {
  const sizes = [fc.integer({ min: 0, max: 6 }), fc.oneof(fc.integer({ max: 40, min: 0 }), fc.integer({ max: 900, min: 41 }))];
  fc.assert(fc.property(sizes[0], sizes[1], fc.integer(), (rows, cols, seed) => {
    const random = new Random(seed);
    const draw = (n: number): Float32Array => Float32Array.from({ length: n }, () => ODD[random.below(ODD.length)]);
    const args = [draw(rows * cols), new Int32Array(rows * cols), new Int32Array(rows), draw(rows)] as const;
    const truth = [args[0].slice(), args[1].slice(), args[2].slice()] as const;
    keepLargest(...truth, args[3], cols, 0, rows);
    for (const bench of benches) {
      for (const cut of [0, random.below(rows + 1)]) {
        const placed = bench.place(args, random) as unknown as [Float32Array, Int32Array, Int32Array, Float32Array];
        bench.kernels.keepLargest!(...placed, cols, 0, cut);
        bench.kernels.keepLargest!(...placed, cols, cut, rows);
        bench.checkCanaries("keepLargest");
        assert.equal(lists(placed, cols), lists(truth, cols));
      }
    }
  }), { numRuns: 150, seed: 74 });
});

test.run();
