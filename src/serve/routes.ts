/**
 * Everything that can be asked, in one table. Handlers are short: they look up what is meant, ask the session, and
 * return plain data. They are synchronous, so a request is answered by one model from beginning to end.
 */
import { folded } from "../base/folded.js";
import { groupMethods } from "../session/groups.js";
import { likenesses } from "../session/neighbours.js";
import type { ListRequest } from "../session/list-request.js";
import type { ListQuestion } from "../session/lists.js";
import { partsOf } from "../session/read-wish.js";
import type { SteerQuestion } from "../session/steering.js";
import * as answers from "./answer-schemas.js";
import { METRICS_TYPE, sumOfMetrics } from "./metrics.js";
import { describeApi } from "./openapi.js";
import { invalid, Problem } from "./problem.js";
import {
  id, knobs, listFields, listLength, MAX_GROUP, MAX_GROUP_LIST, MAX_KNOBS, MAX_LIST, MAX_PROFILES, MAX_STEERED,
  neuronNumber, tagName, taste,
} from "./request-schemas.js";
import { route, type Route } from "./route.js";
import type { ServedModel, Taste } from "./served-model.js";
import { choice, list, number, object, optional, text, withDefault } from "../base/schema.js";

const NONE = {};

/** Of one person's list. */
function listCost(
  model: ServedModel, person: Taste, wanted: Pick<ListRequest, "n" | "offset" | "balance">,
): number {
  return model.cost.reading(model.lengthOf(person)) + model.cost.scoring + model.cost.list(wanted);
}

const people: Route[] = [
  route({
    method: "POST", path: "/recommend", summary: "The best items for a person.",
    params: NONE, query: NONE, body: object({ ...taste, n: listLength(MAX_LIST), ...listFields }),
    answer: answers.recommendation, lists: ["items"],
    cost: ({ model, body }) => listCost(model, body, body),
    together: {
      question: ({ model, body }) => ({ profile: model.profile(body), request: model.checkList(body) }),
      answer: (session, all) => session.recommendEach(all as ListQuestion[]),
    },
    handle: ({ model, body }) => model.session.recommend(model.profile(body), model.checkList(body)),
  }),
  route({
    method: "POST", path: "/recommend/all", summary: "The best items for several persons, in their order.",
    params: NONE, query: NONE,
    body: object({
      profiles: list(object(taste), { min: 1, max: MAX_PROFILES }), n: listLength(MAX_STEERED), ...listFields,
    }),
    answer: answers.recommendations,
    cost: ({ model, body }) => body.profiles.reduce((sum, one) => sum + listCost(model, one, body), 0),
    handle: ({ model, body: { profiles, ...wanted } }) => ({
      lists: model.session.recommendAll(profiles.map((one) => model.profile(one)), model.checkList(wanted)),
    }),
  }),
  route({
    method: "POST", path: "/recommend/group", summary: "One list for several persons, and what each item is to each.",
    params: NONE, query: NONE,
    body: object({
      profiles: list(object(taste), { min: 1, max: MAX_GROUP }), n: listLength(MAX_GROUP_LIST),
      method: withDefault(choice(groupMethods, "by their scores, or by their codes (fuse-…)"), "add"), ...listFields,
    }),
    answer: answers.groupList,
    cost: ({ model, body }) => model.cost.group(body.profiles.length, body.method, body) +
      body.profiles.reduce((sum, one) => sum + model.cost.reading(model.lengthOf(one)), 0),
    handle: ({ model, body: { profiles, ...wanted } }) =>
      model.session.recommendForGroup(profiles.map((one) => model.profile(one)), model.checkList(wanted)),
  }),
  route({
    method: "POST", path: "/steer", summary: "The list before and after turning knobs.",
    params: NONE, query: NONE,
    body: object({ ...taste, knobs, n: listLength(MAX_STEERED), ...listFields }), answer: answers.steered,
    lists: ["before", "after"],
    cost: ({ model, body }) => 2 * listCost(model, body, body) + model.cost.knobs(body.knobs),
    together: {
      question: ({ model, body }) => (
        { profile: model.profile(body), knobs: model.checkKnobs(body.knobs), request: model.checkList(body) }),
      answer: (session, all) => session.steerTogether(all as SteerQuestion[]),
    },
    handle: ({ model, body }) =>
      model.session.steer(model.profile(body), model.checkKnobs(body.knobs), model.checkList(body)),
  }),
  route({
    method: "POST", path: "/explain", summary: "Why an item has its score, by concepts and by neurons.",
    params: NONE, query: NONE,
    body: object({ ...taste, item: id, knobs: withDefault(knobs, []), ...listFields }), answer: answers.explained,
    cost: ({ model, body }) => model.cost.reading(model.lengthOf(body)) + model.cost.knobs(body.knobs) +
      (model.session.defaultMapping === "decoder" ? 0 : model.cost.ablating()),
    handle({ model, body }) {
      model.checkItem(body.item, "#/item");
      const [profile, turned] = [model.profile(body), model.checkKnobs(body.knobs)];
      return model.session.explain(profile, body.item, turned, model.checkList(body));
    },
  }),
  route({
    method: "POST", path: "/profile", summary: "A person's active neurons, and the items behind each.",
    params: NONE, query: NONE, body: object({ ...taste, n: listLength(MAX_STEERED) }), answer: answers.profileReport,
    cost: ({ model, body }) => listCost(model, body, body) + model.cost.reasons(model.lengthOf(body)),
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
    cost: ({ model, body }) => listCost(model, body, body) + model.cost.scoring,
    handle: ({ model, body }) => ({ segments: model.session.segments(model.profile(body), body.n, body.rows) }),
  }),
];

const { offset, only, except, minUsers } = listFields;
const likeness = choice(likenesses, "what is compared: the recommender's vectors, or the codes of the SAE");

const alike: Route[] = [
  route({
    method: "GET", path: "/items/{id}/similar", summary: "Items like one, with the neurons that both share.",
    params: { id }, query: { n: listLength(MAX_STEERED), offset, by: optional(likeness), minUsers }, body: null,
    answer: answers.similarItems, lasting: true, problems: { 404: "There is no such item." },
    cost: ({ model, query }) => model.cost.scoring + model.cost.list(query),
    handle: ({ model, params, query }) => model.session.similarItems(model.item(params.id), model.checkList(query)),
  }),
  route({
    method: "POST", path: "/similar", summary: "The same with filters: more like this, of these only.",
    params: NONE, query: NONE,
    body: object({
      item: id, n: listLength(MAX_STEERED), offset, by: optional(likeness), only, except, minUsers,
    }),
    answer: answers.similarItems,
    cost: ({ model, body }) => model.cost.scoring + model.cost.list(body),
    handle({ model, body: { item, ...wanted } }) {
      model.checkItem(item, "#/item");
      return model.session.similarItems(item, model.checkList(wanted));
    },
  }),
  route({
    method: "POST", path: "/users/similar", summary: "Known users like a person, with the neurons that both share.",
    params: NONE, query: NONE, body: object({ ...taste, n: listLength(MAX_STEERED), offset, by: optional(likeness) }),
    answer: answers.similarUsers,
    cost: ({ model, body }) => model.cost.reading(model.lengthOf(body)) + model.cost.people(model.histories),
    handle: ({ model, body: { n, offset: passed, by, ...person } }) => model.session.similarUsers(
      model.profile(person), model.known().dataset,
      { n, offset: passed, by, except: person.user === undefined ? [] : [person.user] },
    ),
  }),
];

const orders = ["neuron", "confidence", "density"] as const;

const wishes: Route[] = [
  route({
    method: "POST", path: "/wish", summary: "Knobs from words: more film noir, less romance.",
    params: NONE, query: NONE,
    body: object({ wish: text({ max: 1000, example: "more film noir, less romance" }) }), answer: answers.wish,
    handle({ model, body: { wish } }) {
      const parts = partsOf(wish).length;
      if (parts > MAX_KNOBS) {
        throw invalid([{ pointer: "#/wish", detail: `${parts} wishes, expected at most ${MAX_KNOBS}` }]);
      }
      return model.session.wish(wish);
    },
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
      const wanted = folded(q ?? "");
      const fitting = model.session.concepts().filter((one) =>
        folded(one.name).includes(wanted) &&
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
      const wanted = q === undefined ? undefined : folded(q);
      const fitting = model.session.atlas()
        .filter(({ label }) => wanted === undefined || (label !== null && folded(label).includes(wanted)));
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
    handle: ({ service }) => service.colleagues?.ask("metrics").then(sumOfMetrics) ?? service.renderMetrics(),
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
      await (service.colleagues?.ask("reload") ?? service.reload());
      return { model: service.model.fingerprint };
    },
  }),
];

export const routes: readonly Route[] = [...people, ...homePage, ...wishes, ...alike, ...catalogue, ...operation];
