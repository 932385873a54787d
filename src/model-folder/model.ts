/**
 * What training leaves behind: weights, names and measured quality, as plain arrays bound to no engine. It is what the
 * model folder stores (folder.ts) and what a session opens (session.ts).
 */
import type { TagCounts } from "../data/dataset.js";
import type { BeyondAccuracy } from "../evaluate/list-figures.js";
import type { Estimate } from "../evaluate/metrics.js";
import type { Concept } from "../interpret/concepts/concepts.js";
import type { Meaning } from "../interpret/meaning/meaning-figures.js";
import type { NeuronLabel } from "../interpret/labels.js";
import type { NamedTensors } from "../base/named-tensors.js";
import type { SaeShape, SaeWeights } from "../models/sae/sparse-autoencoder.js";
import type { Config } from "../config/config.js";
import type { Residual } from "../config/sae.js";
import type { DataSource } from "../data/data-source.js";

/** recall@20 and nDCG@20 over the test users. */
export interface Quality {
  readonly recall: Estimate;
  readonly ndcg: Estimate;
}

/** How a training run went. */
export interface FitSummary {
  readonly epochs: number;
  /** Epoch (from 1) whose weights were kept. */
  readonly bestEpoch: number;
  readonly bestValidationLoss: number;
  readonly stoppedEarly: boolean;
}

/** Measured on the test users (docs/method.md §3, "Reported"). */
export interface ModelMetrics {
  readonly testUsers: number;
  readonly popularity: Quality;
  /** The plain recommender. */
  readonly cfae: Quality;
  /** The SAE inside it. */
  readonly nested: Quality;
  /**
   * Which of the two a session shows with nothing turned: the recommender itself where the model keeps what the SAE
   * does not rebuild (config.sae.residual), else what comes through the SAE.
   */
  readonly shown: "cfae" | "nested";
  /** nested − cfae, user by user. */
  readonly change: Quality;
  /** Lists of 20 beside their accuracy; models of earlier versions do not have it. */
  readonly lists?: { readonly [N in "popularity" | "cfae" | "nested"]: BeyondAccuracy };
  /** Cosine between embeddings and their reconstructions. */
  readonly cosine: Estimate;
  /** Active neurons a user. */
  readonly l0: Estimate;
  /** Neurons that fired for no test user. */
  readonly dead: number;
  /**
   * What a typical person's active neurons come to, s·Σe in units of the embedding, the middle over validation users
   * (steer/own-shares.ts); models of earlier versions do not have it.
   */
  readonly activation?: number;
}

/** The data that a model was trained on. */
export interface ModelData {
  readonly name: string;
  /** Where the data came from, so that `evaluate` finds it again; null when it was made in memory. */
  readonly source: DataSource | null;
  readonly trainUsers: number;
  readonly validationUsers: number;
  readonly testUsers: number;
  readonly interactions: number;
  /** Tags with fewer applications were left out. */
  readonly minTagApplications: number;
  readonly notes: readonly string[];
  /** Fingerprints of the users in their order (data/row-order.ts); models of earlier versions do not have them. */
  readonly users?: string;
}

/** An item whose vector is an estimate, and how sure it is. */
export interface EstimatedItem {
  /** Number in the model. */
  readonly item: number;
  /** Cosine of such an estimate with what training would find, as known items show; and where four of five lie. */
  readonly cosine: number;
  readonly low: number;
  readonly high: number;
  /** The tags that make most of its vector, with their shares in it. */
  readonly reasons: readonly { readonly tag: string; readonly share: number }[];
}

/** How an item's vector was worked out, and how sure it is. */
export type ItemEstimate = Omit<EstimatedItem, "item">;

/** A trained model with everything that is known about it: what `saveModel` writes and a session opens. */
export interface Model {
  readonly config: Config;
  readonly seed: number;
  /** Which kernels computed it: the bits depend on them, never on the number of threads. */
  readonly numerics: "fused" | "portable" | "plain";
  readonly items: {
    readonly ids: readonly string[];
    readonly titles: readonly string[];
    /** Training users of each item; models of earlier versions do not have it. */
    readonly users?: readonly number[];
    /** The last of the items, which nobody had chosen: their rows were worked out from their tags (add-items.ts). */
    readonly estimated?: readonly EstimatedItem[];
  };
  /** By the reference's names: ELSA has `encoder`, (I, D); MultVAE and MultDAE `encoder.fc0.weight` … */
  readonly cfae: NamedTensors;
  readonly sae: SaeWeights;
  readonly shape: SaeShape & { readonly k: number };
  /** C of docs/method.md §4; null when the data set has no tags. */
  readonly tags: TagCounts | null;
  /** (H) */
  readonly labels: readonly NeuronLabel[];
  /** Neurons of one meaning under one name; models of earlier versions do not have it, sessions then work it out. */
  readonly concepts?: readonly Concept[];
  readonly fit: { readonly cfae: FitSummary; readonly sae: FitSummary };
  readonly metrics: ModelMetrics;
  /** What the neurons mean, where that was measured (measure/measure-meaning.ts); earlier versions did not. */
  readonly meaning?: Meaning;
  readonly data: ModelData;
  /** What it went on from, where it did (warm-start.ts). */
  readonly update?: ModelUpdate;
  /** Of an earlier training whose names it keeps: its concepts, and those found again by effect (match-concepts.ts). */
  readonly namesKept?: { readonly concepts: number; readonly kept: number };
}

/** How a training that went on from an earlier one changed it. */
export interface ModelUpdate {
  /** Earlier neurons that some item made fire, and those of them that keep their meaning under their number. */
  readonly neurons: number;
  readonly kept: number;
  readonly newItems: number;
  readonly goneItems: number;
}

/** The same model with another answer to what becomes of what the SAE does not rebuild; undefined: as it is. */
export function withResidual(model: Model, residual: Residual | undefined): Model {
  if (residual === undefined) return model;
  return {
    ...model,
    config: { ...model.config, sae: { ...model.config.sae, residual } },
    metrics: { ...model.metrics, shown: shownWith(residual) },
  };
}

/** x̄ where a strength is a share of the geometric mean of own and typical activation; null: of the own. */
export function typicalOf({ config, metrics }: Pick<Model, "config" | "metrics">): number | null {
  return config.sae.push === "root" ? metrics.activation ?? null : null;
}

/** What a session shows with nothing turned. */
export function shownWith(residual: Residual): ModelMetrics["shown"] {
  return residual === "drop" ? "nested" : "cfae";
}

/** How an item's vector was made where it was not trained; null where it was. */
export function estimateOf({ items }: Pick<Model, "items">, item: number): ItemEstimate | null {
  const { ids, estimated = [] } = items;
  const found = estimated.at(item - ids.length);
  if (item < ids.length - estimated.length || !found) return null;
  const { cosine, low, high, reasons } = found;
  return { cosine, low, high, reasons };
}

/** Weights and what is needed to open them. */
export type ModelWeights = Pick<Model, "config" | "cfae" | "sae" | "shape">;
