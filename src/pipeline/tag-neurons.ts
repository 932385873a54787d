/** Which neurons stand for a tag, by either TF-IDF mapping (METHOD.md §4); computed once for a model. */
import type { TagCounts } from "../data/dataset.js";
import { aliveNeurons, bestCharacterises, mostUnique, tagActivity, topNeurons } from "../interpret/tfidf.js";
import type { Csr } from "../kernels/csr.js";

/** "characterises": neurons are the terms; "unique": tags are. */
export type Mapping = "characterises" | "unique";
export const mappings: readonly Mapping[] = ["characterises", "unique"];

export interface ScoredNeuron {
  readonly neuron: number;
  /** TF-IDF */
  readonly score: number;
}

export class TagNeurons {
  private readonly activity: Float64Array;
  private readonly alive: Uint8Array;
  private readonly scores: Partial<Record<Mapping, Float64Array>> = {};

  /** @param itemCodes S, (I, H) */
  constructor(private readonly tags: TagCounts, itemCodes: Csr) {
    this.activity = tagActivity(tags.counts, itemCodes);
    this.alive = aliveNeurons(itemCodes);
  }

  /** The n neurons of a tag that score above 0, best first. */
  best(tag: number, n: number, mapping: Mapping): ScoredNeuron[] {
    const neurons = this.alive.length;
    const row = this.matrix(mapping).subarray(tag * neurons, (tag + 1) * neurons);
    return Array.from(topNeurons(Float64Array.from(row), this.alive, 1, n))
      .filter((neuron) => neuron >= 0 && row[neuron] > 0)
      .map((neuron) => ({ neuron, score: row[neuron] }));
  }

  private matrix(mapping: Mapping): Float64Array {
    const score = mapping === "unique" ? mostUnique : bestCharacterises;
    this.scores[mapping] ??= score(this.activity, this.tags.names.length, this.alive.length);
    return this.scores[mapping];
  }
}
