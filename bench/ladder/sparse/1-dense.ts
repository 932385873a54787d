/**
 * Rung 1: the sparse code as a dense matrix, zeros and all, in the fastest dense product there is.
 *
 *   out = code · decoder        code: (B, H) with K of H entries not zero in a row, decoder: (H, D), out: (B, D)
 *
 * The arithmetic runs at nearly the machine's peak, and K of H parts of it are of use.
 */
import type { Floats } from "../../../src/base/floats.js";
import type { Engine } from "../../../src/engine/engine.js";

/** All arrays lie on the engine's heap. */
export function dense(
  engine: Engine, out: Floats, code: Floats, decoder: Floats, batch: number, neurons: number, factors: number,
): void {
  engine.run("matmul", out, code, decoder, batch, factors, neurons, 0);
}
