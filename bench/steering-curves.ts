/** The paper's evaluation of steering through the TF-IDF mappings (docs/method.md §5), as curves over its settings. */
import { csrIdentity, type Csr } from "../src/base/csr.js";
import type { Split, TagCounts } from "../src/data/dataset.js";
import type { Engine } from "../src/engine/engine.js";
import { tfidfMappings, type TfidfMapping } from "../src/interpret/tfidf.js";
import { codesOf, embedAll } from "../src/models/encode-all.js";
import type { Cfae } from "../src/models/recommenders/recommender.js";
import type { SparseAutoencoder } from "../src/models/sae/sparse-autoencoder.js";
import {
  evaluateSteering, KnobSteering, STRENGTHS, tagNeurons, type SteeringQuality,
} from "../src/steer/evaluate-steering.js";
import type { Knob } from "../src/steer/steer.js";
import { steeringGoals } from "../src/steer/steering-goals.js";

/** One point of a curve of the paper's method. */
export interface SteeringPoint extends SteeringQuality {
  /** Which TF-IDF orientation chose the neurons (docs/method.md §4). */
  readonly mapping: TfidfMapping;
  /** How many neurons share the strength. */
  readonly neurons: number;
}

export interface SteeringOptions {
  /** Values of α; default 0, 0.1 … 0.5. */
  readonly strengths?: readonly number[];
  /** Numbers of neurons a tag; default 1, 5 and 10. */
  readonly neurons?: readonly number[];
  /** Default both. */
  readonly mappings?: readonly TfidfMapping[];
  /**
   * Counts that the neurons are chosen by, when those of some users only may be used (docs/method.md §4). Default: all.
   */
  readonly mappingCounts?: Csr;
  /** Default "test". */
  readonly users?: "test" | "validation";
}

/** The paper's evaluation of one model: a point for each mapping, number of neurons and strength, in this order. */
export function steeringCurves(
  engine: Engine, cfae: Cfae, sae: SparseAutoencoder, split: Split, tags: TagCounts, options: SteeringOptions = {},
): SteeringPoint[] {
  const { strengths = STRENGTHS, neurons = [1, 5, 10], mappings = tfidfMappings } = options;
  const heldOut = split[options.users ?? "test"];
  const goals = steeringGoals(heldOut, tags);
  const codes = codesOf(engine, sae, embedAll(engine, cfae, csrIdentity(cfae.items)));
  const points: SteeringPoint[] = [];
  for (const mapping of mappings) {
    const top = tagNeurons(options.mappingCounts ?? tags.counts, codes, mapping, Math.max(...neurons));
    for (const n of neurons) {
      const knobs = (tag: number, strength: number): Knob[] =>
        top[tag].length > 0 ? [{ neurons: top[tag].slice(0, n), strength }] : [];
      for (const quality of evaluateSteering(engine, new KnobSteering(cfae, sae, knobs), heldOut, goals, strengths)) {
        points.push({ mapping, neurons: n, ...quality });
      }
    }
  }
  return points;
}
