/**
 * Concepts: neurons that mean the same under one name, with its proof. A partition of the living neurons, so that parts
 * of a score and shares of an activation add up over concepts as they do over neurons.
 *
 *   1. Each neuron proposes the tag that fits it best; neurons are grouped by what they fire on, what they do to the
 *      scores, and, where they propose the same tag, a little sooner (group-neurons.ts).
 *   2. A concept's activation is z = Σ_n w_n·e_n. The weights are its typical code: how strongly each neuron fires, on
 *      average, on the items that fire the group most.
 *   3. z stands trial as a neuron would (proven-names.ts): tag and threshold chosen on half of the items, scored on the
 *      other. A proven concept has the tag's name; where several are proven for one tag, all but the best get a second
 *      word, the next tag that fits. One that is not proven is called by its foremost items: "like A, B".
 *
 * No two concepts have one name.
 */
import { csrFromLists, csrTranspose, type Csr } from "../../base/csr.js";
import { Random } from "../../base/random.js";
import type { TagCounts } from "../../data/dataset.js";
import { nameConcepts } from "./concept-names.js";
import { coActivation, groupBySimilarity } from "./group-neurons.js";
import { fitTable, type FitTable } from "../meaning/held-out-f1.js";
import { halveItems, itemsWithEntries, type ItemHalves } from "../meaning/item-halves.js";
import { provenNames } from "../meaning/proven-names.js";
import type { DenseCodes } from "../meaning/recovery.js";
import { aliveNeurons } from "../tfidf.js";

/** Neurons that mean the same, under one name. */
export interface Concept {
  /** "film noir", "comedy, romance", "like Alien, Aliens". */
  readonly name: string;
  /** Row of the tag counts that it is proven for, −1 for none. */
  readonly tag: number;
  /** Whether the name holds on items that did not choose it. */
  readonly proven: boolean;
  /** Held-out F1 of the tag that fits best, proven or not; 0 without tags. */
  readonly f1: number;
  /** Ascending, at least one; no neuron is in two concepts. */
  readonly neurons: readonly number[];
  /** As many, adding up to 1. */
  readonly weights: readonly number[];
  /** Items that fire it most, strongest first, at most 10. */
  readonly items: readonly number[];
}

/** What concepts are found in. */
export interface ConceptInputs {
  /** S, (I, H): every item encoded alone. */
  readonly codes: Csr;
  /** (H, H) cosines of what neurons do to the scores. */
  readonly effects: Float32Array;
  /** (I, D) principal coordinates of the items: what a proof has to be better than. */
  readonly axes: DenseCodes;
  readonly tags: TagCounts | null;
  /** (I) */
  readonly titles: readonly string[];
  /** Of the halves and the bootstrap. */
  readonly seed: number;
}

/** When neurons count as one concept. */
export interface ConceptOptions {
  /** Groups less alike stay apart. Default 0.35. */
  readonly cut?: number;
  /** Added to the similarity of neurons that propose the same tag. Default 0.3. */
  readonly sameName?: number;
  /** Tags on fewer items prove nothing. Default 30, or 20 where no tag has as many. */
  readonly minItems?: number;
}

// Of 0.1 … 0.5 and 0, 0.15, 0.3 those with the best held-out F1 of the best concept a tag on ml-1m, seed 42, and of
// these the most of a validation user's activation on proven concepts (docs/meaning.md, "Concepts").
const CUT = 0.35;
const SAME_NAME = 0.3;
/** Bootstrap samples of a proof: names are for people to read, and thousands of tags may stand trial. */
const SAMPLES = 300;
/** Tags with as many items are scored; where none has, those with at least so many. */
const MIN_ITEMS = [30, 20, 10];
/** Items whose codes make a concept's typical code. */
const TYPICAL = 30;
const TOP_ITEMS = 10;

/** Concepts by total activation over items, largest first. */
export function findConcepts(inputs: ConceptInputs, options: ConceptOptions = {}): Concept[] {
  const { codes, effects, axes, titles, tags } = inputs;
  const { cut = CUT, sameName = SAME_NAME } = options;
  const H = codes.cols;
  const alive = aliveNeurons(codes);
  const trial = openTrial(inputs, options);
  const proposed = trial && bestTags(fitTable(codes, trial.truth, trial.half), trial.scored, H, trial.share);
  const similarity = coActivation(codes);
  for (let i = 0; i < similarity.length; i++) {
    const [a, b] = [Math.floor(i / H), i % H];
    const bonus = proposed && proposed[a] >= 0 && proposed[a] === proposed[b] ? sameName : 0;
    similarity[i] = (similarity[i] + effects[i]) / 2 + bonus;
  }
  const living = Array.from(alive.keys()).filter((n) => alive[n] === 1);
  const columns = csrTranspose(codes);
  const drafts = groupBySimilarity(similarity, H, living, cut).map((neurons) => draft(columns, neurons))
    .sort((a, b) => b.mass - a.mass || a.neurons[0] - b.neurons[0]);
  const z = conceptCodes(drafts, codes);
  const proofs = trial
    ? provenNames(z, axes, trial.truth, trial.half, trial.random, { minItems: trial.minItems, samples: SAMPLES })
      .neurons : null;
  const table = trial && fitTable(z, trial.truth, trial.half);
  const names = nameConcepts(drafts.map(({ top }, c) => {
    const proof = proofs?.[c];
    return {
      tag: proof?.proven ? proof.tag : -1, f1: proof?.f1 ?? 0, titles: top.map((item) => titles[item]),
      others: proof?.proven && table ? nextTags(table, trial.scored, c, drafts.length, proof.tag) : [],
    };
  }), tags?.names ?? []);
  return drafts.map(({ neurons, weights, top }, c) => {
    const proof = proofs?.[c];
    const proven = proof?.proven ?? false;
    return {
      name: names[c], tag: proven ? proof!.tag : -1, proven, f1: proof?.f1 ?? 0, neurons, weights,
      items: top.slice(0, TOP_ITEMS),
    };
  });
}

/** (H) the concept of every neuron, −1 for none. */
export function conceptOfNeurons(concepts: readonly Pick<Concept, "neurons">[], neurons: number): Int32Array {
  const of = new Int32Array(neurons).fill(-1);
  concepts.forEach((concept, c) => { for (const n of concept.neurons) of[n] = c; });
  return of;
}

/** z, (rows, C): the concepts' activations in codes of items or users. */
export function conceptCodes(concepts: readonly Pick<Concept, "neurons" | "weights">[], codes: Csr): Csr {
  const of = conceptOfNeurons(concepts, codes.cols);
  const weight = new Float64Array(codes.cols);
  for (const { neurons, weights } of concepts) neurons.forEach((n, i) => { weight[n] = weights[i]; });
  const lists: number[][] = [];
  const sums: number[] = [];
  for (let r = 0; r < codes.rows; r++) {
    const row = new Map<number, number>();
    for (let q = codes.indptr[r]; q < codes.indptr[r + 1]; q++) {
      const n = codes.indices[q];
      const value = weight[n] * (codes.values ? codes.values[q] : 1);
      if (of[n] >= 0 && value > 0) row.set(of[n], (row.get(of[n]) ?? 0) + value);
    }
    const found = [...row].sort((a, b) => a[0] - b[0]);
    lists.push(found.map(([c]) => c));
    for (const [, value] of found) sums.push(value);
  }
  return { ...csrFromLists(lists, concepts.length), values: Float32Array.from(sums) };
}

/** What names are proven by. */
interface Trial {
  /** (I, T) */
  readonly truth: Csr;
  readonly half: ItemHalves;
  readonly random: Random;
  readonly minItems: number;
  /** Tags with enough scored items. */
  readonly scored: readonly number[];
  /** (T) share of the scored items that carry each tag. */
  readonly share: Float64Array;
}

function openTrial({ tags, seed }: ConceptInputs, { minItems }: ConceptOptions): Trial | null {
  if (!tags) return null;
  const random = new Random(seed);
  const truth = csrTranspose(tags.counts);
  const half = halveItems(truth, random, itemsWithEntries(truth));
  const size = (t: number): number => tags.counts.indptr[t + 1] - tags.counts.indptr[t];
  const all = Array.from(tags.names.keys());
  const least = minItems ?? MIN_ITEMS.find((n) => all.some((t) => size(t) >= n)) ?? 1;
  const scored = all.filter((t) => size(t) >= least);
  const items = half.reduce((sum, h) => sum + (h >= 0 ? 1 : 0), 0);
  const share = Float64Array.from(all, (t) => size(t) / Math.max(1, items));
  return scored.length > 0 ? { truth, half, random, minItems: least, scored, share } : null;
}

/**
 * (columns) the tag whose mean F1 over both halves is best; −1 where that is less than twice the F1 of calling every
 * item positive: chance proposes names, too.
 * @param share (T) of the scored items that carry the tag.
 */
function bestTags({ f1 }: FitTable, scored: readonly number[], columns: number, share: Float64Array): Int32Array {
  return Int32Array.from({ length: columns }, (_, c) => {
    let [best, top] = [-1, 0];
    for (const t of scored) {
      const mean = (f1[0][t * columns + c] + f1[1][t * columns + c]) / 2;
      if (mean > top) [best, top] = [t, mean];
    }
    return best >= 0 && top >= (4 * share[best]) / (1 + share[best]) ? best : -1;
  });
}

/** The tags that fit a column next best, at most 5. */
function nextTags({ f1 }: FitTable, scored: readonly number[], column: number, columns: number, but: number): number[] {
  const mean = (t: number): number => f1[0][t * columns + column] + f1[1][t * columns + column];
  return scored.filter((t) => t !== but && mean(t) > 0).sort((a, b) => mean(b) - mean(a) || a - b).slice(0, 5);
}

interface Draft {
  readonly neurons: readonly number[];
  readonly weights: readonly number[];
  /** Σ activations over items. */
  readonly mass: number;
  /** Items by z, strongest first. */
  readonly top: readonly number[];
}

/** @param columns Sᵀ, (H, I) */
function draft(columns: Csr, neurons: readonly number[]): Draft {
  const sums = new Map<number, number>();
  let mass = 0;
  each(columns, neurons, (_, item, value) => {
    sums.set(item, (sums.get(item) ?? 0) + value);
    mass += value;
  });
  const typical = strongest(sums).slice(0, TYPICAL);
  const among = new Set(typical);
  const firing = new Float64Array(neurons.length);
  each(columns, neurons, (i, item, value) => { if (among.has(item)) firing[i] += value; });
  const total = firing.reduce((sum, value) => sum + value, 0);
  const weights = Array.from(firing, (value) => value / total);
  const z = new Map<number, number>();
  each(columns, neurons, (i, item, value) => z.set(item, (z.get(item) ?? 0) + weights[i] * value));
  return { neurons, weights, mass, top: strongest(z).slice(0, TYPICAL) };
}

function each(columns: Csr, neurons: readonly number[], see: (i: number, item: number, value: number) => void): void {
  const { indptr, indices, values } = columns;
  neurons.forEach((n, i) => {
    for (let q = indptr[n]; q < indptr[n + 1]; q++) see(i, indices[q], values ? values[q] : 1);
  });
}

function strongest(sums: ReadonlyMap<number, number>): number[] {
  return [...sums].filter(([, value]) => value > 0).sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([item]) => item);
}
