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
import type { Optimiser } from "./optimiser.js";

interface Slot extends Parameter {
  m: Floats;
  v: Floats;
}

export class Nadam implements Optimiser {
  private readonly slots: Slot[];
  private t = 0;
  /** Π_t */
  private product = 1;

  constructor(private readonly engine: Engine, parameters: readonly Parameter[], private readonly config: AdamConfig) {
    this.slots = parameters.map((p) => ({
      ...p, m: engine.floats(p.tensor.data.length).fill(0), v: engine.floats(p.tensor.data.length).fill(0),
    }));
  }

  step(rate = 1): void {
    const { learningRate, beta1, beta2, epsilon } = this.config;
    const t = ++this.t;
    const [now, next] = [this.momentum(t), this.momentum(t + 1)];
    this.product *= now;
    const lr = rate * learningRate;
    const ofAverage = (lr * next) / (1 - this.product * next);
    const ofGradient = (lr * (1 - now)) / (1 - this.product);
    const invSqrtBias2 = 1 / Math.sqrt(1 - beta2 ** t);
    for (const { tensor, m, v } of this.slots) {
      if (!tensor.gradReady || !tensor.grad) continue;
      this.engine.run(
        "nadam", tensor.data, m, v, tensor.grad, ofAverage, ofGradient, beta1, beta2, epsilon, invSqrtBias2,
      );
    }
  }

  state(): { step: number; m: Floats[]; v: Floats[] } {
    return { step: this.t, m: this.slots.map((s) => s.m.slice()), v: this.slots.map((s) => s.v.slice()) };
  }

  restore(state: { step: number; m: readonly ArrayLike<number>[]; v: readonly ArrayLike<number>[] }): void {
    this.t = state.step;
    this.product = 1;
    for (let t = 1; t <= this.t; t++) this.product *= this.momentum(t);
    this.slots.forEach((slot, i) => {
      slot.m.set(state.m[i]);
      slot.v.set(state.v[i]);
    });
  }

  /** u_t */
  private momentum(t: number): number {
    return this.config.beta1 * (1 - 0.5 * 0.96 ** t);
  }
}
