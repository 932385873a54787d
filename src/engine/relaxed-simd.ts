/**
 * "fused" numerics on Node 20, by one call at a program's start: `enableRelaxedSimd()`.
 *
 * Node 20 has relaxed SIMD (fused multiply-add) behind a V8 flag that must be set before the first module is compiled
 * and holds for the whole process. An application may do that, a library must not: nothing in unknot calls this on
 * import; its command line, tests and benches do. Later versions have it on by default and would print a warning.
 */
import { setFlagsFromString } from "node:v8";
import { relaxedSimdAvailable } from "../kernels/simd/emit/numerics.js";

/**
 * Lets engines of this process compute with fused multiply-adds on Node 20, a tenth faster and the results of later
 * versions of Node. To be called once, before the first engine is opened; does nothing where they are on already.
 */
export function enableRelaxedSimd(): void {
  if (!relaxedSimdAvailable()) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
