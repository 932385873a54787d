/**
 * Proven names: which neurons may honestly be called by a tag.
 *
 * A name is *proven* when the neuron, its threshold and the tag were chosen on one half of the items (those that carry
 * any tag at all) and on the other half
 *   1. its F1 is at least twice that of calling every item positive, 2p/(1 + p) for a tag on a share p of the items,
 *      and
 *   2. the lower end of its 95 % bootstrap interval lies above the F1 of the best principal axis, chosen and scored in
 *      the same way.
 * Both halves choose, so there are two tests: where they agree they are averaged into one, where they differ each
 * stands alone and one has to hold. It is asked from both sides: for each tag, has it a neuron (`tags`)? For each
 * neuron, is the name that fits it best one that holds (`neurons`)? A neuron's name is sought among the tags that pass
 * both rules on the half that chooses, where there are any: one that fails where it is chosen need not be tried, and a
 * tag on a third of the items, which no neuron can be proven for, keeps nobody from a narrower name.
 *
 * The bootstrap resamples items. F1 needs only how many of them are hits, misses and false alarms, so these counts are
 * drawn as Poisson numbers (Hanley & MacGibbon, 2006), whatever the size of the catalogue.
 */
import type { Csr } from "../../base/csr.js";
import type { Random } from "../../base/random.js";
import { firingScore, scoreFiring, type FiringScore } from "./firing-threshold.js";
import { fitTable, membersOf, scoreBest, type FitTable, type HeldOutF1 } from "./held-out-f1.js";
import { eachHalf, type ItemHalves } from "./item-halves.js";
import type { DenseCodes } from "./recovery.js";

/** One name held against the other half. */
export interface NameProof {
  readonly neuron: number;
  readonly tag: number;
  /** Held-out F1, and the lower end of its 95 % bootstrap interval. */
  readonly f1: number;
  readonly lower: number;
  /** Of calling every item positive. */
  readonly allPositive: number;
  /** Of the best principal axis. */
  readonly axis: number;
  readonly proven: boolean;
}

/** Which names hold on items that did not choose them (docs/method.md §15.2). */
export interface ProvenNames {
  /** For each tag with enough items, in tag order: its best neuron. */
  readonly tags: readonly NameProof[];
  /** (H) the name of each neuron that fires on an item of any such tag, else null. */
  readonly neurons: readonly (NameProof | null)[];
  /** Held-out F1 of the best neuron and of the best axis, over tags. */
  readonly bestNeuron: HeldOutF1;
  readonly bestAxis: HeldOutF1;
  /** Share of tags that have a proven neuron; share of neurons, of those that fire, that have a proven name. */
  readonly tagShare: number;
  readonly neuronShare: number;
  /** Distinct proven names over neurons with a proven name: 1 when no two neurons share one. */
  readonly namesPerNeuron: number;
}

/** Which tags are scored, and how the bootstrap is drawn. */
export interface ProvenOptions {
  /** Tags with fewer scored items are left out. Default 30. */
  readonly minItems?: number;
  /** Bootstrap samples. Default 1,000. */
  readonly samples?: number;
  /** (T) 0 for tags that need no proof of their own, only as names of neurons. Default: all have one. */
  readonly tagsToProve?: ArrayLike<number>;
}

/**
 * Which names of neurons hold on items that did not choose them (docs/method.md §15.2).
 *
 * @param codes (I, H) item codes; axes: (I, D) principal coordinates of the items.
 * @param tags (I, T) which item carries which tag.
 * @param half items without any tag should be left out (halveItems with `itemsWithEntries`).
 */
export function provenNames(
  codes: Csr, axes: DenseCodes, tags: Csr, half: ItemHalves, random: Random,
  { minItems = 30, samples = 1000, tagsToProve }: ProvenOptions = {},
): ProvenNames {
  const table = fitTable(codes, tags, half);
  const bestNeuron = scoreBest(table, tags, half, { minItems });
  const bestAxis = scoreBest(fitTable(axes, tags, half), tags, half, { minItems });
  const judge = new NameJudge(table, tags, half, bestAxis, random, samples);
  const asked = bestNeuron.concepts.filter(({ concept }) => tagsToProve?.[concept] !== 0);
  const byTag = asked.map(({ concept, ways }) =>
    judge.best([ways[0].neuron, ways[1].neuron].map((neuron) => ({ neuron, tag: concept }))));
  const bars = ([0, 1] as const).map((way) => barsOf(bestAxis, tags, half, way));
  const byNeuron = Array.from({ length: codes.cols }, (_, neuron): NameProof | null => {
    const chosen = ([0, 1] as const).map((way) => ({ neuron, tag: bestTag(table, bars[way], neuron, way) }));
    return chosen.every(({ tag }) => tag < 0) ? null : judge.best(chosen);
  });
  const alive = byNeuron.filter((proof) => proof !== null);
  const named = alive.filter(({ proven }) => proven);
  const share = (of: readonly unknown[], all: readonly unknown[]): number => of.length / Math.max(1, all.length);
  return {
    tags: byTag, neurons: byNeuron, bestNeuron, bestAxis,
    tagShare: share(byTag.filter(({ proven }) => proven), byTag),
    neuronShare: share(named, alive),
    namesPerNeuron: new Set(named.map(({ tag }) => tag)).size / Math.max(1, named.length),
  };
}

/** What a tag's F1 on the half that chooses has to reach, and to pass. */
interface Bar {
  readonly tag: number;
  /** Twice that of calling every item positive. */
  readonly twice: number;
  /** That of the best axis. */
  readonly axis: number;
}

function barsOf({ concepts }: HeldOutF1, tags: Csr, half: ItemHalves, way: 0 | 1): Bar[] {
  const positives = new Int32Array(tags.cols);
  let items = 0;
  for (let i = 0; i < tags.rows; i++) {
    if (half[i] !== way) continue;
    items++;
    for (let q = tags.indptr[i]; q < tags.indptr[i + 1]; q++) positives[tags.indices[q]]++;
  }
  return concepts.map(({ concept, ways }) => {
    const p = positives[concept] / Math.max(1, items);
    return { tag: concept, twice: (4 * p) / (1 + p), axis: ways[way].fit };
  });
}

/** The tag that fits the neuron best on one half, if possible one that passes there; −1 when it fires for none. */
function bestTag({ f1, activations }: FitTable, bars: readonly Bar[], neuron: number, way: 0 | 1): number {
  let [best, passing] = [{ tag: -1, f1: 0 }, { tag: -1, f1: 0 }];
  for (const { tag, twice, axis } of bars) {
    const found = f1[way][tag * activations.columns + neuron];
    if (found > best.f1) best = { tag, f1: found };
    if (found > passing.f1 && found >= twice && found > axis) passing = { tag, f1: found };
  }
  return passing.tag >= 0 ? passing.tag : best.tag;
}

/** Holds (neuron, tag) pairs that one half chose against the other. */
class NameJudge {
  private readonly halves: readonly Int32Array[];
  private readonly members: readonly number[][];
  private readonly axis: ReadonlyMap<number, readonly [number, number]>;
  private readonly positive: Uint8Array;

  constructor(
    private readonly table: FitTable, tags: Csr, half: ItemHalves, bestAxis: HeldOutF1,
    private readonly random: Random, private readonly samples: number,
  ) {
    this.halves = eachHalf(half);
    this.members = membersOf(tags, half);
    this.axis = new Map(bestAxis.concepts.map(({ concept, ways }) => [concept, [ways[0].f1, ways[1].f1]]));
    this.positive = new Uint8Array(tags.rows);
  }

  /** @param chosen what either half chose, in their order; a neuron or tag of −1 is no choice. */
  best(chosen: readonly { neuron: number; tag: number }[]): NameProof {
    const [a, b] = chosen;
    if (a.neuron === b.neuron && a.tag === b.tag) return this.prove(a.neuron, a.tag, [0, 1]);
    const proofs = chosen.flatMap(({ neuron, tag }, way) =>
      (neuron < 0 || tag < 0 ? [] : [this.prove(neuron, tag, [way])]));
    if (proofs.length === 0) return { ...a, f1: 0, lower: 0, allPositive: 0, axis: 0, proven: false };
    return proofs.reduce((best, one) =>
      (Number(one.proven) - Number(best.proven) || one.f1 - best.f1) > 0 ? one : best);
  }

  /** @param ways the halves that chose; each is judged by the other. */
  private prove(neuron: number, tag: number, ways: readonly number[]): NameProof {
    if (neuron < 0) return { neuron, tag, f1: 0, lower: 0, allPositive: 0, axis: 0, proven: false };
    const scores = ways.map((way) => this.score(neuron, tag, way));
    const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    const f1 = mean(scores.map((score) => score.f1));
    const allPositive = mean(ways.map((way, k) => {
      const p = scores[k].positives / this.halves[1 - way].length;
      return (2 * p) / (1 + p);
    }));
    const axis = mean(ways.map((way) => this.axis.get(tag)![way]));
    const lower = lowerBound(scores, this.samples, this.random);
    return { neuron, tag, f1, lower, allPositive, axis, proven: f1 >= 2 * allPositive && lower > axis };
  }

  private score(neuron: number, tag: number, way: number): FiringScore {
    const { activations, threshold } = this.table;
    for (const item of this.members[tag]) this.positive[item] = 1;
    const score = scoreFiring(
      activations.column(neuron), threshold[way][tag * activations.columns + neuron], this.positive,
      this.halves[1 - way], activations.floor,
    );
    for (const item of this.members[tag]) this.positive[item] = 0;
    return score;
  }
}

/** The lower end of the 95 % bootstrap interval of a mean of F1 scores. */
export function lowerBound(scores: readonly FiringScore[], samples: number, random: Random): number {
  const draws = Float64Array.from({ length: samples }, () => scores.reduce((sum, { hits, fired, positives }) => {
    const [h, alarms, misses] = [hits, fired - hits, positives - hits].map((n) => poisson(n, random));
    return sum + firingScore(h, h + alarms, h + misses).f1 / scores.length;
  }, 0)).sort();
  return draws[Math.floor(0.025 * samples)];
}

/** A Poisson number: by products of uniforms (Knuth) for small means, rounded normal above, where the two agree. */
function poisson(mean: number, random: Random): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) n++;
  return n;
}
