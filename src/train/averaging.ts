/**
 * A running average of the weights over training steps (Polyak & Juditsky, 1992; as an exponential average, EMA): the
 * noise of single steps cancels out, and the average often generalises better than any of its members.
 *
 *   a += (1 − d)·(w − a)      d = min(decay, (1 + t)/(10 + t)) for step t, so that the start is soon forgotten
 *
 * Training goes on with the weights themselves; validation and the result use the average.
 */
import { normalisedRows } from "../models/initialise.js";
import type { Parameter } from "../models/recommenders/recommender.js";

export class WeightAverage {
  readonly averages: readonly Float32Array[];
  private kept: readonly Float32Array[] = [];

  constructor(private readonly parameters: readonly Parameter[], private readonly decay: number) {
    this.averages = parameters.map(({ tensor }) => Float32Array.from(tensor.data));
  }

  /** After step t, from 1. */
  update(t: number): void {
    const share = 1 - Math.min(this.decay, (1 + t) / (10 + t));
    this.parameters.forEach(({ tensor }, i) => {
      const [average, weights] = [this.averages[i], tensor.data];
      for (let j = 0; j < average.length; j++) average[j] += share * (weights[j] - average[j]);
    });
  }

  /** Puts the averages in the weights' place, rows of unit length where they should be. */
  swapIn(): void {
    this.kept = this.parameters.map(({ tensor }) => Float32Array.from(tensor.data));
    this.parameters.forEach(({ tensor, unitRows }, i) => {
      tensor.data.set(unitRows ? normalisedRows(this.averages[i].slice(), tensor.cols) : this.averages[i]);
    });
  }

  /** Undoes `swapIn`. */
  swapOut(): void {
    this.parameters.forEach(({ tensor }, i) => { tensor.data.set(this.kept[i]); });
  }
}
