/**
 * How fast this machine multiplies and adds, for saying beforehand how long something takes. It reaches no result: a
 * matrix product is timed, which is what most closed forms are made of; what is not takes a few times as long.
 */
import type { Engine } from "../engine/engine.js";

const SIZE = 512;
const ROUNDS = 3;

/** Multiply-adds a second, the best of a few tries. The heap is as it was afterwards. */
export function measureRate(engine: Engine): number {
  return engine.scope(() => {
    const [a, b, c] = [0, 1, 2].map(() => engine.floats(SIZE * SIZE));
    let best = Infinity;
    for (let round = 0; round <= ROUNDS; round++) {
      const began = performance.now();
      engine.run("matmulABt", c, a, b, SIZE, SIZE, SIZE, 0);
      // The first one warms up.
      if (round > 0) best = Math.min(best, performance.now() - began);
    }
    return SIZE ** 3 / (Math.max(best, 1e-3) / 1000);
  });
}
