/**
 * Everything that can be asked, in one table. Handlers are short: they look up what is meant, ask the session, and
 * return plain data. They are synchronous, so a request is answered by one model from beginning to end.
 */
import { mappings } from "../interpret/tag-neurons.js";
import type { KnobRequest } from "../session/session-types.js";
import * as answers from "./answer-schemas.js";
import { METRICS_TYPE } from "./metrics.js";
import { describeApi } from "./openapi.js";
import { Problem } from "./problem.js";
import { route, type Route } from "./route.js";
import {
  choice, either, flag, list, number, object, optional, text, withDefault, type Schema,
} from "../base/schema.js";

/** Longest list of items of a person. */
export const MAX_PROFILE = 5000;
/** Longest list of recommendations. */
export const MAX_LIST = 1000;
const MAX_STEERED = 200;
/** Persons in one question. */
const MAX_PROFILES = 100;
const MAX_KNOBS = 32;
const MAX_NEURONS = 64;

const id = text({ max: 256 });
const tagName = text({ max: 256, example: "film-noir" });
const listLength = (max: number, usual = 10): Schema<number> =>
  withDefault(number({ whole: true, min: 1, max, about: "length of the list" }), usual);

/** Whose list is wanted: one of the two. */
const taste = {
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

const filter = object({
  ids: optional(list(id, { max: 100_000 })),
  tags: optional(list(tagName, { max: 100, about: "items with any of these" })),
});
/** Which list is wanted, session/list-request.ts. */
const listFields = {
  offset: withDefault(number({ whole: true, min: 0, max: 1e6, about: "items passed over at the list's head" }), 0),
  only: optional(filter),
  except: optional(filter),
  seen: withDefault(choice(["drop", "keep"], "whether the profile's own items are left out"), "drop"),
  minUsers: optional(number({ min: 0, about: "training users that an item must have at least" })),
  empty: withDefault(choice(
    ["popular", "refuse"], "what a profile without any known item gets: the popular items, marked as such, or a 422",
  ), "popular"),
};

const neuronNumber = number({ whole: true, min: 0, max: 1e7 });
const knob = object({
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
const knobs: Schema<readonly KnobRequest[]> = list(knob, { max: MAX_KNOBS, about: "what to turn" });

const NONE = {};

const people: Route[] = [
  route({
    method: "POST", path: "/recommend", summary: "The best items for a person.",
    params: NONE, query: NONE, body: object({ ...taste, n: listLength(MAX_LIST), ...listFields }),
    answer: answers.recommendation,
    handle: ({ model, body }) => model.session.recommend(model.profile(body), model.checkList(body)),
  }),
  route({
    method: "POST", path: "/recommend/all", summary: "The best items for several persons, in their order.",
    params: NONE, query: NONE,
    body: object({
      profiles: list(object(taste), { min: 1, max: MAX_PROFILES }), n: listLength(MAX_STEERED), ...listFields,
    }),
    answer: answers.recommendations,
    handle: ({ model, body: { profiles, ...wanted } }) => ({
      lists: model.session.recommendAll(profiles.map((one) => model.profile(one)), model.checkList(wanted)),
    }),
  }),
  route({
    method: "POST", path: "/steer", summary: "The list before and after turning knobs.",
    params: NONE, query: NONE,
    body: object({ ...taste, knobs, n: listLength(MAX_STEERED), ...listFields }), answer: answers.steered,
    handle: ({ model, body }) =>
      model.session.steer(model.profile(body), model.checkKnobs(body.knobs), model.checkList(body)),
  }),
  route({
    method: "POST", path: "/explain", summary: "Why an item has its score, neuron by neuron.",
    params: NONE, query: NONE,
    body: object({ ...taste, item: id, knobs: withDefault(knobs, []), ...listFields }), answer: answers.explained,
    handle({ model, body }) {
      model.checkItem(body.item, "#/item");
      const [profile, turned] = [model.profile(body), model.checkKnobs(body.knobs)];
      return model.session.explain(profile, body.item, turned, model.checkList(body));
    },
  }),
  route({
    method: "POST", path: "/profile", summary: "A person's active neurons, and the items behind each.",
    params: NONE, query: NONE, body: object({ ...taste, n: listLength(MAX_STEERED) }), answer: answers.profileReport,
    handle: ({ model, body }) => model.session.inspectUser(model.profile(body), body.n),
  }),
];

const homePage: Route[] = [
  route({
    method: "POST", path: "/segments", summary: "Rows of a home page: items of one meaning, for a person.",
    params: NONE, query: NONE,
    body: object({
      ...taste, n: listLength(MAX_STEERED),
      rows: withDefault(number({ whole: true, min: 1, max: 100, about: "how many rows, at most" }), 8),
    }),
    answer: answers.segments,
    handle: ({ model, body }) => ({ segments: model.session.segments(model.profile(body), body.n, body.rows) }),
  }),
];

const orders = ["neuron", "confidence", "density"] as const;

const wishes: Route[] = [
  route({
    method: "POST", path: "/wish", summary: "Knobs from words: more film noir, less romance.",
    params: NONE, query: NONE,
    body: object({ wish: text({ max: 1000, example: "more film noir, less romance" }) }), answer: answers.wish,
    handle: ({ model, body }) => model.session.wish(body.wish),
  }),
];

const catalogue: Route[] = [
  route({
    method: "GET", path: "/concepts", summary: "Concepts, neurons of one meaning under one name, or those with a text.",
    params: NONE,
    query: {
      q: optional(text({ max: 100, about: "part of the name" })),
      proven: optional(choice(["true", "false"], "only those whose name is proven, or is not")),
      offset: withDefault(number({ whole: true, min: 0, max: 1e7 }), 0),
      n: listLength(10_000, 100),
    },
    body: null, answer: answers.conceptList, lasting: true,
    handle({ model, query: { q, proven, offset, n } }) {
      const wanted = q?.toLowerCase();
      const fitting = model.session.concepts().filter((one) =>
        (wanted === undefined || one.name.toLowerCase().includes(wanted)) &&
        (proven === undefined || String(one.proven) === proven));
      return { total: fitting.length, concepts: fitting.slice(offset, offset + n) };
    },
  }),
  route({
    method: "GET", path: "/concepts/{concept}", summary: "What one concept stands for: its neurons and its items.",
    params: { concept: text({ max: 256, about: "its name" }) }, query: { n: listLength(10) }, body: null,
    answer: answers.conceptReport, lasting: true, problems: { 404: "There is no such concept." },
    handle: ({ model, params, query }) => model.session.inspectConcept(model.concept(params.concept), query.n),
  }),
  route({
    method: "GET", path: "/neurons", summary: "All neurons, or those whose label holds a text.",
    params: NONE,
    query: {
      q: optional(text({ max: 100, about: "part of the label" })),
      sort: withDefault(choice(orders, "by number, or by confidence or density with the highest first"), "neuron"),
      offset: withDefault(number({ whole: true, min: 0, max: 1e7 }), 0),
      n: listLength(10_000, 100),
    },
    body: null, answer: answers.neuronList, lasting: true,
    handle({ model, query: { q, sort, offset, n } }) {
      const wanted = q?.toLowerCase();
      const fitting = model.session.atlas()
        .filter(({ label }) => wanted === undefined || (label?.toLowerCase().includes(wanted) ?? false));
      if (sort !== "neuron") fitting.sort((a, b) => (b[sort] ?? -1) - (a[sort] ?? -1) || a.neuron - b.neuron);
      return { total: fitting.length, neurons: fitting.slice(offset, offset + n) };
    },
  }),
  route({
    method: "GET", path: "/neurons/{neuron}", summary: "What one neuron stands for.",
    params: { neuron: neuronNumber }, query: { n: listLength(100) }, body: null, answer: answers.neuronReport,
    lasting: true, problems: { 404: "There is no such neuron." },
    handle: ({ model, params, query }) => model.session.inspectNeuron(model.neuron(params.neuron), query.n),
  }),
  route({
    method: "GET", path: "/tags", summary: "Tags by name, those on the most items first.",
    params: NONE,
    query: { q: withDefault(text({ min: 0, max: 100, about: "part of the name" }), ""), n: listLength(1000, 100) },
    body: null, answer: answers.tagList, lasting: true,
    handle: ({ model, query }) => ({ tags: model.session.searchTags(query.q, query.n) }),
  }),
  route({
    method: "GET", path: "/tags/{tag}", summary: "The neurons of a tag and its best-known items.",
    params: { tag: tagName }, query: { n: listLength(100, 5) }, body: null, answer: answers.tagReport,
    lasting: true, problems: { 404: "There is no such tag." },
    handle: ({ model, params, query }) => model.session.inspectTag(model.tag(params.tag), query.n),
  }),
  route({
    method: "GET", path: "/items", summary: "Items by title: those that begin with the text first.",
    params: NONE, query: { q: text({ max: 100, about: "part of the title" }), n: listLength(100, 20) },
    body: null, answer: answers.itemList,
    handle: ({ model, query }) => ({ items: model.session.searchItems(query.q, query.n) }),
  }),
  route({
    method: "GET", path: "/items/{id}", summary: "One item: its tags, and the neurons that it fires.",
    params: { id }, query: NONE, body: null, answer: answers.itemCard, lasting: true,
    problems: { 404: "There is no such item." },
    handle: ({ model, params }) => model.card(params.id),
  }),
];

const operation: Route[] = [
  route({
    method: "GET", path: "/about", summary: "What is served: the model, its data and how good it was measured to be.",
    params: NONE, query: NONE, body: null, answer: answers.about,
    handle: ({ service, model }) => ({
      fingerprint: model.fingerprint, version: service.version, users: model.histories?.users ?? null,
      ...model.session.summary(),
    }),
  }),
  route({
    method: "GET", path: "/health", summary: "Whether to send requests here.",
    params: NONE, query: NONE, body: null, answer: answers.health,
    problems: { 503: "The service is stopping: send requests elsewhere." },
    handle({ service, model }) {
      if (service.draining) throw new Problem(503, "the service is stopping");
      return { status: "ok", model: model.fingerprint };
    },
  }),
  route({
    method: "GET", path: "/metrics", summary: "Counters in the text format of Prometheus.",
    params: NONE, query: NONE, body: null, answer: METRICS_TYPE,
    handle: ({ service, model: { session, fingerprint } }) => service.metrics.render({
      fingerprint, kind: session.model.config.model, data: session.model.data.name, version: service.version,
    }),
  }),
  route({
    method: "GET", path: "/openapi.json", summary: "This description.",
    params: NONE, query: NONE, body: null, answer: object({}), lasting: true,
    handle: ({ service }) => describeApi(routes, service.version),
  }),
  route({
    method: "POST", path: "/admin/reload", summary: "Load the model folder anew and switch to it between two requests.",
    params: NONE, query: NONE, body: null, answer: answers.reloaded, administrative: true,
    problems: {
      403: "Only for callers on this machine, not through a proxy.",
      500: "The model cannot be read; the old one is still served.",
    },
    async handle({ service }) {
      await service.reload();
      return { model: service.model.fingerprint };
    },
  }),
];

export const routes: readonly Route[] = [...people, ...homePage, ...wishes, ...catalogue, ...operation];
