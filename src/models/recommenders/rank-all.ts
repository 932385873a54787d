/** The best items of every row of a matrix of interactions, batch by batch: evaluation's and `recommend`'s one loop. */
import { Tape } from "../../autograd/index.js";
import type { Csr } from "../../base/csr.js";
import type { Engine } from "../../engine/engine.js";
import { range } from "../encode-all.js";
import type { Recommender } from "./recommender.js";

/** How users are ranked. */
export interface RankOptions {
  /** Length of the list, default 20. */
  n?: number;
  /** Rows at once, default 512; only memory depends on it. */
  batchSize?: number;
}

/** Calls back with each row's best items (−1 for empty places) and their scores; input items are masked with −∞. */
export function rankAll(
  engine: Engine, recommender: Recommender, input: Csr,
  each: (row: number, list: Int32Array, scores: ArrayLike<number>) => void, options: RankOptions = {},
): void {
  const { n = 20, batchSize = 512 } = options;
  const tape = new Tape(engine, false);
  for (let from = 0; from < input.rows; from += batchSize) {
    tape.reset();
    const x = tape.sparseInput(input, range(from, Math.min(input.rows, from + batchSize)));
    const scores = recommender.scores(tape, x);
    engine.run("maskRows", scores.data, x.rowStart, x.rowEnd, x.indices, recommender.items);
    const lists = engine.ints(x.rows * n);
    const best = engine.floats(x.rows * n);
    engine.run("rankRows", lists, best, scores.data, recommender.items, n);
    for (let r = 0; r < x.rows; r++) {
      each(from + r, lists.slice(r * n, (r + 1) * n), best.slice(r * n, (r + 1) * n));
    }
  }
  tape.reset();
}
