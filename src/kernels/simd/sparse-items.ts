/**
 * Sparse ELSA's passes over all scores, s: (O, B) by items, and over the rows of A, x: (O, w). The few entries of a
 * batch are taken one by one, as in the plain kernels; what happens to every score happens to four at a time and
 * without a branch.
 *
 *   cappedRows           s = min(cap, relu(s)), squares[u] += s²
 *   cappedRowsGradient   s = scale·|s| − shift where s < 0, scale·s where s < cap, else 0
 *   unitRows             out = x/max(‖x‖, 1e-12)
 *   unitRowsGradient     dx (+)= (dOut − out·⟨out, dOut⟩)/‖x‖
 *
 * 3 to 5 FLOPs over 8 to 20 bytes an element: bound by memory. Row sums keep 8 partial sums (sweep.ts).
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import {
  markEntries, subtractEntries, sumEntries, type plainSparseItems,
} from "../plain/sparse-items.js";
import {
  F32, I32, V128, Func, advance, f32, f32x4, i32, sequence, v128, whileLoop, type Code,
} from "./emit/assembler.js";
import { multiplyAdd, type MultiplyAdd, type Numerics } from "./emit/numerics.js";
import { accumulating, broadcast, scalar, sumOver, sweep } from "./emit/sweep.js";

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

/** unitRows(out, norms, x, bytes a row, rows). */
function emitUnitRows(madd: MultiplyAdd): Func {
  const f = new Func("unitRows");
  const [out, norms, x, bytes, rows] = f.params(I32, 5);
  const p = f.local(I32);
  const norm = scalar(f);
  const [norms4, fill] = broadcast(f, norm);
  const v = f.local(V128);
  return f.body(whileLoop(i32.gtSigned(rows, 0),
    p.set(x),
    sumOver(f, [norm], [p], bytes, 2, (access, at, add) => sequence(v.set(access.load(p, at)), add(0, v, v)), madd),
    norm.set(f32.max(1e-12, f32.sqrt(norm))),
    f32.store(norms, norm), fill,
    sweep(f, [out, x], bytes, 2, (access, at) =>
      access.store(out, f32x4.div(access.load(x, at), norms4), at)),
    advance(norms, 4), advance(rows, -1)));
}

/** unitRowsGradient(dx, out, norms, dOut, bytes a row, rows, accumulate). */
function emitUnitRowsGradient(madd: MultiplyAdd): Func {
  const f = new Func("unitRowsGradient");
  const [dx, out, norms, dOut, bytes, rows, accumulate] = f.params(I32, 7);
  const [p, q] = f.locals(I32, 2);
  const along = scalar(f);
  const [minusAlong, fillAlong] = broadcast(f, f32.neg(along));
  const [norms4, fillNorms] = broadcast(f, f32.load(norms));
  const v = f.local(V128);
  const write = (adds: boolean): Code => sweep(f, [dx, out, dOut], bytes, 2, (access, at) => sequence(
    v.set(f32x4.div(madd(minusAlong, access.load(out, at), access.load(dOut, at)), norms4)),
    access.store(dx, adds ? f32x4.add(access.load(dx, at), v) : v, at)));
  return f.body(whileLoop(i32.gtSigned(rows, 0),
    p.set(out), q.set(dOut),
    sumOver(f, [along], [p, q], bytes, 2, (access, at, add) => add(0, access.load(p, at), access.load(q, at)), madd),
    fillAlong, fillNorms, accumulating(accumulate, write),
    advance(norms, 4), advance(rows, -1)));
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
    unitRows(out, norms, x, cols, begin, end) {
      const from = 4 * begin * cols;
      wasm.unitRows(out.byteOffset + from, norms.byteOffset + 4 * begin, x.byteOffset + from, 4 * cols, end - begin);
    },
    unitRowsGradient(dx, out, norms, dOut, cols, accumulate, begin, end) {
      const from = 4 * begin * cols;
      wasm.unitRowsGradient(
        dx.byteOffset + from, out.byteOffset + from, norms.byteOffset + 4 * begin, dOut.byteOffset + from, 4 * cols,
        end - begin, accumulate,
      );
    },
  };
}

function emit(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [emitCappedRows(), emitCappedRowsGradient(), emitUnitRows(madd), emitUnitRowsGradient(madd)];
}

export const simdSparseItems: SimdFamily<typeof plainSparseItems> = { emit, bind };
