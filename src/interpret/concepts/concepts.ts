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
import { csrFromLists, csrSelectRows, csrTranspose, type Csr } from "../../base/csr.js";
import { fallingOrder } from "../../base/order.js";
import { Random } from "../../base/random.js";
import type { TagCounts } from "../../data/dataset.js";
import { nameConcepts } from "./concept-names.js";
import { coActivation, groupBySimilarity } from "./group-neurons.js";
import { fitTable, type FitTable } from "../meaning/held-out-f1.js";
import { halveItems, itemsOfHalves, itemsWithEntries, type ItemHalves } from "../meaning/item-halves.js";
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
  /** (|items|, D) principal coordinates of some items: what a proof has to be better than. */
  readonly axes: (items: Int32Array) => DenseCodes;
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
  const proposed = trial && bestTags(tableOf(codes, trial), trial.scored, H, trial.share);
  const similarity = coActivation(codes);
  for (let i = 0; i < similarity.length; i++) {
    const [a, b] = [Math.floor(i / H), i % H];
    const bonus = proposed && proposed[a] >= 0 && proposed[a] === proposed[b] ? sameName : 0;
    similarity[i] = (similarity[i] + effects[i]) / 2 + bonus;
  }
  const living = Array.from(alive.keys()).filter((n) => alive[n] === 1);
  const drafting = new Drafting(codes);
  const drafts = groupBySimilarity(similarity, H, living, cut).map((neurons) => drafting.draft(neurons))
    .sort((a, b) => b.mass - a.mass || a.neurons[0] - b.neurons[0]);
  const z = trial && conceptCodes(drafts, csrSelectRows(codes, trial.items));
  const proofs = trial && provenNames(
    z!, axes(trial.items), trial.truth, trial.half, trial.random, { minItems: trial.minItems, samples: SAMPLES },
  ).neurons;
  const table = trial && fitTable(z!, trial.truth, trial.half);
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

/** What names are proven by: items that carry any tag, and no others. */
interface Trial {
  readonly items: Int32Array;
  /** (|items|, T) */
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
  const all = csrTranspose(tags.counts);
  const halves = halveItems(all, random, itemsWithEntries(all));
  const items = itemsOfHalves(halves);
  const size = (t: number): number => tags.counts.indptr[t + 1] - tags.counts.indptr[t];
  const names = Array.from(tags.names.keys());
  const least = minItems ?? MIN_ITEMS.find((n) => names.some((t) => size(t) >= n)) ?? 1;
  const scored = names.filter((t) => size(t) >= least);
  if (scored.length === 0) return null;
  const share = Float64Array.from(names, (t) => size(t) / Math.max(1, items.length));
  const [truth, half] = [csrSelectRows(all, items), Int8Array.from(items, (i) => halves[i])];
  return { items, truth, half, random, minItems: least, scored, share };
}

function tableOf(codes: Csr, { items, truth, half }: Trial): FitTable {
  return fitTable(csrSelectRows(codes, items), truth, half);
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

/** Sums over a group's neurons, item by item. */
class Drafting {
  /** Sᵀ, (H, I) */
  private readonly columns: Csr;
  private readonly sums: Float64Array;

  constructor(codes: Csr) {
    this.columns = csrTranspose(codes);
    this.sums = new Float64Array(codes.rows);
  }

  draft(neurons: readonly number[]): Draft {
    const typical = this.strongest(neurons, neurons.map(() => 1));
    const among = new Set(typical);
    const { indptr, indices, values } = this.columns;
    const firing = new Float64Array(neurons.length);
    let mass = 0;
    neurons.forEach((n, i) => {
      for (let q = indptr[n]; q < indptr[n + 1]; q++) {
        const value = values ? values[q] : 1;
        mass += value;
        if (among.has(indices[q])) firing[i] += value;
      }
    });
    const total = firing.reduce((sum, value) => sum + value, 0);
    const weights = Array.from(firing, (value) => value / total);
    return { neurons, weights, mass, top: this.strongest(neurons, weights) };
  }

  /** Items by Σ_n w_n·e_n, strongest first, ties by index, at most 30. */
  private strongest(neurons: readonly number[], weights: readonly number[]): number[] {
    const { columns: { indptr, indices, values }, sums } = this;
    const touched: number[] = [];
    neurons.forEach((n, i) => {
      for (let q = indptr[n]; q < indptr[n + 1]; q++) {
        const item = indices[q];
        const more = weights[i] * (values ? values[q] : 1);
        if (more > 0 && sums[item] === 0) touched.push(item);
        sums[item] += more;
      }
    });
    const items = Int32Array.from(touched).sort();
    const order = fallingOrder(Float64Array.from(items, (item) => sums[item]));
    for (const item of items) sums[item] = 0;
    return Array.from(order.subarray(0, TYPICAL), (k) => items[k]);
  }
}
