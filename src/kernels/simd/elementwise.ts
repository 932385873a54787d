/**
 * Elementwise passes over arrays of n floats.
 *
 *   addScaled     out (+)= scale·x
 *   relu          out = max(x, 0)
 *   reluGradient  dx (+)= dy where y > 0
 *
 * At most 2 FLOPs over 8 to 12 bytes an element: bound by memory.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainElementwise } from "../plain/elementwise.js";
import { F32, I32, Func, f32x4, v128, type Code } from "./emit/assembler.js";
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

function emit(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [emitAddScaled(madd), emitRelu(), emitReluGradient()];
}

function bind(wasm: Emitted): SimdKernels<typeof plainElementwise> {
  const { addScaled, relu, reluGradient } = wasm;
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
  };
}

export const simdElementwise: SimdFamily<typeof plainElementwise> = { emit, bind };
