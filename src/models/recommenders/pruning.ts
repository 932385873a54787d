/**
 * How sparse ELSA's item vectors lose their entries (Vančura et al., WWW 2026; docs/method.md §8.1): a list of levels,
 * each with a number of entries that a row may have and of epochs to train with them. A level keeps the largest of what
 * the one before had, so supports are nested.
 */
import { UserError } from "../../base/user-error.js";
import type { ElsaSparseConfig, PruningSchedule } from "../../config/elsa-sparse.js";

/** A level of the schedule: entries a row, and its epochs. */
export interface PruningLevel {
  /** Entries of a row; D at the first level. */
  readonly entries: number;
  readonly epochs: number;
}

/**
 * The levels from D entries down to the stages' last. `stages` are entries, 0 standing for D; `epochs` belong to each.
 *
 *   step-wise    a level of that many epochs for every stage
 *   linear       one epoch a level, each a step fewer: over (stages − 1)·epochs levels, then `epochs` at the last stage
 *   exponential  the same number of levels, level i with ⌊D·2^−(i/epochs + 1)⌋, the first with D
 *
 * Between the first and the last, the latter two only count the stages. What an exponential schedule reaches before its
 * last stage depends on their number: log₂(D/n) of them, the first included, meet it.
 * @throws UserError when the stages make no schedule.
 */
export function pruningLevels(
  factors: number, stages: readonly number[], epochs: number, schedule: PruningSchedule,
): PruningLevel[] {
  const last = stages[stages.length - 1];
  if (!(last >= 1 && stages.every((n) => Number.isInteger(n) && n >= 0 && n <= factors))) {
    throw new UserError(
      `pruning needs stages of 1 to ${factors} entries, the last not 0, got ${stages.join(", ") || "none"}`,
    );
  }
  if (schedule === "step-wise") return stages.map((n) => ({ entries: n === 0 ? factors : n, epochs }));
  const levels: PruningLevel[] = [];
  const step = stages.length > 1 ? Math.floor((factors - last) / (epochs * (stages.length - 1))) : 0;
  const end = schedule === "linear" ? last : last + step;
  for (let i = 0; step > 0 && factors - i * step > end; i++) {
    const halved = i === 0 ? factors : Math.floor(factors * 2 ** -(i / epochs + 1));
    levels.push({ entries: schedule === "linear" ? factors - i * step : Math.max(1, halved), epochs: 1 });
  }
  return [...levels, { entries: last, epochs }];
}

/** The levels of a configuration: halvings from D down to n, none of them below n. */
export function levelsOf(config: ElsaSparseConfig): PruningLevel[] {
  return halvingsOf(config).map(({ entries, epochs }) => ({ entries: Math.max(config.nonZeros, entries), epochs }));
}

function halvingsOf({ factors, nonZeros, pruning, levelEpochs }: ElsaSparseConfig): PruningLevel[] {
  const halvings = Math.max(1, Math.round(Math.log2(factors / nonZeros)));
  if (pruning === "step-wise") {
    const stages = Array.from({ length: halvings }, (_, h) => Math.floor(factors / 2 ** h));
    return pruningLevels(factors, [...stages, nonZeros], levelEpochs, pruning);
  }
  // Only their number counts between the first and the last.
  const stages = new Array<number>(halvings).fill(0);
  stages[halvings - 1] = nonZeros;
  return pruningLevels(factors, stages.length > 1 ? stages : [0, nonZeros], levelEpochs, pruning);
}

/**
 * Positions of the n largest |x| of each row, ascending; ties go to the lower position. x: (rows, cols), result:
 * (rows, n).
 */
export function largestOfRows(x: ArrayLike<number>, rows: number, cols: number, n: number): Int32Array {
  const places = new Int32Array(rows * n);
  const size = new Float64Array(cols);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < cols; j++) size[j] = Math.abs(x[r * cols + j]);
    // The n-th largest: what is above it stays, and of its equals the first that there is room for.
    const least = n < cols ? size.sort()[cols - n] : -1;
    let equals = n;
    for (let j = 0; j < cols; j++) if (Math.abs(x[r * cols + j]) > least) equals--;
    let at = r * n;
    for (let j = 0; j < cols && at < (r + 1) * n; j++) {
      const value = Math.abs(x[r * cols + j]);
      if (value > least || (value === least && equals-- > 0)) places[at++] = j;
    }
  }
  return places;
}
