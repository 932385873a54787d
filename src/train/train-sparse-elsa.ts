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
import { sampleOutputs, SparseElsaTrainee } from "../models/recommenders/sparse-elsa.js";
import type { SparseItemVectors } from "../models/recommenders/sparse-item-vectors.js";
import { Adam } from "./adam.js";
import { fit, type FitHooks, type FitResult } from "./fit.js";
import { runName, type FitState } from "./fit-state.js";
import { Nadam } from "./nadam.js";
import { meanOverBatches } from "./learn.js";

/** The entries that a level begins with: (I, w) columns and values; `entries` is w, at least the level's own n. */
export type LevelStart = SparseItemVectors;

/** Who is told how training goes, and where it goes on from. */
export interface SparseElsaHooks extends FitHooks {
  /** After each level, with what it came to: one training shows all sizes on its way. */
  onLevel?: (vectors: SparseItemVectors, level: PruningLevel) => void;
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
  now: LevelStart, entries: number, items: number,
  restart: { readonly initial: ArrayLike<number>; readonly factors: number } | null,
): LevelStart {
  if (!restart) return now;
  const places = largestOfRows(now.values, items, now.entries, entries);
  const columns = Int32Array.from(places, (place, q) => now.columns[Math.floor(q / entries) * now.entries + place]);
  const values = Float64Array.from(columns, (c, q) => restart.initial[Math.floor(q / entries) * restart.factors + c]);
  return { columns, values, entries };
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
): Promise<TrainedSparseElsa> {
  if (config.nonZeros > config.factors) {
    throw new UserError(`nonZeros is ${config.nonZeros}, but there are only ${config.factors} factors`);
  }
  const random = new Random(seed);
  const items = train.cols;
  const { factors, batchSize, maxOutput, restart } = config;
  const initial = SparseElsaTrainee.initialise(random.fork(), items, factors);
  const order = random.fork();
  const negatives = random.fork();
  const levels = levelsOf(config);
  const run = runName("elsa-sparse", seed, config, { train: train.indices, validation: validation.indices });
  const stepsPerEpoch = Math.ceil(train.rows / batchSize);
  const epochsInAll = levels.reduce((sum, { epochs }) => sum + epochs, 0);
  const everyColumn = Int32Array.from(initial, (_, q) => q % factors);
  let now: LevelStart = { columns: everyColumn, values: initial, entries: factors };
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
        const model = new SparseElsaTrainee(engine, start.values, start.columns, items, factors, entries);
        const optimiser = new (config.optimiser === "nadam" ? Nadam : Adam)(engine, model.parameters, config);
        const tape = new Tape(engine);
        const watching = new Tape(engine, false);
        result = await fit({
          rows: train.rows,
          parameters: model.parameters,
          optimiser,
          step(rows) {
            tape.reset();
            const x = tape.sparseInput(train, rows);
            const outputs = maxOutput > 0 ? sampleOutputs(tape, x, maxOutput, negatives) : null;
            const loss = model.loss(tape, x, outputs);
            tape.backward(loss);
            return loss.data[0];
          },
          validate: () => meanOverBatches(validation.rows, batchSize, (rows) => {
            watching.reset();
            return model.loss(watching, watching.sparseInput(validation, rows), null).data[0];
          }),
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
        watching.reset();
        now = model.vectors(watching);
        hooks.onLevel?.(now, levels[level]);
      });
    }
    epochsBefore += epochs;
  }
  return { vectors: now, fit: result! };
}

/** The level of a checkpoint, whose values `fit` puts back. */
function startIn(state: FitState, items: number): LevelStart {
  const columns = state.arrays["model/columns"] as Int32Array;
  return { columns, values: new Float32Array(columns.length), entries: columns.length / items };
}
