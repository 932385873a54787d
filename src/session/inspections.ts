/** What is known of a model's tags and neurons, one at a time and all together: no profile is asked for here. */
import { csrRow, type Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import { licenceOf } from "../data/public/licence.js";
import type { Meaning } from "../interpret/meaning/meaning-figures.js";
import { loweredItems } from "../interpret/neuron-effect.js";
import { neuronMap } from "../interpret/neuron-map.js";
import { NeuronProfiles } from "../interpret/neuron-profile.js";
import { aliveNeurons, type TfidfMapping } from "../interpret/tfidf.js";
import { measureSelectivity, type ModelSelectivity } from "../measure/measure-selectivity.js";
import { cfaeTitle, itemVectorsOf } from "../model-folder/open-model.js";
import { checkNeuron } from "../steer/check-knobs.js";
import { namesFingerprint } from "./names-fingerprint.js";
import type {
  AtlasNeuron, ListedItem, MeaningSummary, ModelSummary, NeuronReport, TagReport,
} from "./session-types.js";
import { DECODER_NEURONS } from "./tag-knobs.js";
import { checkLength, type Workings } from "./workings.js";

export class Inspections {
  private profiles: NeuronProfiles | null = null;
  private map: readonly AtlasNeuron[] | null = null;

  constructor(private readonly workings: Workings) {}

  /** See `Session.inspectTag`. */
  tag(text: string, n: number): TagReport {
    checkLength(n);
    const { model, catalogue, tagKnobs, linear } = this.workings;
    const tag = catalogue.tag(text);
    const { names, counts } = model.tags!;
    const carriers = entriesOf(counts, tag);
    const neurons = (mapping: TfidfMapping): TagReport["unique"] =>
      tagKnobs.scored(tag, n, mapping).map((found) => ({ ...model.labels[found.neuron], ...found }));
    const chosen = linear ? tagKnobs.choose(tag, DECODER_NEURONS, "decoder") : { neurons: [] };
    return {
      tag: names[tag],
      items: carriers.length,
      applications: carriers.reduce((sum, { value }) => sum + value, 0),
      decoder: chosen.neurons.map((neuron, i) => ({ ...model.labels[neuron], weight: chosen.weights![i] })),
      characterises: neurons("characterises"),
      unique: neurons("unique"),
      topItems: carriers.slice(0, 2 * n).map(({ col, value }) => this.workings.listed(col, value)),
    };
  }

  /** See `Session.inspectNeuron`. */
  neuron(neuron: number, n: number): NeuronReport {
    checkLength(n);
    const { model, itemCodes } = this.workings;
    checkNeuron(neuron, model.shape.neurons);
    this.profiles ??= new NeuronProfiles(itemCodes, model.sae.decoderW);
    const { top, middle, random, neighbours, histogram } =
      this.profiles.profile(neuron, new Random(model.seed + neuron), { count: n });
    const listed = (items: typeof top): ListedItem[] =>
      items.map(({ item, activation }) => this.workings.listed(item, activation));
    return {
      ...model.labels[neuron], histogram, concept: this.workings.concepts.entryOf(neuron),
      topItems: listed(top), middleItems: listed(middle), randomItems: listed(random),
      lowers: this.lowered(neuron, n),
      neighbours: neighbours.map(({ neuron: other, cosine }) => ({ ...this.workings.named(other), cosine })),
      topTags: this.tagsOf(top.map(({ item }) => item)),
    };
  }

  /** See `Session.atlas`. */
  atlas(): readonly AtlasNeuron[] {
    if (this.map) return this.map;
    const { model: { labels, sae, shape }, itemCodes } = this.workings;
    const alive = aliveNeurons(itemCodes);
    const places = neuronMap(sae.decoderW, shape.neurons, alive);
    this.map = labels.map(({ neuron, label, runnersUp, confidence, density }) => ({
      neuron, label, runnerUp: runnersUp.length > 0 ? runnersUp[0].label : null,
      confidence: Number.isNaN(confidence) ? null : confidence,
      density, alive: alive[neuron] === 1, x: places[2 * neuron], y: places[2 * neuron + 1],
    }));
    return this.map;
  }

  /** See `Session.summary`. */
  summary(): ModelSummary {
    const { model, engine, itemCodes, linear, residual, concepts } = this.workings;
    const { config, items, shape, labels, tags, data, metrics } = model;
    return {
      names: namesFingerprint(items.ids, labels.map(({ label }) => label), concepts.all.map(({ name }) => name)),
      model: cfaeTitle(config), sae: config.sae.kind,
      items: items.ids.length, factors: shape.factors, neurons: shape.neurons, k: shape.k,
      alive: aliveNeurons(itemCodes).reduce((sum, one) => sum + one, 0),
      labelled: labels.filter(({ label }) => label !== null).length,
      tags: tags?.names.length ?? 0,
      data: { name: data.name, trainUsers: data.trainUsers, interactions: data.interactions },
      licence: licenceOf(data.name),
      metrics,
      numerics: engine.numerics,
      linear,
      residual,
      meaning: meaningSummary(model.meaning),
      namesKept: model.namesKept ?? null,
    };
  }

  /** See `Session.inspectSelectivity`. */
  selectivity(): ModelSelectivity {
    const { model: { tags }, itemCodes } = this.workings;
    if (!tags) throw new UserError("this model has no tags: selectivity is that of tags and neurons");
    return measureSelectivity(tags, itemCodes);
  }

  private lowered(neuron: number, n: number): ListedItem[] | null {
    const { model, linear } = this.workings;
    if (!linear) return null;
    return loweredItems(itemVectorsOf(model).data, model.sae.decoderW, neuron, model.shape.factors, n)
      .map(({ item, effect }) => this.workings.listed(item, effect));
  }

  private tagsOf(items: readonly number[]): { tag: string; items: number }[] {
    const { tags } = this.workings.model;
    if (!tags) return [];
    const wanted = new Set(items);
    const found = (t: number): number => csrRow(tags.counts, t).filter((item) => wanted.has(item)).length;
    return tags.names.map((tag, t) => ({ tag, items: found(t) })).filter((entry) => entry.items > 0)
      .sort((a, b) => b.items - a.items).slice(0, 8);
  }
}

/** Of the figures in a model's file those for a page's head. */
function meaningSummary(meaning: Meaning | undefined): MeaningSummary | null {
  if (!meaning) return null;
  const { codes, sets, ceilings, proven, groups } = meaning;
  return {
    neuron: codes.SAE.f1, sets: sets.f1, axis: codes.PCA.f1, probe: ceilings["probe on the embedding"],
    provenNeurons: proven?.neurons ?? null, provenConcepts: groups?.proven ?? null, provenShare: groups?.share ?? null,
  };
}

/** A row's entries, largest value first; equal ones by column. */
function entriesOf(x: Csr, row: number): { col: number; value: number }[] {
  const from = x.indptr[row];
  return Array.from(csrRow(x, row), (col, i) => ({ col, value: x.values![from + i] }))
    .sort((a, b) => b.value - a.value || a.col - b.col);
}
