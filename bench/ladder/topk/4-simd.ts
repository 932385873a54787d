/**
 * Rung 4: rung 3 with four lanes, which is what the library runs (src/kernels/simd/topk.ts).
 *
 * The groups are lanes of eight vectors, so the first pass is a load and a maximum for four entries, without a branch.
 * The second tests sixteen entries with one branch. The candidates are not sorted: positive floats order like their
 * bits, so bisecting the bits finds the k-th, and one more pass keeps what lies above it, in the order of the columns.
 */
import type { Floats } from "../../../src/base/floats.js";
import type { Engine } from "../../../src/engine/engine.js";

/** Of positive entries; the arrays lie on the engine's heap. ends: (rows), where each row's winners end. */
export function simd(
  engine: Engine, indices: Int32Array, values: Floats, ends: Int32Array, x: Floats, cols: number, k: number,
): void {
  engine.run("topkRelu", indices, values, ends, x, cols, k);
}
