/**
 * Why an item is recommended (docs/method.md §6). With ELSA the score before the relu is linear in the SAE's code, so
 * it can be taken apart exactly:
 *
 *   score_j = β·⟨A_j, m·1 + s·b_dec⟩  −  x_j  +  Σ_n s·e_n·⟨A_j, W_dec,n⟩  +  ⟨A_j, r⟩
 *             base                       own     contribution of neuron n     unexplained
 *
 * m and s are the mean and standard deviation that the user's embedding was standardised with; r is what a session
 * keeps of the embedding beside the SAE's, the part that no neuron explains, and β the share of the base that turned
 * knobs leave, mostly 1 (steer/turned-embedding.ts has both). Nothing is approximated: the parts add up to the score
 * but for the rounding of float32.
 */
import type { Floats } from "../base/floats.js";

/** A user as an explanation needs it: the code, and what standardising took away. */
export interface ExplainedUser {
  /** (k) active neurons and their activations e, steered or not. */
  readonly neurons: ArrayLike<number>;
  readonly activations: ArrayLike<number>;
  /** m */
  readonly mean: number;
  /** s */
  readonly std: number;
  /** r, (D). Default: nothing is kept. */
  readonly rest?: Floats;
  /** β. Default 1. */
  readonly baseShare?: number;
}

/** A neuron's part in a score. */
export interface NeuronContribution {
  readonly neuron: number;
  /** e_n */
  readonly activation: number;
  /** s·e_n·⟨A_j, W_dec,n⟩ */
  readonly contribution: number;
}

/** A score and its parts; with a linear decoder they add up to it. */
export interface Explanation {
  /** Before the relu: base − own + the sum of all contributions + unexplained. */
  readonly score: number;
  /** β·⟨A_j, m·1 + s·b_dec⟩: what the item gets whichever neurons are active. */
  readonly base: number;
  /** x_j: 1 when the user already has the item, which ELSA subtracts. */
  readonly own: number;
  /** What no neuron explains: ⟨A_j, r⟩, 0 where the SAE's output is all there is. */
  readonly unexplained: number;
  /** Every active neuron, largest contribution first; equal ones by number. */
  readonly contributions: readonly NeuronContribution[];
}

/**
 * Why an item has its score, neuron by neuron, where the decoder is linear: exact (docs/method.md §6).
 *
 * @param itemVector A_j, (D)
 * @param decoderW (H, D)
 * @param decoderB (D)
 */
export function explainScore(
  user: ExplainedUser, own: number, itemVector: Floats, decoderW: Floats, decoderB: Floats,
): Explanation {
  const { mean, std, baseShare = 1 } = user;
  const D = itemVector.length;
  let base = 0;
  for (let d = 0; d < D; d++) base += itemVector[d] * (mean + std * decoderB[d]);
  base *= baseShare;
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
  let unexplained = 0;
  if (user.rest) for (let d = 0; d < D; d++) unexplained += itemVector[d] * user.rest[d];
  score += unexplained;
  return { score, base, own, unexplained, contributions };
}
