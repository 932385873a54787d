/**
 * Rung 8: rung 7 with a branch that is never taken between the steps of k.
 *
 * A branch ends the basic block, and the compiler moves no load across it: a step then needs 8 + 2 + 4 registers, and
 * nothing spills. A pointer is even, so it never equals an odd number; the numbers differ, or the compiler would merge
 * the branches.
 */
import { i32, leave, type Func } from "../../../src/kernels/simd/emit/assembler.js";
import { apart, packedTiles, type TileOptions } from "./06-packed.js";

export const fence: TileOptions["between"] = (a, count) => leave(1, i32.eq(a, 2 * count + 1));

export function fenced(): Func {
  return packedTiles("fenced", { steps: 4, madd: apart, between: fence });
}
