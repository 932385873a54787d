/**
 * One model as the service uses it: a session, the known users, and look-ups that answer in constant time whatever is
 * asked for. A session also finds items by title and suggests names for misspelt ones; that compares with the whole
 * catalogue, so the service takes exact ids and tags only and points at its searches instead.
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { csrRow, csrTranspose, type Csr } from "../base/csr.js";
import { nameKey } from "../base/folded.js";
import { yearOf } from "../base/title-year.js";
import type { KnobRequest } from "../session/session-types.js";
import { estimateOf, type ItemEstimate } from "../model-folder/model.js";
import { hasLinearDecoder } from "../model-folder/open-model.js";
import type { ListRequest } from "../session/list-request.js";
import type { WeightedProfile } from "../session/profile.js";
import type { Session } from "../session/session.js";
import { DECODER_NEURONS } from "../session/tag-knobs.js";
import { knobFaults, noNeuron } from "../steer/check-knobs.js";
import { AnswerCache } from "./answer-cache.js";
import type { Histories } from "./histories.js";
import { invalid, Problem, type FieldError } from "./problem.js";
import { describe } from "../base/schema.js";
import { RequestCost } from "./request-cost.js";
import type { Site } from "./site.js";
import { ListWriter } from "./write-lists.js";

/**
 * Neurons that one request may have chosen for its tags and concepts. Choosing through the decoder costs a millisecond
 * or two each in a large model, and every other request waits meanwhile.
 */
export const MAX_CHOSEN = 256;

/** Whose list: a known user, or items. */
export interface Taste {
  readonly user?: string;
  readonly items?: readonly string[];
  readonly weights?: readonly number[];
  readonly dislikes?: readonly string[];
}

export interface ItemCard {
  readonly item: number;
  readonly id: string;
  readonly title: string;
  /** At the title's end; null where there is none. */
  readonly year: number | null;
  /** Training users; null in models of earlier versions. */
  readonly users: number | null;
  /** How its vector was made where it was not trained; null where it was. */
  readonly estimate: ItemEstimate | null;
  /** Most applications first. */
  readonly tags: readonly { readonly tag: string; readonly applications: number }[];
  /** The item encoded alone, strongest first. */
  readonly neurons: readonly { readonly neuron: number; readonly label: string | null; readonly activation: number }[];
}

export class ServedModel {
  /** Twelve hex digits of the weights' SHA-256: tells which model answered. */
  readonly fingerprint: string;
  readonly cache = new AnswerCache();
  readonly cost: RequestCost;
  readonly listWriter = new ListWriter();
  private readonly itemOf: ReadonlyMap<string, number>;
  private readonly tagOf: ReadonlyMap<string, number>;
  /** (I, T), transposed when first needed. */
  private tagsOfItems: Csr | null = null;
  /** Lower case, when first needed. */
  private conceptNames: ReadonlySet<string> | null = null;

  constructor(
    readonly session: Session, readonly histories: Histories | null,
    /** The desk with this model in it. */
    readonly site: Site | null,
  ) {
    const { model } = session;
    this.cost = new RequestCost(model.shape, model.items.ids.length);
    this.itemOf = new Map(model.items.ids.map((id, i) => [id, i]));
    this.tagOf = new Map((model.tags?.names ?? []).map((name, t) => [nameKey(name), t]));
    const hash = createHash("sha256");
    for (const { data } of Object.values(model.cfae)) hash.update(data);
    for (const weights of Object.values(model.sae) as (Float32Array | undefined)[]) if (weights) hash.update(weights);
    this.fingerprint = hash.digest("hex").slice(0, 12);
  }

  /**
   * Works out what sessions work out once, so that no request waits for it; lets requests to another model go between.
   * A model without tags, or with a decoder that is not linear, has less of it.
   */
  async warmUp(): Promise<void> {
    const { session } = this;
    const { ids } = session.model.items;
    const tag = session.model.tags?.names[0];
    const steps: (() => unknown)[] = [
      () => session.recommend([ids[0]], 1), () => session.atlas(),
      () => session.concepts(), () => session.inspectNeuron(0, 1),
      () => (tag === undefined ? null : session.inspectTag(tag, 1)), () => session.searchItems("a", 1),
      () => this.card(ids[0]), () => session.similarItems(ids[0], { n: 1 }),
    ];
    for (const step of steps) {
      step();
      await setImmediate();
    }
  }

  /** Items that are told of a person. */
  lengthOf({ user, items = [], dislikes = [] }: Taste): number {
    const known = user === undefined ? items : this.histories?.itemsOf(user) ?? [];
    return known.length + dislikes.length;
  }

  /** A person; ids that the model does not have the session skips and names. @throws Problem naming the field. */
  profile({ user, items, weights, dislikes }: Taste): WeightedProfile {
    if ((user === undefined) === (items === undefined)) {
      throw invalid([{ pointer: "#", detail: 'say whose taste: either "user" or "items"' }]);
    }
    if (items !== undefined) {
      if (weights && weights.length !== items.length) {
        const detail = `${items.length} items need as many weights, got ${weights.length}`;
        throw invalid([{ pointer: "#/weights", detail }]);
      }
      const liked = new Set(dislikes && dislikes.length > 0 ? items : []);
      const both = dislikes?.findIndex((id) => liked.has(id)) ?? -1;
      if (both >= 0) throw invalid([{ pointer: `#/dislikes/${both}`, detail: "is among the items too" }]);
      return { items, weights, dislikes };
    }
    const pointer = "#/user";
    if (!this.histories) {
      const detail = 'this service knows no users: start it with --data FOLDER, or send "items"';
      throw invalid([{ pointer, detail }]);
    }
    const known = this.histories.itemsOf(user!);
    if (!known) throw invalid([{ pointer, detail: `${this.histories.name} has no user ${describe(user)}` }]);
    if (weights) throw invalid([{ pointer: "#/weights", detail: 'weights are of "items", not of a user' }]);
    const unwanted = new Set(dislikes);
    return { items: known.filter((id) => !unwanted.has(id)), dislikes };
  }

  /** What the schema of a list cannot know. @throws Problem */
  checkList<R extends ListRequest>(request: R): R {
    const errors = (["only", "except"] as const).flatMap((field) => (request[field]?.tags ?? []).flatMap((tag, i) =>
      (this.tagOf.has(nameKey(tag)) ? [] : [{ pointer: `#/${field}/tags/${i}`, detail: noTag(tag) }])));
    if (request.minUsers !== undefined && !this.session.model.items.users) {
      errors.push({ pointer: "#/minUsers", detail: "this model does not know how popular its items are" });
    }
    const { popularity, variety, calibration } = request.balance ?? {};
    const { items: { users }, tags } = this.session.model;
    const lacking: [number | undefined, string, boolean, string][] = [
      [popularity, "popularity", !users, "does not know how popular its items are"],
      [variety, "variety", !hasLinearDecoder(this.session.model), "has no item vectors, which variety is measured by"],
      [calibration, "calibration", !tags, "has no tags, which lists are calibrated by"],
    ];
    for (const [weight, name, lacks, what] of lacking) {
      if (weight && lacks) errors.push({ pointer: `#/balance/${name}`, detail: `this model ${what}` });
    }
    if (errors.length > 0) throw invalid(errors.slice(0, 10));
    return request;
  }

  /** @throws Problem for an id that the model does not have. */
  checkItem(id: string, pointer: string): void {
    if (!this.itemOf.has(id)) throw invalid([{ pointer, detail: noItem(id) }]);
  }

  /**
   * What the schema of a knob cannot know, field by field; the session checks the rest.
   * @throws Problem
   */
  checkKnobs(knobs: readonly KnobRequest[]): readonly KnobRequest[] {
    const errors: FieldError[] = [];
    knobs.forEach(({ tag, concept, neuron }, k) => {
      const pointer = `#/knobs/${k}`;
      if ([tag, concept, neuron].filter((what) => what !== undefined).length !== 1) {
        errors.push({ pointer, detail: 'a knob has one of "tag", "concept" and "neuron"' });
      }
      if (concept !== undefined && !this.hasConcept(concept)) {
        errors.push({ pointer: `${pointer}/concept`, detail: noConcept(concept) });
      }
      if (tag !== undefined && !this.tagOf.has(nameKey(tag))) {
        errors.push({ pointer: `${pointer}/tag`, detail: noTag(tag) });
      }
    });
    knobs.forEach(({ neuron, strength, turn, only }, k) => {
      const pointer = `#/knobs/${k}`;
      if ((strength === undefined) === (turn === undefined)) {
        errors.push({ pointer, detail: 'a knob has either "strength" or, calibrated, "turn"' });
      } else if (turn !== undefined && (neuron !== undefined || only)) {
        errors.push({ pointer: `${pointer}/turn`, detail: 'only a "tag" or a "concept" without "only" has a "turn"' });
      }
    });
    const turns = knobs.map(({ neuron, strength = 0, only }) =>
      ({ neurons: typeof neuron === "number" ? [neuron] : neuron, strength, only }));
    for (const { knob, field, detail } of knobFaults(turns, this.session.model.shape.neurons)) {
      const place = [knob, field].filter((part) => part !== null).map((part) => `/${part}`).join("");
      errors.push({ pointer: `#/knobs${place}`, detail });
    }
    // What a tag turns by itself was worked out when the model was opened; other choices are made for the request.
    const chosen = knobs.reduce((sum, { neuron, neurons, mapping }) =>
      sum + (neuron === undefined && (neurons ?? mapping) !== undefined ? neurons ?? DECODER_NEURONS : 0), 0);
    if (chosen > MAX_CHOSEN) {
      errors.push({
        pointer: "#/knobs", detail: `${chosen} neurons are to be chosen for tags and concepts, expected at most ` +
          `${MAX_CHOSEN} in one request: ask for fewer "neurons" a knob, or leave them out`,
      });
    }
    if (errors.length > 0) throw invalid(errors.slice(0, 10));
    return knobs;
  }

  /** @throws Problem 404 */
  concept(name: string): string {
    if (!this.hasConcept(name)) throw new Problem(404, noConcept(name));
    return name;
  }

  private hasConcept(name: string): boolean {
    this.conceptNames ??= new Set(this.session.concepts().map((one) => nameKey(one.name)));
    return this.conceptNames.has(nameKey(name));
  }

  /** @throws Problem 404 */
  tag(name: string): string {
    if (!this.tagOf.has(nameKey(name))) throw new Problem(404, noTag(name));
    return name;
  }

  /** @throws Problem 404 */
  neuron(neuron: number): number {
    const { neurons } = this.session.model.shape;
    if (neuron >= neurons) throw new Problem(404, noNeuron(neuron, neurons));
    return neuron;
  }

  /** @throws Problem 404 */
  item(id: string): string {
    if (!this.itemOf.has(id)) throw new Problem(404, noItem(id));
    return id;
  }

  /** The known users. @throws Problem where there are none. */
  known(): Histories {
    if (this.histories) return this.histories;
    throw invalid([{ pointer: "#", detail: "this service knows no users to compare with: start it with --data" }]);
  }

  /** @throws Problem 404 */
  card(id: string): ItemCard {
    const item = this.itemOf.get(id);
    if (item === undefined) throw new Problem(404, noItem(id));
    const { items, tags, labels } = this.session.model;
    const { itemCodes } = this.session;
    if (tags) this.tagsOfItems ??= csrTranspose(tags.counts);
    return {
      item, id, title: items.titles[item], year: yearOf(items.titles[item]), users: items.users?.[item] ?? null,
      estimate: estimateOf(this.session.model, item),
      tags: entries(this.tagsOfItems, item).map(([t, applications]) => ({ tag: tags!.names[t], applications })),
      neurons: entries(itemCodes, item)
        .map(([neuron, activation]) => ({ neuron, label: labels[neuron].label, activation })),
    };
  }
}

/** A row's columns and values, largest value first. */
function entries(x: Csr | null, row: number): [column: number, value: number][] {
  if (!x) return [];
  const from = x.indptr[row];
  return Array.from(csrRow(x, row), (column, i): [number, number] => [column, x.values![from + i]])
    .filter(([, value]) => value > 0)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

function noItem(id: string): string {
  return `no item has the id ${describe(id)}: GET /items?q= finds ids by title`;
}

function noConcept(name: string): string {
  return `the model has no concept ${describe(name)}: GET /concepts?q= finds concepts`;
}

function noTag(name: string): string {
  return `the model has no tag ${describe(name)}: GET /tags?q= finds tags`;
}
