/**
 * What requests may contain, in the words that several routes share: whose list (taste), which list (listFields), what
 * is turned (knobs). docs/requests.md has the same vocabulary; a session reads them.
 */
import { mappings } from "../interpret/tag-neurons.js";
import type { KnobRequest } from "../session/session-types.js";
import {
  choice, either, flag, list, number, object, optional, text, withDefault, type Schema,
} from "../base/schema.js";

/** Longest list of items of a person. */
export const MAX_PROFILE = 5000;
/** Longest list of recommendations. */
export const MAX_LIST = 1000;
export const MAX_STEERED = 200;
/** Persons in one question. */
export const MAX_PROFILES = 100;
/** Persons that one list is for, and how long it may be: every item is explained to every person. */
export const MAX_GROUP = 20;
export const MAX_GROUP_LIST = 100;
export const MAX_KNOBS = 32;
export const MAX_NEURONS = 64;

export const id = text({ max: 256 });
export const tagName = text({ max: 256, example: "film-noir" });
export const listLength = (max: number, usual = 10): Schema<number> =>
  withDefault(number({ whole: true, min: 1, max, about: "length of the list" }), usual);

/** Whose list is wanted: one of the two. */
export const taste = {
  user: optional(text({ max: 256, about: "a known user; only where the service was started with --data" })),
  items: optional(list(id, {
    max: MAX_PROFILE,
    about: "ids of items that the person likes, in any order; unknown ones are skipped and named as ignored",
  })),
  weights: optional(list(number({ min: 1e-6, max: 1e6 }), {
    max: MAX_PROFILE, about: "how much each of items counts, in their order; 1 each by default",
  })),
  dislikes: optional(list(id, {
    max: MAX_PROFILE, about: "ids of items that the person does not like: each subtracts what it would add",
  })),
};

export const filter = object({
  ids: optional(list(id, { max: 100_000 })),
  tags: optional(list(tagName, { max: 100, about: "items with any of these" })),
});
/** Largest pool that one request may have re-ranked. */
const MAX_POOL = 200;
const weight = (about: string, least = 0): Schema<number | undefined> =>
  optional(number({ min: least, max: 1, about }));
const balance = object({
  popularity: weight("above 0 popular items move up, below 0 unpopular ones", -1),
  variety: weight("maximal marginal relevance over item vectors"),
  calibration: weight("how much the list must mix tags as the history does"),
  pool: optional(number({ whole: true, min: 1, max: MAX_POOL, about: "the best so many items are re-ranked; 100" })),
}, "what counts beside the scores");
/** Which list is wanted, session/list-request.ts. */
export const listFields = {
  offset: withDefault(number({ whole: true, min: 0, max: 1e6, about: "items passed over at the list's head" }), 0),
  only: optional(filter),
  except: optional(filter),
  seen: withDefault(choice(["drop", "keep"], "whether the profile's own items are left out"), "drop"),
  balance: optional(balance),
  minUsers: optional(number({ min: 0, about: "training users that an item must have at least" })),
  empty: withDefault(choice(
    ["popular", "refuse"], "what a profile without any known item gets: the popular items, marked as such, or a 422",
  ), "popular"),
};

export const neuronNumber = number({ whole: true, min: 0, max: 1e7 });
export const knob = object({
  tag: optional(tagName),
  concept: optional(text({ max: 256, about: "a concept's name" })),
  neuron: optional(either(
    neuronNumber, list(neuronNumber, { min: 1, max: MAX_NEURONS }), "the number of a neuron, or a list of them",
  )),
  strength: optional(number({
    min: -1, max: 1, example: 0.3,
    about: "share of the activation that moves to the knob's neurons or, when negative, that is taken from them",
  })),
  turn: optional(number({
    min: -1, max: 1,
    about: "instead of a strength, the position of a calibrated knob: the share of the list of 20 that changes or, " +
      "when negative, of the tag's or concept's items that leave it",
  })),
  only: optional(flag("take the share from all other neurons instead")),
  neurons: optional(number({ whole: true, min: 1, max: MAX_NEURONS, about: "how many neurons stand for the tag" })),
  mapping: optional(choice(mappings, "how a tag's neurons are chosen")),
}, "a tag, a concept or neurons, one of the three");
export const knobs: Schema<readonly KnobRequest[]> = list(knob, { max: MAX_KNOBS, about: "what to turn" });
