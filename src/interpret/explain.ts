/**
 * Why an item is recommended (docs/method.md §6). With ELSA the score before the relu is linear in the SAE's code, so
 * it can be taken apart exactly:
 *
 *   score_j = ⟨A_j, m·1 + s·b_dec⟩  −  x_j  +  Σ_n s·e_n·⟨A_j, W_dec,n⟩
 *             base                     own     contribution of neuron n
 *
 * m and s are the mean and standard deviation that the user's embedding was standardised with. Nothing is approximated:
 * the parts add up to the score but for the rounding of float32.
 */
import type { Floats } from "../base/floats.js";

export interface ExplainedUser {
  /** (k) active neurons and their activations e, steered or not. */
  readonly neurons: ArrayLike<number>;
  readonly activations: ArrayLike<number>;
  /** m */
  readonly mean: number;
  /** s */
  readonly std: number;
}

export interface NeuronContribution {
  readonly neuron: number;
  /** e_n */
  readonly activation: number;
  /** s·e_n·⟨A_j, W_dec,n⟩ */
  readonly contribution: number;
}

export interface Explanation {
  /** Before the relu: base − own + the sum of all contributions. */
  readonly score: number;
  /** ⟨A_j, m·1 + s·b_dec⟩: what the item gets whichever neurons are active. */
  readonly base: number;
  /** x_j: 1 when the user already has the item, which ELSA subtracts. */
  readonly own: number;
  /** Every active neuron, largest contribution first; equal ones by number. */
  readonly contributions: readonly NeuronContribution[];
}

/**
 * @param itemVector A_j, (D)
 * @param decoderW (H, D)
 * @param decoderB (D)
 */
export function explainScore(
  user: ExplainedUser, own: number, itemVector: Floats, decoderW: Floats, decoderB: Floats,
): Explanation {
  const { mean, std } = user;
  const D = itemVector.length;
  let base = 0;
  for (let d = 0; d < D; d++) base += itemVector[d] * (mean + std * decoderB[d]);
  const contributions: NeuronContribution[] = [];
  let score = base - own;
  for (let q = 0; q < user.neurons.length; q++) {
    const neuron = user.neurons[q];
    let dot = 0;
    for (let d = 0; d < D; d++) dot += itemVector[d] * decoderW[neuron * D + d];
    const contribution = std * user.activations[q] * dot;
    score += contribution;
    contributions.push({ neuron, activation: user.activations[q], contribution });
  }
  contributions.sort((a, b) => b.contribution - a.contribution || a.neuron - b.neuron);
  return { score, base, own, contributions };
}
