/**
 * A model at work: recommend, steer, explain, and look inside. People and items are named here, not numbered: a profile
 * is a list of item ids, a knob is a tag or a neuron.
 *
 * Lists come from the nested model, decode(SAE(encode(x))), so that what is shown is what the knobs act on and what
 * `explain` takes apart.
 */
import { Tape, type SparseTensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import { explainByAblation } from "../interpret/explain-by-ablation.js";
import { explainScore } from "../interpret/explain.js";
import { NeuronProfiles } from "../interpret/neuron-profile.js";
import { explainActivation } from "../interpret/past-items.js";
import { csrFromLists, csrRow, type Csr } from "../kernels/csr.js";
import { Random } from "../kernels/random.js";
import { UserError } from "../kernels/user-error.js";
import type { Cfae } from "../models/recommender.js";
import type { SparseAutoencoder, Standardised } from "../models/sparse-autoencoder.js";
import type { DecoderKnobs } from "../steer/decoder-knobs.js";
import { steerCode, type Knob } from "../steer/steer.js";
import { openSae } from "../train/train-sae.js";
import type {
  ExplainedItem, KnobRequest, ListedItem, NamedNeuron, NeuronReport, SteeredLists, TagReport, UserReport,
} from "./answers.js";
import { elsaEncoder, openCfae } from "./cfae.js";
import { suggestion } from "./closest.js";
import { encodeItems } from "./encode-items.js";
import { measureSelectivity, type ModelSelectivity } from "./measure-selectivity.js";
import type { Model } from "./model.js";
import { hasLinearDecoder, openDecoderKnobs } from "./open-decoder-knobs.js";
import { TagNeurons, type Mapping, type TfidfMapping } from "./tag-neurons.js";

export interface SessionOptions extends EngineOptions {
  /** An engine to use instead of opening one; it is then not closed with the session. */
  engine?: Engine;
}

/** Neurons of a knob through the decoder when a request does not say: most of the effect, few enough to look at. */
const DECODER_NEURONS = 10;

/** Opens a model for questions. Close the session when done, to let helper threads go. */
export function openSession(model: Model, options: SessionOptions = {}): Session {
  return new Session(model, options.engine ?? openEngine(options), options.engine === undefined);
}

export class Session {
  private readonly cfae: Cfae;
  private readonly sae: SparseAutoencoder;
  private readonly itemOf: ReadonlyMap<string, number>;
  private codes: Csr | null = null;
  private tagNeurons: TagNeurons | null = null;
  private decoderKnobs: DecoderKnobs | null = null;
  private profiles: NeuronProfiles | null = null;

  constructor(readonly model: Model, readonly engine: Engine, private readonly ownsEngine: boolean) {
    const { ids } = model.items;
    this.cfae = openCfae(engine, model.config, model.cfae);
    this.sae = openSae(engine, model.config.sae, model.sae, model.shape);
    this.itemOf = new Map(ids.map((id, i) => [id, i]));
  }

  close(): void {
    if (this.ownsEngine) this.engine.close();
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
    const byId = this.itemOf.get(text);
    if (byId !== undefined) return byId;
    const { titles } = this.model.items;
    const wanted = text.trim().toLowerCase();
    const exact = titles.findIndex((title) => title.toLowerCase() === wanted);
    if (exact >= 0) return exact;
    const within = titles.flatMap((title, i) => (wanted !== "" && title.toLowerCase().includes(wanted) ? [i] : []));
    if (within.length === 1) return within[0];
    if (within.length > 1) {
      const some = within.slice(0, 4).map((i) => `"${titles[i]}"`).join(", ");
      throw new UserError(`"${text}" fits ${within.length} items: ${some}${within.length > 4 ? ", …" : ""}`);
    }
    throw new UserError(`no item has the id or title "${text}"${suggestion(text, titles)}`);
  }

  /** @throws UserError for an unknown tag, with the nearest names. */
  findTag(text: string): number {
    const { tags } = this.model;
    if (!tags) throw new UserError("this model has no tags: its data set had none, use neurons by number");
    const tag = tags.names.indexOf(text.trim().toLowerCase());
    if (tag >= 0) return tag;
    const hint = suggestion(text, tags.names) || ` among the model's ${tags.names.length}`;
    throw new UserError(`there is no tag "${text}"${hint}`);
  }

  /** The n best items that are not in the profile. */
  recommend(profile: readonly string[], n = 10): ListedItem[] {
    return this.ranked(profile, n, []);
  }

  /** The lists before and after turning knobs. */
  steer(profile: readonly string[], requests: readonly KnobRequest[], n = 10): SteeredLists {
    const knobs = requests.map((request) => this.knob(request));
    return {
      before: this.ranked(profile, n, []),
      after: this.ranked(profile, n, knobs),
      knobs: knobs.map((knob, i) => ({
        ...knob, tag: requests[i].tag ?? null, names: knob.neurons.map((neuron) => this.named(neuron)),
      })),
    };
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
    const knobs = requests.map((request) => this.knob(request));
    const exact = hasLinearDecoder(this.model);
    const explanation = this.encoded(items, knobs, (tape, code, input) => {
      if (!exact) return explainByAblation(tape, this.cfae, this.sae, code, input, j);
      const itemVector = elsaEncoder(this.model.cfae).data.subarray(j * D, (j + 1) * D);
      const { mean, std } = input;
      const [from, to] = [code.rowStart[0], code.rowEnd[0]];
      const user = {
        neurons: code.indices.subarray(from, to), activations: code.values!.subarray(from, to),
        mean: mean[0], std: std[0],
      };
      return explainScore(user, items.includes(j) ? 1 : 0, itemVector, decoderW, decoderB);
    });
    return {
      ...explanation,
      approximate: !exact,
      item: this.listed(j, explanation.score),
      contributions: explanation.contributions.map((c) => ({ ...c, label: this.model.labels[c.neuron].label })),
    };
  }

  inspectTag(text: string, n = 5): TagReport {
    const tag = this.findTag(text);
    const { names, counts } = this.model.tags!;
    const carriers = entriesOf(counts, tag);
    const neurons = (mapping: TfidfMapping): TagReport["unique"] =>
      this.neuronsOfTags.best(tag, n, mapping).map((found) => ({ ...this.model.labels[found.neuron], ...found }));
    const chosen = hasLinearDecoder(this.model)
      ? this.throughDecoder(tag, DECODER_NEURONS) : { neurons: [], weights: [] };
    return {
      tag: names[tag],
      items: carriers.length,
      applications: carriers.reduce((sum, { value }) => sum + value, 0),
      decoder: chosen.neurons.map((neuron, i) => ({ ...this.model.labels[neuron], weight: chosen.weights[i] })),
      characterises: neurons("characterises"),
      unique: neurons("unique"),
      topItems: carriers.slice(0, 2 * n).map(({ col, value }) => this.listed(col, value)),
    };
  }

  inspectNeuron(neuron: number, n = 10): NeuronReport {
    this.checkNeuron(neuron);
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

  /** How narrowly the model's tags and neurons belong together, over all of them. @throws UserError without tags. */
  inspectSelectivity(): ModelSelectivity {
    if (!this.model.tags) throw new UserError("this model has no tags: selectivity is that of tags and neurons");
    return measureSelectivity(this.model.tags, this.itemCodes);
  }

  inspectUser(profile: readonly string[], n = 10): UserReport {
    const items = this.profile(profile);
    const { sae, cfae } = this.model;
    const exact = hasLinearDecoder(this.model);
    const neurons = this.encoded(items, [], (_, code, { std }) => {
      const values = Array.from(code.values!.subarray(code.rowStart[0], code.rowEnd[0]));
      const total = values.reduce((sum, v) => sum + v, 0);
      return values.map((activation, q) => ({
        ...this.named(code.indices[code.rowStart[0] + q]), activation, share: activation / (total || 1),
        because: exact
          ? explainActivation(code.indices[code.rowStart[0] + q], items, std[0], elsaEncoder(cfae).data, sae)
            .contributions.slice(0, 3).map(({ item, contribution }) => this.listed(item, contribution))
          : null,
      })).sort((a, b) => b.activation - a.activation || a.neuron - b.neuron);
    });
    return { history: items.map((item) => this.listed(item, 1)), neurons, recommended: this.ranked(profile, n, []) };
  }

  /** The neurons behind a request, with their weights where they are chosen through the decoder. */
  knob({ tag, neuron, strength, only, ...how }: KnobRequest): Knob {
    const mapping = how.mapping ?? this.defaultMapping;
    const neurons = how.neurons ?? (mapping === "decoder" ? DECODER_NEURONS : 1);
    const turn = only === undefined ? {} : { only };
    if ((tag === undefined) === (neuron === undefined)) throw new UserError("a knob is either a tag or neurons");
    if (neuron !== undefined) {
      const list = typeof neuron === "number" ? [neuron] : neuron;
      list.forEach((n) => this.checkNeuron(n));
      return { neurons: list, strength, ...turn };
    }
    if (!Number.isInteger(neurons) || neurons < 1) throw new UserError(`a tag needs at least 1 neuron, got ${neurons}`);
    const number = this.findTag(tag!);
    if (mapping === "decoder") {
      const chosen = this.throughDecoder(number, neurons);
      if (chosen.neurons.length === 0) throw new UserError(`no neuron lifts the items of the tag "${tag}"`);
      return { ...chosen, strength, ...turn };
    }
    const best = this.neuronsOfTags.best(number, neurons, mapping);
    if (best.length === 0) throw new UserError(`no living neuron stands for the tag "${tag}"`);
    return { neurons: best.map((found) => found.neuron), strength, ...turn };
  }

  /** How a tag's neurons are chosen when a request does not say. */
  get defaultMapping(): Mapping {
    return hasLinearDecoder(this.model) ? "decoder" : "characterises";
  }

  /** Neurons that lift the tag's items, with weights that add up to 1; see steer/decoder-knobs.ts. */
  private throughDecoder(tag: number, n: number): { neurons: number[]; weights: number[] } {
    const { model } = this;
    if (!hasLinearDecoder(model)) {
      throw new UserError('the mapping "decoder" needs ELSA: take "characterises" or "unique" for this model');
    }
    this.decoderKnobs ??= openDecoderKnobs(this.engine, model, this.itemCodes, model.items.users ?? null);
    const { neurons, weights } = this.decoderKnobs.choose(csrRow(model.tags!.counts, tag), n);
    const shares = Array.from(weights);
    const sum = shares.reduce((total, weight) => total + weight, 0);
    return { neurons: [...neurons], weights: shares.map((weight) => weight / sum) };
  }

  private get neuronsOfTags(): TagNeurons {
    this.tagNeurons ??= new TagNeurons(this.model.tags!, this.itemCodes);
    return this.tagNeurons;
  }

  /** Runs what needs a code while its tensors are there: they are released afterwards. */
  private encoded<T>(
    items: readonly number[], knobs: readonly Knob[],
    use: (tape: Tape, code: SparseTensor, input: Standardised, x: SparseTensor) => T,
  ): T {
    const tape = new Tape(this.engine, false);
    try {
      const x = tape.sparseInput(csrFromLists([items], this.cfae.items));
      const { code, input } = this.sae.encode(tape, this.cfae.encode(tape, x));
      return use(tape, knobs.length > 0 ? steerCode(tape, code, knobs) : code, input, x);
    } finally {
      tape.reset();
    }
  }

  private ranked(profile: readonly string[], n: number, knobs: readonly Knob[]): ListedItem[] {
    if (!Number.isInteger(n) || n < 1) throw new UserError(`a list needs at least 1 item, got ${n}`);
    return this.encoded(this.profile(profile), knobs, (tape, code, input, x) => {
      const scores = this.cfae.decode(tape, this.sae.decode(tape, code, input), x);
      const { engine } = this;
      engine.run("maskRows", scores.data, x.rowStart, x.rowEnd, x.indices, this.cfae.items);
      const length = Math.min(n, this.cfae.items);
      const list = engine.ints(length);
      const best = engine.floats(length);
      engine.run("rankRows", list, best, scores.data, this.cfae.items, length);
      return Array.from(list).flatMap((item, i) => (item < 0 ? [] : [this.listed(item, best[i])]));
    });
  }

  private profile(profile: readonly string[]): number[] {
    if (profile.length === 0) throw new UserError("the profile is empty: name at least one item");
    return [...new Set(profile.map((text) => this.findItem(text)))];
  }

  private listed(item: number, score: number): ListedItem {
    return { item, id: this.model.items.ids[item], title: this.model.items.titles[item], score };
  }

  private named(neuron: number): NamedNeuron {
    return { neuron, label: this.model.labels[neuron].label };
  }

  private checkNeuron(neuron: number): void {
    const all = this.model.shape.neurons;
    if (!Number.isInteger(neuron) || neuron < 0 || neuron >= all) {
      throw new UserError(`there is no neuron ${neuron}: the model has neurons 0 to ${all - 1}`);
    }
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

/** A row's entries, largest value first; equal ones by column. */
function entriesOf(x: Csr, row: number): { col: number; value: number }[] {
  const from = x.indptr[row];
  return Array.from(csrRow(x, row), (col, i) => ({ col, value: x.values![from + i] }))
    .sort((a, b) => b.value - a.value || a.col - b.col);
}
