/** What the training loop asks of an optimiser (fit.ts): Adam or Nadam over a model's parameters. */
import type { Tensor } from "../autograd/index.js";
import type { Floats } from "../base/floats.js";

export interface Optimiser {
  /** One update of every parameter that received a gradient. `rate` scales the learning rate, for schedules. */
  step(rate?: number): void;
  /** Step count and both averages, in parameter order: for checkpoints and golden checks. */
  state(): { step: number; m: Floats[]; v: Floats[] };
  restore(state: { step: number; m: readonly ArrayLike<number>[]; v: readonly ArrayLike<number>[] }): void;
}

/** A tensor with its gradient, and its two averages, all in the heap. */
export interface OptimisedTensor {
  readonly tensor: Tensor;
  readonly m: Floats;
  readonly v: Floats;
  readonly unitRows: boolean;
}

/** What an optimiser does in step t, from 1, at this share of the learning rate: an update of one tensor. */
export type UpdateRule = (t: number, rate: number) => (slot: OptimisedTensor) => void;
