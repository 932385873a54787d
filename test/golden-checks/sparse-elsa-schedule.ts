/**
 * Sparse ELSA's whole schedule, replayed on the file's batches in double precision: losses of all steps, final rows.
 *
 * The last level may have more entries than the one before it. Which of a row's zeros then become entries is a choice
 * among equals: unknot's is the lower column, the authors' whatever torch.topk does. The file's is read off its final
 * rows. Without a restart these entries begin as 0; torch.topk may choose others at the next step, and their gradients
 * hang on the sign of rounding noise (docs/method.md §8.4): from there two right programs agree only by chance. Such a
 * file is replayed with the last bits of every level's start changed, until one rounding meets it within the usual
 * tolerance. If none does and they differ among themselves, what comes before is compared.
 */
import { Tape } from "../../src/autograd/index.js";
import { Random } from "../../src/base/random.js";
import { csrSelectRows } from "../../src/base/csr.js";
import { pruningLevels, type PruningLevel } from "../../src/models/recommenders/pruning.js";
import { outputColumns, SparseElsaTrainee } from "../../src/models/recommenders/sparse-elsa-trainee.js";
import type { SparseItemVectors } from "../../src/models/recommenders/sparse-item-vectors.js";
import { Nadam } from "../../src/train/nadam.js";
import { nextStart } from "../../src/train/train-sparse-elsa.js";
import { doubleEngine } from "../support/gradient-check.js";
import type { Golden } from "../support/goldens.js";
import { Checker, type Comparison } from "./checker.js";
import { adamConfig, denseToCsr } from "./inputs.js";

/** Roundings that are tried where the file's numbers hang on one. */
const ROUNDINGS = 64;
/** A few units in the last place of a unit row. */
const LAST_BITS = 1e-15;

interface Replayed { losses: number[]; rows: Float64Array }

export function checkSparseElsaSchedule(check: Checker): void {
  const { golden } = check;
  const levels = pruningLevels(
    golden.number("config.dim"), [...golden.ints("config.vals")], golden.number("config.epochs"), "exponential",
  );
  for (const variant of ["restart", "no_restart"] as const) {
    check.compare(`${variant}: levels`, levels.map(({ entries }) => entries), `${variant}.levels`);
    const gains = levels.findIndex(({ entries }, at) => at > 0 && entries > levels[at - 1].entries);
    const exact = replay(golden, variant, levels, null);
    const results = compared(golden, variant, exact);
    if (variant === "restart" || gains < 0 || results.every(within)) check.comparisons.push(...results);
    else check.comparisons.push(...inAnyRounding(golden, levels, gains, exact));
  }
}

function within({ scaled, allowed }: Comparison): boolean {
  return scaled <= allowed;
}

function compared(golden: Golden, variant: string, { losses, rows }: Replayed): Comparison[] {
  const check = new Checker(golden);
  check.compare(`${variant}: losses`, losses, `${variant}.loss_per_step`);
  check.compare(`${variant}: final rows`, rows, `${variant}.A_final`);
  return check.comparisons;
}

/** No restart, and level number `gains` has more entries than the one before. */
function inAnyRounding(golden: Golden, levels: readonly PruningLevel[], gains: number, exact: Replayed): Comparison[] {
  const random = new Random(1);
  const why = `level ${gains + 1} gains entries without a restart: numbers hang on ties and rounding noise`;
  const spread = new Checker(golden);
  for (let k = 1; k <= ROUNDINGS; k++) {
    const other = replay(golden, "no_restart", levels, random);
    const results = compared(golden, "no_restart", other);
    if (results.every(within)) {
      results[1].note = `${why}; rounding ${k} of at most ${ROUNDINGS} meets the file`;
      return results;
    }
    spread.same("no_restart: spread", other.rows, exact.rows);
  }
  if (spread.comparisons.every(within)) return compared(golden, "no_restart", exact);
  const apart = Math.max(...spread.comparisons.map(({ absolute }) => absolute));
  // The first loss of that level is still that of the rows before it.
  const decided = 2 + levels.slice(0, gains).reduce((steps, level) => steps + stepsOf(golden, level), 0);
  const check = new Checker(golden);
  const before = check.same(
    `no_restart: the first ${decided} losses`, exact.losses.slice(0, decided),
    golden.array64("no_restart.loss_per_step").subarray(0, decided),
  );
  before.note = `UNDECIDED after that: ${why}; ${ROUNDINGS} roundings end up to ${apart.toExponential(0)} apart, ` +
    "and none met the file";
  return check.comparisons;
}

/** The reference updates a model once to build its optimiser, at the start of each level. */
function stepsOf(golden: Golden, { epochs }: PruningLevel): number {
  return 1 + epochs * Math.ceil(golden.shaped("inputs.X").shape[0] / golden.number("config.batch"));
}

/** @param rounding changes the last bits of what every level starts from; null for none. */
function replay(
  golden: Golden, variant: "restart" | "no_restart", levels: readonly PruningLevel[], rounding: Random | null,
): Replayed {
  const engine = doubleEngine();
  const [items, factors] = [golden.number("config.n_items"), golden.number("config.dim")];
  const x = denseToCsr(golden, "inputs.X");
  const initial = golden.array64("inputs.A");
  const losses: number[] = [];
  /** A new model and optimiser for so many steps. */
  const train = (start: SparseItemVectors, entries: number, steps: number): SparseItemVectors => engine.scope(() => {
    const values = Float64Array.from(start.values,
      (a) => (rounding ? a + LAST_BITS * (2 * rounding.uniform() - 1) : a));
    const model = new SparseElsaTrainee(engine, values, start.columns, items, factors, entries);
    const optimiser = new Nadam(engine, model.parameters, adamConfig(golden));
    const tape = new Tape(engine);
    for (let step = 0; step < steps; step++) {
      tape.reset();
      const at = `${variant}.batches.${losses.length}`;
      const batch = tape.sparseInput(csrSelectRows(x, golden.ints(`${at}.users`)));
      const loss = model.loss(tape, batch, outputColumns(tape, batch, golden.ints(`${at}.output_columns`)));
      losses.push(loss.data[0]);
      tape.backward(loss);
      optimiser.step();
    }
    tape.reset();
    return model.vectors(tape);
  });
  const everyColumn = Int32Array.from(initial, (_, q) => q % factors);
  // One more update, of the unpruned model, comes before all levels.
  let now = train({ columns: everyColumn, values: initial, entries: factors }, factors, 1);
  for (const level of levels) {
    if (level.entries > now.entries) now = withZerosOf(golden, variant, now, level.entries) ?? now;
    const start = nextStart(now, level.entries, items, variant === "restart" ? { initial, factors } : null);
    now = train(start, level.entries, stepsOf(golden, level));
  }
  return { losses, rows: writeOut(now, items, factors) };
}

/**
 * The same rows with as many entries as asked for: those that the file's final rows have beside them, at 0, and where
 * some of these never left 0, the lower columns. Null where the final rows lack an entry: no choice leads to them.
 */
function withZerosOf(
  golden: Golden, variant: string, { columns, values, entries: few }: SparseItemVectors, entries: number,
): SparseItemVectors | null {
  const { shape: [items, factors], data: final } = golden.shaped(`${variant}.A_final`);
  const wider = { columns: new Int32Array(items * entries), values: new Float64Array(items * entries), entries };
  for (let row = 0; row < items; row++) {
    const own = new Map<number, number>();
    for (let q = row * few; q < (row + 1) * few; q++) {
      if (values[q] !== 0 && final[row * factors + columns[q]] === 0) return null;
      own.set(columns[q], values[q]);
    }
    for (const wanted of [(at: number) => final[at] !== 0, () => true]) {
      for (let column = 0; column < factors && own.size < entries; column++) {
        if (!own.has(column) && wanted(row * factors + column)) own.set(column, 0);
      }
    }
    [...own].sort(([a], [b]) => a - b).forEach(([column, value], k) => {
      wider.columns[row * entries + k] = column;
      wider.values[row * entries + k] = value;
    });
  }
  return wider;
}

/** Sparse rows as a dense (I, D) array. */
export function writeOut(
  { columns, values, entries }: SparseItemVectors, items: number, factors: number,
): Float64Array {
  const out = new Float64Array(items * factors);
  for (let q = 0; q < columns.length; q++) out[Math.floor(q / entries) * factors + columns[q]] = values[q];
  return out;
}
