import { test } from "uvu";
import { Random } from "../../src/base/random.js";
import { GROUPS, ROWS_OF_BLOCK, TABLE } from "../../src/kernels/plain/byte-sums.js";
import { check } from "./simd-check.js";

/** Bytes as the words that hold them. */
function words(bytes: Int8Array): Int32Array {
  return new Int32Array(bytes.buffer);
}

test("byteSumsReach", () => {
  const random = new Random(61);
  for (let round = 0; round < 150; round++) {
    const [blocks, tables] = [random.below(9), 1 + random.below(4)];
    // Up to 3 slots of each group: no sum is beyond 16 bits.
    const shapes = Int32Array.from({ length: blocks }, () => random.uint32() & 0x03030303);
    const starts = new Int32Array(blocks + 1);
    shapes.forEach((shape, b) => {
      const slots = Array.from({ length: GROUPS }, (_, g) => (shape >>> (8 * g)) & 255).reduce((sum, n) => sum + n, 0);
      starts[b + 1] = starts[b] + (slots * 2 * ROWS_OF_BLOCK) / 4;
    });
    const codes = Int8Array.from({ length: 4 * starts[blocks] }, (_, at) =>
      Math.floor(at / ROWS_OF_BLOCK) % 2 === 0 ? random.below(TABLE * tables) : random.below(101) - 50);
    const p = Int8Array.from({ length: GROUPS * TABLE * tables }, () => random.below(101) - 50);
    check({
      name: "byteSumsReach", total: blocks, outputs: { 0: 0 },
      args: [new Int32Array(blocks).fill(-1), words(codes), shapes, starts, words(p), random.below(4001) - 2000],
    }, random);
  }
});

test.run();
