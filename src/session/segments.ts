/**
 * Rows of a home page: the catalogue cut into segments, and those that a person is likely to want, with their best
 * items (Vančura et al., WWW 2026, demo; docs/method.md §8.6).
 *
 *   item i     belongs to the concept of its strongest neuron, argmax_h S_ih
 *   person     wants segment c as much as    Σ_{h ∈ c} e_h / √|c|      the code along the segment's unit direction
 *   in a row   items by the recommender's own scores, without those of the profile
 *
 * The paper groups by the dominant dimension *with its sign* and has a language model name and merge the groups. Here a
 * neuron fires one way only (a pole of sparse ELSA is one sign of a dimension), and concepts
 * (interpret/concepts/concepts.ts) are neurons merged by what they do, named by tags with a proof.
 */
import type { ProfileRow } from "./profile.js";
import type { ListedItem } from "./session-types.js";
import { checkLength, type Workings } from "./workings.js";

/** A row of a home page: items of one meaning, for one person. */
export interface Segment {
  /** The concept that all of its items fire most; names it. */
  readonly concept: string;
  /** Whether the name is proven. */
  readonly proven: boolean;
  /** How much the person wants it: rows come with the highest first. Positive. */
  readonly strength: number;
  /** Items of the catalogue that are in it. Every item is in one segment at most. */
  readonly size: number;
  /** Best first, without those of the profile. */
  readonly items: readonly ListedItem[];
}

export class Segments {
  /** (C) the items of each concept's segment, ascending. */
  private members: readonly (readonly number[])[] | null = null;

  constructor(private readonly workings: Workings) {}

  /** See `Session.segments`. */
  rows(row: ProfileRow, n: number, rows: number): Segment[] {
    checkLength(n);
    checkLength(rows);
    const { concepts, scores, catalogue } = this.workings;
    const members = this.membersOf();
    const code = scores.withCode(row, [], (_, { code: { rowStart: [from], rowEnd: [to], indices, values } }) =>
      new Map(Array.from(indices.subarray(from, to), (neuron, q) => [neuron, values![from + q]])));
    const own = scores.unsteered(row);
    const known = new Set([...row.items, ...row.disliked]);
    const wanted = concepts.all.map(({ neurons }, concept) => ({
      concept,
      strength: neurons.reduce((sum, neuron) => sum + (code.get(neuron) ?? 0), 0) / Math.sqrt(neurons.length),
    }));
    return wanted
      .filter(({ strength }) => strength > 0)
      .sort((a, b) => b.strength - a.strength || a.concept - b.concept)
      .map(({ concept, strength }) => ({
        concept: concepts.all[concept].name, proven: concepts.all[concept].proven, strength,
        size: members[concept].length,
        items: members[concept].filter((item) => !known.has(item))
          .sort((a, b) => own[b] - own[a] || a - b).slice(0, n).map((item) => catalogue.listed(item, own[item])),
      }))
      .filter(({ items: listed }) => listed.length > 0)
      .slice(0, rows);
  }

  private membersOf(): readonly (readonly number[])[] {
    if (this.members) return this.members;
    const { concepts, itemCodes: { indptr, indices, values, rows } } = this.workings;
    const members: number[][] = concepts.all.map(() => []);
    for (let item = 0; item < rows; item++) {
      let strongest = -1;
      for (let q = indptr[item]; q < indptr[item + 1]; q++) {
        if (strongest < 0 || values![q] > values![strongest]) strongest = q;
      }
      const concept = strongest < 0 ? -1 : concepts.ofNeuron(indices[strongest]);
      if (concept >= 0) members[concept].push(item);
    }
    return this.members = members;
  }
}
