/**
 * Rung 7: rung 6 with four steps of k in one go, as loops are unrolled everywhere, to save their branches.
 *
 * Here it does harm. V8 moves every load of a basic block above its arithmetic. Four steps load eight vectors of B and
 * sixteen numbers of A; with eight sums that is 32 where the processor has 16 registers (15 to give away), so most of
 * them are written to the stack and read back. (Node 24's V8 does so no longer.)
 */
import type { Func } from "../../../src/kernels/simd/emit/assembler.js";
import { apart, packedTiles } from "./06-packed.js";

export function unrolled(): Func {
  return packedTiles("unrolled", { steps: 4, madd: apart });
}
