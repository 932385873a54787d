/** keepLargest against the plain kernel: the same lists, whole and in pieces; sums to rounding. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { keepLargest } from "../../src/kernels/plain/largest.js";
import { assertClose } from "../support/assert-close.js";
import { Bench, NUMERICS, type Arg } from "./simd-check.js";

const ODD = [0, -0, NaN, Infinity, -Infinity, -1, 1e-45, 1, 1, 2, 2, 0.25, 1 + 2 ** -23];
const benches = NUMERICS.map((numerics) => new Bench(numerics));

/** Each row's list; what lies behind it is anybody's. */
function lists([s, columns, rowEnd]: readonly Arg[], cols: number): number[][][] {
  const [values, at, ends] = [s, columns, rowEnd] as [Float32Array, Int32Array, Int32Array];
  return [...ends].map((end, r) => [[...values.slice(r * cols, end)], [...at.slice(r * cols, end)]]);
}

test("keepLargest, in place, whole and in pieces", () => {
  const cols = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 41, max: 900 }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 6 }), cols, fc.integer(), (rows, cols, seed) => {
    const random = new Random(seed);
    const draw = (n: number): Float32Array => Float32Array.from({ length: n }, () => ODD[random.below(ODD.length)]);
    const args = [
      draw(rows * cols), new Int32Array(rows * cols), new Int32Array(rows), new Float32Array(rows), draw(rows),
    ] as const;
    const sums = new Float64Array(rows);
    const truth = [args[0].slice(), args[1].slice(), args[2].slice()] as const;
    keepLargest(...truth, sums, args[4], cols, 0, rows);
    for (const bench of benches) {
      for (const cut of [0, random.below(rows + 1)]) {
        const placed = bench.place(args, random) as unknown as
          [Float32Array, Int32Array, Int32Array, Float32Array, Float32Array];
        bench.kernels.keepLargest!(...placed, cols, 0, cut);
        bench.kernels.keepLargest!(...placed, cols, cut, rows);
        bench.checkCanaries("keepLargest");
        assert.equal(lists(placed, cols), lists(truth, cols));
        assertClose(placed[3], sums, { absolute: 1e-45, relative: 1e-5 });
      }
    }
  }), { numRuns: 150, seed: 74 });
});

test.run();
