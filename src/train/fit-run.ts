/**
 * The state of a training run between two steps: where it is, the order of the rows, the averaged and the best weights,
 * and all of it taken out and put back (fit-state.ts). What happens in a step is fit.ts's.
 */
import type { Random } from "../base/random.js";
import type { FitConfig, ScheduleConfig } from "../config/training.js";
import type { Parameter } from "../models/recommenders/recommender.js";
import { WeightAverage } from "./averaging.js";
import {
  checkFitState, checkSameRun, randomsToArray, restoreArray, restoreRandoms, type FitState, type StateArray,
} from "./fit-state.js";
import type { Optimiser } from "./optimiser.js";
import type { SaeHealth } from "./sae-health.js";

/** How a training run went. */
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

export class FitRun {
  readonly at: Position = { epoch: 1, step: 0, lossSum: 0, best: Infinity, bestEpoch: 0 };
  readonly stepsPerEpoch: number;
  /** If no epoch is saved by patience. */
  readonly stepsInAll: number;
  readonly average: WeightAverage | null;
  private readonly order: Int32Array;
  private readonly randoms: readonly Random[];
  private readonly history: FitResult["history"] = [];
  /** The best epoch's weights, while patience asks for them. */
  private kept: Float32Array[] | null = null;

  constructor(
    readonly trainee: Trainee, readonly config: FitConfig & ScheduleConfig, private readonly random: Random,
  ) {
    const { rows, parameters, randoms = [] } = trainee;
    this.order = Int32Array.from({ length: rows }, (_, i) => i);
    this.stepsPerEpoch = Math.ceil(rows / config.batchSize);
    this.stepsInAll = config.epochs * this.stepsPerEpoch;
    this.average = config.averaging > 0 ? new WeightAverage(parameters, config.averaging) : null;
    this.randoms = [random, ...randoms];
  }

  shuffle(): void {
    this.random.shuffle(this.order);
  }

  /** Rows of the step that comes next. */
  batch(): Int32Array {
    const { config: { batchSize }, order, at: { step } } = this;
    return order.subarray(step * batchSize, Math.min(order.length, (step + 1) * batchSize));
  }

  /** After a step; `done` of the whole run are behind it. */
  stepped(loss: number, done: number): void {
    this.average?.update(done);
    this.at.lossSum += loss;
    this.at.step++;
  }

  /** After a validation: the weights in place are the best ones if its loss is. */
  watched(trainLoss: number, validationLoss: number): void {
    const { at, trainee: { parameters } } = this;
    this.history.push({ trainLoss, validationLoss });
    if (!(validationLoss < at.best)) return;
    at.best = validationLoss;
    at.bestEpoch = at.epoch;
    if (this.config.patience > 0) this.kept = parameters.map((p) => Float32Array.from(p.tensor.data));
  }

  nextEpoch(): void {
    Object.assign(this.at, { epoch: this.at.epoch + 1, step: 0, lossSum: 0 });
  }

  /** Puts the weights in place that the run ends with. */
  finish(): FitResult {
    const { at, history, kept, trainee: { parameters } } = this;
    if (kept) parameters.forEach((p, i) => { p.tensor.data.set(kept[i]); });
    else this.average?.swapIn();
    const stoppedEarly = history.length < this.config.epochs;
    return { history, bestEpoch: at.bestEpoch, bestValidationLoss: at.best, stoppedEarly };
  }

  capture(): FitState {
    const { at, average, kept, trainee: { parameters, optimiser, arrays: own = {}, run = "" } } = this;
    const { step, m, v } = optimiser.state();
    const arrays: Record<string, StateArray> = {
      position: Float64Array.of(at.epoch, at.step, at.lossSum, at.best, at.bestEpoch, step),
      history: Float64Array.from(this.history.flatMap((h) => [h.trainLoss, h.validationLoss])),
      randoms: randomsToArray(this.randoms),
      order: this.order.slice(),
    };
    parameters.forEach(({ name, tensor }, i) => {
      arrays[`weights/${name}`] = tensor.data.slice();
      arrays[`m/${name}`] = m[i];
      arrays[`v/${name}`] = v[i];
      if (average) arrays[`average/${name}`] = average.averages[i].slice();
      if (kept) arrays[`best/${name}`] = kept[i].slice();
    });
    for (const [name, array] of Object.entries(own)) arrays[`model/${name}`] = array.slice();
    return { run, arrays };
  }

  /** @throws UserError when the state is of another run, or none that a run can have. */
  restore(state: FitState): void {
    const { average, trainee: { parameters, optimiser, arrays: own = {}, run = "" } } = this;
    checkSameRun(state, run);
    const keeps = (best: number): boolean => best > 0 && this.config.patience > 0;
    checkFitState(state, {
      rows: this.order.length, stepsPerEpoch: this.stepsPerEpoch, randoms: this.randoms.length,
      parameters: parameters.map(({ name, tensor }) => ({ name, length: tensor.data.length })),
      kinds: (best) => ["weights", "m", "v", ...(average ? ["average"] : []), ...(keeps(best) ? ["best"] : [])],
    });
    const position = new Float64Array(6);
    restoreArray(state, "position", position);
    const [epoch, step, lossSum, best, bestEpoch, optimiserStep] = position;
    Object.assign(this.at, { epoch, step, lossSum, best, bestEpoch });
    restoreArray(state, "order", this.order);
    const past = state.arrays.history;
    for (let i = 0; i < past.length; i += 2) this.history.push({ trainLoss: past[i], validationLoss: past[i + 1] });
    restoreRandoms(state.arrays.randoms as Int32Array, this.randoms);
    const all = (kind: string): StateArray[] => parameters.map(({ name }) => state.arrays[`${kind}/${name}`]);
    parameters.forEach(({ name, tensor }, i) => {
      restoreArray(state, `weights/${name}`, tensor.data);
      if (average) restoreArray(state, `average/${name}`, average.averages[i]);
    });
    optimiser.restore({ step: optimiserStep, m: all("m"), v: all("v") });
    if (keeps(bestEpoch)) this.kept = all("best").map((array) => Float32Array.from(array));
    for (const [name, array] of Object.entries(own)) restoreArray(state, `model/${name}`, array);
  }
}
