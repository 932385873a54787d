/** What a session is asked and what it answers (session.ts): plain data, ready for JSON. */
import type { Licence } from "../data/public/licence.js";
import type { Residual } from "../config/sae.js";
import type { Explanation } from "../interpret/explain.js";
import type { NeuronLabel } from "../interpret/labels.js";
import type { BalancePrice } from "../steer/balance.js";
import type { Knob } from "../steer/steer.js";
import type { ItemEstimate, ModelMetrics } from "../model-folder/model.js";
import type { Mapping, ScoredNeuron } from "../interpret/tag-neurons.js";

/** A list, and what was said of the profile. */
export interface RecommendedList {
  /** Best first. */
  readonly items: readonly ListedItem[];
  /** Ids, of the profile and of filters, that the model does not have: they were skipped. */
  readonly ignored: readonly string[];
  /** Whether these are the popular items (score: training users), since no item of the profile is known. */
  readonly popular: boolean;
  /** What balancing cost, where it was asked for. */
  readonly balance?: BalancePrice;
}

/** What to turn: a tag through its neurons, a concept by its name, or neurons by number. */
export interface KnobRequest {
  readonly tag?: string;
  /** A concept's name (interpret/concepts/concepts.ts). */
  readonly concept?: string;
  readonly neuron?: number | readonly number[];
  /**
   * α, the share of the activation that moves there, or, when negative, that is taken away: −1 (mute) … 1. A share of
   * the profile's own activation, as in the paper, or, as the model's `sae.push` says, of the geometric mean of that
   * and a typical person's (steer/own-shares.ts). Either this or `turn`.
   */
  readonly strength?: number;
  /**
   * Position of a calibrated knob, −1 … 1: the share of the list of 20 that changes or, when negative, of the tag's or
   * concept's items that leave it (steer/calibrate.ts). Of tags and concepts, not of neurons.
   */
  readonly turn?: number;
  /** Take the share from all other neurons instead (steer.ts). */
  readonly only?: boolean;
  /** How many neurons stand for the tag, at most. Default 40 with "decoder", else 1. */
  readonly neurons?: number;
  /** How they are chosen (docs/method.md §4). Default "decoder" where the decoder is linear, else "characterises". */
  readonly mapping?: Mapping;
}

/** An item in a list, best first. */
export interface ListedItem {
  /** Number in the model. */
  readonly item: number;
  readonly id: string;
  readonly title: string;
  readonly score: number;
  /** There for an item that nobody had chosen in training: its vector was worked out from its tags. */
  readonly estimated?: true;
}

/** An item that a search found. */
export interface FoundItem {
  /** Number in the model. */
  readonly item: number;
  readonly id: string;
  readonly title: string;
  /** At the title's end (base/title-year.ts); null where there is none. */
  readonly year: number | null;
  /** Training users who have it; null when the model does not know. */
  readonly users: number | null;
  /** As of a listed item. */
  readonly estimated?: true;
}

/** A tag that a search found. */
export interface FoundTag {
  readonly tag: string;
  /** Items that carry it. */
  readonly items: number;
}

/** A neuron with its name. */
export interface NamedNeuron {
  readonly neuron: number;
  readonly label: string | null;
}

/** What a neuron adds to a score. */
export type NamedContribution = NamedNeuron & { readonly contribution: number };

/** The lists before and after turning knobs, and what changed. */
export interface SteeredLists {
  readonly before: readonly ListedItem[];
  readonly after: readonly ListedItem[];
  /** Place of each item of `after` among all items before turning, from 1. */
  readonly places: readonly number[];
  /** Share of the list before that is still in the list after, 0 … 1. */
  readonly overlap: number;
  /**
   * How much of the person's taste is kept: the unsteered scores of the list after, summed, as a share of those of the
   * list before. 1 means that the knobs found items which the person would have liked just as much.
   */
  readonly kept: number;
  /** The neurons behind each knob, in the order of the request. */
  readonly knobs: readonly (Knob & {
    readonly tag: string | null; readonly concept: string | null; readonly names: readonly NamedNeuron[];
    /** Position of a calibrated knob; null for one with a strength. */
    readonly turn: number | null;
    /** β of steer/suppression.ts: how far the knob holds items back; 0 for none. */
    readonly heldBack: number;
  })[];
  /**
   * 1, or what the strengths of calibrated knobs that turn up were multiplied by, since together they would have moved
   * more activation than there is.
   */
  readonly scaled: number;
  /** What balancing either list cost, where it was asked for. */
  readonly balance?: { readonly before: BalancePrice; readonly after: BalancePrice };
  /** Ids, of the profile and of filters, that the model does not have: they were skipped. */
  readonly ignored: readonly string[];
}

/** Why an item is not listed: known, disliked, or filtered out; null when it may be. */
export type LeftOut = "seen" | "disliked" | "filtered" | null;

/** Why an item has its score, by concepts and by neurons (docs/method.md §6). */
export interface ExplainedItem extends Omit<Explanation, "contributions"> {
  readonly item: ListedItem;
  /** Whether the contributions are ablation differences, as of MultVAE, rather than exact parts, as of ELSA. */
  readonly approximate: boolean;
  readonly contributions: readonly (Explanation["contributions"][number] & { readonly label: string | null })[];
  /** What calibrated knobs that are turned down take from the score; 0 without any. */
  readonly heldBack: number;
  /** The same parts by concept, largest first; with those that are no neuron's they add up to the score likewise. */
  readonly concepts: readonly ConceptPart[];
  /** How the item's vector was worked out where it was not trained; null where it was. */
  readonly estimate: ItemEstimate | null;
  /** Why no list of this request has the item: it is known, disliked or filtered out; null when one may. */
  readonly leftOut: LeftOut;
  /** Ids, of the profile and of filters, that the model does not have: they were skipped. */
  readonly ignored: readonly string[];
}

/** What a concept's neurons add to a score together. */
export interface ConceptPart {
  /** Its name; null for neurons of no concept. */
  readonly concept: string | null;
  readonly proven: boolean;
  /** How many of its neurons are active. */
  readonly neurons: number;
  /** Σ of their activations. */
  readonly activation: number;
  readonly contribution: number;
}

/** A concept in a list. */
export interface ConceptEntry {
  /** Number in the model. */
  readonly concept: number;
  readonly name: string;
  /** The tag that it is proven for; null for none. */
  readonly tag: string | null;
  /** Whether the name holds on items that did not choose it. */
  readonly proven: boolean;
  /** Held-out F1 of the tag that fits best. */
  readonly f1: number;
  readonly neurons: number;
  /** Titles of its foremost items. */
  readonly like: readonly string[];
}

/** What is known of a concept. */
export interface ConceptReport extends ConceptEntry {
  /** Its neurons by weight; weights add up to 1. */
  readonly members: readonly (NamedNeuron & { readonly weight: number })[];
  /** Foremost first; score counts down. */
  readonly topItems: readonly ListedItem[];
}

/** A tag: its items, and the neurons that stand for it. */
export interface TagReport {
  readonly tag: string;
  /** Items that carry it. */
  readonly items: number;
  readonly applications: number;
  /** The neurons whose decoder rows lift the tag's items, with their shares of the knob; none for MultVAE. */
  readonly decoder: readonly (NeuronLabel & { readonly weight: number })[];
  /** Best first, by either mapping. */
  readonly characterises: readonly (ScoredNeuron & NeuronLabel)[];
  readonly unique: readonly (ScoredNeuron & NeuronLabel)[];
  /** Items with the most applications; score is their number. */
  readonly topItems: readonly ListedItem[];
}

/** A neuron: its name and what it was called in earlier trainings, the items that fire it, the neurons like it. */
export interface NeuronReport extends NeuronLabel {
  readonly concept: ConceptEntry | null;
  /** Items that fire it by activation, in ten equal steps from 0 to the largest. */
  readonly histogram: readonly number[];
  /** Items that activate it most, with their activation. */
  readonly topItems: readonly ListedItem[];
  /** Items around the median activation of those that fire it. */
  readonly middleItems: readonly ListedItem[];
  /** Drawn from all items that fire it; the same ones each time. */
  readonly randomItems: readonly ListedItem[];
  /**
   * Items whose scores it lowers most; score is ⟨A_j, W_dec,n⟩, the points for a unit of activation but for a person's
   * own scale (interpret/explain.ts). Null without a linear decoder.
   */
  readonly lowers: readonly ListedItem[] | null;
  /** Neurons that do nearly the same to the scores: closest decoder rows, by cosine. */
  readonly neighbours: readonly (NamedNeuron & { readonly cosine: number })[];
  /** The tags of the top items, by how many of them carry one. */
  readonly topTags: readonly { readonly tag: string; readonly items: number }[];
}

/** A profile: its active neurons with the items behind them, and its list. */
export interface UserReport {
  /** Ids of the profile that the model does not have: they were skipped. */
  readonly ignored: readonly string[];
  /** The profile's items; score is their weight, −1 for a dislike. */
  readonly history: readonly ListedItem[];
  /** Active neurons, strongest first; share is of the code's total activation. */
  readonly neurons: readonly (NamedNeuron & {
    readonly activation: number;
    readonly share: number;
    /** The three past items that switched it on most; score is their part of the activation. Null for MultVAE. */
    readonly because: readonly ListedItem[] | null;
  })[];
  /** The same by concept, largest share first; null is the name of neurons of no concept. */
  readonly concepts: readonly {
    readonly concept: string | null; readonly proven: boolean; readonly neurons: number; readonly share: number;
    readonly because: readonly ListedItem[] | null; // Of all of its neurons together.
  }[];
  readonly recommended: readonly ListedItem[];
}

/** A neuron in the atlas of all of them. */
export interface AtlasNeuron extends NamedNeuron {
  /** The next best label. */
  readonly runnerUp: string | null;
  /** Correlation with the label's tag; null when unlabelled. */
  readonly confidence: number | null;
  /** Share of the items that fire it. */
  readonly density: number;
  /** Whether any item fires it. */
  readonly alive: boolean;
  /** Place on the map, −1 … 1; two dimensions keep little of which neurons are alike (neuron-map.ts). */
  readonly x: number;
  readonly y: number;
}

/** What a model is, for a page's head or a service's front door. */
export interface ModelSummary {
  /** Eight hex digits of item ids, labels and concepts: tells links whether numbers mean the same. */
  readonly names: string;
  /** The recommender, for example "ELSA". */
  readonly model: string;
  /** The SAE's kind, for example "topk". */
  readonly sae: string;
  readonly items: number;
  readonly factors: number;
  readonly neurons: number;
  /** Active neurons of a profile, at most or on average. */
  readonly k: number;
  /** Neurons that at least one item fires. */
  readonly alive: number;
  readonly labelled: number;
  readonly tags: number;
  readonly data: { readonly name: string; readonly trainUsers: number; readonly interactions: number };
  /** Terms of the data set that the model was trained on; null when they are not known. */
  readonly licence: Licence | null;
  /** Measured when it was trained. */
  readonly metrics: ModelMetrics;
  /** Which kernels compute the answers; see engine.ts. */
  readonly numerics: "fused" | "portable" | "plain";
  /** Whether explanations add up exactly and knobs can be chosen through the decoder. */
  readonly linear: boolean;
  /** What this session does with the part of an embedding that the SAE does not rebuild (steer/turned-embedding.ts). */
  readonly residual: Residual;
  /** What neurons and concepts were measured to mean when it was trained; null where that was not measured. */
  readonly meaning: MeaningSummary | null;
  /**
   * Of an earlier training whose names this one keeps: its concepts, and those found again by what they do to items;
   * null where there was none.
   */
  readonly namesKept: { readonly concepts: number; readonly kept: number } | null;
}

/** Of what was measured (interpret/meaning/meaning-figures.ts), what a page's head may say. */
export interface MeaningSummary {
  /** Held-out F1, means over concepts or tags: best neuron, set of neurons, best principal axis, linear probe. */
  readonly neuron: number;
  readonly sets: number;
  readonly axis: number;
  readonly probe: number;
  /** Neurons with a proven name; null on worlds, whose truth is known. */
  readonly provenNeurons: number | null;
  /** Concepts with a proven name and a test user's activation on them; null for models of earlier versions. */
  readonly provenConcepts: number | null;
  readonly provenShare: number | null;
}
