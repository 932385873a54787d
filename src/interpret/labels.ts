/**
 * Labels: a name for every living neuron, with how much to trust it and what else it might be called.
 *
 * Three methods choose the tag; whatever the method, the *confidence* of a label is the point-biserial correlation of
 * the neuron with that tag's presence (correlation.ts), so labels of different methods can be compared.
 *   "characterises"  TF-IDF with neurons as terms: the tag whose documents this neuron marks best (paper §4.3)
 *   "unique"         TF-IDF with tags as terms: the tag that is most particular to this neuron (paper §4.3)
 *   "correlation"    the tag with the highest point-biserial correlation
 * Dead neurons, and neurons that no tag with enough support reaches, stay unlabelled.
 */
import type { Csr } from "../base/csr.js";
import type { TagCounts } from "../data/dataset.js";
import { tagNeuronCorrelation } from "./correlation.js";
import { aliveNeurons, tagActivity, tfidfMappings, tfidfScores } from "./tfidf.js";

export const labelMethods = [...tfidfMappings, "correlation"] as const;
/** Ways of choosing a neuron's tag (docs/method.md §4). */
export type LabelMethod = (typeof labelMethods)[number];

/** How labels are chosen. */
export interface LabelOptions {
  /** Default "correlation". */
  method?: LabelMethod;
  /** Tags on fewer items than this name nothing. Default 5. */
  minSupport?: number;
  /** How many other candidates to keep. Default 3. */
  runnersUp?: number;
}

/** A label that came close. */
export interface LabelCandidate {
  /** Row of the tag counts. */
  readonly tag: number;
  readonly label: string;
  /** Point-biserial correlation in [−1, 1]. */
  readonly confidence: number;
}

/** A neuron's name and how sure it is (docs/method.md §4). */
export interface NeuronLabel {
  readonly neuron: number;
  /** null: the neuron is dead or no tag reaches it. */
  readonly label: string | null;
  /** Row of the tag counts, −1 when unlabelled. */
  readonly tag: number;
  /** Point-biserial correlation with the tag, NaN when unlabelled. */
  readonly confidence: number;
  /** The next best tags by the same method. */
  readonly runnersUp: readonly LabelCandidate[];
  /** Share of the items on which the neuron fires; 0 means dead. */
  readonly density: number;
  /**
   * What it was called in the trainings that this one went on from, the last one first, back to where it meant
   * something else; null for a training in which it had no name. Not there for a model that went on from none.
   */
  readonly earlier?: readonly (string | null)[];
}

/**
 * One label per neuron, in neuron order.
 * @param itemCodes S, (I, H): every item encoded alone.
 * @param tagCounts C, (T, I), after the data set's own support filter.
 * @throws UserError when the two disagree on the number of items.
 */
export function labelNeurons(itemCodes: Csr, tagCounts: TagCounts, options: LabelOptions = {}): NeuronLabel[] {
  const { method = "correlation", minSupport = 5, runnersUp = 3 } = options;
  const { names, counts } = tagCounts;
  const neurons = itemCodes.cols;
  const correlation = tagNeuronCorrelation(counts, itemCodes);
  const scores = labelScores(method, itemCodes, counts, correlation);
  const alive = aliveNeurons(itemCodes);
  const density = firingShare(itemCodes);
  const supported = names.map((_, t) => counts.indptr[t + 1] - counts.indptr[t] >= minSupport);
  const candidate = (tag: number, neuron: number): LabelCandidate => ({
    tag, label: names[tag], confidence: correlation[tag * neurons + neuron],
  });
  return Array.from({ length: neurons }, (_, neuron) => {
    const tags = alive[neuron] === 1 ? bestTags(scores, supported, neuron, neurons, runnersUp + 1) : [];
    if (tags.length === 0) {
      return { neuron, label: null, tag: -1, confidence: NaN, runnersUp: [], density: density[neuron] };
    }
    const [best, ...others] = tags.map((tag) => candidate(tag, neuron));
    return { neuron, ...best, runnersUp: others, density: density[neuron] };
  });
}

/** (T, H) what the method ranks tags by; only positive scores name a neuron. */
function labelScores(method: LabelMethod, itemCodes: Csr, counts: Csr, correlation: Float64Array): Float64Array {
  if (method === "correlation") return correlation;
  const activity = tagActivity(counts, itemCodes);
  return tfidfScores(method, activity, counts.rows, itemCodes.cols);
}

/** The n supported tags of highest positive score, best first; ties go to the lower tag, NaN never wins. */
function bestTags(
  scores: Float64Array, supported: readonly boolean[], neuron: number, neurons: number, n: number,
): number[] {
  const best: number[] = [];
  const score = (tag: number): number => scores[tag * neurons + neuron];
  for (let tag = 0; tag < supported.length; tag++) {
    if (!supported[tag] || !(score(tag) > 0)) continue;
    let at = best.length;
    while (at > 0 && score(tag) > score(best[at - 1])) at--;
    best.splice(at, 0, tag);
    if (best.length > n) best.pop();
  }
  return best;
}

/** (H) share of the items on which each neuron fires. */
export function firingShare(itemCodes: Csr): Float64Array {
  const share = new Float64Array(itemCodes.cols);
  for (let q = 0; q < itemCodes.indptr[itemCodes.rows]; q++) {
    if (!itemCodes.values || itemCodes.values[q] !== 0) share[itemCodes.indices[q]]++;
  }
  return share.map((count) => count / Math.max(1, itemCodes.rows));
}
