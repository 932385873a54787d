/**
 * Nadam (Dozat, 2016) with Keras's schedule of the momentum (docs/method.md §8.1):
 *
 *   u_t = β₁·(1 − ½·0.96^t)      Π_t = u_1 · … · u_t
 *   m ← β₁m + (1−β₁)g      v ← β₂v + (1−β₂)g²
 *   p ← p − lr·[u_{t+1}·m/(1 − Π_t·u_{t+1}) + (1−u_t)·g/(1 − Π_t)] / (√(v/(1−β₂^t)) + ε)
 *
 * PyTorch's NAdam has another schedule. All elements move at every step, by momentum also those without a gradient.
 */
import type { AdamConfig } from "../config/training.js";
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import type { Parameter } from "../models/recommenders/recommender.js";
import type { OptimisedTensor, Optimiser, UpdateRule } from "./optimiser.js";

/** Nadam's update of one tensor that has a gradient. */
export function nadamRule(engine: Engine, { learningRate, beta1, beta2, epsilon }: AdamConfig): UpdateRule {
  /** u_t */
  const momentum = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** t);
  // Π of the steps so far; worked out anew when a run goes on elsewhere.
  const done = { steps: 0, product: 1 };
  return (t, rate) => {
    if (t <= done.steps) Object.assign(done, { steps: 0, product: 1 });
    while (done.steps < t) done.product *= momentum(++done.steps);
    const [now, next] = [momentum(t), momentum(t + 1)];
    const lr = rate * learningRate;
    const ofAverage = (lr * next) / (1 - done.product * next);
    const ofGradient = (lr * (1 - now)) / (1 - done.product);
    const invSqrtBias2 = 1 / Math.sqrt(1 - beta2 ** t);
    return ({ tensor, m, v }) => {
      engine.run(
        "nadam", tensor.data, m, v, tensor.grad!, ofAverage, ofGradient, beta1, beta2, epsilon, invSqrtBias2,
      );
    };
  };
}

export class Nadam implements Optimiser {
  private readonly slots: OptimisedTensor[];
  private readonly rule: UpdateRule;
  private t = 0;

  constructor(engine: Engine, parameters: readonly Parameter[], config: AdamConfig) {
    this.rule = nadamRule(engine, config);
    this.slots = parameters.map((p) => ({
      ...p, m: engine.floats(p.tensor.data.length).fill(0), v: engine.floats(p.tensor.data.length).fill(0),
    }));
  }

  step(rate = 1): void {
    const update = this.rule(++this.t, rate);
    for (const slot of this.slots) if (slot.tensor.gradReady && slot.tensor.grad) update(slot);
  }

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
