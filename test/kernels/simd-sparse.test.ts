import { test } from "uvu";
import fc from "fast-check";
import { Random } from "../../src/base/random.js";
import { before, check, floats, linearBound, rowLists, type Arg } from "./simd-check.js";

/** Entries of a row: more than two sweeps of eight. */
const MOST = 21;
const shape = [
  fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 70 }),
  fc.integer({ min: 0, max: 1 }), fc.integer(),
] as const;

for (const weighted of [false, true]) {
  test(`csrMatmul, ${weighted ? "weighted" : "binary"}`, () => {
    fc.assert(fc.property(...shape, (rows, inner, cols, accumulate, seed) => {
      const random = new Random(seed);
      const { rowStart, rowEnd, indices } = rowLists(rows, inner, MOST, random);
      const values = weighted ? floats(indices.length, random) : null;
      const args: Arg[] = [
        before(rows * cols, accumulate, random), rowStart, rowEnd, indices, values, floats(inner * cols, random), cols,
        accumulate,
      ];
      const bound = linearBound("csrMatmul", args, rows, 0, MOST + 1);
      check({ name: "csrMatmul", args, total: rows, outputs: { 0: bound } }, random);
    }), { numRuns: 150, seed: 11 });
  });
}

test("csrDots", () => {
  fc.assert(fc.property(...shape, (rows, inner, cols, accumulate, seed) => {
    const random = new Random(seed);
    const { rowStart, rowEnd, indices } = rowLists(rows, inner, MOST, random);
    const args: Arg[] = [
      before(indices.length, accumulate, random), rowStart, rowEnd, indices, floats(rows * cols, random),
      floats(inner * cols, random), cols, accumulate,
    ];
    const bound = linearBound("csrDots", args, rows, 0, cols + 1);
    check({ name: "csrDots", args, total: rows, outputs: { 0: bound } }, random);
  }), { numRuns: 150, seed: 12 });
});

test.run();
