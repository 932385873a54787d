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
import type { SaeHealth } from "./sae-health.js";
import { FitRun, type FitResult, type Trainee } from "./fit-run.js";
import type { FitState } from "./fit-state.js";

export type { FitResult, Trainee };

/** How an epoch went. */
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

/** A closed form takes one pass and has no validation loss. */
export const AT_ONCE: FitResult = {
  history: [{ trainLoss: NaN, validationLoss: NaN }], bestEpoch: 1, bestValidationLoss: NaN, stoppedEarly: false,
};

/** Where a run's state goes, so that it survives the process. */
export interface Checkpointing {
  /** Asked after each step, counted over the whole run: true saves the state now. May look at a clock. */
  due(step: number): boolean;
  /** Also called when the signal stops the run. */
  save(state: FitState): void | Promise<void>;
}

/** Who is told how training goes, what stops it, and where it goes on from. */
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

/** @throws DivergedError; UserError for a state of another run; the signal's reason. */
export async function fit(
  trainee: Trainee, config: FitConfig, random: Random, hooks: FitHooks = {},
): Promise<FitResult> {
  const { epochs, patience } = config;
  const run = new FitRun(trainee, { ...defaultsOf(SCHEDULE), ...config }, random);
  if (hooks.resume) run.restore(hooks.resume);
  while (run.at.epoch <= epochs) {
    await steps(run, hooks);
    const report = closeEpoch(run);
    hooks.onEpoch?.(report);
    await turn();
    if (patience > 0 && run.at.epoch - run.at.bestEpoch >= patience) break;
    run.nextEpoch();
  }
  return run.finish();
}

/** The steps of the epoch under way that are not done yet. */
async function steps(run: FitRun, hooks: FitHooks): Promise<void> {
  const { trainee, at, stepsPerEpoch, stepsInAll } = run;
  while (at.step < stepsPerEpoch) {
    if (hooks.signal?.aborted) {
      await hooks.checkpoint?.save(run.capture());
      hooks.signal.throwIfAborted();
    }
    if (at.step === 0) run.shuffle();
    const done = (at.epoch - 1) * stepsPerEpoch + at.step;
    const loss = trainee.step(run.batch(), done);
    if (!Number.isFinite(loss)) {
      throw new DivergedError(`the loss became ${loss} in epoch ${at.epoch}, step ${at.step + 1}`, trainee.parameters);
    }
    trainee.optimiser.step(learningRateAt(done, stepsInAll, run.config));
    run.stepped(loss, done + 1);
    hooks.onStep?.(done + 1, stepsInAll);
    if (hooks.checkpoint?.due(done + 1)) await hooks.checkpoint.save(run.capture());
    // A turn of the event loop now and then lets progress, signals and worker messages through.
    if (at.step % 8 === 0) await turn();
  }
}

/** The validation loss, with the averaged weights where there is an average, and what follows from it. */
function closeEpoch(run: FitRun): EpochReport {
  const { trainee, at, stepsPerEpoch, average, config: { epochs, patience } } = run;
  average?.swapIn();
  const validationLoss = trainee.validate();
  if (patience > 0 && !Number.isFinite(validationLoss)) {
    throw new DivergedError(`the validation loss became ${validationLoss} in epoch ${at.epoch}`, trainee.parameters);
  }
  const trainLoss = at.lossSum / stepsPerEpoch;
  run.watched(trainLoss, validationLoss);
  average?.swapOut();
  const health = trainee.afterEpoch?.(at.epoch);
  return { epoch: at.epoch, epochs, trainLoss, validationLoss, bestEpoch: at.bestEpoch, stepsPerEpoch, health };
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
