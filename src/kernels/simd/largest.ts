/**
 * keepLargest as plain/largest.ts defines it: entries that are positive and at or above their row's limit move to the
 * row's front, their columns beside them; the sum of their squares.
 *
 * Two compares over 4 bytes an entry, then a store or two for each that stays. In place: an entry moves to a place at
 * or before its own, and those of four lanes are moved from the first on, so nothing is overwritten before it is read.
 * The lists are exact, being comparisons only; the sums are those of a sweep.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainLargest } from "../plain/largest.js";
import { I32, V128, Func, advance, f32, f32x4, i32, i32x4, sequence, v128 } from "./emit/assembler.js";
import { forEachBit } from "./emit/candidates.js";
import { multiplyAdd, type MultiplyAdd } from "./emit/numerics.js";
import { broadcast, element, forRows, scalar, sumOver, sweep } from "./emit/sweep.js";

/** keepLargest(s, columns, rowEnd, squares, limits, bytes a row, begin, end). */
function emitKeepLargest(madd: MultiplyAdd): Func {
  const f = new Func("keepLargest");
  const [s, columns, rowEnd, squares, limits, bytes, row, end] = f.params(I32, 8);
  const [start, p, out, mask, lane, from] = f.locals(I32, 6);
  const [limit, sum] = [scalar(f), scalar(f)];
  const [all, fill] = broadcast(f, limit);
  const v = f.local(V128);
  return f.body(forRows(row, end,
    limit.set(f32.load(element(limits, row))), fill,
    start.set(i32.add(s, i32.mul(row, bytes))), p.set(start), out.set(start),
    // Lanes without an element hold 0, which is not positive.
    sweep(f, [p], bytes, 2, (access, at) => sequence(
      v.set(access.load(p, at)),
      mask.set(i32x4.bitmask(v128.and(f32x4.gt(v, 0), f32x4.ge(v, all)))),
      forEachBit(mask, lane,
        from.set(element(p, lane)),
        i32.store(out, i32.load(from, at)),
        i32.store(i32.add(columns, i32.sub(out, s)), i32.shrUnsigned(i32.sub(i32.add(from, at), start), 2)),
        advance(out, 4)))),
    i32.store(element(rowEnd, row), i32.shrUnsigned(i32.sub(out, s), 2)),
    out.set(i32.sub(out, start)), p.set(start),
    sumOver(f, [sum], [p], out, 4, (access, at, add) => sequence(v.set(access.load(p, at)), add(0, v, v)), madd),
    f32.store(element(squares, row), sum)));
}

function bind(wasm: Emitted): SimdKernels<typeof plainLargest> {
  return {
    keepLargest(s, columns, rowEnd, squares, limits, cols, begin, end) {
      if (begin >= end) return;
      wasm.keepLargest(
        s.byteOffset, columns.byteOffset, rowEnd.byteOffset, squares.byteOffset, limits.byteOffset, 4 * cols, begin,
        end);
    },
  };
}

export const simdLargest: SimdFamily<typeof plainLargest> = {
  emit: (numerics) => [emitKeepLargest(multiplyAdd(numerics))], bind,
};
