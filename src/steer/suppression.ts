/**
 * Turning down so that it removes. Taking activation away from a tag's neurons leaves most of its items where they are:
 * a list of comedies has many reasons (docs/steering.md). Here an item is marked down by how much of the tag *it* has,
 *
 *   score′_j = score_j − β·h_j          h_j = max(0, E_j − t) / mean over carriers of the same
 *
 * E_j = ⟨A_j, Σ_n w_n·W_dec,n⟩ is what the knob's neurons do to the item's score, t lies midway between the mean of
 * the items that carry the tag and that of all. Items with less than t keep their score, so what is left keeps its
 * order; those that carry the tag by name count at least as their average does. Only for decoders whose scores are
 * linear in the embedding.
 */
import type { Floats } from "../base/floats.js";
import type { Knob } from "./steer.js";

/** β·h, (I). */
export interface HeldBack {
  readonly strength: number;
  /** h */
  readonly share: Float64Array;
}

/**
 * h, (I), non-negative; 1 is what an item of the tag has on average, and at least.
 * @param itemVectors A, (I, D); decoderW: (H, D). @param carriers items that have it, at least one.
 */
export function heldBack(
  { neurons, weights }: Pick<Knob, "neurons" | "weights">, itemVectors: ArrayLike<number>, decoderW: ArrayLike<number>,
  factors: number, carriers: ArrayLike<number>,
): Float64Array {
  const [D, I] = [factors, itemVectors.length / factors];
  const direction = new Float64Array(D);
  neurons.forEach((n, i) => {
    const weight = weights ? weights[i] : 1 / neurons.length;
    for (let d = 0; d < D; d++) direction[d] += weight * decoderW[n * D + d];
  });
  const effect = new Float64Array(I);
  let all = 0;
  for (let j = 0; j < I; j++) {
    let dot = 0;
    for (let d = 0; d < D; d++) dot += itemVectors[j * D + d] * direction[d];
    effect[j] = dot;
    all += dot / I;
  }
  let theirs = 0;
  for (let i = 0; i < carriers.length; i++) theirs += effect[carriers[i]] / carriers.length;
  const t = (all + theirs) / 2;
  let mean = 0;
  for (let i = 0; i < carriers.length; i++) mean += Math.max(0, effect[carriers[i]] - t) / carriers.length;
  const held = effect.map((value) => (mean > 0 ? Math.max(0, value - t) / mean : 0));
  // Whatever its vector says, an item that carries the tag has it.
  for (let i = 0; i < carriers.length; i++) held[carriers[i]] = Math.max(1, held[carriers[i]]);
  return held;
}

/** Takes from scores, (I), what is held back of each. */
export function holdBack(scores: Floats, held: readonly HeldBack[]): void {
  for (const { strength, share } of held) for (let j = 0; j < share.length; j++) scores[j] -= strength * share[j];
}
