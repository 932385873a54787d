/**
 * Inner products of 8-bit rows. Eight bytes at a time become 16-bit lanes, whose products are added in pairs to 32 bits
 * by one instruction; four rows stream by at once and share the loads of p. Integers: any order gives the same sum.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainInt8 } from "../plain/int8.js";
import { I32, V128, Func, advance, i16x8, i32, i32x4, sequence, v128, whileLoop, type Code } from "./emit/assembler.js";

const ROWS = 4;

/** int8Dots(out, q, p, bytes a row, rows). */
function emitInt8Dots(): Func {
  const f = new Func("int8Dots");
  const [out, q, p, bytes, rows] = f.params(I32, 5);
  const from = f.locals(I32, ROWS);
  const sums = f.locals(V128, ROWS);
  const [x, end] = f.locals(I32, 2);
  const v = f.local(V128);

  const dots = (count: number): Code => {
    const sources = from.slice(0, count);
    const lane = (i: number, l: number): Code => i32x4.extract(sums[i], l);
    return sequence(
      ...sources.map((row) => sequence(row.set(q), q.set(i32.add(q, bytes)))),
      ...sources.map((_, i) => sums[i].set(0)),
      x.set(p), end.set(i32.add(from[0], bytes)),
      whileLoop(i32.ne(from[0], end),
        ...[0, 1].flatMap((half) => [
          v.set(v128.load(x, 16 * half)),
          ...sources.map((row, i) =>
            sums[i].set(i32x4.add(sums[i], i32x4.dotPairs(i16x8.loadBytes(row, 8 * half), v)))),
        ]),
        ...sources.map((row) => advance(row, 16)), advance(x, 32)),
      ...sources.map((_, i) => i32.store(
        out, i32.add(i32.add(lane(i, 0), lane(i, 1)), i32.add(lane(i, 2), lane(i, 3))), 4 * i)),
      advance(out, 4 * count), advance(rows, -count),
    );
  };
  return f.body(
    whileLoop(i32.geSigned(rows, ROWS), dots(ROWS)),
    whileLoop(i32.gtSigned(rows, 0), dots(1)));
}

function bind(wasm: Emitted): SimdKernels<typeof plainInt8> {
  return {
    int8Dots(out, q, p, bytes, begin, end) {
      if (begin >= end) return;
      wasm.int8Dots(out.byteOffset + 4 * begin, q.byteOffset + bytes * begin, p.byteOffset, bytes, end - begin);
    },
  };
}

export const simdInt8: SimdFamily<typeof plainInt8> = { emit: () => [emitInt8Dots()], bind };
