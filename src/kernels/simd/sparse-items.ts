/**
 * Sparse ELSA's passes over all scores, s: (O, B) by items. The few entries of x are taken one by one, as in the plain
 * kernels; what happens to every score happens to four at a time and without a branch.
 *
 *   cappedRows           s = min(cap, relu(s)), squares[u] += s²
 *   cappedRowsGradient   s = scale·|s| − shift where s < 0, scale·s where s < cap, else 0
 *
 * 5 FLOPs over 8 and 12 bytes an element: bound by memory.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import {
  markEntries, subtractEntries, sumEntries, type plainSparseItems,
} from "../plain/sparse-items.js";
import { F32, I32, V128, Func, advance, f32x4, i32, sequence, v128, whileLoop } from "./emit/assembler.js";
import { broadcast, sweep } from "./emit/sweep.js";

/** cappedRows(s, squares, bytes from row to row, bytes of a row that count, rows, cap). */
function emitCappedRows(): Func {
  const f = new Func("cappedRows");
  const [s, squares, stride, bytes, rows] = f.params(I32, 5);
  const [cap] = f.params(F32, 1);
  const [p, q] = f.locals(I32, 2);
  const [caps, fill] = broadcast(f, cap);
  const v = f.local(V128);
  return f.body(fill, whileLoop(i32.gtSigned(rows, 0),
    p.set(s), q.set(squares),
    sweep(f, [p, q], bytes, 2, (access, at) => sequence(
      v.set(f32x4.pmin(caps, f32x4.pmax(0, access.load(p, at)))),
      access.store(p, v, at),
      // Two roundings, as the plain kernel has them.
      access.store(q, f32x4.add(access.load(q, at), f32x4.mul(v, v)), at))),
    advance(s, stride), advance(rows, -1)));
}

/** cappedRowsGradient(s, scale, shift, bytes from row to row, bytes of a row that count, rows, cap). */
function emitCappedRowsGradient(): Func {
  const f = new Func("cappedRowsGradient");
  const [s, scale, shift, stride, bytes, rows] = f.params(I32, 6);
  const [cap] = f.params(F32, 1);
  const [p, q, r] = f.locals(I32, 3);
  const [caps, fill] = broadcast(f, cap);
  const v = f.local(V128);
  return f.body(fill, whileLoop(i32.gtSigned(rows, 0),
    p.set(s), q.set(scale), r.set(shift),
    sweep(f, [p, q, r], bytes, 2, (access, at) => sequence(
      v.set(access.load(p, at)),
      access.store(p, v128.and(
        f32x4.sub(
          f32x4.mul(access.load(q, at), f32x4.abs(v)), v128.and(access.load(r, at), f32x4.gt(0, v)),
        ), f32x4.gt(caps, v)), at))),
    advance(s, stride), advance(rows, -1)));
}

function bind(wasm: Emitted): SimdKernels<typeof plainSparseItems> {
  return {
    cappedResidual(s, squares, dots, rowStart, rowEnd, indices, rows, cols, cap, begin, end) {
      if (begin >= end) return;
      subtractEntries(s, rowStart, rowEnd, indices, cols, begin, end);
      squares.fill(0, begin, end);
      wasm.cappedRows(
        s.byteOffset + 4 * begin, squares.byteOffset + 4 * begin, 4 * cols, 4 * (end - begin), rows, cap,
      );
      sumEntries(dots, s, rowStart, rowEnd, indices, cols, begin, end);
    },
    cappedResidualGradient(s, scale, shift, rowStart, rowEnd, indices, rows, cols, cap, begin, end) {
      if (begin >= end) return;
      markEntries(s, rowStart, rowEnd, indices, cols, cap, begin, end);
      wasm.cappedRowsGradient(
        s.byteOffset + 4 * begin, scale.byteOffset + 4 * begin, shift.byteOffset + 4 * begin, 4 * cols,
        4 * (end - begin), rows, cap,
      );
    },
  };
}

export const simdSparseItems: SimdFamily<typeof plainSparseItems> = {
  emit: () => [emitCappedRows(), emitCappedRowsGradient()], bind,
};
