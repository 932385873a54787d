/**
 * A model at work: recommend, steer, explain, and look inside. People and items are named here, not numbered: a profile
 * is a list of item ids, a knob is a tag, a concept or a neuron.
 *
 * This is the door: each kind of question has a file beside it (lists.ts, knob-requests.ts, explanations.ts,
 * inspections.ts) that works on what they share (workings.ts). Knobs act on the code, and `explain` takes apart what is
 * shown. Whether that is the SAE's output alone or keeps what the SAE does not rebuild is one setting, `residual`
 * (steer/turned-embedding.ts). Nothing here needs Node: open-session.ts opens one there, src/browser in a page or its
 * worker.
 */
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Residual } from "../config/sae.js";
import type { Engine } from "../engine/engine.js";
import type { Mapping } from "../interpret/tag-neurons.js";
import type { ModelSelectivity } from "../measure/measure-selectivity.js";
import type { Model } from "../model-folder/model.js";
import type { Precomputed, SampleProfile, TagKnob } from "../model-folder/precomputed.js";
import type { Knob } from "../steer/steer.js";
import { Explanations } from "./explanations.js";
import { Inspections } from "./inspections.js";
import { KnobRequests } from "./knob-requests.js";
import { Lists } from "./lists.js";
import { readWish, type Vocabulary, type Wish } from "./read-wish.js";
import { Segments } from "./segments.js";
import { sampleProfiles } from "./sample-profiles.js";
import type {
  AtlasNeuron, ConceptEntry, ConceptReport, ExplainedItem, FoundItem, FoundTag, KnobRequest, ListedItem, ModelSummary,
  NeuronReport, Segment, SteeredLists, TagReport, UserReport,
} from "./session-types.js";
import { Workings } from "./workings.js";

/** What a session may be given instead of working it out. */
export interface SessionParts extends Precomputed {
  /**
   * What becomes of the part of an embedding that the SAE does not rebuild. Default: as the model's configuration
   * says.
   */
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
  private readonly explanations: Explanations;
  private readonly inspections: Inspections;
  private readonly rows: Segments;
  private readonly ownsEngine: boolean;
  private readonly givenSamples: readonly SampleProfile[] | null;

  constructor(readonly model: Model, readonly engine: Engine, parts: SessionParts = {}) {
    this.workings = new Workings(model, engine, parts);
    this.residual = this.workings.residual;
    this.knobs = new KnobRequests(this.workings);
    this.lists = new Lists(this.workings, this.knobs);
    this.explanations = new Explanations(this.workings, this.knobs);
    this.inspections = new Inspections(this.workings);
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

  /**
   * An item by its id, its title, or a part of the title that only one item has. Capitals do not matter in titles.
   * @throws UserError when there is none, or more than one.
   */
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

  /** The n best items that are not in the profile. */
  recommend(profile: readonly string[], n = 10): ListedItem[] {
    return this.lists.recommend(this.profile(profile), n);
  }

  /** The lists before and after turning knobs. */
  steer(profile: readonly string[], requests: readonly KnobRequest[], n = 10): SteeredLists {
    return this.lists.steer(this.profile(profile), requests, n);
  }

  /**
   * Rows of a home page: segments of the catalogue by the concept that an item fires most, those that the person wants
   * most first, each with its n best items (segments.ts). No item is in two rows.
   */
  segments(profile: readonly string[], n = 10, rows = 8): Segment[] {
    return this.rows.rows(this.profile(profile), n, rows);
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
   * Why an item has its score for this profile, neuron by neuron; with knobs, why it has it after turning. Exact for
   * ELSA; for MultVAE and MultDAE each neuron's part is what the score loses without it (`approximate` is then true).
   */
  explain(profile: readonly string[], item: string, requests: readonly KnobRequest[] = []): ExplainedItem {
    return this.explanations.explain(this.profile(profile), this.findItem(item), requests);
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

  /**
   * What is known of a profile: active neurons, the items behind each, and n recommendations.
   * @throws UserError for an unknown item
   */
  inspectUser(profile: readonly string[], n = 10): UserReport {
    const items = this.profile(profile);
    return { ...this.explanations.profile(items), recommended: this.lists.recommend(items, n) };
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

  private profile(profile: readonly string[]): number[] {
    if (profile.length === 0) throw new UserError("the profile is empty: name at least one item");
    return [...new Set(profile.map((text) => this.findItem(text)))];
  }
}
