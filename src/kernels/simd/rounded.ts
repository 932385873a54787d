/**
 * Rounding to 16 bits and products of what was rounded (plain/rounded.ts). The products are those of matmul.ts with the
 * tile that screen.ts has too: a word, two numbers, takes a float's place in packing and blocks, and a block's sums
 * become floats when they are added to C. A block of 512 words is what QUANTUM has room for.
 *
 * Rounding reads 4 bytes a number and writes 2, interleaving reads and writes 2: bound by memory, twice 1 to 2 % of a
 * step's products.
 */
import type { Emitted, SimdFamily, SimdKernels, Workspace } from "../family.js";
import type { plainRounded } from "../plain/rounded.js";
import {
  F32, I32, V128, Func, advance, either, f32, f32x4, i16x8, i32, i32x4, sequence, shuffleHalves, v128, when, whileLoop,
  type Code, type Operand,
} from "./emit/assembler.js";
import { broadcast, highest, scalar, sweep } from "./emit/sweep.js";
import { multiplyScaledPanels } from "./emit/tile.js";
import { blockedProduct } from "./matmul.js";

/** largestSize(x, bytes). */
function emitLargestSize(): Func {
  const f = new Func("largestSize", F32);
  const [x, bytes] = f.params(I32, 2);
  const tops = f.locals(V128, 4);
  return f.body(
    ...tops.map((top) => top.set(0)),
    sweep(f, [x], bytes, 4, (access, at, step) =>
      tops[step].set(f32x4.pmax(tops[step], f32x4.abs(access.load(x, at))))),
    ...tops.slice(1).map((top) => tops[0].set(f32x4.pmax(tops[0], top))),
    highest(tops[0]));
}

/** roundRow(q, x, cols, scale). */
function emitRoundRow(): Func {
  const f = new Func("roundRow");
  const [q, x, cols] = f.params(I32, 3);
  const [scale] = f.params(F32, 1);
  const left = f.local(I32);
  const inverse = scalar(f);
  const [inverses, fill] = broadcast(f, inverse);
  const whole = (v: Operand): Code => i32x4.truncated(f32x4.nearest(f32x4.mul(v, inverses)));
  const low = (v: Code): Code => i32.and(i32x4.extract(whole(v), 0), 0xffff);
  return f.body(
    either(f32.gt(scale, 0), inverse.set(f32.div(1, scale)), inverse.set(0)), fill,
    left.set(cols),
    whileLoop(i32.geSigned(left, 8),
      v128.store(q, i16x8.narrowed(whole(v128.load(x)), whole(v128.load(x, 16)))),
      advance(x, 32), advance(q, 16), advance(left, -8)),
    whileLoop(i32.geSigned(left, 2),
      i32.store(q, i32.or(low(v128.loadLane(x)), i32.shl(low(v128.loadLane(x, 4)), 16))),
      advance(x, 8), advance(q, 4), advance(left, -2)),
    when(left, i32.store(q, low(v128.loadLane(x)))));
}

/** interleave(out, first, second, cols, mask): the second row counts as 0 where the mask is 0. */
function emitInterleave(): Func {
  const f = new Func("interleave");
  const [out, first, second, cols, mask] = f.params(I32, 5);
  const [left, a, b] = f.locals(I32, 3);
  const [x, y, masks] = f.locals(V128, 3);
  const halves = (from: number): number[] => [0, 1, 2, 3].flatMap((i) => [from + i, 8 + from + i]);
  const lowWord = i32.store(out, i32.or(i32.and(a, 0xffff), i32.shl(b, 16)));
  return f.body(
    masks.set(i32x4.splat(mask)), left.set(cols),
    whileLoop(i32.geSigned(left, 8),
      x.set(v128.load(first)), y.set(v128.and(v128.load(second), masks)),
      v128.store(out, shuffleHalves(x, y, halves(0))), v128.store(out, shuffleHalves(x, y, halves(4)), 16),
      advance(first, 16), advance(second, 16), advance(out, 32), advance(left, -8)),
    whileLoop(i32.gtSigned(left, 0),
      a.set(i32.load(first)), b.set(i32.and(i32.load(second), mask)),
      lowWord,
      when(i32.gtSigned(left, 1),
        sequence(i32.store(out, i32.or(i32.shrUnsigned(a, 16), i32.and(b, -0x10000)), 4))),
      advance(first, 4), advance(second, 4), advance(out, 8), advance(left, -2)));
}

function bind(wasm: Emitted, workspace: Workspace): SimdKernels<typeof plainRounded> {
  let scaled = 1;
  const product = blockedProduct(wasm, (a, b, c, mPanels, nPanels, k, stride, accumulate) =>
    wasm.multiplyScaledPanels(a, b, c, mPanels, nPanels, k, stride, accumulate, scaled), workspace);
  return {
    largestSizes(out, x, cols, begin, end) {
      for (let r = begin; r < end; r++) out[r] = wasm.largestSize(x.byteOffset + 4 * r * cols, 4 * cols);
    },
    roundRows(q, x, scale, cols, begin, end) {
      const words = Math.ceil(cols / 2);
      for (let r = begin; r < end; r++) {
        wasm.roundRow(q.byteOffset + 4 * r * words, x.byteOffset + 4 * r * cols, cols, scale[r]);
      }
    },
    interleaveRows(out, q, rows, cols, begin, end) {
      const words = Math.ceil(cols / 2);
      for (let p = begin; p < end; p++) {
        const first = q.byteOffset + 8 * p * words;
        const both = 2 * p + 1 < rows;
        wasm.interleave(out.byteOffset + 4 * p * cols, first, both ? first + 4 * words : first, cols, both ? -1 : 0);
      }
    },
    roundedMatmul(c, a, b, m, n, words, scale, accumulate, begin, end) {
      scaled = scale;
      product(c, a, b, m, n, words, accumulate, begin, end, true, false);
    },
    roundedMatmulABt(c, a, b, m, n, words, scale, accumulate, begin, end) {
      scaled = scale;
      product(c, a, b, m, n, words, accumulate, begin, end, true, true);
    },
    roundedMatmulAtB(c, a, b, m, n, words, scale, accumulate, begin, end) {
      scaled = scale;
      product(c, a, b, m, n, words, accumulate, begin, end, false, false);
    },
  };
}

export const simdRounded: SimdFamily<typeof plainRounded> = {
  emit: () => [emitLargestSize(), emitRoundRow(), emitInterleave(), multiplyScaledPanels()], bind,
};
