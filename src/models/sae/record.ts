/**
 * What there is to know of a kind of SAE, beside its class: one record. Whatever lists, names, sizes, trains or reopens
 * SAEs asks the record (registry.ts), so that a new kind needs no place but its own.
 */
import type { DeclaredSae } from "../../config/resolve.js";
import type { SaeConfig, SaeDesign } from "../../config/sae.js";
import type { Engine } from "../../engine/engine.js";
import type { Cfae } from "../recommenders/recommender.js";
import type { SaeShape, SaeWeights, SparseAutoencoder, ThresholdTensor } from "./sparse-autoencoder.js";

/** How an SAE is opened. */
export interface SaeOptions {
  /** Its weights get gradients. Default false. */
  readonly trainable?: boolean;
  /** The recommender around it, which `refineHead` needs for use; training does without. */
  readonly cfae?: Cfae | null;
}

/** A kind of SAE: its title, how it opens, what it needs. */
export interface SaeRecord extends DeclaredSae {
  /** For people: "TopK". */
  readonly title: string;
  /** Whether training runs on sparse codes, k numbers a row, or on all H. */
  readonly sparse: boolean;
  /** The threshold beside the four tensors that every kind has. */
  readonly threshold?: ThresholdTensor;
  /**
   * Opens it with weights, for use or for training.
   *
   * @param shape with k: active neurons of a row, as the record's `k` says.
   */
  open(
    engine: Engine, weights: SaeWeights, shape: SaeShape & { k: number }, design: SaeDesign, options: SaeOptions,
  ): SparseAutoencoder;
  /** Its weights, where they are known beforehand: nothing is trained then, and k is D. */
  untrained?(factors: number): SaeWeights;
  /** Where the thresholds start. @param pre (rows, H) pre-activations of some users, to be multiplied by `scale`. */
  startThreshold?(pre: Float32Array, scale: number, shape: SaeShape & { k: number }): Float32Array;
  /** Numbers a row that a training step holds beside what every kind does. */
  rowFloats(config: SaeConfig, shape: SaeShape): number;
}
