/**
 * Trains sparse ELSA (docs/method.md §8.1–8.3): one level of pruning after the other, each a training of its own on the
 * entries that are left. With a restart (the lottery ticket), a level begins again from the first random values of its
 * entries, so all levels but the last only serve to find the support.
 *
 * The authors' code makes one more update at the start of each level, to build its optimiser; that is left out here.
 */
import { Tape } from "../autograd/index.js";
import type { Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { ElsaSparseConfig } from "../config/elsa-sparse.js";
import type { Engine } from "../engine/engine.js";
import { largestOfRows, levelsOf, type PruningLevel } from "../models/recommenders/pruning.js";
import { trainsOutside } from "../models/recommenders/sparse-elsa.js";
import { SparseElsaTrainee } from "../models/recommenders/sparse-elsa-trainee.js";
import type { SparseItemVectors } from "../models/recommenders/sparse-item-vectors.js";
import { fit, type FitHooks, type FitResult, type Trainee } from "./fit.js";
import { runName, type FitState } from "./fit-state.js";
import { meanOverBatches } from "./learn.js";
import { levelInHeap, levelOutside, type LevelRun, type SparseElsaLevel } from "./sparse-elsa-level.js";

/** The entries that a level begins with: (I, w) columns and values; `entries` is w, at least the level's own n. */
export type LevelStart = SparseItemVectors;

/** Who is told how training goes, and where it goes on from. */
export interface SparseElsaHooks extends FitHooks {
  /** After each level, with what it came to: one training shows all sizes on its way. */
  onLevel?: (vectors: SparseItemVectors, level: PruningLevel) => void;
}

/** What is otherwise as the settings say. */
export interface SparseElsaWays {
  /** A in ordinary memory, with lazy rows; default: where `trainsOutside` says. */
  readonly outside?: boolean;
  /** Default: those of the settings (`levelsOf`). */
  readonly levels?: readonly PruningLevel[];
}

/** Sparse item vectors, and how training went. */
export interface TrainedSparseElsa {
  vectors: SparseItemVectors;
  /** Of the last level. */
  fit: FitResult;
}

/**
 * What the next level, of `entries` a row, begins with. With a restart: the largest entries of each row, at the values
 * that they had before all training. Without: the rows as they are; the level prunes them itself at every step, so that
 * an entry may still come back.
 * @param restart A before all training, (I, D); null for none.
 */
export function nextStart(
  before: LevelStart, entries: number, items: number,
  restart: { readonly initial: ArrayLike<number>; readonly factors: number } | null,
): LevelStart {
  const now = entries > before.entries ? widened(before, entries, items) : before;
  if (!restart) return now;
  const { initial, factors } = restart;
  const places = largestOfRows(now.values, items, now.entries, entries);
  const columns = new Int32Array(places.length);
  const values = initial instanceof Float32Array ? new Float32Array(places.length) : new Float64Array(places.length);
  for (let q = 0; q < places.length; q++) {
    const row = Math.floor(q / entries);
    columns[q] = now.columns[row * now.entries + places[q]];
    values[q] = initial[row * factors + columns[q]];
  }
  return { columns, values, entries };
}

/**
 * An exponential schedule may go below its end before it gets there: rows then gain entries of 0, in the lowest columns
 * that they lack, as the authors' masks choose among equals.
 */
function widened({ columns, values, entries: few }: LevelStart, entries: number, items: number): LevelStart {
  const wider = { columns: new Int32Array(items * entries), values: new Float64Array(items * entries), entries };
  for (let row = 0; row < items; row++) {
    const own = new Map<number, number>();
    for (let q = row * few; q < (row + 1) * few; q++) own.set(columns[q], values[q]);
    for (let column = 0; own.size < entries; column++) if (!own.has(column)) own.set(column, 0);
    [...own].sort(([a], [b]) => a - b).forEach(([column, value], k) => {
      wider.columns[row * entries + k] = column;
      wider.values[row * entries + k] = value;
    });
  }
  return wider;
}

/**
 * Trains sparse ELSA level by level (docs/method.md §8).
 *
 * @param train (U, I) binary; @param validation (V, I) binary, all interactions of the validation users.
 * Epochs are counted over all levels in the hooks.
 */
export async function trainSparseElsa(
  engine: Engine, train: Csr, validation: Csr, config: ElsaSparseConfig, seed: number,
  hooks: SparseElsaHooks = {},
  { outside = trainsOutside(config, train.cols), levels: given }: SparseElsaWays = {},
): Promise<TrainedSparseElsa> {
  if (config.nonZeros > config.factors) {
    throw new UserError(`nonZeros is ${config.nonZeros}, but there are only ${config.factors} factors`);
  }
  const levels = given ?? levelsOf(config);
  const random = new Random(seed);
  const items = train.cols;
  const { factors, batchSize, restart } = config;
  const initial = SparseElsaTrainee.initialise(random.fork(), items, factors);
  const order = random.fork();
  const negatives = random.fork();
  const shared: LevelRun = { engine, train, validation, config, negatives, watched: random.uint32() };
  const run = runName("elsa-sparse", seed, config, { train: train.indices, validation: validation.indices });
  const stepsPerEpoch = Math.ceil(train.rows / batchSize);
  const epochsInAll = levels.reduce((sum, { epochs }) => sum + epochs, 0);
  let now: LevelStart = { columns: everyColumn(items, factors), values: initial, entries: factors };
  let result: FitResult | null = null;
  let epochsBefore = 0;
  let resume: FitState | undefined = hooks.resume;
  const resumeAt = resume?.arrays["model/level"]?.[0] ?? 0;

  for (let level = 0; level < levels.length; level++) {
    const { entries, epochs } = levels[level];
    if (level >= resumeAt) {
      const again = level === resumeAt ? resume : undefined;
      resume = undefined;
      const start = again
        ? startIn(again, items)
        : nextStart(now, entries, items, restart ? { initial, factors } : null);
      const before = epochsBefore;
      await engine.scope(async () => {
        const model = (outside ? levelOutside : levelInHeap)(shared, start, entries);
        result = await fit({
          rows: train.rows, parameters: model.parameters, optimiser: model.optimiser, ...passes(shared, model),
          run: `${run}\nlevel ${level + 1} of ${levels.length}`,
          randoms: [negatives],
          arrays: { level: Int32Array.of(level), columns: start.columns },
        }, { batchSize, epochs, patience: 0 }, order, {
          ...hooks,
          resume: again,
          onStep: hooks.onStep && ((step) => hooks.onStep!(before * stepsPerEpoch + step, epochsInAll * stepsPerEpoch)),
          onEpoch: hooks.onEpoch && ((report) =>
            hooks.onEpoch!({ ...report, epoch: before + report.epoch, epochs: epochsInAll })),
        });
        now = model.vectors(new Tape(engine, false));
        hooks.onLevel?.(now, levels[level]);
      });
    }
    epochsBefore += epochs;
  }
  return { vectors: now, fit: result! };
}

/** A level's steps and its validation, as the loop asks for them. */
function passes(
  { engine, validation, config: { batchSize } }: LevelRun, model: SparseElsaLevel,
): Pick<Trainee, "step" | "validate"> {
  const tape = new Tape(engine);
  const watching = new Tape(engine, false);
  return {
    step(rows) {
      tape.reset();
      const loss = model.step(tape, rows);
      tape.backward(loss);
      return loss.data[0];
    },
    validate: () => meanOverBatches(validation.rows, batchSize, (rows) => {
      watching.reset();
      return model.watch(watching, rows).data[0];
    }),
  };
}

/** 0 … D − 1 for each row. */
function everyColumn(rows: number, factors: number): Int32Array {
  const columns = new Int32Array(rows * factors);
  for (let q = 0, j = 0; q < columns.length; q++, j = j + 1 === factors ? 0 : j + 1) columns[q] = j;
  return columns;
}

/** The level of a checkpoint, whose values `fit` puts back. */
function startIn(state: FitState, items: number): LevelStart {
  const columns = state.arrays["model/columns"] as Int32Array;
  return { columns, values: new Float32Array(columns.length), entries: columns.length / items };
}
