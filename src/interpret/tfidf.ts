/**
 * TF-IDF between tags and neurons (docs/method.md §4, paper §4.3): which neuron stands for a tag, what a neuron is
 * called.
 *
 * A tag is active on neurons through the items it is given to: M = P·S, where P (T×I) are the tag counts divided by
 * their sum and S (I×H) the codes of single items. TF-IDF reads M as a term × document matrix in two ways:
 *   neurons as terms, tags as documents: the neurons that best characterise a tag;
 *   tags as terms, neurons as documents: the neurons that are most unique to a tag.
 * Both results are kept as T×H here, whatever their orientation, so that a tag's row and a neuron's column are at the
 * same place in M and in either result.
 */
import type { Csr } from "../base/csr.js";
import { transpose } from "../base/dense.js";
import { requireSameItems } from "./correlation.js";

/** M = P·S, (T, H) row-major: how strongly each neuron fires on the items of each tag. Zero counts give zero rows. */
export function tagActivity(tagCounts: Csr, itemCodes: Csr): Float64Array {
  requireSameItems(tagCounts, itemCodes);
  const { rows: tags, indptr, indices, values } = tagCounts;
  const neurons = itemCodes.cols;
  let total = 0;
  for (let q = 0; q < indptr[tags]; q++) total += values ? values[q] : 1;
  const activity = new Float64Array(tags * neurons);
  for (let t = 0; t < tags; t++) {
    for (let q = indptr[t]; q < indptr[t + 1]; q++) {
      const p = (values ? values[q] : 1) / total;
      const item = indices[q];
      for (let k = itemCodes.indptr[item]; k < itemCodes.indptr[item + 1]; k++) {
        activity[t * neurons + itemCodes.indices[k]] += p * (itemCodes.values ? itemCodes.values[k] : 1);
      }
    }
  }
  return activity;
}

/**
 * tf·idf of a dense (terms, docs) row-major matrix: tf = X / column sum (0 where the sum is 0),
 * idf = ln((docs+1)/(df+1)) + 1 with df the non-zeros of the term's row.
 */
export function tfidf(x: Float64Array, terms: number, docs: number): Float64Array {
  const columnSum = new Float64Array(docs);
  for (let t = 0; t < terms; t++) for (let d = 0; d < docs; d++) columnSum[d] += x[t * docs + d];
  const out = new Float64Array(terms * docs);
  for (let t = 0; t < terms; t++) {
    let df = 0;
    for (let d = 0; d < docs; d++) if (x[t * docs + d] !== 0) df++;
    const idf = Math.log((docs + 1) / (df + 1)) + 1;
    for (let d = 0; d < docs; d++) {
      if (columnSum[d] !== 0) out[t * docs + d] = (x[t * docs + d] / columnSum[d]) * idf;
    }
  }
  return out;
}

/** "Best characterises": neurons are the terms, tags the documents. activity and result: (T, H). */
export function bestCharacterises(activity: Float64Array, tags: number, neurons: number): Float64Array {
  return transpose(tfidf(transpose(activity, tags, neurons), neurons, tags), neurons, tags);
}

/** "Most unique": tags are the terms, neurons the documents. activity and result: (T, H). */
export function mostUnique(activity: Float64Array, tags: number, neurons: number): Float64Array {
  return tfidf(activity, tags, neurons);
}

/** The paper's two ways to choose a tag's neurons. "characterises": neurons are the terms; "unique": tags are. */
export const tfidfMappings = ["characterises", "unique"] as const;
/** The two orientations of TF-IDF (docs/method.md §4). */
export type TfidfMapping = (typeof tfidfMappings)[number];

/** The scores of a mapping. activity and result: (T, H). */
export function tfidfScores(
  mapping: TfidfMapping, activity: Float64Array, tags: number, neurons: number,
): Float64Array {
  return (mapping === "unique" ? mostUnique : bestCharacterises)(activity, tags, neurons);
}

/** (H) 1 where the neuron fires for at least one item. */
export function aliveNeurons(itemCodes: Csr): Uint8Array {
  const alive = new Uint8Array(itemCodes.cols);
  for (let q = 0; q < itemCodes.indptr[itemCodes.rows]; q++) {
    if (!itemCodes.values || itemCodes.values[q] !== 0) alive[itemCodes.indices[q]] = 1;
  }
  return alive;
}

/**
 * The n highest-scoring living neurons of each tag, best first: (T, n) row-major, −1 where fewer than n are alive.
 * Equal scores go to the lower neuron. scores: (T, H), alive: (H).
 */
export function topNeurons(scores: Float64Array, alive: Uint8Array, tags: number, n: number): Int32Array {
  const neurons = alive.length;
  const living = Array.from(alive.keys()).filter((h) => alive[h] === 1);
  const top = new Int32Array(tags * n).fill(-1);
  for (let t = 0; t < tags; t++) {
    const row = scores.subarray(t * neurons, (t + 1) * neurons);
    const order = [...living].sort((a, b) => row[b] - row[a] || a - b);
    for (let i = 0; i < Math.min(n, order.length); i++) top[t * n + i] = order[i];
  }
  return top;
}

/**
 * The highest-scoring tag of each neuron, (H): −1 for dead neurons and for those that no tag reaches.
 * Equal scores go to the lower tag. scores: (T, H), alive: (H).
 */
export function topTagOfNeuron(scores: Float64Array, alive: Uint8Array, tags: number): Int32Array {
  const neurons = alive.length;
  const best = new Int32Array(neurons).fill(-1);
  for (let h = 0; h < neurons; h++) {
    if (alive[h] === 0) continue;
    let score = 0;
    for (let t = 0; t < tags; t++) {
      if (scores[t * neurons + h] > score) {
        score = scores[t * neurons + h];
        best[h] = t;
      }
    }
  }
  return best;
}
