/**
 * A model at work: recommend, steer, explain, and look inside. People and items are named here, not numbered: a profile
 * is a list of item ids, a knob is a tag, a concept or a neuron.
 *
 * Knobs act on the code, and `explain` takes apart what is shown. Whether that is the SAE's output alone or keeps what
 * the SAE does not rebuild is one setting, `residual` (steer/turned-embedding.ts). Nothing here needs Node:
 * open-session.ts opens one there, src/browser in a page or its worker.
 */
import { licenceOf } from "../data/public/licence.js";
import type { Engine } from "../engine/engine.js";
import { explainByAblation } from "../interpret/explain-by-ablation.js";
import { explainScore } from "../interpret/explain.js";
import { neuronMap } from "../interpret/neuron-map.js";
import { NeuronProfiles } from "../interpret/neuron-profile.js";
import { explainActivation } from "../interpret/explain-activation.js";
import { aliveNeurons, type TfidfMapping } from "../interpret/tfidf.js";
import { csrRow, type Csr } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import { checkNeuron } from "../steer/check-knobs.js";
import type { Knob } from "../steer/steer.js";
import type { SampleProfile, TagKnob } from "../model-folder/precomputed.js";
import type {
  AtlasNeuron, ConceptEntry, ConceptReport, ExplainedItem, FoundItem, FoundTag, KnobRequest, ListedItem, ModelSummary,
  NamedNeuron, NeuronReport, SteeredLists, TagReport, UserReport,
} from "./session-types.js";
import { Catalogue } from "./catalogue.js";
import type { HeldBack } from "../steer/suppression.js";
import { CalibratedKnobs, type KnobTarget } from "./calibrated-knobs.js";
import { readWish, type Vocabulary, type Wish } from "./read-wish.js";
import { ConceptAnswers } from "./concept-answers.js";
import { cfaeTitle, itemVectorsOf } from "../model-folder/open-model.js";
import { openNested } from "../model-folder/open-model.js";
import { conceptsOf } from "../model-folder/find-concepts.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { measureSelectivity, type ModelSelectivity } from "../measure/measure-selectivity.js";
import type { Model } from "../model-folder/model.js";
import type { Precomputed } from "../model-folder/precomputed.js";
import { hasLinearDecoder } from "../model-folder/open-model.js";
import { ProfileScores } from "./profile-scores.js";
import { sampleProfiles } from "./sample-profiles.js";
import { residualOf, type Residual } from "../config/sae.js";
import { DECODER_NEURONS, TagKnobs } from "./tag-knobs.js";
import type { Mapping } from "../interpret/tag-neurons.js";

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
  private readonly catalogue: Catalogue;
  private readonly cfae: Cfae;
  private readonly sae: SparseAutoencoder;
  private readonly scores: ProfileScores;
  private readonly tagNeurons: TagKnobs;
  private readonly ownsEngine: boolean;
  private readonly givenSamples: readonly SampleProfile[] | null;
  private codes: Csr | null;
  private profiles: NeuronProfiles | null = null;
  private map: readonly AtlasNeuron[] | null = null;
  private answers: ConceptAnswers | null = null;
  private positions: CalibratedKnobs | null = null;

  constructor(readonly model: Model, readonly engine: Engine, parts: SessionParts = {}) {
    this.catalogue = new Catalogue(model);
    ({ cfae: this.cfae, sae: this.sae } = openNested(engine, model));
    this.residual = parts.residual ?? residualOf(model);
    this.scores = new ProfileScores(engine, this.cfae, this.sae, this.residual);
    this.ownsEngine = parts.ownsEngine ?? false;
    this.codes = parts.itemCodes ?? null;
    this.givenSamples = parts.samples ?? null;
    this.tagNeurons = new TagKnobs(engine, model, () => this.itemCodes, parts.tagKnobs ?? null);
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
    this.codes ??= encodeItems(this.engine, this.model, this.model.items.ids.length);
    return this.codes;
  }

  /**
   * An item by its id, its title, or a part of the title that only one item has. Capitals do not matter in titles.
   * @throws UserError when there is none, or more than one.
   */
  findItem(text: string): number {
    return this.catalogue.item(text);
  }

  /** @throws UserError for an unknown tag, with the nearest names. */
  findTag(text: string): number {
    return this.catalogue.tag(text);
  }

  /**
   * Up to n items whose title holds the text: first where the title begins with it, then where a word does, then the
   * rest, the most popular first. Capitals and accents do not matter. An empty text fits all items.
   */
  searchItems(text: string, n = 10): FoundItem[] {
    return this.catalogue.searchItems(text, n);
  }

  /** Tags likewise, those on the most items first; none for a model without tags. */
  searchTags(text: string, n = 10): FoundTag[] {
    return this.catalogue.searchTags(text, n);
  }

  /** The n best items that are not in the profile. */
  recommend(profile: readonly string[], n = 10): ListedItem[] {
    const scores = this.scores.unsteered(this.profile(profile));
    return this.ranked(scores, n);
  }

  /** The lists before and after turning knobs. */
  steer(profile: readonly string[], requests: readonly KnobRequest[], n = 10): SteeredLists {
    const items = this.profile(profile);
    const { knobs, held, scaled } = this.turned(items, requests);
    const unsteered = this.scores.unsteered(items);
    const before = this.ranked(unsteered, n);
    const after = this.ranked(
      knobs.length > 0 ? this.scores.steered(items, knobs, held.filter((one) => one !== null)) : unsteered, n,
    );
    const earlier = new Set(before.map(({ item }) => item));
    const worth = (list: readonly ListedItem[]): number => list.reduce((sum, { item }) => sum + unsteered[item], 0);
    const whole = worth(before);
    return {
      before,
      after,
      places: after.map(({ item }) => placeOf(unsteered, item)),
      overlap: before.length > 0 ? after.filter(({ item }) => earlier.has(item)).length / before.length : 1,
      kept: whole > 0 ? worth(after) / whole : 1,
      knobs: knobs.map((knob, i) => ({
        ...knob, tag: requests[i].tag ?? null, concept: requests[i].concept ?? null,
        turn: requests[i].turn ?? null, heldBack: held[i]?.strength ?? 0,
        names: knob.neurons.map((neuron) => this.named(neuron)),
      })),
      scaled,
    };
  }

  /**
   * Knobs from words: "more film noir, less romance". Tags and concepts are found by plain text search; `read` may be a
   * reader of another kind, for example a language model, from the same vocabulary (read-wish.ts).
   */
  wish(text: string): Wish;
  wish<Answer>(text: string, read: (text: string, vocabulary: Vocabulary) => Answer): Answer;
  wish(text: string, read: (text: string, vocabulary: Vocabulary) => unknown = readWish): unknown {
    const concepts = this.conceptAnswers.all.map(({ name }) => name);
    return read(text, { tags: this.model.tags?.names ?? [], concepts });
  }

  /**
   * Why an item has its score for this profile, neuron by neuron; with knobs, why it has it after turning. Exact for
   * ELSA; for MultVAE and MultDAE each neuron's part is what the score loses without it (`approximate` is then true).
   */
  explain(profile: readonly string[], item: string, requests: readonly KnobRequest[] = []): ExplainedItem {
    const j = this.findItem(item);
    const items = this.profile(profile);
    const { factors: D } = this.model.shape;
    const { decoderW, decoderB } = this.model.sae;
    const { knobs, held } = this.turned(items, requests);
    const exact = hasLinearDecoder(this.model);
    const explanation = this.scores.withCode(items, knobs, (tape, { code, input, rest }) => {
      if (!exact) return explainByAblation(tape, this.cfae, this.sae, code, input, j, rest?.data);
      const itemVector = itemVectorsOf(this.model).data.subarray(j * D, (j + 1) * D);
      const { mean, std } = input;
      const [from, to] = [code.rowStart[0], code.rowEnd[0]];
      const user = {
        neurons: code.indices.subarray(from, to), activations: code.values!.subarray(from, to),
        mean: mean[0], std: std[0], rest: rest?.data,
      };
      return explainScore(user, items.includes(j) ? 1 : 0, itemVector, decoderW, decoderB);
    });
    const heldBack = held.reduce((sum, one) => sum + (one ? one.strength * one.share[j] : 0), 0);
    const score = explanation.score - heldBack;
    return {
      ...explanation,
      score,
      heldBack,
      approximate: !exact,
      item: this.listed(j, score),
      contributions: explanation.contributions.map((c) => ({ ...c, label: this.model.labels[c.neuron].label })),
      concepts: this.conceptAnswers.parts(explanation.contributions),
    };
  }

  /** What is known of a tag, with up to n neurons and items. @throws UserError for an unknown tag */
  inspectTag(text: string, n = 5): TagReport {
    checkLength(n);
    const tag = this.findTag(text);
    const { names, counts } = this.model.tags!;
    const carriers = entriesOf(counts, tag);
    const neurons = (mapping: TfidfMapping): TagReport["unique"] =>
      this.tagNeurons.scored(tag, n, mapping).map((found) => ({ ...this.model.labels[found.neuron], ...found }));
    const chosen = hasLinearDecoder(this.model)
      ? this.tagNeurons.choose(tag, DECODER_NEURONS, "decoder") : { neurons: [] };
    return {
      tag: names[tag],
      items: carriers.length,
      applications: carriers.reduce((sum, { value }) => sum + value, 0),
      decoder: chosen.neurons.map((neuron, i) => ({ ...this.model.labels[neuron], weight: chosen.weights![i] })),
      characterises: neurons("characterises"),
      unique: neurons("unique"),
      topItems: carriers.slice(0, 2 * n).map(({ col, value }) => this.listed(col, value)),
    };
  }

  /** What is known of a neuron, with up to n items. @throws UserError when there is no such neuron */
  inspectNeuron(neuron: number, n = 10): NeuronReport {
    checkLength(n);
    checkNeuron(neuron, this.model.shape.neurons);
    this.profiles ??= new NeuronProfiles(this.itemCodes, this.model.sae.decoderW);
    const { top, middle, random, neighbours } =
      this.profiles.profile(neuron, new Random(this.model.seed + neuron), { count: n });
    const listed = (items: typeof top): ListedItem[] =>
      items.map(({ item, activation }) => this.listed(item, activation));
    return {
      ...this.model.labels[neuron],
      topItems: listed(top), middleItems: listed(middle), randomItems: listed(random),
      neighbours: neighbours.map(({ neuron: other, cosine }) => ({ ...this.named(other), cosine })),
      topTags: this.tagsOf(top.map(({ item }) => item)),
    };
  }

  /** All concepts, those with the most activation over items first. */
  concepts(): readonly ConceptEntry[] {
    return this.conceptAnswers.list();
  }

  /** What one concept stands for. @throws UserError for an unknown name, with the nearest. */
  inspectConcept(name: string, n = 10): ConceptReport {
    return this.conceptAnswers.report(name, n);
  }

  /** @throws UserError for an unknown concept, with the nearest names. */
  findConcept(name: string): number {
    return this.conceptAnswers.find(name);
  }

  /** Every neuron with its name and its place on a map, in neuron order. */
  atlas(): readonly AtlasNeuron[] {
    if (this.map) return this.map;
    const { labels, sae, shape } = this.model;
    const alive = aliveNeurons(this.itemCodes);
    const places = neuronMap(sae.decoderW, shape.neurons, alive);
    this.map = labels.map(({ neuron, label, runnersUp, confidence, density }) => ({
      neuron, label, runnerUp: runnersUp.length > 0 ? runnersUp[0].label : null,
      confidence: Number.isNaN(confidence) ? null : confidence,
      density, alive: alive[neuron] === 1, x: places[2 * neuron], y: places[2 * neuron + 1],
    }));
    return this.map;
  }

  /** Profiles to begin with, at most n: nobody's, made up from tags, unless the session was given others. */
  samples(n = 8): readonly SampleProfile[] {
    const { tags, labels, items } = this.model;
    return this.givenSamples?.slice(0, n) ?? sampleProfiles(tags, labels, items.ids, n);
  }

  /** What the model is and how good it was measured to be. */
  summary(): ModelSummary {
    const { config, items, shape, labels, tags, data, metrics } = this.model;
    return {
      model: cfaeTitle(config), sae: config.sae.kind,
      items: items.ids.length, factors: shape.factors, neurons: shape.neurons, k: shape.k,
      alive: aliveNeurons(this.itemCodes).reduce((sum, one) => sum + one, 0),
      labelled: labels.filter(({ label }) => label !== null).length,
      tags: tags?.names.length ?? 0,
      data: { name: data.name, trainUsers: data.trainUsers, interactions: data.interactions },
      licence: licenceOf(data.name),
      metrics,
      numerics: this.engine.numerics,
      linear: hasLinearDecoder(this.model),
      residual: this.residual,
    };
  }

  /** How narrowly the model's tags and neurons belong together, over all of them. @throws UserError without tags. */
  inspectSelectivity(): ModelSelectivity {
    if (!this.model.tags) throw new UserError("this model has no tags: selectivity is that of tags and neurons");
    return measureSelectivity(this.model.tags, this.itemCodes);
  }

  /**
   * What is known of a profile: active neurons, the items behind each, and n recommendations.
   * @throws UserError for an unknown item
   */
  inspectUser(profile: readonly string[], n = 10): UserReport {
    const items = this.profile(profile);
    const { sae } = this.model;
    const exact = hasLinearDecoder(this.model);
    const neurons = this.scores.withCode(items, [], (_, { code, input: { std } }) => {
      const values = Array.from(code.values!.subarray(code.rowStart[0], code.rowEnd[0]));
      const total = values.reduce((sum, v) => sum + v, 0);
      return values.map((activation, q) => ({
        ...this.named(code.indices[code.rowStart[0] + q]), activation, share: activation / (total || 1),
        because: exact
          ? explainActivation(code.indices[code.rowStart[0] + q], items, std[0], itemVectorsOf(this.model).data, sae)
            .contributions.slice(0, 3).map(({ item, contribution }) => this.listed(item, contribution))
          : null,
      })).sort((a, b) => b.activation - a.activation || a.neuron - b.neuron);
    });
    const shares = neurons.map(({ neuron, activation, share }) => ({ neuron, activation, contribution: share }));
    const concepts = this.conceptAnswers.parts(shares)
      .map(({ concept, proven, neurons: active, contribution }) =>
        ({ concept, proven, neurons: active, share: contribution }));
    const history = items.map((item) => this.listed(item, 1));
    return { history, neurons, concepts, recommended: this.recommend(profile, n) };
  }

  /** The neurons behind a request, with their weights where they are chosen through the decoder. */
  knob({ tag, concept, neuron, strength: said, turn: position, only, ...how }: KnobRequest): Knob {
    if ((said === undefined) === (position === undefined)) {
      throw new UserError('a knob has either a "strength" or, calibrated, a "turn"');
    }
    if (position !== undefined && (neuron !== undefined || only)) {
      throw new UserError('"turn" is for tags and concepts: neurons, and "only", have a strength');
    }
    if (position !== undefined && !(position >= -1 && position <= 1)) {
      throw new UserError(`a knob's turn must be between -1 and 1, got ${position}`);
    }
    // A position is not a strength yet; what it comes to depends on the profile.
    const strength = said ?? 0;
    const mapping = how.mapping ?? this.defaultMapping;
    const neurons = how.neurons ?? (mapping === "decoder" ? DECODER_NEURONS : 1);
    const turn = only === undefined ? {} : { only };
    if ([tag, concept, neuron].filter((what) => what !== undefined).length !== 1) {
      throw new UserError("a knob is one of three: a tag, a concept, or neurons");
    }
    if (concept !== undefined) {
      const { neurons: members, weights } = this.conceptAnswers.all[this.findConcept(concept)];
      return { neurons: members, weights, strength, ...turn };
    }
    if (neuron !== undefined) {
      const list = typeof neuron === "number" ? [neuron] : neuron;
      for (const n of list) checkNeuron(n, this.model.shape.neurons);
      return { neurons: list, strength, ...turn };
    }
    if (!Number.isInteger(neurons) || neurons < 1) throw new UserError(`a tag needs at least 1 neuron, got ${neurons}`);
    const chosen = this.tagNeurons.choose(this.findTag(tag!), neurons, mapping);
    if (chosen.neurons.length === 0) {
      const does = mapping === "decoder" ? "no neuron lifts the items of" : "no living neuron stands for";
      throw new UserError(`${does} the tag "${tag}"`);
    }
    return { ...chosen, strength, ...turn };
  }

  /**
   * The neurons of every tag when a request does not say which, in tag order: what an export takes along, as choosing
   * them is the costliest part of a large model's first answer. None without tags or without a linear decoder.
   */
  tagKnobs(): readonly TagKnob[] {
    return this.tagNeurons.defaults();
  }

  /** How a tag's neurons are chosen when a request does not say. */
  get defaultMapping(): Mapping {
    return hasLinearDecoder(this.model) ? "decoder" : "characterises";
  }

  /** Requests as knobs for this profile; by request, what holds items back. */
  private turned(items: readonly number[], requests: readonly KnobRequest[]): {
    readonly knobs: readonly Knob[]; readonly held: readonly (HeldBack | null)[]; readonly scaled: number;
  } {
    const held: (HeldBack | null)[] = [];
    const knobs = requests.map((request, i): Knob => {
      held[i] = null;
      const knob = this.knob(request);
      const { turn } = request;
      if (turn === undefined || turn === 0) return knob;
      const target = this.target(request, knob);
      if (turn > 0) return { ...knob, strength: this.calibrated.up(items, target, turn) };
      held[i] = this.calibrated.down(items, target, turn);
      return held[i] ? knob : { ...knob, strength: this.calibrated.quieter(items, target, turn) };
    });
    const sum = (all: readonly Knob[]): number =>
      all.reduce((total, { strength, only }) => total + (only ? 0 : Math.max(0, strength)), 0);
    const fixed = sum(knobs.filter((_, i) => requests[i].turn === undefined));
    const moving = sum(knobs) - fixed;
    const scaled = fixed + moving > 1 && moving > 0 ? Math.max(0, 1 - fixed) / moving : 1;
    return {
      knobs: scaled === 1 ? knobs : knobs.map((knob, i) =>
        (requests[i].turn === undefined || knob.strength <= 0 ? knob : { ...knob, strength: scaled * knob.strength })),
      held, scaled,
    };
  }

  /** What a calibrated knob turns, with the items that have it: the tag's, or those that fire the concept. */
  private target({ tag, concept, neurons, mapping }: KnobRequest, knob: Knob): KnobTarget {
    const key = JSON.stringify([tag, concept, neurons, mapping]);
    const { tags } = this.model;
    if (tag !== undefined) return { key, knob, carriers: csrRow(tags!.counts, this.findTag(tag)) };
    const found = this.conceptAnswers.all[this.findConcept(concept!)];
    return { key, knob, carriers: found.tag >= 0 ? csrRow(tags!.counts, found.tag) : found.items };
  }

  private get calibrated(): CalibratedKnobs {
    this.positions ??= new CalibratedKnobs(this.scores, hasLinearDecoder(this.model) ? {
      itemVectors: itemVectorsOf(this.model).data, decoderW: this.model.sae.decoderW,
      factors: this.model.shape.factors,
    } : null);
    return this.positions;
  }

  private get conceptAnswers(): ConceptAnswers {
    this.answers ??= new ConceptAnswers(
      this.model.concepts ?? conceptsOf(this.engine, this.model, this.itemCodes), this.model, this.catalogue,
    );
    return this.answers;
  }

  private ranked(scores: Floats, n: number): ListedItem[] {
    checkLength(n);
    return this.scores.best(scores, n).map((item) => this.listed(item, scores[item]));
  }

  private profile(profile: readonly string[]): number[] {
    if (profile.length === 0) throw new UserError("the profile is empty: name at least one item");
    return [...new Set(profile.map((text) => this.findItem(text)))];
  }

  private listed(item: number, score: number): ListedItem {
    return this.catalogue.listed(item, score);
  }

  private named(neuron: number): NamedNeuron {
    return { neuron, label: this.model.labels[neuron].label };
  }

  private tagsOf(items: readonly number[]): { tag: string; items: number }[] {
    const { tags } = this.model;
    if (!tags) return [];
    const wanted = new Set(items);
    const found = (t: number): number => csrRow(tags.counts, t).filter((item) => wanted.has(item)).length;
    return tags.names.map((tag, t) => ({ tag, items: found(t) })).filter((entry) => entry.items > 0)
      .sort((a, b) => b.items - a.items).slice(0, 8);
  }
}

function checkLength(n: number): void {
  if (!Number.isInteger(n) || n < 1) throw new UserError(`a list needs at least 1 item, got ${n}`);
}

/** A row's entries, largest value first; equal ones by column. */
function entriesOf(x: Csr, row: number): { col: number; value: number }[] {
  const from = x.indptr[row];
  return Array.from(csrRow(x, row), (col, i) => ({ col, value: x.values![from + i] }))
    .sort((a, b) => b.value - a.value || a.col - b.col);
}

/** Place of an item when all are ranked by score, from 1; equal scores go to the lower number, as in rankRows. */
function placeOf(scores: Floats, item: number): number {
  const score = scores[item];
  let place = 1;
  for (let j = 0; j < scores.length; j++) if (scores[j] > score || (scores[j] === score && j < item)) place++;
  return place;
}
