/**
 * Sums of products with looked-up bytes. Sixteen rows look up an entry each by one instruction in the sixteen bytes
 * that a register holds; dimensions beyond these count as 0 there, so a look-up among D is ⌈D/16⌉ of them, one behind
 * the other, of which at most one is not 0: some 4·⌈D/16⌉ + 11 instructions for an entry of sixteen rows, 32 bytes.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import { MOST_DIMENSIONS, ROWS_OF_BLOCK, type plainByteSums } from "../plain/byte-sums.js";
import { ROWS_OF_WORD } from "../plain/code-sums.js";
import {
  I32, V128, Func, advance, i16x8, i32, i8x16, sequence, v128, whileLoop, type Code, type Local,
} from "./emit/assembler.js";

const SIZES = Array.from({ length: MOST_DIMENSIONS / 16 }, (_, i) => i + 1);
/** Tables that stay in registers; the others are read where they are needed. */
const KEPT = 8;

/** byteSumsReachT(out, codes, p, bytes of a block, bar, words of out), for T tables. */
function emitByteSumsReach(tables: number): Func {
  const f = new Func(`byteSumsReach${tables}`);
  const [out, codes, p, bytes, bar, words] = f.params(I32, 6);
  const end = f.local(I32);
  const kept = f.locals(V128, Math.min(tables, KEPT));
  const [bars, sixteen, dimension, found] = f.locals(V128, 4);
  const [low, high] = f.locals(V128, 2);
  const bits = f.local(I32);
  const table = (t: number): Local | Code => (t < KEPT ? kept[t] : v128.load(p, 16 * t));
  const lookUp = sequence(
    dimension.set(v128.load(codes)), found.set(i8x16.swizzle(table(0), dimension)),
    ...Array.from({ length: tables - 1 }, (_, t) => sequence(
      dimension.set(i8x16.sub(dimension, sixteen)),
      found.set(v128.or(found, i8x16.swizzle(table(t + 1), dimension))))));
  const block = sequence(
    low.set(0), high.set(0), end.set(i32.add(codes, bytes)),
    whileLoop(i32.ne(codes, end),
      lookUp,
      low.set(i16x8.add(low, i16x8.productsLow(found, v128.load(codes, ROWS_OF_BLOCK)))),
      high.set(i16x8.add(high, i16x8.productsHigh(found, v128.load(codes, ROWS_OF_BLOCK)))),
      advance(codes, 2 * ROWS_OF_BLOCK)));
  const reached = i8x16.bitmask(i8x16.narrowed(i16x8.geSigned(low, bars), i16x8.geSigned(high, bars)));
  return f.body(
    bars.set(i16x8.splat(bar)), sixteen.set(i8x16.splat(16)),
    ...kept.map((one, t) => one.set(v128.load(p, 16 * t))),
    whileLoop(i32.gtSigned(words, 0),
      block, bits.set(reached),
      block, i32.store(out, i32.or(bits, i32.shl(reached, 16))),
      advance(out, 4), advance(words, -1)));
}

function bind(wasm: Emitted): SimdKernels<typeof plainByteSums> {
  return {
    byteSumsReach(out, codes, p, entries, bar, begin, end) {
      const bytes = 2 * ROWS_OF_BLOCK * entries;
      wasm[`byteSumsReach${p.length / 4}`](
        out.byteOffset + 4 * begin, codes.byteOffset + (ROWS_OF_WORD / ROWS_OF_BLOCK) * bytes * begin, p.byteOffset,
        bytes, bar, end - begin,
      );
    },
  };
}

export const simdByteSums: SimdFamily<typeof plainByteSums> = { emit: () => SIZES.map(emitByteSumsReach), bind };
