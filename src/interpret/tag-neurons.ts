/**
 * Which neurons stand for a tag, by either TF-IDF mapping (docs/method.md §4); computed once for a model. The third
 * way, by what neurons do to the scores, is that of steer/decoder-knobs.ts.
 */
import type { TagCounts } from "../data/dataset.js";
import { aliveNeurons, tagActivity, tfidfMappings, tfidfScores, topNeurons, type TfidfMapping } from "./tfidf.js";
import type { Csr } from "../base/csr.js";

/** "decoder": neurons and weights by what they do to the scores, for linear decoders only; else by TF-IDF. */
export const mappings = ["decoder", ...tfidfMappings] as const;
/** Ways of choosing a tag's neurons: through the decoder, or by TF-IDF (docs/method.md §4). */
export type Mapping = (typeof mappings)[number];

/** A neuron and how well it stands for a tag. */
export interface ScoredNeuron {
  readonly neuron: number;
  /** TF-IDF */
  readonly score: number;
}

export class TagNeurons {
  private readonly activity: Float64Array;
  private readonly alive: Uint8Array;
  private readonly scores: Partial<Record<TfidfMapping, Float64Array>> = {};

  /** @param itemCodes S, (I, H) */
  constructor(private readonly tags: TagCounts, itemCodes: Csr) {
    this.activity = tagActivity(tags.counts, itemCodes);
    this.alive = aliveNeurons(itemCodes);
  }

  /** The n neurons of a tag that score above 0, best first. */
  best(tag: number, n: number, mapping: TfidfMapping): ScoredNeuron[] {
    const neurons = this.alive.length;
    const row = this.matrix(mapping).subarray(tag * neurons, (tag + 1) * neurons);
    return Array.from(topNeurons(Float64Array.from(row), this.alive, 1, Math.min(n, neurons)))
      .filter((neuron) => neuron >= 0 && row[neuron] > 0)
      .map((neuron) => ({ neuron, score: row[neuron] }));
  }

  private matrix(mapping: TfidfMapping): Float64Array {
    this.scores[mapping] ??= tfidfScores(mapping, this.activity, this.tags.names.length, this.alive.length);
    return this.scores[mapping];
  }
}
