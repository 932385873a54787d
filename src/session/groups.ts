/**
 * One list for several people (docs/method.md §10): either their scores are put together (steer/aggregate-scores.ts),
 * or their codes, and the list is that of the fused code (steer/fuse-codes.ts, SAGEA):
 *
 *   scores   r_mi: member m's scores before clipping, min-max scaled over what may be listed; then the rule
 *   codes    e_m → f by the rule, with the mean of the members' m and s; scores A·SAE(f). What the SAE does not rebuild
 *            of the members' embeddings is not in it, whatever the session shows of one person
 *
 * Members without a known item have no say. What any member has, or dislikes, is left out.
 */
import { UserError } from "../base/user-error.js";
import type { Floats } from "../base/floats.js";
import { aggregateAmong, aggregations, type Aggregation } from "../steer/aggregate-scores.js";
import { fuseCodes, fusions, type Fusion } from "../steer/fuse-codes.js";
import { minMax } from "../steer/rerank.js";
import type { Explanations } from "./explanations.js";
import { listable, type Choice, type ListRequest } from "./list-request.js";
import type { Lists } from "./lists.js";
import { placesOf } from "./scores/places.js";
import { plainRow, type ProfileRow, type ReadProfile } from "./profile.js";
import type { Code } from "./scores/kept-profiles.js";
import type { ListedItem, NamedContribution, RecommendedList } from "./session-types.js";
import type { Workings } from "./workings.js";

/** How several people's lists become one: by their scores, or by their codes. */
export type GroupMethod = Aggregation | `fuse-${Fusion}`;
/** All of them. */
export const groupMethods: readonly GroupMethod[] =
  [...aggregations, ...fusions.map((rule) => `fuse-${rule}` as const)];

/** Which list for several people is wanted. */
export interface GroupRequest extends ListRequest {
  /** Default "add". */
  readonly method?: GroupMethod;
}

/** What an item is to one member. */
export interface MemberPart {
  /** Number of the profile in the question. */
  readonly person: number;
  /** The member's own score of the item, before clipping. */
  readonly score: number;
  /** The member's part of the group's scaled scores of the item: they add up to 1 over members. */
  readonly share: number;
  /** Place of the item in the member's own ranking of what may be listed, from 1. */
  readonly place: number;
  /** The neurons that speak most for it in the member's own score; null for MultVAE, MultDAE and RecVAE. */
  readonly because: readonly NamedContribution[] | null;
}

/** An item of a group's list; its score is what the rule says of it, or that of the fused code. */
export type GroupItem = ListedItem & { readonly people: readonly MemberPart[] };

/** One list for several people. */
export interface GroupList extends Omit<RecommendedList, "items"> {
  readonly items: readonly GroupItem[];
  readonly method: GroupMethod;
  /** Whether the fused codes had nothing in common, and their average stands in. */
  readonly fellBack: boolean;
  /** By profile, in their order: known items, and what of a list of their own the group's list gives them. */
  readonly people: readonly {
    readonly known: number;
    /** Scaled scores of the list, summed, as a share of those of the member's own best list; null for nobody known. */
    readonly kept: number | null;
    /** Share of the member's own best list that is in it. */
    readonly overlap: number | null;
  }[];
}

/** Neurons named for an item and a member. */
const SPEAKERS = 3;

/** A member with a say. */
interface Member {
  readonly person: number;
  readonly row: ProfileRow;
  /** Before clipping, (I). */
  readonly scores: Floats;
  /** r_m, (I); what may not be listed is 0. */
  readonly ratings: Float64Array;
}

export class Groups {
  constructor(
    private readonly workings: Workings, private readonly lists: Lists, private readonly explanations: Explanations,
  ) {}

  /** See `Session.recommendForGroup`. */
  recommend(profiles: readonly ReadProfile[], method: GroupMethod, choice: Choice): GroupList {
    if (profiles.length === 0) throw new UserError("a group needs at least one profile");
    if (!groupMethods.includes(method)) {
      throw new UserError(`method must be one of ${groupMethods.join(", ")}, got ${method as string}`);
    }
    const ignored = [...profiles.flatMap((one) => one.ignored), ...choice.ignored];
    const union = unionOf(profiles.map(({ row }) => row));
    const known = profiles.map(({ row }) => row.items.length + row.disliked.length);
    if (known.every((count) => count === 0)) {
      const { items, ...popular } = this.lists.forProfile({ row: union, ignored }, { ...choice, ignored: [] });
      return {
        ...popular, items: items.map((one) => ({ ...one, people: [] })), method, fellBack: false,
        people: known.map((count) => ({ known: count, kept: null, overlap: null })),
      };
    }
    const wide = this.lists.balancing.widened(choice);
    const among = this.listable(wide, union);
    const members = profiles.flatMap(({ row }, person) => (known[person] > 0 ? [this.member(row, person, among)] : []));
    const { ranking, fellBack } = this.ranked(members, method, wide.n + wide.offset, among);
    const { items, balance } = this.lists.balancing.cut(ranking.slice(wide.offset), union, choice);
    const numbers = items.map(({ item }) => item);
    const parts = members.map((member) => this.partsOf(member, members, numbers, among));
    const own = members.map((member) => satisfaction(member, numbers, among));
    const of = new Map(members.map(({ person }, m) => [person, own[m]]));
    return {
      items: items.map((one, i) => ({ ...one, people: parts.map((part) => part[i]) })),
      ignored, popular: false, ...(balance ? { balance } : {}), method, fellBack,
      people: known.map((count, person) => ({ known: count, ...of.get(person) ?? { kept: null, overlap: null } })),
    };
  }

  private ranked(
    members: readonly Member[], method: GroupMethod, n: number, among: Int32Array,
  ): { ranking: ListedItem[]; fellBack: boolean } {
    const { scores, listed, model } = this.workings;
    if (!method.startsWith("fuse-")) {
      const ratings = members.map((member) => member.ratings);
      const ranking = aggregateAmong(ratings, method as Aggregation, n, among);
      return { ranking: ranking.map(({ item, worth }) => listed(item, worth)), fellBack: false };
    }
    const codes = members.map(({ row }) => scores.code(row));
    const { code, fellBack } = fuseCodes(
      codes.map((one) => written(one, model.shape.neurons)), method.slice("fuse-".length) as Fusion, model.shape.k,
    );
    const fused = scores.atCode({
      ...active(code), mean: meanOf(codes.map(({ mean }) => mean)), std: meanOf(codes.map(({ std }) => std)),
    });
    const best = scores.best(fused, n, plainRow([]), among);
    return { ranking: best.items.map((item, i) => listed(item, best.scores[i])), fellBack };
  }

  /** Ascending: what may be listed for all of them. */
  private listable(choice: Choice, union: ProfileRow): Int32Array {
    const allowed = choice.allowed ?? Int32Array.from({ length: this.workings.cfae.items }, (_, i) => i);
    return listable({ ...choice, allowed }, union)!;
  }

  private member(row: ProfileRow, person: number, among: Int32Array): Member {
    const scores = this.workings.scores.unclipped(row);
    const scaled = minMax(Float64Array.from(among, (item) => scores[item]));
    const ratings = new Float64Array(scores.length);
    among.forEach((item, q) => { ratings[item] = scaled[q]; });
    return { person, row, scores, ratings };
  }

  private partsOf(
    { person, row, scores, ratings }: Member, members: readonly Member[], items: readonly number[], among: Int32Array,
  ): MemberPart[] {
    const rankable = new Float64Array(scores.length).fill(-Infinity);
    for (const item of among) rankable[item] = scores[item];
    const places = placesOf(rankable, items);
    const speakers = this.explanations.speakers(row, items, SPEAKERS);
    return items.map((item, i) => {
      const all = members.reduce((sum, other) => sum + other.ratings[item], 0);
      return {
        person, score: scores[item], share: all > 0 ? ratings[item] / all : 1 / members.length, place: places[i],
        because: speakers && speakers[i],
      };
    });
  }
}

/** What the list gives a member of the best list of the same length. */
function satisfaction(
  { ratings }: Member, items: readonly number[], among: Int32Array,
): { readonly kept: number; readonly overlap: number } {
  const best = aggregateAmong([ratings], "add", items.length, among);
  const [whole, got] = [best.reduce((sum, { worth }) => sum + worth, 0), items.reduce((sum, i) => sum + ratings[i], 0)];
  const mine = new Set(best.map(({ item }) => item));
  return {
    kept: whole > 0 ? got / whole : 1,
    overlap: items.length > 0 ? items.filter((item) => mine.has(item)).length / items.length : 1,
  };
}

/** Everybody's items, and everybody's dislikes: what one likes and another dislikes is in both. */
function unionOf(rows: readonly ProfileRow[]): ProfileRow {
  const items = [...new Set(rows.flatMap((row) => row.items))];
  return { ...plainRow(items), disliked: [...new Set(rows.flatMap((row) => row.disliked))] };
}

/** (H) */
function written({ neurons, activations }: Code, H: number): Float64Array {
  const code = new Float64Array(H);
  neurons.forEach((neuron, q) => { code[neuron] = activations[q]; });
  return code;
}

function active(code: Float64Array): Pick<Code, "neurons" | "activations"> {
  const neurons = Int32Array.from(code.keys()).filter((neuron) => code[neuron] > 0);
  return { neurons, activations: Float32Array.from(neurons, (neuron) => code[neuron]) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
