/**
 * Lists of a profile: the best items, before and after turning knobs. With a filter the ranking looks at the allowed
 * items alone and, where the decoder can, they alone are scored.
 */
import type { Floats } from "../base/floats.js";
import { UserError } from "../base/user-error.js";
import type { Knob } from "../steer/steer.js";
import type { HeldBack } from "../steer/suppression.js";
import { Balancing, type BalancedItems } from "./balance.js";
import type { KnobRequests } from "./knob-requests.js";
import { listable, type Choice } from "./list-request.js";
import { placesOf } from "./places.js";
import { nothingKnown, type ProfileRow, type ReadProfile } from "./profile.js";
import type { KnobRequest, ListedItem, RecommendedList, SteeredLists } from "./session-types.js";
import type { Workings } from "./workings.js";

export class Lists {
  readonly balancing: Balancing;

  constructor(private readonly workings: Workings, private readonly requests: KnobRequests) {
    this.balancing = new Balancing(workings);
  }

  /** A profile's list, or the popular items where nothing of it is known. @throws UserError where that is refused */
  forProfile({ row, ignored }: ReadProfile, choice: Choice): RecommendedList {
    const nobody = row.items.length === 0 && row.disliked.length === 0;
    if (nobody && choice.refuseEmpty) throw new UserError(nothingKnown(ignored));
    const wide = this.balancing.widened(choice);
    return {
      ...this.balancing.cut(nobody ? this.popular(row, wide) : this.recommend(row, wide), row, choice),
      ignored: [...ignored, ...choice.ignored], popular: nobody,
    };
  }

  recommend(row: ProfileRow, choice: Choice): ListedItem[] {
    const { scores, listed } = this.workings;
    const among = this.among(row, choice);
    const wanted = choice.n + choice.offset;
    const short = !among && scores.shortlisted(row, wanted);
    if (short) {
      return Array.from(short.items, (item, at) => listed(item, short.scores[at])).slice(choice.offset);
    }
    const found = among ? scores.bestAmong(row, among, wanted, []) : scores.bestUnsteered(row, wanted);
    if (!found) return this.ranked(scores.unsteered(row), row, among, choice);
    return found.items.slice(choice.offset).map((item, i) => listed(item, found.scores[choice.offset + i]));
  }

  /** The items with the most training users; score is their number. */
  private popular(row: ProfileRow, choice: Choice): ListedItem[] {
    const { model: { items: { users } } } = this.workings;
    if (!users) throw new UserError("the profile is empty, and this model does not know how popular its items are");
    return this.ranked(Float32Array.from(users), row, this.among(row, choice), choice);
  }

  steer(row: ProfileRow, requests: readonly KnobRequest[], choice: Choice): Omit<SteeredLists, "ignored"> {
    const { scores } = this.workings;
    const { knobs, held, scaled } = this.requests.turned(row, requests);
    const unsteered = scores.unsteered(row);
    const among = this.among(row, choice);
    const wide = this.balancing.widened(choice);
    const shown = (from: Floats): BalancedItems =>
      this.balancing.cut(this.ranked(from, row, among, wide), row, choice);
    const { items: before, balance: priceBefore } = shown(unsteered);
    const { items: after, balance } = shown(knobs.length > 0 ? this.turned(row, knobs, held) : unsteered);
    const earlier = new Set(before.map(({ item }) => item));
    const worth = (list: readonly ListedItem[]): number => list.reduce((sum, { item }) => sum + unsteered[item], 0);
    const whole = worth(before);
    return {
      before,
      after,
      places: placesOf(listableScores(unsteered, among, row), after.map(({ item }) => item)),
      overlap: before.length > 0 ? after.filter(({ item }) => earlier.has(item)).length / before.length : 1,
      kept: whole > 0 ? worth(after) / whole : 1,
      knobs: knobs.map((knob, i) => ({
        ...knob, tag: requests[i].tag ?? null, concept: requests[i].concept ?? null,
        turn: requests[i].turn ?? null, heldBack: held[i]?.strength ?? 0,
        names: knob.neurons.map((neuron) => this.workings.named(neuron)),
      })),
      scaled,
      ...(priceBefore && balance ? { balance: { before: priceBefore, after: balance } } : {}),
    };
  }

  private turned(row: ProfileRow, knobs: readonly Knob[], held: readonly (HeldBack | null)[]): Floats {
    return this.workings.scores.steered(row, knobs, held.filter((one) => one !== null));
  }

  /** Ascending; null for all but the profile's own. */
  private among(row: ProfileRow, choice: Choice): Int32Array | null {
    const { items } = this.workings.cfae;
    const all = choice.keepSeen && !choice.allowed ? Int32Array.from({ length: items }, (_, i) => i) : choice.allowed;
    return listable({ ...choice, allowed: all }, row);
  }

  private ranked(
    scores: Floats, row: ProfileRow, among: Int32Array | null, { n, offset }: Choice,
  ): ListedItem[] {
    return this.workings.scores.best(scores, n + offset, row, among).slice(offset)
      .map((item) => this.workings.listed(item, scores[item]));
  }
}

/** A copy of the scores in which only what may be listed has any. */
function listableScores(scores: Floats, among: Int32Array | null, row: ProfileRow): Floats {
  if (among) {
    const few = new Float32Array(scores.length).fill(-Infinity);
    for (const item of among) few[item] = scores[item];
    return few;
  }
  const all = scores.slice();
  for (const item of [...row.items, ...row.disliked]) all[item] = -Infinity;
  return all;
}
