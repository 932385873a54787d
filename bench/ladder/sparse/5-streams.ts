/**
 * Rung 5: eight rows of the decoder stream by at once, which is what the library runs (src/kernels/simd/sparse.ts).
 *
 * A load and a store of the output serve eight multiply-adds, and eight rows are on their way from memory at a time.
 */
import type { Floats } from "../../../src/base/floats.js";
import type { Engine } from "../../../src/engine/engine.js";

/** Shapes as on rung 3; starts, ends: (B), where each row's entries lie. All arrays lie on the engine's heap. */
export function streams(
  engine: Engine, out: Floats, starts: Int32Array, ends: Int32Array, indices: Int32Array, values: Floats,
  decoder: Floats, factors: number,
): void {
  engine.run("csrMatmul", out, starts, ends, indices, values, decoder, factors, 0);
}
