/** Lists of a profile: the best items, before and after turning knobs. */
import type { Floats } from "../base/floats.js";
import type { KnobRequests } from "./knob-requests.js";
import { placesOf } from "./places.js";
import type { KnobRequest, ListedItem, SteeredLists } from "./session-types.js";
import { checkLength, type Workings } from "./workings.js";

export class Lists {
  constructor(private readonly workings: Workings, private readonly requests: KnobRequests) {}

  /** @param items of the profile. */
  recommend(items: readonly number[], n: number): ListedItem[] {
    checkLength(n);
    const { scores } = this.workings;
    const short = scores.shortlisted(items, n);
    if (short) return Array.from(short.items, (item, at) => this.workings.listed(item, short.scores[at]));
    return this.ranked(scores.unsteered(items), n);
  }

  /** @param items of the profile. */
  steer(items: readonly number[], requests: readonly KnobRequest[], n: number): SteeredLists {
    const { scores } = this.workings;
    const { knobs, held, scaled } = this.requests.turned(items, requests);
    const unsteered = scores.unsteered(items);
    const before = this.ranked(unsteered, n);
    const after = this.ranked(
      knobs.length > 0 ? scores.steered(items, knobs, held.filter((one) => one !== null)) : unsteered, n,
    );
    const earlier = new Set(before.map(({ item }) => item));
    const worth = (list: readonly ListedItem[]): number => list.reduce((sum, { item }) => sum + unsteered[item], 0);
    const whole = worth(before);
    return {
      before,
      after,
      places: placesOf(unsteered, after.map(({ item }) => item)),
      overlap: before.length > 0 ? after.filter(({ item }) => earlier.has(item)).length / before.length : 1,
      kept: whole > 0 ? worth(after) / whole : 1,
      knobs: knobs.map((knob, i) => ({
        ...knob, tag: requests[i].tag ?? null, concept: requests[i].concept ?? null,
        turn: requests[i].turn ?? null, heldBack: held[i]?.strength ?? 0,
        names: knob.neurons.map((neuron) => this.workings.named(neuron)),
      })),
      scaled,
    };
  }

  private ranked(scores: Floats, n: number): ListedItem[] {
    checkLength(n);
    return this.workings.scores.best(scores, n).map((item) => this.workings.listed(item, scores[item]));
  }
}
