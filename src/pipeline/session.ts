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
import { csrFromLists, csrRow, csrTranspose, type Csr } from "../kernels/csr.js";
import { UserError } from "../kernels/user-error.js";
import type { Cfae } from "../models/recommender.js";
import type { SparseAutoencoder, Standardised } from "../models/sparse-autoencoder.js";
import { steerCode, type Knob } from "../steer/steer.js";
import { openSae } from "../train/train-sae.js";
import type {
  ExplainedItem, KnobRequest, ListedItem, NamedNeuron, NeuronReport, SteeredLists, TagReport, UserReport,
} from "./answers.js";
import { elsaEncoder, openCfae } from "./cfae.js";
import { suggestion } from "./closest.js";
import { encodeItems } from "./encode-items.js";
import type { Model } from "./model.js";
import { TagNeurons, type Mapping } from "./tag-neurons.js";

export interface SessionOptions extends EngineOptions {
  /** An engine to use instead of opening one; it is then not closed with the session. */
  engine?: Engine;
}

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
    const exact = (this.model.config.model ?? "elsa") === "elsa";
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
    const neurons = (mapping: Mapping): TagReport["unique"] =>
      this.neuronsOfTags.best(tag, n, mapping).map((found) => ({ ...this.model.labels[found.neuron], ...found }));
    return {
      tag: names[tag],
      items: carriers.length,
      applications: carriers.reduce((sum, { value }) => sum + value, 0),
      characterises: neurons("characterises"),
      unique: neurons("unique"),
      topItems: carriers.slice(0, 2 * n).map(({ col, value }) => this.listed(col, value)),
    };
  }

  inspectNeuron(neuron: number, n = 10): NeuronReport {
    this.checkNeuron(neuron);
    const topItems = entriesOf(csrTranspose(this.itemCodes), neuron).slice(0, n)
      .map(({ col, value }) => this.listed(col, value));
    return { ...this.model.labels[neuron], topItems, topTags: this.tagsOf(topItems.map(({ item }) => item)) };
  }

  inspectUser(profile: readonly string[], n = 10): UserReport {
    const items = this.profile(profile);
    const neurons = this.encoded(items, [], (_, code) => {
      const values = Array.from(code.values!.subarray(code.rowStart[0], code.rowEnd[0]));
      const total = values.reduce((sum, v) => sum + v, 0);
      return values.map((activation, q) => ({
        ...this.named(code.indices[code.rowStart[0] + q]), activation, share: activation / (total || 1),
      })).sort((a, b) => b.activation - a.activation || a.neuron - b.neuron);
    });
    return { history: items.map((item) => this.listed(item, 1)), neurons, recommended: this.ranked(profile, n, []) };
  }

  /** The neurons behind a request. */
  knob({ tag, neuron, strength, only, neurons = 1, mapping = "characterises" }: KnobRequest): Knob {
    const turn = only === undefined ? {} : { only };
    if ((tag === undefined) === (neuron === undefined)) throw new UserError("a knob is either a tag or neurons");
    if (neuron !== undefined) {
      const list = typeof neuron === "number" ? [neuron] : neuron;
      list.forEach((n) => this.checkNeuron(n));
      return { neurons: list, strength, ...turn };
    }
    if (!Number.isInteger(neurons) || neurons < 1) throw new UserError(`a tag needs at least 1 neuron, got ${neurons}`);
    const best = this.neuronsOfTags.best(this.findTag(tag!), neurons, mapping);
    if (best.length === 0) throw new UserError(`no living neuron stands for the tag "${tag}"`);
    return { neurons: best.map((found) => found.neuron), strength, ...turn };
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
    return tags.names.map((tag, t) => ({ tag, items: found(t) })).filter((entry) => entry.items > 0).sort((a, b) => b.items - a.items).slice(0, 8);
  }
}

/** A row's entries, largest value first; equal ones by column. */
function entriesOf(x: Csr, row: number): { col: number; value: number }[] {
  const from = x.indptr[row];
  return Array.from(csrRow(x, row), (col, i) => ({ col, value: x.values![from + i] }))
    .sort((a, b) => b.value - a.value || a.col - b.col);
}
