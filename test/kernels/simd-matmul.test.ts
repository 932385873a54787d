import { test } from "uvu";
import * as assert from "uvu/assert";
import fc from "fast-check";
import { Random } from "../../src/base/random.js";
import { Bench, NUMERICS, before, check, floats, linearBound, sameBits, type Arg } from "./simd-check.js";

const FORMS = ["matmul", "matmulABt", "matmulAtB"] as const;

function product(
  name: (typeof FORMS)[number], m: number, n: number, k: number, accumulate: number, random: Random,
): void {
  const args: Arg[] = [
    before(m * n, accumulate, random), floats(m * k, random), floats(n * k, random), m, n, k, accumulate,
  ];
  const total = n > m ? n : m;
  check({ name, args, total, outputs: { 0: linearBound(name, args, total, 0, k + 1) } }, random);
}

for (const name of FORMS) {
  test(`${name}: awkward shapes`, () => {
    const random = new Random(1);
    const shapes = [
      [0, 5, 3], [5, 0, 3], [4, 5, 0], [1, 1, 1], [6, 8, 4], [5, 8, 3], [7, 9, 5], [12, 16, 256], [13, 17, 257],
      [241, 7, 300], [3, 2059, 6], [2051, 4, 9], [64, 64, 513], [1, 300, 31], [300, 1, 37],
    ];
    for (const [m, n, k] of shapes) for (const accumulate of [0, 1]) product(name, m, n, k, accumulate, random);
  });

  test(`${name}: any shape`, () => {
    const side = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 21, max: 120 }));
    fc.assert(fc.property(side, side, side, fc.integer({ min: 0, max: 1 }), fc.integer(), (m, n, k, accumulate, seed) =>
      product(name, m, n, k, accumulate, new Random(seed))), { numRuns: 60, seed: 7 });
  });
}

test("a shared memory gives the same bits", () => {
  const random = new Random(3);
  const args = [before(50 * 70, 0, random), floats(50 * 30, random), floats(30 * 70, random), 50, 70, 30, 0] as const;
  for (const numerics of NUMERICS) {
    const results = [false, true].map((shared) => {
      const bench = new Bench(numerics, shared);
      const [c, a, b] = bench.place(args, random) as Float32Array[];
      bench.kernels.matmul!(c, a, b, 50, 70, 30, 0, 0, 70);
      return c;
    });
    sameBits(results[0], results[1], "shared");
    assert.ok(results[0].some((x) => x !== 0));
  }
});

test.run();
