/**
 * A model as training sees it: what a step computes, what is watched, and which generators it draws from. It knows
 * nothing of optimisers, loops and files (train/learn.ts), so that it can stand beside its model, where browsers are.
 */
import type { Matrix, Tape, Tensor } from "../autograd/index.js";
import type { Csr } from "../base/csr.js";
import type { NamedTensors } from "../base/named-tensors.js";
import type { Random } from "../base/random.js";
import type { Parameter } from "./recommenders/recommender.js";
import type { WorkingSet } from "./working-set.js";

/** What a recommender is trained on. */
export interface TrainingData {
  /** (U, I) binary */
  readonly train: Csr;
  /** (V, I) binary, all interactions of the validation users. */
  readonly validation: Csr;
  /** G: (I, T), for example 1 where the item carries the tag; only recommenders that speak in tags look at it. */
  readonly tags?: Matrix | null;
  /** Weights that training goes on from, instead of drawing them; only recommenders with a learner look at them. */
  readonly start?: NamedTensors;
}

/** An optimiser that can forget its averages of elements from … to − 1 of a parameter: their values were replaced. */
export interface Forgetful {
  /** Sets the averages of those elements to 0. */
  forget(parameter: Tensor, from: number, to: number): void;
}

/** How an SAE does on whole training users (train/sae-health.ts). */
export interface SaeHealth {
  /** Neurons that fire for no training user. */
  readonly dead: number;
  readonly neurons: number;
  /** Share of variance explained; 1 is everything, below 0 is worse than the mean. */
  readonly explained: number;
  /** Mean active neurons a user. */
  readonly l0: number;
}

/** A model seen from training: steps, what is watched, and what must be saved to go on. */
export interface Learner {
  /** Training rows, and those that are watched. */
  readonly rows: number;
  readonly watchedRows: number;
  readonly parameters: readonly Parameter[];
  /** Those of the parameters that lie outside the heap; a step updates the rows of them that it touches. */
  readonly workingSets?: readonly WorkingSet[];
  /** Shuffles the training rows. */
  readonly order: Random;
  /** Where not all parameters move in every step: groups, each with an optimiser of its own, and whose step it is. */
  readonly alternating?: {
    readonly groups: readonly (readonly Parameter[])[];
    /** Whose turn it is: the number of a group. @param done steps of the whole run before this one. */
    turn(done: number): number;
  };
  /** The loss of these training rows, (1, 1), before its backward pass. `done`: steps of the whole run before it. */
  step(tape: Tape, rows: Int32Array, done: number): Tensor;
  /** The loss of these watched rows, without gradients. */
  watch(tape: Tape, rows: Int32Array): Tensor;
  /** After each epoch, from 1, before the next one's first step. */
  afterEpoch?(epoch: number, optimiser: Forgetful): SaeHealth | undefined;
  /** Generators and arrays kept between steps, beside `order`: they belong to a checkpoint. */
  readonly randoms?: readonly Random[];
  readonly arrays?: Readonly<Record<string, Float32Array | Float64Array | Int32Array>>;
}
