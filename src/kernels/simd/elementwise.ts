/**
 * Elementwise passes over arrays of n floats.
 *
 *   addScaled             out (+)= scale·x
 *   relu                  out = max(x, 0)
 *   reluGradient          dx (+)= dy where y > 0
 *   squaredErrorGradient  dx (+)= 2·weight·(x − y)
 *
 * At most 4 FLOPs over 8 to 16 bytes an element: bound by memory.
 */
import type { Kernels } from "../plain/index.js";
import { F32, I32, V128, Func, f32x4, sequence, v128, type Code } from "./emit/assembler.js";
import type { Emitted } from "./emit/emitted.js";
import { multiplyAdd, type MultiplyAdd, type Numerics } from "./emit/numerics.js";
import { accumulating, broadcast, sweep } from "./emit/sweep.js";

/** addScaled(out, x, bytes, accumulate, scale). */
function emitAddScaled(madd: MultiplyAdd): Func {
  const f = new Func("addScaled");
  const [out, x, bytes, accumulate] = f.params(I32, 4);
  const [scale] = f.params(F32, 1);
  const [scales, fill] = broadcast(f, scale);
  return f.body(fill, accumulating(accumulate, (adds) => sweep(f, [out, x], bytes, 2, (access, at) => {
    const term = access.load(x, at);
    return access.store(out, adds ? madd(scales, term, access.load(out, at)) : f32x4.mul(scales, term), at);
  })));
}

/** relu(out, x, bytes). */
function emitRelu(): Func {
  const f = new Func("relu");
  const [out, x, bytes] = f.params(I32, 3);
  return f.body(sweep(f, [out, x], bytes, 2, (access, at) => access.store(out, f32x4.pmax(0, access.load(x, at)), at)));
}

/** reluGradient(dx, dy, y, bytes, accumulate). */
function emitReluGradient(): Func {
  const f = new Func("reluGradient");
  const [dx, dy, y, bytes, accumulate] = f.params(I32, 5);
  return f.body(accumulating(accumulate, (adds) => sweep(f, [dx, dy, y], bytes, 2, (access, at) => {
    const term: Code = v128.and(access.load(dy, at), f32x4.gt(access.load(y, at), 0));
    return access.store(dx, adds ? f32x4.add(access.load(dx, at), term) : term, at);
  })));
}

/** squaredErrorGradient(dx, x, y, bytes, accumulate, 2·weight). */
function emitSquaredErrorGradient(madd: MultiplyAdd): Func {
  const f = new Func("squaredErrorGradient");
  const [dx, x, y, bytes, accumulate] = f.params(I32, 5);
  const [factor] = f.params(F32, 1);
  const [factors, fill] = broadcast(f, factor);
  const difference = f.local(V128);
  return f.body(fill, accumulating(accumulate, (adds) => sweep(f, [dx, x, y], bytes, 2, (access, at) => sequence(
    difference.set(f32x4.sub(access.load(x, at), access.load(y, at))),
    access.store(dx, adds ? madd(factors, difference, access.load(dx, at)) : f32x4.mul(factors, difference), at),
  ))));
}

export function emitElementwise(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [emitAddScaled(madd), emitRelu(), emitReluGradient(), emitSquaredErrorGradient(madd)];
}

export function bindElementwise(
  wasm: Emitted,
): Pick<Kernels, "addScaled" | "relu" | "reluGradient" | "squaredErrorGradient"> {
  const { addScaled, relu, reluGradient, squaredErrorGradient } = wasm;
  return {
    addScaled(out, x, scale, accumulate, begin, end) {
      if (begin >= end) return;
      addScaled(out.byteOffset + 4 * begin, x.byteOffset + 4 * begin, 4 * (end - begin), accumulate, scale);
    },
    relu(out, x, begin, end) {
      if (begin < end) relu(out.byteOffset + 4 * begin, x.byteOffset + 4 * begin, 4 * (end - begin));
    },
    reluGradient(dx, dy, y, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      reluGradient(dx.byteOffset + from, dy.byteOffset + from, y.byteOffset + from, 4 * (end - begin), accumulate);
    },
    squaredErrorGradient(dx, x, y, weight, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      squaredErrorGradient(
        dx.byteOffset + from, x.byteOffset + from, y.byteOffset + from, 4 * (end - begin), accumulate, 2 * weight,
      );
    },
  };
}
