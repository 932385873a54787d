/**
 * Scores of several profiles at once: the weights are read once for all of them, and each has the bits that it has
 * alone, since no more rows are taken together than an op treats as so many single ones.
 */
import { FEW_ROWS, Tape } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { Floats } from "../../base/floats.js";
import type { Cfae } from "../../models/recommenders/recommender.js";
import { rowsAsCsr, type ProfileRow } from "../profile.js";

/** Runs `use` on each row's scores, (I), before any knob is turned; they lie in the engine's memory while it runs. */
export function scoreTogether<T>(
  engine: Engine, cfae: Cfae, rows: readonly ProfileRow[], use: (row: ProfileRow, scores: Floats, at: number) => T,
): T[] {
  const { items: I } = cfae;
  const answers: T[] = [];
  for (let from = 0; from < rows.length; from += FEW_ROWS) {
    const some = rows.slice(from, from + FEW_ROWS);
    const tape = new Tape(engine, false, true);
    try {
      const x = tape.sparseInput(rowsAsCsr(some, I));
      const { data } = cfae.decode(tape, cfae.encode(tape, x), x);
      some.forEach((row, r) => answers.push(use(row, data.subarray(r * I, (r + 1) * I), from + r)));
    } finally {
      tape.reset();
    }
  }
  return answers;
}
