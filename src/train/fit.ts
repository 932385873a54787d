/**
 * The training loop that every model shares: seeded shuffled mini-batches, a validation loss after each epoch, early
 * stopping, and the weights of the best epoch kept (METHOD.md §2–3). It knows nothing of what a step computes.
 */
import type { Random } from "../kernels/random.js";
import type { Parameter } from "../models/recommender.js";
import { type Adam } from "./adam.js";

export interface FitConfig {
  /** Rows a step. */
  batchSize: number;
  /** Upper limit of passes over the data. */
  epochs: number;
  /** Stop after this many epochs without a better validation loss; 0 never stops early and keeps the last weights. */
  patience: number;
}

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
  optimiser: Adam;
  /** Forward and backward over these rows; returns the loss. */
  step(rows: Int32Array): number;
  /** The loss on validation rows, without gradients. */
  validate(): number;
}

export interface FitHooks {
  /** After each epoch. */
  onEpoch?: (report: EpochReport) => void;
  /** After each step, counted over the whole run. */
  onStep?: (step: number, stepsInAll: number) => void;
  /** Stops between steps; the loop then throws the signal's reason. */
  signal?: AbortSignal;
}

export async function fit(
  trainee: Trainee, config: FitConfig, random: Random, hooks: FitHooks = {},
): Promise<FitResult> {
  const { batchSize, epochs, patience } = config;
  const order = Int32Array.from({ length: trainee.rows }, (_, i) => i);
  const stepsPerEpoch = Math.ceil(trainee.rows / batchSize);
  const history: FitResult["history"] = [];
  let best = Infinity;
  let bestEpoch = 0;
  let kept: Float32Array[] | null = null;

  for (let epoch = 1; epoch <= epochs; epoch++) {
    random.shuffle(order);
    let lossSum = 0;
    for (let step = 0; step < stepsPerEpoch; step++) {
      hooks.signal?.throwIfAborted();
      const loss = trainee.step(order.subarray(step * batchSize, Math.min(trainee.rows, (step + 1) * batchSize)));
      if (!Number.isFinite(loss)) throw new DivergedError(loss, epoch, step + 1, trainee.parameters);
      trainee.optimiser.step();
      lossSum += loss;
      hooks.onStep?.((epoch - 1) * stepsPerEpoch + step + 1, epochs * stepsPerEpoch);
      // A turn of the event loop now and then lets progress, signals and worker messages through.
      if (step % 8 === 7) await turn();
    }
    const validationLoss = trainee.validate();
    history.push({ trainLoss: lossSum / stepsPerEpoch, validationLoss });
    if (validationLoss < best) {
      best = validationLoss;
      bestEpoch = epoch;
      if (patience > 0) kept = trainee.parameters.map((p) => Float32Array.from(p.tensor.data));
    }
    hooks.onEpoch?.({ epoch, epochs, trainLoss: lossSum / stepsPerEpoch, validationLoss, bestEpoch, stepsPerEpoch });
    await turn();
    if (patience > 0 && epoch - bestEpoch >= patience) break;
  }
  if (kept) trainee.parameters.forEach((p, i) => { p.tensor.data.set(kept[i]); });
  return { history, bestEpoch, bestValidationLoss: best, stoppedEarly: history.length < epochs };
}

function turn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

/** The loss is not a number any more: says where, and which tensor went first. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";

  constructor(loss: number, epoch: number, step: number, parameters: readonly Parameter[]) {
    const broken = parameters.find((p) => p.tensor.data.some((value) => !Number.isFinite(value)));
    super(
      `training diverged: the loss became ${loss} in epoch ${epoch}, step ${step}` +
      (broken ? ` (${broken.name} holds values that are not finite)` : "") +
      ". Try a smaller learning rate",
    );
  }
}
