/**
 * A model at work: recommend, steer, explain, and look inside. People and items are named here, not numbered: a profile
 * is a list of item ids, a knob is a tag, a concept or a neuron (docs/requests.md).
 *
 * This is the door: each kind of question has a file beside it (lists.ts, steering.ts, neighbours.ts,
 * explanations.ts, inspections.ts) that works on what they share (workings.ts). Knobs act on the code, and `explain`
 * takes apart what is shown. Whether that is the SAE's output alone or keeps what the SAE does not rebuild is one
 * setting, `residual` (steer/turned-embedding.ts). Nothing here needs Node: open-session.ts opens one there,
 * src/browser in a page or its worker.
 */
import type { Csr } from "../base/csr.js";
import { orThrow, type UserError } from "../base/user-error.js";
import type { Residual } from "../config/sae.js";
import type { Engine } from "../engine/engine.js";
import type { Mapping } from "../interpret/tag-neurons.js";
import type { ModelSelectivity } from "../measure/measure-selectivity.js";
import type { Model } from "../model-folder/model.js";
import type { Precomputed, SampleProfile, TagKnob } from "../model-folder/precomputed.js";
import type { Knob } from "../steer/steer.js";
import { Explanations } from "./explanations.js";
import { Groups, type GroupList, type GroupRequest } from "./groups.js";
import { Inspections } from "./inspections.js";
import { KnobRequests } from "./knob-requests.js";
import { Lists } from "./lists.js";
import { readWish, type Vocabulary, type Wish } from "./read-wish.js";
import { leftOut, type ListRequest } from "./list-request.js";
import {
  Neighbours, type SimilarItems, type SimilarItemsRequest, type SimilarUsers, type SimilarUsersRequest,
  type UserHistories,
} from "./neighbours.js";
import type { Profile } from "./profile.js";
import { Segments, type Segment } from "./segments.js";
import { sampleProfiles } from "./sample-profiles.js";
import type {
  AtlasNeuron, ConceptEntry, ConceptReport, ExplainedItem, FoundItem, FoundTag, KnobRequest, ModelSummary,
  NeuronReport, RecommendedList, SteeredLists, TagReport, UserReport,
} from "./session-types.js";
import { Steering } from "./steering.js";
import { Workings } from "./workings.js";

/** What a session may be given instead of working it out. */
export interface SessionParts extends Precomputed {
  /** What becomes of the part of an embedding that the SAE does not rebuild. Default: as the model says. */
  readonly residual?: Residual;
  /** Whether closing the session closes the engine. Default: no. */
  readonly ownsEngine?: boolean;
}

/** A model that answers questions: recommend, steer, explain, look inside. `openSession` makes one in Node. */
export class Session {
  readonly residual: Residual;
  private readonly workings: Workings;
  private readonly knobs: KnobRequests;
  private readonly lists: Lists;
  private readonly steering: Steering;
  private readonly explanations: Explanations;
  private readonly groups: Groups;
  private readonly inspections: Inspections;
  private readonly neighbours: Neighbours;
  private readonly rows: Segments;
  private readonly ownsEngine: boolean;
  private readonly givenSamples: readonly SampleProfile[] | null;

  constructor(readonly model: Model, readonly engine: Engine, parts: SessionParts = {}) {
    this.workings = new Workings(model, engine, parts);
    this.residual = this.workings.residual;
    this.knobs = new KnobRequests(this.workings);
    this.lists = new Lists(this.workings);
    this.steering = new Steering(this.workings, this.lists, this.knobs);
    this.explanations = new Explanations(this.workings, this.knobs);
    this.groups = new Groups(this.workings, this.lists, this.explanations);
    this.inspections = new Inspections(this.workings);
    this.neighbours = new Neighbours(this.workings);
    this.rows = new Segments(this.workings);
    this.ownsEngine = parts.ownsEngine ?? false;
    this.givenSamples = parts.samples ?? null;
  }

  /** Lets go of the engine that was opened for this session, its memory and threads. */
  close(): void {
    if (this.ownsEngine) this.engine.close();
  }

  /** Closes it: `using session = openSession(model)`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** S, (I, H): the codes of single items, worked out once. */
  get itemCodes(): Csr {
    return this.workings.itemCodes;
  }

  /** An item by id, title, or a part of it that only one has, whatever the capitals. @throws UserError for another */
  findItem(text: string): number {
    return this.workings.catalogue.item(text);
  }

  /** @throws UserError for an unknown tag, with the nearest names. */
  findTag(text: string): number {
    return this.workings.catalogue.tag(text);
  }

  /**
   * Up to n items whose title holds the text: first where the title begins with it, then where a word does, then the
   * rest, the most popular first. Capitals and accents do not matter. An empty text fits all items.
   */
  searchItems(text: string, n = 10): FoundItem[] {
    return this.workings.catalogue.searchItems(text, n);
  }

  /** Tags likewise, those on the most items first; none for a model without tags. */
  searchTags(text: string, n = 10): FoundTag[] {
    return this.workings.catalogue.searchTags(text, n);
  }

  /** Ids of items by their titles, or parts of them that only one item has. @throws UserError as `findItem` does. */
  idsByTitle(titles: readonly string[]): string[] {
    return titles.map((title) => this.model.items.ids[this.workings.catalogue.byTitle(title)]);
  }

  /**
   * The best items for a profile: ids, or with weights and dislikes (profile.ts). Ids that the model does not have are
   * skipped and named. A profile without any known item gets the popular items, marked as such.
   * @param request the length, or what else is asked of the list (list-request.ts).
   * @throws UserError for ids that are no texts, unknown tags, numbers that make no sense
   */
  recommend(profile: Profile, request: number | ListRequest = 10): RecommendedList {
    return this.lists.forProfile(this.workings.read(profile), this.workings.choice(request));
  }

  /** As `recommend` for several profiles, in their order. @throws UserError the first that there is */
  recommendAll(profiles: readonly Profile[], request: number | ListRequest = 10): RecommendedList[] {
    const choice = this.workings.choice(request);
    return this.lists.together(profiles.map((profile) => ({ read: this.workings.read(profile), choice }))).map(orThrow);
  }

  /** The same for several who ask at once, each for a list of its own; an error in the place of one that has none. */
  recommendEach(all: readonly { profile: Profile; request?: number | ListRequest }[]): (RecommendedList | UserError)[] {
    return this.lists.each(all);
  }

  /** One list for several people, by their scores or by their codes, and what it is to each of them (groups.ts). */
  recommendForGroup(profiles: readonly Profile[], request: number | GroupRequest = 10): GroupList {
    const { method = "add", ...list } = typeof request === "number" ? { n: request } : request;
    const read = profiles.map((profile) => this.workings.read(profile));
    return this.groups.recommend(read, method, this.workings.choice(list));
  }

  /** The lists before and after turning knobs. @throws UserError when no item of the profile is known */
  steer(profile: Profile, requests: readonly KnobRequest[], request: number | ListRequest = 10): SteeredLists {
    return orThrow(this.steering.each([{ profile, knobs: requests, request }])[0]);
  }

  /** The same for several who ask at once; an error in the place of one that has none. */
  steerTogether(
    all: readonly { profile: Profile; knobs: readonly KnobRequest[]; request?: number | ListRequest }[],
  ): (SteeredLists | UserError)[] {
    return this.steering.each(all);
  }

  /** As `steer` for several settings of the knobs, in their order: what each would do. */
  steerEach(
    profile: Profile, settings: readonly (readonly KnobRequest[])[], n: number | ListRequest = 10,
  ): SteeredLists[] {
    return this.steering.each(settings.map((knobs) => ({ profile, knobs, request: n }))).map(orThrow);
  }

  /**
   * Rows of a home page: segments of the catalogue by the concept that an item fires most, those wanted most first,
   * each with its n best items (segments.ts). No item is in two rows.
   */
  segments(profile: Profile, n = 10, rows = 8): Segment[] {
    return this.rows.rows(this.workings.known(profile).row, n, rows);
  }

  /**
   * Knobs from words: "more film noir, less romance". Tags and concepts are found by plain text search; `read` may be a
   * reader of another kind, for example a language model, from the same vocabulary (read-wish.ts).
   */
  wish(text: string): Wish;
  wish<Answer>(text: string, read: (text: string, vocabulary: Vocabulary) => Answer): Answer;
  wish(text: string, read: (text: string, vocabulary: Vocabulary) => unknown = readWish): unknown {
    const concepts = this.workings.concepts.all.map(({ name }) => name);
    return read(text, { tags: this.model.tags?.names ?? [], concepts });
  }

  /**
   * Why an item has its score for this profile, by concepts and by neurons; with knobs, why it has it after turning.
   * Exact where the decoder is linear, as ELSA's; of others a neuron's part is what the score loses without it
   * (`approximate` is then true).
   * @param request a list's; says whether it would have the item (`leftOut`).
   */
  explain(
    profile: Profile, item: string, requests: readonly KnobRequest[] = [], request: ListRequest = {},
  ): ExplainedItem {
    const { row, ignored } = this.workings.known(profile);
    const choice = this.workings.choice(request);
    const j = this.workings.item(item, "what is to be explained");
    return {
      ...this.explanations.explain(row, j, requests), leftOut: leftOut(choice, row, j),
      ignored: [...ignored, ...choice.ignored],
    };
  }

  /**
   * More like this: the items most like one, by what the recommender learnt or by code, with the neurons that both
   * share as the reason (neighbours.ts). No knob, no profile: the same for everybody.
   * @throws UserError for an unknown id, and for "vector" where the model has no item vectors
   */
  similarItems(item: string, request: SimilarItemsRequest = {}): SimilarItems {
    return this.neighbours.items(this.workings.item(item, "what is to be compared"), request);
  }

  /**
   * The users of a data set most like a person, likewise. The first question about a data set embeds all its users: 4·D
   * bytes each are kept as long as the data set is. @throws UserError when no item of the profile is known
   */
  similarUsers(profile: Profile, users: UserHistories, request: SimilarUsersRequest = {}): SimilarUsers {
    const { row, ignored } = this.workings.known(profile);
    return { ...this.neighbours.users(row, users, request), ignored };
  }

  /** What is known of a tag, with up to n neurons and items. @throws UserError for an unknown tag */
  inspectTag(text: string, n = 5): TagReport {
    return this.inspections.tag(text, n);
  }

  /** What is known of a neuron, with up to n items. @throws UserError when there is no such neuron */
  inspectNeuron(neuron: number, n = 10): NeuronReport {
    return this.inspections.neuron(neuron, n);
  }

  /** All concepts, those with the most activation over items first. */
  concepts(): readonly ConceptEntry[] {
    return this.workings.concepts.list();
  }

  /** What one concept stands for. @throws UserError for an unknown name, with the nearest. */
  inspectConcept(name: string, n = 10): ConceptReport {
    return this.workings.concepts.report(name, n);
  }

  /** @throws UserError for an unknown concept, with the nearest names. */
  findConcept(name: string): number {
    return this.workings.concepts.find(name);
  }

  /** Every neuron with its name and its place on a map, in neuron order. */
  atlas(): readonly AtlasNeuron[] {
    return this.inspections.atlas();
  }

  /** Profiles to begin with, at most n: nobody's, made up from tags, unless the session was given others. */
  samples(n = 8): readonly SampleProfile[] {
    const { tags, labels, items } = this.model;
    return this.givenSamples?.slice(0, n) ?? sampleProfiles(tags, labels, items.ids, n);
  }

  /** What the model is and how good it was measured to be. */
  summary(): ModelSummary {
    return this.inspections.summary();
  }

  /** How narrowly the model's tags and neurons belong together, over all of them. @throws UserError without tags. */
  inspectSelectivity(): ModelSelectivity {
    return this.inspections.selectivity();
  }

  /** A profile's neurons, the items behind each, and n recommendations. @throws UserError when no item is known */
  inspectUser(profile: Profile, n = 10): UserReport {
    const { row, ignored } = this.workings.known(profile);
    const recommended = this.lists.recommend(row, this.workings.choice(n));
    return { ignored, ...this.explanations.profile(row), recommended };
  }

  /** Numbers of the items that a tag or a concept has, which a calibrated knob counts. @throws UserError for another */
  carriers(of: Pick<KnobRequest, "tag" | "concept">): number[] {
    return Array.from(this.knobs.carriers(of));
  }

  /** The neurons behind a request, with their weights where they are chosen through the decoder. */
  knob(request: KnobRequest): Knob {
    return this.knobs.knob(request);
  }

  /**
   * The neurons of every tag when a request does not say which, in tag order: what an export takes along, as choosing
   * them is the costliest part of a large model's first answer. None without tags or without a linear decoder.
   */
  tagKnobs(): readonly TagKnob[] {
    return this.workings.tagKnobs.defaults();
  }

  /** How a tag's neurons are chosen when a request does not say. */
  get defaultMapping(): Mapping {
    return this.knobs.defaultMapping;
  }
}
