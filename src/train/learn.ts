/** Trains a learner: its steps, its optimiser, and the loop (fit.ts). */
import { Tape } from "../autograd/index.js";
import type { AdamConfig, FitConfig } from "../config/training.js";
import type { Engine } from "../engine/engine.js";
import type { Forgetful, Learner } from "../models/learner.js";
import type { WorkingSet } from "../models/working-set.js";
import { Adam, adamRule } from "./adam.js";
import { Alternating } from "./alternating.js";
import { fit, type FitHooks, type FitResult } from "./fit.js";
import { LazyRows } from "./lazy-rows.js";
import type { Optimiser } from "./optimiser.js";
import { Together } from "./together.js";

/**
 * The learner's parameters hold the result. Everything is in the engine's heap, which the caller releases.
 * @param run names model, settings, seed and data (`runName`), so that a checkpoint is not continued with others.
 */
export function learn(
  engine: Engine, learner: Learner, config: AdamConfig & FitConfig, run: string, hooks?: FitHooks,
): Promise<FitResult> {
  const { parameters, randoms, arrays } = learner;
  const optimiser = optimiserOf(engine, learner, config);
  const tape = new Tape(engine);
  const watching = new Tape(engine, false);
  return fit({
    rows: learner.rows, parameters, optimiser, run, randoms, arrays,
    step(rows, done) {
      tape.reset();
      const loss = learner.step(tape, rows, done);
      tape.backward(loss);
      return loss.data[0];
    },
    validate: () => meanOverBatches(learner.watchedRows, config.batchSize, (rows) => {
      watching.reset();
      return learner.watch(watching, rows).data[0];
    }),
    afterEpoch: (epoch) =>
      learner.afterEpoch?.(epoch, optimiser instanceof Adam ? optimiser : NOTHING_TO_FORGET),
  }, config, learner.order, hooks);
}

/** Adam: for all parameters, for one group at a time, or for rows outside the heap. */
function optimiserOf(engine: Engine, learner: Learner, config: AdamConfig): Optimiser {
  const { parameters, alternating, workingSets } = learner;
  if (workingSets) return partlyOutside(engine, parameters, workingSets, config);
  if (!alternating) return new Adam(engine, parameters, config);
  return new Alternating(
    alternating.groups.map((group) => new Adam(engine, group, config)), (done) => alternating.turn(done),
  );
}

/** Rows of working sets, and whatever else there is in the heap. */
function partlyOutside(
  engine: Engine, parameters: Learner["parameters"], sets: readonly WorkingSet[], config: AdamConfig,
): Optimiser {
  const rows = new LazyRows(engine, sets, adamRule(engine, config));
  const outside = sets.map(({ parameter }) => parameters.indexOf(parameter));
  const inside = [...parameters.keys()].filter((place) => !outside.includes(place));
  if (inside.length === 0) return rows;
  const adam = new Adam(engine, inside.map((place) => parameters[place]), config);
  return new Together([{ optimiser: rows, places: outside }, { optimiser: adam, places: inside }]);
}

/** No model both takes turns and replaces parameters. */
const NOTHING_TO_FORGET: Forgetful = {
  forget: () => { throw new Error("a learner that takes turns forgets nothing"); },
};

/** Mean of a per-batch loss over rows 0 … rows−1, in order. */
export function meanOverBatches(rows: number, batchSize: number, loss: (rows: Int32Array) => number): number {
  let sum = 0;
  let batches = 0;
  for (let from = 0; from < rows; from += batchSize) {
    const to = Math.min(rows, from + batchSize);
    sum += loss(Int32Array.from({ length: to - from }, (_, i) => from + i));
    batches++;
  }
  return sum / batches;
}
