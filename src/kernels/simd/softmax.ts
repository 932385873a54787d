/**
 * Softmax over rows and its gradient: out, x, dx, dy, y (rows, cols).
 *
 *   softmaxRows          out = e^{x − max} / Σ e^{x − max}
 *   softmaxRowsGradient  dx (+)= y ⊙ (dy − ⟨dy, y⟩)
 *
 * softmaxRows: about 30 FLOPs and 8 bytes from memory an element in three passes over a row that stays in cache: the
 * maximum; exponentials and their sum; the scale. Bound by the arithmetic of the exponential (exponential.ts: relative
 * error 3·2⁻²⁴), to which the sum adds its own roundings. The gradient: 4 FLOPs over 12 bytes, bound by memory.
 *
 * What is built on probabilities (softmaxNll and its gradient) visits the few entries of x alone: single words at
 * scattered places, for which four lanes are of no use. It stays plain.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainSoftmax } from "../plain/softmax.js";
import { I32, V128, Func, advance, doWhile, f32, f32x4, sequence } from "./emit/assembler.js";
import { exponential } from "./emit/exponential.js";
import { multiplyAdd, type MultiplyAdd, type Numerics } from "./emit/numerics.js";
import { accumulating, broadcast, dot, maxOver, scalar, sumOver, sweep } from "./emit/sweep.js";

/** softmaxRows(out, x, bytes a row, rows); rows ≥ 1 here and below. */
function emitSoftmaxRows(madd: MultiplyAdd): Func {
  const f = new Func("softmaxRows");
  const [out, x, bytes, rows] = f.params(I32, 4);
  const p = f.local(I32);
  const [max, sum] = [scalar(f), scalar(f)];
  const [maxima, fillMaxima] = broadcast(f, max);
  const [scales, fillScales] = broadcast(f, f32.div(1, sum));
  const { out: power, exp } = exponential(f, madd);
  return f.body(doWhile(rows,
    p.set(x),
    maxOver(f, max, p, bytes), fillMaxima,
    p.set(out),
    sumOver(f, [sum], [p, x], bytes, 2, (access, at, add) => sequence(
      exp(f32x4.sub(access.load(x, at), maxima)),
      access.store(p, power, at),
      add(0, access.only(power), 1)), madd),
    fillScales,
    sweep(f, [out], bytes, 4, (access, at) => access.store(out, f32x4.mul(access.load(out, at), scales), at)),
    advance(rows, -1)));
}

/** softmaxRowsGradient(dx, dy, y, bytes a row, rows, accumulate). */
function emitSoftmaxRowsGradient(madd: MultiplyAdd): Func {
  const f = new Func("softmaxRowsGradient");
  const [dx, dy, y, bytes, rows, accumulate] = f.params(I32, 6);
  const [p, q] = f.locals(I32, 2);
  const along = scalar(f);
  const [alongs, fill] = broadcast(f, along);
  const centred = f.local(V128);
  return f.body(doWhile(rows,
    p.set(dy), q.set(y),
    dot(f, along, p, q, bytes, madd), fill,
    accumulating(accumulate, (adds) => sweep(f, [dx, dy, y], bytes, 2, (access, at) => sequence(
      centred.set(f32x4.sub(access.load(dy, at), alongs)),
      access.store(dx, adds ? madd(access.load(y, at), centred, access.load(dx, at))
        : f32x4.mul(access.load(y, at), centred), at)))),
    advance(rows, -1)));
}

function emit(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [emitSoftmaxRows(madd), emitSoftmaxRowsGradient(madd)];
}

function bind(wasm: Emitted): SimdKernels<typeof plainSoftmax> {
  return {
    softmaxRows(out, x, cols, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.softmaxRows(out.byteOffset + from, x.byteOffset + from, 4 * cols, end - begin);
    },
    softmaxRowsGradient(dx, dy, y, cols, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.softmaxRowsGradient(
        dx.byteOffset + from, dy.byteOffset + from, y.byteOffset + from, 4 * cols, end - begin, accumulate,
      );
    },
  };
}

export const simdSoftmax: SimdFamily<typeof plainSoftmax> = { emit, bind };
