/**
 * Row-wise passes over x: (rows, cols).
 *
 *   fillRows           out[r] = row                       subtractRow      out[r] = x[r] − row
 *   standardiseRows    out = (x − mean)/std               destandardiseRows  out = mean + std·x
 *   scaleRows          out[r] (+)= scale[r]·x[r]          normaliseRows    w[r] /= ‖w[r]‖
 *   columnSums         out[j] (+)= Σ_r x[r, j]            rowDots            out[r] = ⟨a[r], b[r]⟩
 *
 * 1 to 6 FLOPs over 4 to 12 bytes an element: all bound by memory. A row that is read twice is in cache then.
 * Row sums keep 8 or 16 partial sums (sweep.ts); column sums add the rows in ascending order.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainRows } from "../plain/rows.js";
import {
  F32, I32, V128, Func, advance, doWhile, either, f32, f32x4, i32, sequence, whileLoop, type Code,
} from "./emit/assembler.js";
import { multiplyAdd, type MultiplyAdd, type Numerics } from "./emit/numerics.js";
import { accumulating, broadcast, dot, scalar, sumOver, sweep } from "./emit/sweep.js";

/** fillRows(out, row, bytes a row, rows); rows ≥ 1 here and below. */
function emitFillRows(): Func {
  const f = new Func("fillRows");
  const [out, row, bytes, rows] = f.params(I32, 4);
  const p = f.local(I32);
  return f.body(doWhile(rows,
    p.set(row),
    sweep(f, [out, p], bytes, 2, (access, at) => access.store(out, access.load(p, at), at)),
    advance(rows, -1)));
}

/** subtractRow(out, x, row, bytes a row, rows). */
function emitSubtractRow(): Func {
  const f = new Func("subtractRow");
  const [out, x, row, bytes, rows] = f.params(I32, 5);
  const p = f.local(I32);
  return f.body(doWhile(rows,
    p.set(row),
    sweep(f, [out, x, p], bytes, 2, (access, at) =>
      access.store(out, f32x4.sub(access.load(x, at), access.load(p, at)), at)),
    advance(rows, -1)));
}

/** standardiseRows(out, mean, std, x, bytes a row, rows, cols, cols − 1). */
function emitStandardiseRows(madd: MultiplyAdd): Func {
  const f = new Func("standardiseRows");
  const [out, mean, std, x, bytes, rows] = f.params(I32, 6);
  const [cols, freedom] = f.params(F32, 2);
  const p = f.local(I32);
  const [m, s] = [scalar(f), scalar(f)];
  const [means, fillMeans] = broadcast(f, m);
  const [stds, fillStds] = broadcast(f, s);
  const centred = f.local(V128);
  return f.body(doWhile(rows,
    p.set(x),
    sumOver(f, [m], [p], bytes, 4, (access, at, add) => add(0, access.load(p, at), 1), madd),
    m.set(f32.div(m, cols)), fillMeans,
    p.set(x),
    sumOver(f, [s], [p], bytes, 4, (access, at, add) => sequence(
      centred.set(access.only(f32x4.sub(access.load(p, at), means))), add(0, centred, centred)), madd),
    s.set(f32.add(f32.sqrt(f32.div(s, freedom)), 1e-7)), fillStds,
    sweep(f, [out, x], bytes, 2, (access, at) =>
      access.store(out, f32x4.div(f32x4.sub(access.load(x, at), means), stds), at)),
    f32.store(mean, m), f32.store(std, s), advance(mean, 4), advance(std, 4),
    advance(rows, -1)));
}

/** destandardiseRows(out, x, mean, std, bytes a row, rows). */
function emitDestandardiseRows(madd: MultiplyAdd): Func {
  const f = new Func("destandardiseRows");
  const [out, x, mean, std, bytes, rows] = f.params(I32, 6);
  const [means, fillMeans] = broadcast(f, f32.load(mean));
  const [stds, fillStds] = broadcast(f, f32.load(std));
  return f.body(doWhile(rows,
    fillMeans, fillStds,
    sweep(f, [out, x], bytes, 2, (access, at) => access.store(out, madd(stds, access.load(x, at), means), at)),
    advance(mean, 4), advance(std, 4), advance(rows, -1)));
}

/** scaleRows(out, x, scale, bytes a row, rows, accumulate). */
function emitScaleRows(madd: MultiplyAdd): Func {
  const f = new Func("scaleRows");
  const [out, x, scale, bytes, rows, accumulate] = f.params(I32, 6);
  const [scales, fill] = broadcast(f, f32.load(scale));
  const scaled = (adds: boolean): Code => sweep(f, [out, x], bytes, 2, (access, at) => {
    const term = access.load(x, at);
    return access.store(out, adds ? madd(scales, term, access.load(out, at)) : f32x4.mul(scales, term), at);
  });
  return f.body(doWhile(rows,
    fill, accumulating(accumulate, scaled), advance(scale, 4), advance(rows, -1)));
}

/** normaliseRows(w, bytes a row, rows). */
function emitNormaliseRows(madd: MultiplyAdd): Func {
  const f = new Func("normaliseRows");
  const [w, bytes, rows] = f.params(I32, 3);
  const p = f.local(I32);
  const [squares, scale] = [scalar(f), scalar(f)];
  const [scales, fill] = broadcast(f, scale);
  const v = f.local(V128);
  return f.body(doWhile(rows,
    p.set(w),
    sumOver(f, [squares], [p], bytes, 4, (access, at, add) => sequence(
      v.set(access.load(p, at)), add(0, v, v)), madd),
    either(f32.gt(squares, 0), scale.set(f32.div(1, f32.sqrt(squares))), scale.set(0)), fill,
    sweep(f, [w], bytes, 2, (access, at) => access.store(w, f32x4.mul(access.load(w, at), scales), at)),
    advance(rows, -1)));
}

/** columnSums(out, x, bytes owned of a row, bytes from row to row, rows, accumulate): four rows a sweep of out. */
function emitColumnSums(): Func {
  const f = new Func("columnSums");
  const [out, x, bytes, stride, rows, accumulate] = f.params(I32, 6);
  const to = f.local(I32);
  const from = f.locals(I32, 4);
  const clear = sequence(to.set(out), sweep(f, [to], bytes, 2, (access, at) => access.store(to, 0, at)));
  const addRows = (count: number): Code => {
    const sources = from.slice(0, count);
    return sequence(
      to.set(out),
      ...sources.map((p) => sequence(p.set(x), advance(x, stride))),
      sweep(f, [to, ...sources], bytes, 2, (access, at) => access.store(to,
        sources.reduce((sum, p) => f32x4.add(sum, access.load(p, at)), access.load(to, at)), at)),
      advance(rows, -count));
  };
  return f.body(
    either(accumulate, [], clear),
    whileLoop(i32.geSigned(rows, 4), addRows(4)),
    whileLoop(i32.gtSigned(rows, 0), addRows(1)));
}

/** rowDots(out, a, b, bytes a row, rows). */
function emitRowDots(madd: MultiplyAdd): Func {
  const f = new Func("rowDots");
  const [out, a, b, bytes, rows] = f.params(I32, 5);
  const sum = scalar(f);
  return f.body(doWhile(rows,
    dot(f, sum, a, b, bytes, madd),
    f32.store(out, sum), advance(out, 4), advance(rows, -1)));
}

function emit(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [
    emitFillRows(), emitSubtractRow(), emitStandardiseRows(madd), emitDestandardiseRows(madd), emitScaleRows(madd),
    emitNormaliseRows(madd), emitColumnSums(), emitRowDots(madd),
  ];
}

function bind(wasm: Emitted): SimdKernels<typeof plainRows> {
  return {
    fillRows(out, row, cols, begin, end) {
      if (begin < end) wasm.fillRows(out.byteOffset + 4 * begin * cols, row.byteOffset, 4 * cols, end - begin);
    },
    subtractRow(out, x, row, cols, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.subtractRow(out.byteOffset + from, x.byteOffset + from, row.byteOffset, 4 * cols, end - begin);
    },
    standardiseRows(out, mean, std, x, cols, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.standardiseRows(
        out.byteOffset + from, mean.byteOffset + 4 * begin, std.byteOffset + 4 * begin, x.byteOffset + from, 4 * cols,
        end - begin, cols, cols - 1,
      );
    },
    destandardiseRows(out, x, mean, std, cols, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.destandardiseRows(
        out.byteOffset + from, x.byteOffset + from, mean.byteOffset + 4 * begin, std.byteOffset + 4 * begin, 4 * cols,
        end - begin,
      );
    },
    scaleRows(out, x, scale, cols, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.scaleRows(
        out.byteOffset + from, x.byteOffset + from, scale.byteOffset + 4 * begin, 4 * cols, end - begin, accumulate,
      );
    },
    normaliseRows(w, cols, begin, end) {
      if (begin < end) wasm.normaliseRows(w.byteOffset + 4 * begin * cols, 4 * cols, end - begin);
    },
    columnSums(out, x, rows, cols, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      wasm.columnSums(out.byteOffset + from, x.byteOffset + from, 4 * (end - begin), 4 * cols, rows, accumulate);
    },
    rowDots(out, a, b, cols, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.rowDots(out.byteOffset + 4 * begin, a.byteOffset + from, b.byteOffset + from, 4 * cols, end - begin);
    },
  };
}

export const simdRows: SimdFamily<typeof plainRows> = { emit, bind };
