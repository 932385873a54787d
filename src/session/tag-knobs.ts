/**
 * Which neurons a tag's knob turns, by any of the mappings, chosen once for each question: a knob is moved many times,
 * and choosing through the decoder is the costliest part of a large model's first answer.
 */
import type { Engine } from "../engine/engine.js";
import { csrRow, type Csr } from "../base/csr.js";
import { Lru } from "../base/lru.js";
import { UserError } from "../base/user-error.js";
import type { DecoderKnobs } from "../steer/decoder-knobs.js";
import type { Knob } from "../steer/steer.js";
import type { Model } from "../model-folder/model.js";
import type { TagKnob } from "../model-folder/precomputed.js";
import { hasLinearDecoder, openDecoderKnobs } from "../model-folder/open-model.js";
import { TagNeurons, type Mapping } from "../interpret/tag-neurons.js";
import type { TfidfMapping } from "../interpret/tfidf.js";

/**
 * Neurons of a knob through the decoder, at most, when a request does not say. Of 10 and 40 what steers more on the
 * validation users of three data sets (docs/steering.md, "What the SAE does not rebuild").
 */
export const DECODER_NEURONS = 40;
/** Answers kept beside the given ones; a service may be asked for any number of them. */
const KEPT = 2000;

export class TagKnobs {
  private readonly kept = new Lru<Pick<Knob, "neurons" | "weights">>(KEPT);
  private tfidf: TagNeurons | null = null;
  private decoder: DecoderKnobs | null = null;

  /**
   * @param itemCodes S, (I, H), asked for when needed.
   * @param given by tag, what `defaults` of the same model returned; null: to be worked out.
   */
  constructor(
    private readonly engine: Engine, private readonly model: Model, private readonly itemCodes: () => Csr,
    private readonly given: readonly TagKnob[] | null,
  ) {}

  /** The n neurons of a tag; none when no neuron stands for it. @throws UserError for a mapping that needs ELSA. */
  choose(tag: number, n: number, mapping: Mapping): Pick<Knob, "neurons" | "weights"> {
    if (mapping === "decoder" && n === DECODER_NEURONS && this.given) return this.given[tag];
    const question = `${mapping} ${n} ${tag}`;
    const known = this.kept.get(question);
    if (known) return known;
    const found = mapping === "decoder"
      ? this.throughDecoder(tag, n) : { neurons: this.byTfidf.best(tag, n, mapping).map(({ neuron }) => neuron) };
    this.kept.set(question, found);
    return found;
  }

  /** What `choose` gives for each tag through the decoder by default; none without tags or a linear decoder. */
  defaults(): readonly TagKnob[] {
    const { tags } = this.model;
    if (!tags || !hasLinearDecoder(this.model)) return [];
    return this.given ?? tags.names.map((_, tag) => this.throughDecoder(tag, DECODER_NEURONS));
  }

  /** With the scores that they were chosen by. */
  scored(tag: number, n: number, mapping: TfidfMapping): ReturnType<TagNeurons["best"]> {
    return this.byTfidf.best(tag, n, mapping);
  }

  private get byTfidf(): TagNeurons {
    this.tfidf ??= new TagNeurons(this.model.tags!, this.itemCodes());
    return this.tfidf;
  }

  /** Neurons that lift the tag's items; see steer/decoder-knobs.ts. */
  private throughDecoder(tag: number, n: number): TagKnob {
    const { engine, model } = this;
    if (!hasLinearDecoder(model)) {
      throw new UserError('the mapping "decoder" needs ELSA: take "characterises" or "unique" for this model');
    }
    this.decoder ??= openDecoderKnobs(engine, model, this.itemCodes(), model.items.users ?? null);
    const { neurons, weights } = this.decoder.choose(csrRow(model.tags!.counts, tag), n);
    const shares = Array.from(weights);
    const sum = shares.reduce((total, weight) => total + weight, 0);
    return { neurons: [...neurons], weights: shares.map((weight) => weight / sum) };
  }
}
