/**
 * Which past items switched a neuron on (docs/method.md §3, §6). With ELSA the embedding is a sum over the user's
 * items, u = Σ_j A_j, and for a neuron that is active the activation is its pre-activation, so it can be taken apart
 * exactly:
 *
 *   e_n = b_enc,n − ⟨b_dec, W_enc,n⟩  +  Σ_j ⟨A_j − mean(A_j)·1, W_enc,n⟩ / s
 *         base                          contribution of item j
 *
 * s is the standard deviation of the user's embedding, taken as given: a contribution is the item's part in this user's
 * activation, not the change that leaving the item out would make, which also changes s. A neuron that is not active
 * has parts that add up to the pre-activation that lost. Activations after steering are not of this form, nor
 * are those of a refined code (SaeConfig.refine): there the parts say why the encoder turned the neuron on, and add up
 * to the activation that it gave.
 */
import type { Floats } from "../base/floats.js";

/** What an encoder says about one neuron. */
export interface NeuronEncoder {
  /** (H, D), one row a neuron */
  readonly encoderW: Floats;
  /** (H) */
  readonly encoderB: Floats;
  /** (D) */
  readonly decoderB: Floats;
}

/** An item's part in an activation. */
export interface ItemContribution {
  readonly item: number;
  readonly contribution: number;
}

/** A neuron's activation, taken apart by the items of the history. */
export interface ActivationParts {
  /** Before the relu: base + the sum of all contributions. */
  readonly activation: number;
  readonly base: number;
  /** Every past item, largest contribution first; equal ones by number. */
  readonly contributions: readonly ItemContribution[];
}

/**
 * Which items of a history switched a neuron on, for ELSA: exact (docs/method.md §6).
 *
 * @param history the user's items; @param std s, as `SparseAutoencoder.encode` returns it.
 * @param itemVectors A, (I, D)
 * @param weights x_j of the history's items; null: 1 each.
 */
export function explainActivation(
  neuron: number, history: ArrayLike<number>, std: number, itemVectors: Floats, encoder: NeuronEncoder,
  weights: ArrayLike<number> | null = null,
): ActivationParts {
  const { encoderW, encoderB, decoderB } = encoder;
  const D = decoderB.length;
  const from = neuron * D;
  let base = encoderB[neuron];
  let weightSum = 0;
  for (let d = 0; d < D; d++) {
    base -= decoderB[d] * encoderW[from + d];
    weightSum += encoderW[from + d];
  }
  let activation = base;
  const contributions = Array.from(history, (item, i) => {
    let [dot, sum] = [0, 0];
    for (let d = 0; d < D; d++) {
      dot += itemVectors[item * D + d] * encoderW[from + d];
      sum += itemVectors[item * D + d];
    }
    const contribution = ((weights ? weights[i] : 1) * (dot - (sum / D) * weightSum)) / std;
    activation += contribution;
    return { item, contribution };
  });
  contributions.sort((a, b) => b.contribution - a.contribution || a.item - b.item);
  return { activation, base, contributions };
}
