/** Rounding and products in 16 bits: rounding to the bit, products but for the rounding of each block's sum. */
import { test } from "uvu";
import type { Random } from "../../src/base/random.js";
import { UNIT, before, check, eachShape, floats, type Arg } from "./simd-check.js";
import { plain } from "../../src/kernels/families.js";
import { QUANTUM } from "../../src/kernels/plain/rounded.js";

eachShape("largestSizes", 0, (rows, cols, _, random) => {
  const x = floats(rows * cols, random);
  if (x.length > 3) x[random.below(x.length)] = NaN;
  check({
    name: "largestSizes", args: [new Float32Array(rows).fill(NaN), x, cols], total: rows, outputs: { 0: 0 },
  }, random);
});

eachShape("roundRows", 1, (rows, cols, _, random) => {
  const scale = Float32Array.from({ length: rows }, () => (random.below(5) === 0 ? 0 : random.uniform() / 1000 + 1e-4));
  check({
    name: "roundRows", args: [words(rows * Math.ceil(cols / 2), random), floats(rows * cols, random), scale, cols],
    total: rows, outputs: { 0: 0 },
  }, random);
});

eachShape("interleaveRows", 1, (rows, cols, _, random) => {
  const pairs = Math.ceil(rows / 2);
  check({
    name: "interleaveRows",
    args: [words(pairs * cols, random), words(rows * Math.ceil(cols / 2), random), rows, cols], total: pairs,
    outputs: { 0: 0 },
  }, random);
});

/** Pairs of numbers from −1448 to 1448. */
function words(n: number, random: Random): Int32Array {
  return new Int32Array(Int16Array.from({ length: 2 * n }, () => random.below(2 * QUANTUM + 1) - QUANTUM).buffer);
}

for (const name of ["roundedMatmul", "roundedMatmulABt", "roundedMatmulAtB"] as const) {
  eachShape(name, 1, (r, c, flag, random) => {
    const [m, n] = random.below(2) === 0 ? [r, c] : [c, r];
    // Now and then more than one block.
    const pairs = 1 + (random.below(8) === 0 ? random.below(1300) : random.below(40));
    const args: Arg[] = [
      before(m * n, flag, random), words(m * pairs, random), words(n * pairs, random), m, n, pairs, 2 ** -10 / 3, flag,
    ];
    check({ name, args, total: Math.max(m, n), outputs: { 0: bound(name, args) } }, random);
  });
}

/** Each of at most three blocks is scaled, rounded, and added: a few roundings of what is no more than its size. */
function bound(name: "roundedMatmul" | "roundedMatmulABt" | "roundedMatmulAtB", args: readonly Arg[]): Float64Array {
  const sizes = args.map((arg) => arg instanceof Float32Array ? Float64Array.from(arg, Math.abs)
    : arg instanceof Int32Array ? new Int32Array(new Int16Array(arg.slice().buffer).map(Math.abs).buffer) : arg);
  const [m, n] = [args[3] as number, args[4] as number];
  (plain[name] as unknown as (...all: unknown[]) => void)(...sizes, 0, Math.max(m, n));
  return (sizes[0] as unknown as Float64Array).map((size) => 8 * UNIT * size);
}

test.run();
