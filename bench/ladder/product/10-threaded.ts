/**
 * Rung 10: rows of C divided among threads, which is what the library runs.
 *
 * One shared memory; every thread claims a range of rows, packs all of B for itself and alone writes its part of C,
 * so nothing is waited for but the end, and the bits are those of one thread. How a call reaches threads that are
 * awake in a microsecond is src/engine/threads/call-board.ts. The tile is rung 9's with two steps of k instead of four
 * and a fence between them, and the edges of C.
 */
import type { Floats } from "../../../src/base/floats.js";
import type { Engine } from "../../../src/engine/engine.js";

/** All arrays lie on the engine's heap. */
export function threaded(engine: Engine, c: Floats, a: Floats, b: Floats, m: number, n: number, k: number): void {
  engine.run("matmul", c, a, b, m, n, k, 0);
}
