/** What the routes answer, for the OpenAPI description. The tests check real answers against it, field by field. */
import { residuals } from "../config/sae.js";
import { groupMethods } from "../session/groups.js";
import { likenesses } from "../session/neighbours.js";
import { choice, flag, list, nullable, number, object, optional, text, type Schema } from "../base/schema.js";

const string = (about?: string): Schema<string> => text({ min: 0, max: 100_000, about });
const count = (about?: string): Schema<number> => number({ whole: true, min: 0, about });
const real = (about?: string): Schema<number> => number({ about });
/** As long as the catalogue, the neurons or the profile, which the description does not know. */
const many = <T>(of: Schema<T>, about?: string): Schema<readonly T[]> => list(of, { max: 1e7, about });

const listedFields = {
  item: count("number in the model"),
  id: string(),
  title: string(),
  score: real(),
  estimated: optional(flag("there for an item that nobody had chosen in training: its vector is made from its tags")),
};
export const listedItem = object(listedFields);

const neuron = { neuron: count(), label: nullable(string("the tag that names it; null when none does")) };
const confidence = nullable(real("point-biserial correlation of activation and tag; null when undefined"));

const neuronLabel = {
  ...neuron,
  tag: number({ whole: true, min: -1, about: "number of the tag; −1 for none" }),
  confidence,
  runnersUp: many(object({ tag: count(), label: string(), confidence })),
  density: real("share of the items that fire it; 0 is dead"),
  earlier: optional(many(nullable(string()), "names in the trainings that this one went on from, the last first")),
};

const conceptEntry = {
  concept: count("number in the model"),
  name: string("no other concept has it"),
  tag: nullable(string("the tag that it is proven for")),
  proven: flag("whether the name holds on items that did not choose it"),
  f1: real("held-out F1 of the tag that fits best"),
  neurons: count(),
  like: many(string(), "titles of its foremost items"),
};

export const conceptList = object({ total: count(), concepts: many(object(conceptEntry)) });

export const conceptReport = object({
  ...conceptEntry,
  members: many(object({ ...neuron, weight: real("share of the knob") })),
  topItems: many(listedItem, "foremost first"),
});

const ignored = many(string(), "ids that the model does not have: they were skipped");

const figures = object({
  users: nullable(real("mean training users")), distance: nullable(real("mean of 1 − cos over pairs")),
  calibration: nullable(real("C_KL of the history's tags and the list's")),
});
const price = object({
  kept: real("scores of the list, summed, as a share of those of the plain one"),
  overlap: real("share of the plain list that is still in it"),
  places: many(count(), "of its items in the plain ranking, from 1"),
  plain: figures, balanced: figures,
});

export const recommendation = object({
  items: many(listedItem, "best first"), ignored, balance: optional(price),
  popular: flag("whether these are the popular items, since no item of the profile is known; score: training users"),
});

export const groupList = object({
  items: many(object({
    ...listedFields,
    people: many(object({
      person: count("number of the profile"), score: real("the person's own, before clipping"),
      share: real("of the scaled scores of all; they add up to 1"), place: count("in the person's own ranking"),
      because: nullable(many(object({ ...neuron, contribution: real() }), "what speaks for it most")),
    }), "what the item is to each; empty for popular items"),
  }), "best first; score is what the rule says of the item, or that of the fused code"),
  ignored, balance: optional(price), popular: flag(),
  method: choice(groupMethods), fellBack: flag("whether codes had nothing in common, and their average stands in"),
  people: many(object({
    known: count("known items of the profile"),
    kept: nullable(real("the list's scaled scores as a share of those of the person's own best list")),
    overlap: nullable(real("share of the person's own best list that is in it")),
  }), "in the order of the profiles"),
});

export const recommendations = object({ lists: many(recommendation, "in the order of the profiles") });

export const steered = object({
  ignored, balance: optional(object({ before: price, after: price })),
  before: many(listedItem),
  after: many(listedItem),
  knobs: many(object({
    neurons: many(count()),
    strength: real(),
    weights: optional(many(real())),
    only: optional(flag()),
    tag: nullable(string()),
    concept: nullable(string()),
    turn: nullable(real("position of a calibrated knob")),
    heldBack: real("how far a knob that is turned down holds items back; 0 for none"),
    names: many(object(neuron)),
  }), "the neurons behind each knob, in the order of the request"),
  places: many(count(), "place of each item of the list after among all items before turning, from 1"),
  scaled: real("what calibrated strengths were multiplied by, since together they passed 1; else 1"),
  overlap: real("share of the list before that is still in the list after"),
  kept: real("unsteered scores of the list after, summed, divided by those of the list before"),
});

const sharedMeaning = {
  shared: many(object({ ...neuron, share: real("of the codes' cosine") }), "neurons that both have, largest first"),
  concepts: many(object({ concept: nullable(string()), proven: flag(), share: real() }), "the same by concept"),
};
const by = choice(likenesses, "what was compared");

export const similarItems = object({
  by, ignored,
  items: many(object({ ...listedFields, ...sharedMeaning }), "most alike first; score is the cosine"),
});

export const similarUsers = object({
  by, ignored,
  users: many(object({
    user: string(), score: real("the cosine"), items: count("that the user has"),
    common: count("of these, how many the person has too"), ...sharedMeaning,
  }), "most alike first"),
});

export const wish = object({
  knobs: many(object({
    tag: optional(string()), concept: optional(string()), turn: real(),
  }), "ready for /steer"),
  unknown: many(string(), "parts that no name was found for"),
});

const estimate = nullable(object({
  cosine: real("of such an estimate with what training would find"),
  low: real(), high: real("four of five lie between"),
  reasons: many(object({ tag: string(), share: real() }), "the tags that make most of the vector"),
}, "how the item's vector was made where it was not trained"));

export const explained = object({
  ignored, estimate,
  leftOut: nullable(choice(["seen", "disliked", "filtered"], "why no list of this request has the item")),
  item: listedItem,
  score: real("before the relu; base − own + the sum of all contributions + unexplained − heldBack"),
  base: real("what the item gets whichever neurons are active"),
  heldBack: real("what calibrated knobs that are turned down take from the score"),
  unexplained: real("what no neuron explains; 0 where the service shows what comes through the SAE alone"),
  own: real("1 when the profile already has the item, which ELSA subtracts"),
  contributions: many(object({ ...neuron, activation: real(), contribution: real() }), "largest first"),
  concepts: many(object({
    concept: nullable(string("null for neurons of no concept")), proven: flag(), neurons: count("active ones"),
    activation: real(), contribution: real(),
  }), "the same parts by concept, largest first"),
  approximate: flag("true for MultVAE and MultDAE: a neuron's part is then what the score loses without it"),
});

export const profileReport = object({
  ignored,
  history: many(listedItem, "score is the weight, −1 for a dislike"),
  neurons: many(object({
    ...neuron, activation: real(), share: real("of the total activation"),
    because: nullable(many(listedItem, "the items of the profile that switched it on most")),
  }), "active ones, strongest first"),
  concepts: many(object({
    concept: nullable(string()), proven: flag(), neurons: count(), share: real("of the total activation"),
    because: nullable(many(listedItem, "the items of the profile that switched it on most")),
  }), "the same by concept"),
  recommended: many(listedItem),
});

export const segments = object({
  segments: many(object({
    concept: string("names the row: what all of its items fire most"),
    proven: flag("whether the name is proven"),
    strength: real("how much the person wants it"),
    size: count("items of the catalogue that are in it"),
    items: many(listedItem, "best first"),
  }), "most wanted first; no item is in two"),
});

export const neuronList = object({
  total: count("neurons that fit"),
  neurons: many(object({
    ...neuron,
    runnerUp: nullable(string()),
    confidence,
    density: real("share of the items that fire it"),
    alive: flag("whether any item fires it"),
    x: real("place on a map, −1 … 1"),
    y: real(),
  })),
});

export const neuronReport = object({
  ...neuronLabel,
  concept: nullable(object(conceptEntry, "the concept that it is part of")),
  histogram: many(count(), "items that fire it by activation, in ten equal steps from 0 to the largest"),
  topItems: many(listedItem, "score is the activation"),
  middleItems: many(listedItem, "around the median activation"),
  randomItems: many(listedItem, "drawn from all that fire it; the same ones each time"),
  lowers: nullable(many(listedItem, "scores that it lowers most; score: points for a unit of activation")),
  neighbours: many(object({ ...neuron, cosine: real() })),
  topTags: many(object({ tag: string(), items: count() })),
});

export const tagList = object({
  tags: many(object({ tag: string(), items: count("items that carry it") })),
});

export const tagReport = object({
  tag: string(),
  items: count(),
  applications: count(),
  decoder: many(object({ ...neuronLabel, weight: real("share of the knob") }), "neurons that lift the tag's items"),
  characterises: many(object({ ...neuronLabel, score: real() })),
  unique: many(object({ ...neuronLabel, score: real() })),
  topItems: many(listedItem, "score is the number of applications"),
});

const year = nullable(count("at the title's end"));

export const itemList = object({
  items: many(object({
    item: count(), id: string(), title: string(), year, users: nullable(count("training users")),
    estimated: optional(flag()),
  })),
});

export const itemCard = object({
  item: count(), id: string(), title: string(), year,
  users: nullable(count("training users")), estimate,
  tags: many(object({ tag: string(), applications: count() })),
  neurons: many(object({ ...neuron, activation: real() }), "of the item encoded alone"),
});

const measured = object({ mean: nullable(real()), se: nullable(real()), n: count("users") });
const quality = object({ recall: measured, ndcg: measured }, "at 20");
const beyond = object({
  n: count("length of the lists"), coverage: real(), gini: real(), tail: nullable(real()), novelty: measured,
  distance: nullable(measured), calibration: nullable(measured),
}, "what the test users' lists are worth beside hitting targets");

export const about = object({
  fingerprint: string("of the weights; every answer carries it as x-unknot-model"),
  version: string("of unknot"),
  users: nullable(count("known users; null when the service knows none")),
  names: string("eight hex digits of item ids, labels and concepts: where they are the same, numbers mean the same"),
  model: string(),
  sae: string(),
  items: count(),
  factors: count(),
  neurons: count(),
  k: count("active neurons of a profile"),
  alive: count("neurons that at least one item fires"),
  labelled: count(),
  tags: count(),
  data: object({ name: string(), trainUsers: count(), interactions: count() }),
  licence: nullable(object({
    title: string(), terms: string(), publisher: nullable(object({ url: string(), credit: string() })),
  })),
  metrics: object({
    testUsers: count(), popularity: quality, cfae: quality, nested: quality, change: quality,
    shown: choice(["cfae", "nested"], "what the model was measured to show with nothing turned"),
    lists: optional(object({ popularity: beyond, cfae: beyond, nested: beyond })),
    cosine: measured, l0: measured, dead: count(),
    activation: optional(real("what a typical person's active neurons come to")),
  }),
  numerics: choice(["fused", "portable", "plain"], "which arithmetic computes"),
  linear: flag("whether explanations add up exactly and tags are turned through the decoder"),
  residual: choice(residuals, "what is shown keeps what the SAE does not rebuild (keep, fade, blend), or drops it"),
  meaning: nullable(object({
    neuron: nullable(real()), sets: nullable(real()), axis: nullable(real()), probe: nullable(real()),
    provenNeurons: nullable(count()), provenConcepts: nullable(count()), provenShare: nullable(real()),
  }, "held-out F1 of a tag's best neuron, set of neurons, principal axis and linear probe; names that were proven")),
  namesKept: nullable(object({ concepts: count(), kept: count() },
    "an earlier training's concepts, and those of them that this one found again and calls as before")),
});

export const health = object({
  status: choice(["ok", "draining"]),
  model: string("fingerprint of the weights"),
});

export const reloaded = object({ model: string("fingerprint of the weights that are served now") });

export const problem = object({
  type: string(),
  title: string(),
  status: number({ whole: true, min: 400, max: 599 }),
  detail: string(),
  errors: optional(many(object({
    pointer: optional(string("JSON pointer into the body: #/items/3")),
    parameter: optional(string("name of a parameter of the path or query")),
    detail: string(),
  }))),
});
