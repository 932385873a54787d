/**
 * How selective a model is as a whole (docs/method.md §4): tags over neurons, neurons over tags, how many of either
 * find a partner of their own, and how alike the items of a neuron are.
 */
import type { TagCounts } from "../data/dataset.js";
import { tagNeuronCorrelation } from "../interpret/correlation.js";
import { monosemanticity } from "../interpret/monosemanticity.js";
import {
  neuronSelectivity, tagSelectivity, uniqueMatches, type MatchCounts, type Selectivity,
} from "../interpret/selectivity.js";
import {
  aliveNeurons, bestCharacterises, mostUnique, tagActivity, topNeurons, topTagOfNeuron,
} from "../interpret/tfidf.js";
import { csrFromLists, type Csr } from "../base/csr.js";

/** How selective a model is as a whole (docs/method.md §4). */
export interface ModelSelectivity {
  /** Tags→neurons. */
  readonly tags: Selectivity;
  /** Neurons→tags. */
  readonly neurons: Selectivity;
  /** Neurons that fire for at least one item. */
  readonly alive: number;
  /** First choices that are distinct, by either mapping. */
  readonly matches: { readonly characterises: MatchCounts; readonly unique: MatchCounts };
  /** (H), see monosemanticity.ts. */
  readonly monosemanticity: Float64Array;
  readonly meanMonosemanticity: number;
  /** That of a neuron which fires for every item alike: what any two items have in common. */
  readonly anyTwoItems: number;
  /** (T) the highest correlation of the tag with any neuron, and which neuron; NaN and −1 where there is none. */
  readonly bestCorrelation: Float64Array;
  readonly bestNeuron: Int32Array;
}

/**
 * Selectivity of tags and neurons (docs/method.md §4).
 *
 * @param itemCodes S, (I, H).
 */
export function measureSelectivity({ names, counts }: TagCounts, itemCodes: Csr): ModelSelectivity {
  const [T, H, I] = [names.length, itemCodes.cols, itemCodes.rows];
  const activity = tagActivity(counts, itemCodes);
  const alive = aliveNeurons(itemCodes);
  const scores = { characterises: bestCharacterises(activity, T, H), unique: mostUnique(activity, T, H) };
  const matches = (of: Float64Array): MatchCounts =>
    uniqueMatches(topNeurons(of, alive, T, 1), topTagOfNeuron(of, alive, T));
  const perNeuron = monosemanticity(itemCodes, counts);
  const correlation = tagNeuronCorrelation(counts, itemCodes);
  const bestCorrelation = new Float64Array(T).fill(NaN);
  const bestNeuron = new Int32Array(T).fill(-1);
  for (let t = 0; t < T; t++) {
    for (let h = 0; h < H; h++) {
      const r = correlation[t * H + h];
      if (Number.isNaN(r) || r <= bestCorrelation[t]) continue;
      bestCorrelation[t] = r;
      bestNeuron[t] = h;
    }
  }
  return {
    tags: tagSelectivity(scores.unique, T, H),
    neurons: neuronSelectivity(scores.characterises, T, H),
    alive: alive.reduce((sum, one) => sum + one, 0),
    matches: { characterises: matches(scores.characterises), unique: matches(scores.unique) },
    monosemanticity: perNeuron,
    meanMonosemanticity: meanOf(perNeuron),
    anyTwoItems: monosemanticity(csrFromLists(Array.from({ length: I }, () => [0]), 1), counts)[0],
    bestCorrelation,
    bestNeuron,
  };
}

/** Of the values that are numbers. */
function meanOf(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
