/**
 * The optimiser: Adam over a model's parameters (docs/method.md §2). Rows that live on the unit sphere are normalised
 * and their gradient projected just before the update, so they are of unit length before a step and near it after.
 */
import type { Tensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { Floats } from "../base/floats.js";
import type { AdamConfig } from "../config/training.js";
import type { Parameter } from "../models/recommenders/recommender.js";
import type { OptimisedTensor, Optimiser, UpdateRule } from "./optimiser.js";

/** Adam's update of one tensor that has a gradient. */
export function adamRule(engine: Engine, { learningRate, beta1, beta2, epsilon }: AdamConfig): UpdateRule {
  return (t, rate) => {
    const stepSize = (rate * learningRate) / (1 - beta1 ** t);
    const invSqrtBias2 = 1 / Math.sqrt(1 - beta2 ** t);
    return ({ tensor, m, v, unitRows }) => {
      if (unitRows) {
        engine.run(
          "adamUnitRows", tensor.data, m, v, tensor.grad!, tensor.cols, stepSize, beta1, beta2, epsilon, invSqrtBias2,
        );
      } else {
        engine.run("adam", tensor.data, m, v, tensor.grad!, stepSize, beta1, beta2, epsilon, invSqrtBias2);
      }
    };
  };
}

export class Adam implements Optimiser {
  private readonly slots: OptimisedTensor[];
  private readonly rule: UpdateRule;
  private t = 0;

  constructor(engine: Engine, parameters: readonly Parameter[], config: AdamConfig) {
    this.rule = adamRule(engine, config);
    this.slots = parameters.map((p) => ({
      ...p, m: engine.floats(p.tensor.data.length).fill(0), v: engine.floats(p.tensor.data.length).fill(0),
    }));
  }

  /** One update of every parameter that received a gradient. `rate` scales the learning rate, for schedules. */
  step(rate = 1): void {
    const update = this.rule(++this.t, rate);
    for (const slot of this.slots) if (slot.tensor.gradReady && slot.tensor.grad) update(slot);
  }

  /** Forgets the averages of elements from … to − 1 of a parameter, whose values were just replaced. */
  forget(parameter: Tensor, from: number, to: number): void {
    const { m, v } = this.slots.find(({ tensor }) => tensor === parameter)!;
    m.fill(0, from, to);
    v.fill(0, from, to);
  }

  /** Step count and both averages, in parameter order: for checkpoints and golden checks. */
  state(): { step: number; m: Floats[]; v: Floats[] } {
    return { step: this.t, m: this.slots.map((s) => s.m.slice()), v: this.slots.map((s) => s.v.slice()) };
  }

  restore(state: { step: number; m: readonly ArrayLike<number>[]; v: readonly ArrayLike<number>[] }): void {
    this.t = state.step;
    this.slots.forEach((slot, i) => {
      slot.m.set(state.m[i]);
      slot.v.set(state.v[i]);
    });
  }
}
