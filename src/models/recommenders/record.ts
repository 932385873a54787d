/**
 * What there is to know of a recommender, beside the recommender itself: one record. Whatever lists, names, sizes,
 * trains or reopens recommenders asks the record (registry.ts), so that a new one needs no place but its own.
 */
import type { Matrix } from "../../autograd/index.js";
import type { Floats } from "../../base/floats.js";
import type { NamedTensor, NamedTensors } from "../../base/named-tensors.js";
import type { Csr } from "../../base/csr.js";
import type { Random } from "../../base/random.js";
import type { DeclaredRecommender } from "../../config/resolve.js";
import type { AdamConfig, FitConfig } from "../../config/training.js";
import type { Engine } from "../../engine/engine.js";
import type { Learner, TrainingData } from "../learner.js";
import type { Cfae, Recommender } from "./recommender.js";
import type { ScoringModel } from "./scoring-model.js";

/** How a recommender comes to its weights. */
export type Training<S> =
  | {
    /** By gradient descent. The weights are in the engine's heap; every generator is forked from `random`. */
    learner(engine: Engine, data: TrainingData, settings: S, random: Random): WeightLearner;
  }
  | {
    /** By what this name is in train/trainers.ts: several levels, a closed form, what browsers need not load. */
    readonly trainer: string;
    /** Whether it goes on from weights that it is given, as learners do. */
    readonly goesOn?: true;
  };

/** A learner that can say its weights. */
export interface WeightLearner extends Learner {
  /** A copy, as files hold it. */
  weights(): NamedTensors;
}

/** What every recommender's settings have. */
export type TrainedSettings = AdamConfig & FitConfig & { readonly factors: number };

/** A recommender that an SAE can sit in. @template S its settings, all of them. */
export interface CfaeRecord<S = TrainedSettings> extends DeclaredRecommender {
  /** For people: "ELSA". */
  readonly title: string;
  /** Its section of a configuration, with what the name itself decides; names a run, so old fields stay. */
  settings(section: object): S;
  readonly training: Training<S>;
  /** Its formulas take entries that count differently: x with values. */
  readonly weighted?: true;
  /** Shapes of its tensors in files, by name. */
  tensors(items: number, settings: S): Readonly<Record<string, readonly number[]>>;
  /** The weights in the engine's heap, ready to encode and decode. @throws UserError when they are of another model. */
  open(engine: Engine, weights: NamedTensors): Cfae & ScoringModel;
  /** A, (I, D), where scores before anything clips them are linear in the embedding, e·Aᵀ; null where they are not. */
  itemVectors(weights: NamedTensors): NamedTensor | null;
  /** Whether `itemVectors` has any. */
  readonly linear: boolean;
  /**
   * Rows that were worked out for an item (models/cold), made such as training makes them: of unit length, say. Absent:
   * any row will do. @param rows (n, width) of the tensor of this name, changed in place.
   */
  finishItemRows?(name: string, rows: Floats, width: number): void;
  /**
   * The weights with items added that have these vectors, (n, D), where the tensors hold vectors in another form than
   * rows of numbers. Absent: tensor by tensor.
   */
  withItemVectors?(weights: NamedTensors, vectors: Matrix): NamedTensors;
  /** Heap bytes that training needs at its peak. */
  bytes(items: number, settings: S): number;
  /** Heap bytes of a training over so many columns a step (`maxOutput`), where it can. */
  sampledBytes?(columns: number, settings: S, items: number): number;
  /** Numbers outside the heap while training over sampled columns: parameters and what goes with them. */
  outsideFloats?(items: number, settings: S): number;
  /** Numbers a row that encoding and decoding hold beside embeddings and scores: hidden layers. */
  rowFloats(settings: S): number;
  /** Multiply-adds of a training row, roughly. */
  rowWork(items: number, settings: S): number;
}

/** Sizes that costs are worked out from. */
export interface DataSizes {
  readonly items: number;
  readonly users: number;
  readonly interactions: number;
}

/** A recommender that only scores, with the settings among which validation users choose. */
export interface ScorerRecord {
  /** "EASE". Also what results are listed by. */
  readonly name: string;
  /** Its formulas take entries that count differently: x with values. */
  readonly weighted?: true;
  /** @throws UserError when the data does not allow it. */
  candidates(data: TrainingData): readonly Candidate[];
  /** Multiply-adds of fitting it, roughly. */
  work(sizes: DataSizes): number;
  /** Engine bytes of fitting it, beside those of ranking. */
  bytes(sizes: DataSizes): number;
}

/** A scorer under one setting: fitted at once, or by gradient descent. The weights stay in the engine's heap. */
export interface Candidate {
  /** For people: "λ = 400"; empty where there is nothing to choose. */
  readonly setting: string;
  readonly training:
    | {
      /** Makes the model at once, in closed form. */
      readonly fit: (engine: Engine, train: Csr, onProgress?: (share: number) => void) => Recommender;
    }
    | {
      readonly config: AdamConfig & FitConfig;
      /** Makes a model that is trained in steps. */
      readonly learner: (engine: Engine, random: Random) => Learner & { readonly model: Recommender };
    };
}
