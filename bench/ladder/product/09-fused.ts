/**
 * Rung 9: rung 8 with multiplication and addition in one instruction.
 *
 * `f32x4.relaxed_madd` becomes one fused multiply-add, one rounding where there were two: half the instructions. On
 * processors with pipes for both (Zen 3 and later) multiplying and adding apart is limited by the front end, not by the
 * pipes, and what is gained is less than twofold. The bits differ from rung 8's in the last place, and are the same on
 * every machine that has FMA. Node 20 hides the instruction behind a flag (`enableRelaxedSimd`).
 */
import { f32x4, type Func } from "../../../src/kernels/simd/emit/assembler.js";
import { packedTiles } from "./06-packed.js";
import { fence } from "./08-fenced.js";

export function fused(): Func {
  return packedTiles("fused", { steps: 4, madd: f32x4.relaxedMadd, between: fence });
}
