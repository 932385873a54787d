/**
 * What the machine offers and how a product is added to a sum.
 *
 * "fused" uses f32x4.relaxed_madd, one rounding on processors with FMA: faster, and the same bits wherever FMA exists.
 * "portable" multiplies, rounds, and adds: the same bits on every machine.
 *
 * Whether relaxed SIMD is there is asked of WebAssembly.validate. Node 22 has it; Node 20 hides it behind a V8 flag
 * that an application may set before the first compile. A library must not, so nothing here does.
 */
import { V128, Func, assemble, f32x4, v128, type Code, type Operand } from "./assembler.js";

/** "fused" multiplies and adds with one rounding, "portable" with two, which gives the same bits on every machine. */
export type Numerics = "fused" | "portable";

/** x·y + z in every lane. */
export type MultiplyAdd = (x: Operand, y: Operand, z: Operand) => Code;

export function multiplyAdd(numerics: Numerics): MultiplyAdd {
  return numerics === "fused" ? f32x4.relaxedMadd : (x, y, z) => f32x4.add(f32x4.mul(x, y), z);
}

/** Whether WebAssembly with 128-bit SIMD runs here. */
export function simdAvailable(): boolean {
  return runs((f) => f.body(f.local(V128).set(f32x4.add(0, 0))));
}

/** Whether f32x4.relaxed_madd runs here, and with it the "fused" numerics. */
export function relaxedSimdAvailable(): boolean {
  return runs((f) => f.body(f.local(V128).set(f32x4.relaxedMadd(0, 0, v128.load(0)))));
}

function runs(write: (f: Func) => Func): boolean {
  if (typeof WebAssembly === "undefined") return false;
  return WebAssembly.validate(assemble([write(new Func("probe"))], { shared: false, maximumPages: 1 }));
}
