/**
 * Sums of products with looked-up bytes. Sixteen rows look up an entry each by one instruction in the sixteen bytes
 * that a register holds; dimensions beyond these count as 0 there, so that a look-up in T tables is T of them, one
 * behind the other, of which at most one is not 0: some 4·T + 11 instructions for an entry of sixteen rows, 32 bytes.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import { GROUPS, MOST_DIMENSIONS, ROWS_OF_BLOCK, TABLE, type plainByteSums } from "../plain/byte-sums.js";
import {
  I32, V128, Func, advance, i16x8, i32, i8x16, sequence, v128, whileLoop, type Code,
} from "./emit/assembler.js";

/** Tables of a group. */
const SIZES = Array.from({ length: MOST_DIMENSIONS / TABLE / GROUPS }, (_, i) => i + 1);
/** Sixteen rows each. */
const HALVES = [0, 1];

/** byteSumsReachT(out, codes, shapes, p, bar, blocks), for T tables a group; codes at the first block's. */
function emitByteSumsReach(tables: number): Func {
  const f = new Func(`byteSumsReach${tables}`);
  const [out, codes, shapes, p, bar, blocks] = f.params(I32, 6);
  const [shape, slots] = f.locals(I32, 2);
  const table = f.locals(V128, tables);
  const [bars, sixteen, dimension, found, value] = f.locals(V128, 5);
  const [low, high] = [f.locals(V128, HALVES.length), f.locals(V128, HALVES.length)];
  const slot = (half: number): Code => sequence(
    dimension.set(v128.load(codes, TABLE * half)), found.set(i8x16.swizzle(table[0], dimension)),
    ...table.slice(1).map((one) => sequence(
      dimension.set(i8x16.sub(dimension, sixteen)), found.set(v128.or(found, i8x16.swizzle(one, dimension))))),
    value.set(v128.load(codes, ROWS_OF_BLOCK + TABLE * half)),
    low[half].set(i16x8.add(low[half], i16x8.productsLow(found, value))),
    high[half].set(i16x8.add(high[half], i16x8.productsHigh(found, value))));
  const group = (g: number): Code => sequence(
    slots.set(i32.and(i32.shrUnsigned(shape, 8 * g), 255)),
    ...table.map((one, t) => one.set(v128.load(p, TABLE * (g * tables + t)))),
    whileLoop(slots.get(), ...HALVES.map(slot), advance(codes, 2 * ROWS_OF_BLOCK), advance(slots, -1)));
  const reached = (half: number): Code => i8x16.bitmask(
    i8x16.narrowed(i16x8.geSigned(low[half], bars), i16x8.geSigned(high[half], bars)));
  return f.body(
    bars.set(i16x8.splat(bar)), sixteen.set(i8x16.splat(TABLE)),
    whileLoop(i32.gtSigned(blocks, 0),
      shape.set(i32.load(shapes)),
      ...[...low, ...high].map((sum) => sum.set(0)),
      ...Array.from({ length: GROUPS }, (_, g) => group(g)),
      i32.store(out, i32.or(reached(0), i32.shl(reached(1), 16))),
      advance(out, 4), advance(shapes, 4), advance(blocks, -1)));
}

function bind(wasm: Emitted): SimdKernels<typeof plainByteSums> {
  return {
    byteSumsReach(out, codes, shapes, starts, p, bar, begin, end) {
      wasm[`byteSumsReach${(4 * p.length) / (GROUPS * TABLE)}`](
        out.byteOffset + 4 * begin, codes.byteOffset + 4 * starts[begin], shapes.byteOffset + 4 * begin, p.byteOffset,
        bar, end - begin,
      );
    },
  };
}

export const simdByteSums: SimdFamily<typeof plainByteSums> = { emit: () => SIZES.map(emitByteSumsReach), bind };
