import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromHalf, toHalf } from "../../src/model-folder/float16.js";

test("every half is read and written back as it was", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, h) => h);
  const values = fromHalf(all);
  const again = toHalf(values);
  for (let h = 0; h < 65536; h++) {
    if (Number.isNaN(values[h])) assert.ok((again[h] & 0x7fff) > 0x7c00, `NaN ${h}`);
    else assert.is(again[h], h);
  }
});

test("known values", () => {
  const pairs: [value: number, half: number][] = [
    [0, 0], [-0, 0x8000], [1, 0x3c00], [-2, 0xc000], [65504, 0x7bff], [65519, 0x7bff], [65520, 0x7c00], [1e9, 0x7c00],
    [2 ** -14, 0x0400], [2 ** -24, 1], [2 ** -25, 0], [1.5 * 2 ** -25, 1], [-(2 ** -24), 0x8001], [0.1, 0x2e66],
    [1 + 2 ** -11, 0x3c00], [1 + 3 * 2 ** -11, 0x3c02], [Infinity, 0x7c00], [2047 * 2 ** -25, 0x0400],
  ];
  for (const [value, half] of pairs) assert.is(toHalf(Float32Array.of(value))[0], half, String(value));
});

test("what is written is the nearest half", () => {
  fc.assert(fc.property(fc.float({ min: -70000, max: 70000, noNaN: true }), (value) => {
    const [half] = toHalf(Float32Array.of(value));
    const distance = (bits: number): number => Math.abs(fromHalf(Uint16Array.of(bits))[0] - value);
    if (Math.abs(value) >= 65520) return;
    // Neighbours in magnitude; below 0 there is the other sign's 0.
    assert.ok(distance(half) <= distance(half + 1));
    if ((half & 0x7fff) > 0) assert.ok(distance(half) <= distance(half - 1));
  }), { numRuns: 2000, seed: 7 });
});

test.run();
