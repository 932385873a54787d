/**
 * Lists before and after turning knobs, for one or for several who ask at once: those whose scores are all to be
 * computed are computed as one batch (scores/steer-together.ts), and each gets the bytes that it gets alone.
 */
import type { Floats } from "../base/floats.js";
import { orError, UserError } from "../base/user-error.js";
import { checkKnobs } from "../steer/check-knobs.js";
import type { KnobRequests, TurnedKnobs } from "./knob-requests.js";
import type { Choice, ListRequest } from "./list-request.js";
import type { Lists } from "./lists.js";
import type { Profile, ReadProfile } from "./profile.js";
import { placesOf } from "./scores/places.js";
import { hiding, placesInScores, rankAmong, rankScores } from "./scores/rank-scores.js";
import { steerTogether } from "./scores/steer-together.js";
import type { KnobRequest, ListedItem, NamedNeuron, SteeredLists } from "./session-types.js";
import type { Workings } from "./workings.js";

/** Whose lists are wanted, which, and what is turned. */
export interface SteerQuestion {
  readonly profile: Profile;
  readonly knobs: readonly KnobRequest[];
  /** Default: the 10 best. */
  readonly request?: number | ListRequest;
}

/** A question, read. */
interface ReadQuestion extends TurnedKnobs {
  readonly read: ReadProfile;
  readonly requests: readonly KnobRequest[];
  readonly choice: Choice;
  /** The choice whose ranking has all that balancing looks at. */
  readonly wide: Choice;
  /** Ascending; null for all but the profile's own. */
  readonly among: Int32Array | null;
}

const NOTHING = new Int32Array(0);

export class Steering {
  /** By a list of neurons that many answers share. */
  private readonly names = new WeakMap<readonly number[], readonly NamedNeuron[]>();

  constructor(
    private readonly workings: Workings, private readonly lists: Lists, private readonly requests: KnobRequests,
  ) {}

  /** Each one's lists, in their order; an error in the place of one that has none. */
  each(asked: readonly SteerQuestion[]): (SteeredLists | UserError)[] {
    const read = asked.map((question) => orError(() => this.read(question)));
    const questions = read.filter((one): one is ReadQuestion => !(one instanceof UserError));
    const steered = questions.map(({ read: { row }, knobs, held }) =>
      ({ row, knobs, held: held.filter((one) => one !== null) }));
    const answers = steerTogether(this.workings, steered, (before, after, at) =>
      this.answer(questions[at], before, after));
    let next = 0;
    return read.map((one) => (one instanceof UserError ? one : answers[next++]));
  }

  private read({ profile, knobs: requests, request = 10 }: SteerQuestion): ReadQuestion {
    const read = this.workings.known(profile);
    const choice = this.workings.choice(request);
    const turned = this.requests.turned(read.row, requests);
    const among = this.lists.among(read.row, choice);
    const wide = this.lists.balancing.widened(choice);
    checkKnobs(turned.knobs, this.workings.model.shape.neurons);
    return { ...turned, read, requests, choice, among, wide };
  }

  /** @param unsteered (I), @param turned the same or another (I); both may be changed meanwhile. */
  private answer(question: ReadQuestion, unsteered: Floats, turned: Floats): SteeredLists {
    const { read: { row, ignored }, among, choice, scaled } = question;
    const hidden = among ? NOTHING : row.sorted;
    return hiding(unsteered, hidden, () => {
      const shown = this.shown(question, unsteered);
      const { items: before } = shown;
      const changed = turned === unsteered ? shown : hiding(turned, hidden, () => this.shown(question, turned));
      const { items: after } = changed;
      const earlier = new Set(before.map(({ item }) => item));
      const worth = (list: readonly ListedItem[]): number => list.reduce((sum, { item }) => sum + unsteered[item], 0);
      const whole = worth(before);
      return {
        before,
        after,
        places: this.places(unsteered, among, after.map(({ item }) => item)),
        overlap: before.length > 0 ? after.filter(({ item }) => earlier.has(item)).length / before.length : 1,
        kept: whole > 0 ? worth(after) / whole : 1,
        knobs: this.knobs(question),
        scaled,
        ...(shown.balance && changed.balance ? { balance: { before: shown.balance, after: changed.balance } } : {}),
        ignored: [...ignored, ...choice.ignored],
      };
    });
  }

  /** A list of scores in which what may not be listed is hidden. */
  private shown(
    { read: { row }, among, choice, wide }: ReadQuestion, scores: Floats,
  ): ReturnType<Lists["balancing"]["cut"]> {
    const { engine, listed } = this.workings;
    const n = wide.n + wide.offset;
    const best = among ? rankAmong(engine, scores, n, among) : rankScores(engine, scores, n, NOTHING);
    const items = best.items.slice(wide.offset).map((item, i) => listed(item, best.scores[wide.offset + i]));
    return this.lists.balancing.cut(items, row, choice);
  }

  /** Places among what may be listed. */
  private places(scores: Floats, among: Int32Array | null, items: readonly number[]): number[] {
    if (!among) return placesInScores(this.workings.engine, scores, items);
    const few = new Float32Array(scores.length).fill(-Infinity);
    for (const item of among) few[item] = scores[item];
    return placesOf(few, items);
  }

  private knobs({ knobs, requests, held }: ReadQuestion): SteeredLists["knobs"] {
    return knobs.map((knob, i) => ({
      ...knob, tag: requests[i].tag ?? null, concept: requests[i].concept ?? null,
      turn: requests[i].turn ?? null, heldBack: held[i]?.strength ?? 0,
      names: knob.weights ? this.namesOf(knob.neurons) : knob.neurons.map(this.workings.named),
    }));
  }

  /** Of the neurons of a tag or of a concept, which are the same list each time. */
  private namesOf(neurons: readonly number[]): readonly NamedNeuron[] {
    const known = this.names.get(neurons);
    if (known) return known;
    const names = neurons.map(this.workings.named);
    this.names.set(neurons, names);
    return names;
  }
}
