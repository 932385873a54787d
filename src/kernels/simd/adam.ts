/**
 * Adam and Nadam in one pass, in single precision (the plain kernels compute in double and store single).
 *
 *   m = β₁m + (1−β₁)g     v = β₂v + (1−β₂)g²     p −= stepSize · m / (√v · invSqrtBias2 + eps)
 *
 * adam           p, m, v, g: (n).           13 FLOPs and 28 bytes an element.
 * adamUnitRows   p, m, v, g: (rows, cols).  First p = p/‖p‖ and g −= ⟨g, p⟩p row by row; 22 FLOPs, 32 bytes an element
 *                from memory (p and g are read twice, the second time from cache).
 * nadam          p, m, v, g: (n).           p −= (a·m + b·g) / (√v · invSqrtBias2 + eps); 15 FLOPs and 28 bytes.
 *
 * Bound by memory; the division and the square root of four lanes take about as long as their 112 bytes on one core.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainAdam } from "../plain/adam.js";
import { F32, I32, V128, Func, either, f32, f32x4, sequence, type Code, type Local } from "./emit/assembler.js";
import { multiplyAdd, type MultiplyAdd, type Numerics } from "./emit/numerics.js";
import { broadcast, forRows, scalar, sumOver, sweep, type Access } from "./emit/sweep.js";

/** The update of one step: reads m and v, writes m, v and p. */
type Update = (access: Access, at: number, oldP: Code | Local, gradient: Local) => Code;

/** Declares the parameters −stepSize, β₁, 1−β₁, β₂, 1−β₂, eps, invSqrtBias2 and splats them. */
function emitUpdate(f: Func, p: Local, m: Local, v: Local, madd: MultiplyAdd): [splats: Code, update: Update] {
  const parameters = f.params(F32, 7);
  const splats = parameters.map((parameter) => broadcast(f, parameter));
  const [minusStep, beta1, rest1, beta2, rest2, eps, invSqrtBias2] = splats.map(([vector]) => vector);
  const [first, second] = f.locals(V128, 2);
  return [sequence(...splats.map(([, fill]) => fill)), (access, at, oldP, gradient) => sequence(
    first.set(madd(beta1, access.load(m, at), f32x4.mul(rest1, gradient))),
    second.set(madd(beta2, access.load(v, at), f32x4.mul(rest2, f32x4.mul(gradient, gradient)))),
    access.store(m, first, at),
    access.store(v, second, at),
    access.store(p, f32x4.add(oldP, f32x4.div(
      f32x4.mul(minusStep, first), madd(f32x4.sqrt(second), invSqrtBias2, eps))), at),
  )];
}

/** adam(p, m, v, g, bytes, the seven constants). */
function emitDense(madd: MultiplyAdd): Func {
  const f = new Func("adam");
  const [p, m, v, g, bytes] = f.params(I32, 5);
  const [splats, update] = emitUpdate(f, p, m, v, madd);
  const gradient = f.local(V128);
  return f.body(splats, sweep(f, [p, m, v, g], bytes, 2, (access, at) => sequence(
    gradient.set(access.load(g, at)), update(access, at, access.load(p, at), gradient))));
}

/** adamUnitRows(p, m, v, g, bytes a row, rows, the seven constants): the pointers are at the first row. */
function emitUnitRows(madd: MultiplyAdd): Func {
  const f = new Func("adamUnitRows");
  const [p, m, v, g, bytes, rows] = f.params(I32, 6);
  const [splats, update] = emitUpdate(f, p, m, v, madd);
  const [x, y, row] = f.locals(I32, 3);
  const [squares, along, scale] = [scalar(f), scalar(f), scalar(f)];
  const [scales, fillScales] = broadcast(f, scale);
  const [alongs, fillAlongs] = broadcast(f, along);
  const [old, unit, gradient] = f.locals(V128, 3);
  return f.body(splats, forRows(row, rows,
    x.set(p), y.set(g),
    sumOver(f, [squares, along], [x, y], bytes, 2, (access, at, add) => sequence(
      old.set(access.load(x, at)), add(0, old, old), add(1, old, access.load(y, at))), madd),
    either(f32.gt(squares, 0), scale.set(f32.div(1, f32.sqrt(squares))), scale.set(0)),
    // ⟨g, p/‖p‖⟩, negated as it is taken away.
    along.set(f32.neg(f32.mul(along, scale))),
    fillScales, fillAlongs,
    sweep(f, [p, m, v, g], bytes, 1, (access, at) => sequence(
      unit.set(f32x4.mul(access.load(p, at), scales)),
      gradient.set(madd(alongs, unit, access.load(g, at))),
      access.store(g, gradient, at),
      update(access, at, unit, gradient)))));
}

/** nadam(p, m, v, g, bytes, −a, −b, 1−β₁, 1−β₂, eps, invSqrtBias2). */
function emitNadam(madd: MultiplyAdd): Func {
  const f = new Func("nadam");
  const [p, m, v, g, bytes] = f.params(I32, 5);
  const splats = f.params(F32, 6).map((parameter) => broadcast(f, parameter));
  const [minusA, minusB, rest1, rest2, eps, invSqrtBias2] = splats.map(([vector]) => vector);
  const [gradient, first, second] = f.locals(V128, 3);
  return f.body(...splats.map(([, fill]) => fill), sweep(f, [p, m, v, g], bytes, 2, (access, at) => sequence(
    gradient.set(access.load(g, at)), first.set(access.load(m, at)), second.set(access.load(v, at)),
    first.set(madd(rest1, f32x4.sub(gradient, first), first)),
    second.set(madd(rest2, f32x4.sub(f32x4.mul(gradient, gradient), second), second)),
    access.store(m, first, at),
    access.store(v, second, at),
    access.store(p, f32x4.add(access.load(p, at), f32x4.div(
      madd(minusA, first, f32x4.mul(minusB, gradient)), madd(f32x4.sqrt(second), invSqrtBias2, eps))), at))));
}

function emit(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [emitDense(madd), emitUnitRows(madd), emitNadam(madd)];
}

function bind(wasm: Emitted): SimdKernels<typeof plainAdam> {
  const { adam, adamUnitRows, nadam } = wasm;
  return {
    adam(p, m, v, g, stepSize, beta1, beta2, eps, invSqrtBias2, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      adam(
        p.byteOffset + from, m.byteOffset + from, v.byteOffset + from, g.byteOffset + from, 4 * (end - begin),
        -stepSize, beta1, 1 - beta1, beta2, 1 - beta2, eps, invSqrtBias2,
      );
    },
    adamUnitRows(p, m, v, g, cols, stepSize, beta1, beta2, eps, invSqrtBias2, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      adamUnitRows(
        p.byteOffset + from, m.byteOffset + from, v.byteOffset + from, g.byteOffset + from, 4 * cols, end - begin,
        -stepSize, beta1, 1 - beta1, beta2, 1 - beta2, eps, invSqrtBias2,
      );
    },
    nadam(p, m, v, g, a, b, beta1, beta2, eps, invSqrtBias2, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      nadam(
        p.byteOffset + from, m.byteOffset + from, v.byteOffset + from, g.byteOffset + from, 4 * (end - begin), -a, -b,
        1 - beta1, 1 - beta2, eps, invSqrtBias2,
      );
    },
  };
}

export const simdAdam: SimdFamily<typeof plainAdam> = { emit, bind };
