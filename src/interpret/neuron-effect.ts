/**
 * What a unit of a neuron's activation does to the score of every item, where the decoder is linear:
 *
 *   effect_j = ⟨A_j, W_dec,n⟩
 *
 * (docs/method.md §6, where a person's own scale s comes to it, the same for all items). Which items fire a neuron is
 * another question (neuron-profile.ts): one that fires for westerns may well lower musicals.
 */
import { dot } from "../base/dense.js";
import type { Floats } from "../base/floats.js";

/** An item and the points that a unit of activation adds to its score. */
export interface MovedItem {
  readonly item: number;
  readonly effect: number;
}

/**
 * The items whose scores a neuron lowers most, the lowest first; at most n, and only those that it does lower.
 * @param itemVectors A, (I, D). @param decoderW (H, D)
 */
export function loweredItems(
  itemVectors: Floats, decoderW: Floats, neuron: number, factors: number, n: number,
): MovedItem[] {
  const items = itemVectors.length / factors;
  const effects = Array.from({ length: items }, (_, item): MovedItem =>
    ({ item, effect: dot(itemVectors, decoderW, item * factors, neuron * factors, factors) }));
  return effects.filter(({ effect }) => effect < 0).sort((a, b) => a.effect - b.effect || a.item - b.item).slice(0, n);
}
