/**
 * The training loop that every model shares: seeded shuffled mini-batches, a validation loss after each epoch, early
 * stopping, and the weights of the best epoch kept (docs/method.md §2–3). It knows nothing of what a step computes, and
 * nothing of files: its whole state can be taken out between steps and put back.
 */
import type { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import { defaultsOf } from "../config/field.js";
import { SCHEDULE, type FitConfig, type ScheduleConfig } from "../config/training.js";
import type { Parameter } from "../models/recommenders/recommender.js";
import { WeightAverage } from "./averaging.js";
import type { Optimiser } from "./optimiser.js";
import type { SaeHealth } from "./sae-health.js";
import {
  checkFitState, checkSameRun, randomsToArray, restoreArray, restoreRandoms, type FitState, type StateArray,
} from "./fit-state.js";

export interface EpochReport {
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Mean of the epoch's step losses. */
  trainLoss: number;
  validationLoss: number;
  /** The best validation loss so far came from this epoch. */
  bestEpoch: number;
  stepsPerEpoch: number;
  /** SAEs only: what the model is on whole training users (sae-health.ts). */
  health?: SaeHealth;
}

export interface FitResult {
  history: { trainLoss: number; validationLoss: number }[];
  /** Epoch (from 1) whose weights were kept. */
  bestEpoch: number;
  bestValidationLoss: number;
  stoppedEarly: boolean;
}

/** A model seen from the loop. */
export interface Trainee {
  /** Training rows; batches are drawn from 0 … rows−1. */
  rows: number;
  parameters: readonly Parameter[];
  optimiser: Optimiser;
  /** Forward and backward over these rows; returns the loss. `at`: steps of the whole run before this one. */
  step(rows: Int32Array, at: number): number;
  /** The loss on validation rows, without gradients. */
  validate(): number;
  /** After each epoch, before the next one's first step. */
  afterEpoch?(epoch: number): SaeHealth | undefined;
  /** Names model, settings, seed and data (`runName`), so that a checkpoint is not continued with others. */
  run?: string;
  /** Generators and arrays that the model keeps between steps: they belong to a checkpoint. */
  randoms?: readonly Random[];
  arrays?: Readonly<Record<string, StateArray>>;
}

/** Where a run's state goes, so that it survives the process. */
export interface Checkpointing {
  /** Asked after each step, counted over the whole run: true saves the state now. May look at a clock. */
  due(step: number): boolean;
  /** Also called when the signal stops the run. */
  save(state: FitState): void | Promise<void>;
}

export interface FitHooks {
  /** After each epoch. */
  onEpoch?: (report: EpochReport) => void;
  /** After each step, counted over the whole run. */
  onStep?: (step: number, stepsInAll: number) => void;
  /** Stops between steps; the loop then throws the signal's reason. */
  signal?: AbortSignal;
  checkpoint?: Checkpointing;
  /** Goes on from a saved state; the result has the same bits as that of an uninterrupted run. */
  resume?: FitState;
}

/** The loop's own numbers, in the order in which a state holds them. */
interface Position {
  /** The epoch under way, from 1. */
  epoch: number;
  /** Its steps that are done. */
  step: number;
  lossSum: number;
  best: number;
  bestEpoch: number;
}

/** @throws DivergedError; UserError for a state of another run; the signal's reason. */
export async function fit(
  trainee: Trainee, config: FitConfig, random: Random, hooks: FitHooks = {},
): Promise<FitResult> {
  const schedule = { ...defaultsOf(SCHEDULE), ...config };
  const { batchSize, epochs, patience } = config;
  const { parameters, optimiser } = trainee;
  const order = Int32Array.from({ length: trainee.rows }, (_, i) => i);
  const stepsPerEpoch = Math.ceil(trainee.rows / batchSize);
  const stepsInAll = epochs * stepsPerEpoch;
  const history: FitResult["history"] = [];
  const average = schedule.averaging > 0 ? new WeightAverage(parameters, schedule.averaging) : null;
  const randoms = [random, ...(trainee.randoms ?? [])];
  let at: Position = { epoch: 1, step: 0, lossSum: 0, best: Infinity, bestEpoch: 0 };
  let kept: Float32Array[] | null = null;

  const capture = (): FitState => {
    const { step, m, v } = optimiser.state();
    const arrays: Record<string, StateArray> = {
      position: Float64Array.of(at.epoch, at.step, at.lossSum, at.best, at.bestEpoch, step),
      history: Float64Array.from(history.flatMap((h) => [h.trainLoss, h.validationLoss])),
      randoms: randomsToArray(randoms),
      order: order.slice(),
    };
    parameters.forEach(({ name, tensor }, i) => {
      arrays[`weights/${name}`] = tensor.data.slice();
      arrays[`m/${name}`] = m[i];
      arrays[`v/${name}`] = v[i];
      if (average) arrays[`average/${name}`] = average.averages[i].slice();
      if (kept) arrays[`best/${name}`] = kept[i].slice();
    });
    for (const [name, array] of Object.entries(trainee.arrays ?? {})) arrays[`model/${name}`] = array.slice();
    return { run: trainee.run ?? "", arrays };
  };
  const restore = (state: FitState): void => {
    checkSameRun(state, trainee.run ?? "");
    checkFitState(state, {
      rows: trainee.rows, stepsPerEpoch, randoms: randoms.length,
      parameters: parameters.map(({ name, tensor }) => ({ name, length: tensor.data.length })),
      kinds: (best) => [
        "weights", "m", "v", ...(average ? ["average"] : []), ...(best > 0 && patience > 0 ? ["best"] : []),
      ],
    });
    const position = new Float64Array(6);
    restoreArray(state, "position", position);
    const [epoch, step, lossSum, best, bestEpoch, optimiserStep] = position;
    at = { epoch, step, lossSum, best, bestEpoch };
    restoreArray(state, "order", order);
    const past = state.arrays.history;
    for (let i = 0; i < past.length; i += 2) history.push({ trainLoss: past[i], validationLoss: past[i + 1] });
    restoreRandoms(state.arrays.randoms as Int32Array, randoms);
    const all = (kind: string): StateArray[] => parameters.map(({ name }) => state.arrays[`${kind}/${name}`]);
    parameters.forEach(({ name, tensor }, i) => {
      restoreArray(state, `weights/${name}`, tensor.data);
      if (average) restoreArray(state, `average/${name}`, average.averages[i]);
    });
    optimiser.restore({ step: optimiserStep, m: all("m"), v: all("v") });
    if (bestEpoch > 0 && patience > 0) kept = all("best").map((array) => Float32Array.from(array));
    for (const [name, array] of Object.entries(trainee.arrays ?? {})) restoreArray(state, `model/${name}`, array);
  };
  if (hooks.resume) restore(hooks.resume);

  for (; at.epoch <= epochs; at.epoch++, at.step = 0, at.lossSum = 0) {
    while (at.step < stepsPerEpoch) {
      if (hooks.signal?.aborted) {
        await hooks.checkpoint?.save(capture());
        hooks.signal.throwIfAborted();
      }
      if (at.step === 0) random.shuffle(order);
      const done = (at.epoch - 1) * stepsPerEpoch + at.step;
      const from = at.step * batchSize;
      const loss = trainee.step(order.subarray(from, Math.min(trainee.rows, from + batchSize)), done);
      if (!Number.isFinite(loss)) {
        throw new DivergedError(`the loss became ${loss} in epoch ${at.epoch}, step ${at.step + 1}`, parameters);
      }
      optimiser.step(learningRateAt(done, stepsInAll, schedule));
      average?.update(done + 1);
      at.lossSum += loss;
      at.step++;
      hooks.onStep?.(done + 1, stepsInAll);
      if (hooks.checkpoint?.due(done + 1)) await hooks.checkpoint.save(capture());
      // A turn of the event loop now and then lets progress, signals and worker messages through.
      if (at.step % 8 === 0) await turn();
    }
    average?.swapIn();
    const validationLoss = trainee.validate();
    if (patience > 0 && !Number.isFinite(validationLoss)) {
      throw new DivergedError(`the validation loss became ${validationLoss} in epoch ${at.epoch}`, parameters);
    }
    const trainLoss = at.lossSum / stepsPerEpoch;
    history.push({ trainLoss, validationLoss });
    if (validationLoss < at.best) {
      at.best = validationLoss;
      at.bestEpoch = at.epoch;
      if (patience > 0) kept = parameters.map((p) => Float32Array.from(p.tensor.data));
    }
    average?.swapOut();
    const health = trainee.afterEpoch?.(at.epoch);
    hooks.onEpoch?.({
      epoch: at.epoch, epochs, trainLoss, validationLoss, bestEpoch: at.bestEpoch, stepsPerEpoch, health,
    });
    await turn();
    if (patience > 0 && at.epoch - at.bestEpoch >= patience) break;
  }
  if (kept) parameters.forEach((p, i) => { p.tensor.data.set(kept![i]); });
  else average?.swapIn();
  return { history, bestEpoch: at.bestEpoch, bestValidationLoss: at.best, stoppedEarly: history.length < epochs };
}

/** The share of the learning rate that step `done` (from 0) uses: up over the warm-up, down over the decay, else 1. */
export function learningRateAt(
  done: number, stepsInAll: number, { warmUp, decay }: Pick<ScheduleConfig, "warmUp" | "decay">,
): number {
  const up = warmUp > 0 ? Math.min(1, (done + 1) / warmUp) : 1;
  const down = decay > 0 ? Math.min(1, (stepsInAll - done) / (decay * stepsInAll)) : 1;
  return Math.min(up, down);
}

function turn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

/** The loss is not a number any more: says where, and which tensor went first. */
export class DivergedError extends UserError {
  override readonly name = "DivergedError";

  constructor(what: string, parameters: readonly Parameter[]) {
    const broken = parameters.find((p) => p.tensor.data.some((value) => !Number.isFinite(value)));
    super(
      `training diverged: ${what}` +
      (broken ? ` (${broken.name} holds values that are not finite)` : "") +
      ". Try a smaller learning rate",
    );
  }
}
