/**
 * Two trainings on the same items held against each other: does another seed find the same neurons and concepts?
 *
 *   neurons    PW-MCC (Paulo & Belrose, 2025): mean |cosine| of the best one-to-one matching of living neurons by
 *              decoder rows, where both dictionaries stand on one recommender. *Effect MCC*: the mean |correlation|
 *              over items of such a matching by what neurons do to the scores, W_dec·Aᵀ, which two recommenders can
 *              be compared by (their factors are turned against each other). As many random directions, through the
 *              same item vectors, are the floor of each.
 *   concepts   those of the first that the second has again, matched by what they do to the scores
 *              (match-concepts.ts), and the proven ones among them, with how many are called alike without any name
 *              being carried over.
 *
 * Alive is a neuron that fires for a user. Both must have the same items in the same order.
 */
import type { Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { Engine } from "../engine/engine.js";
import { keptRows, matchedCosine, matchedMean, randomCosine } from "../interpret/meaning/match-directions.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { conceptEffects, conceptsInCommon } from "../model-folder/concepts-in-common.js";
import { conceptsOf } from "../model-folder/find-concepts.js";
import type { Model } from "../model-folder/model.js";
import { openNested } from "../model-folder/open-model.js";
import { codesOf, embedAll } from "../models/encode-all.js";

/** How much of one training another has again. */
export interface TrainingAgreement {
  /** Living neurons of each. */
  readonly neurons: readonly [number, number];
  /** PW-MCC of decoder rows and of random directions; null where the two stand on different recommenders. */
  readonly rows: { readonly cosine: number; readonly random: number } | null;
  /** Effect MCC: the same by neurons' effects on scores, centred over items; and of random directions. */
  readonly effects: { readonly cosine: number; readonly random: number };
  readonly concepts: {
    /** Of each training. */
    readonly count: readonly [number, number];
    /** Share of the first one's that the second has again; mean correlation of the best assignment. */
    readonly matched: number;
    readonly correlation: number;
    /**
     * Proven ones of the first; share of them that are found again, and that are then proven for the same tag. NaN
     * where none is proven.
     */
    readonly proven: number;
    readonly provenMatched: number;
    readonly sameTag: number;
  };
}

/** As much of a model as comparing needs. */
export type ComparedModel =
  Pick<Model, "config" | "cfae" | "sae" | "shape" | "items" | "tags" | "seed" | "concepts">;

/** Of the random directions. */
const SEED = 12;

/** @throws UserError when the two have not the same items in the same order. */
export function checkComparable(first: Pick<Model, "items">, second: Pick<Model, "items">): void {
  const [ids, others] = [first.items.ids, second.items.ids];
  if (ids.length === others.length && ids.every((id, i) => id === others[i])) return;
  throw new UserError(
    `the two models have not the same items (${ids.length} and ${others.length}): only trainings on one data set, ` +
    "read alike, can be compared",
  );
}

/**
 * @param users (n, I) interactions of those who decide which neurons live. The heap is as it was afterwards.
 * @throws UserError when the two have not the same items.
 */
export function compareTrainings(
  engine: Engine, first: ComparedModel, second: ComparedModel, users: Csr,
): TrainingAgreement {
  checkComparable(first, second);
  const both = [first, second];
  const alive = both.map((model) => living(engine, model, users));
  const rows = both.map(({ sae, shape }, k) => keptRows(sae.decoderW, shape.factors, alive[k]));
  const counts = both.map(({ shape }, k) => rows[k].length / shape.factors) as [number, number];
  const D = first.shape.factors;
  const random = new Random(SEED);
  const drawn = rows.map(({ length }) => Float64Array.from({ length }, () => random.normal()));
  return {
    neurons: counts,
    rows: sameRecommender(first, second) ? {
      cosine: matchedCosine(rows[0], rows[1], D), random: randomCosine(counts[0], counts[1], D, random),
    } : null,
    effects: { cosine: matchedEffects(engine, both, rows), random: matchedEffects(engine, both, drawn) },
    concepts: inCommon(engine, first, second),
  };
}

function inCommon(engine: Engine, first: ComparedModel, second: ComparedModel): TrainingAgreement["concepts"] {
  const [now, all] = [second, first].map((model) =>
    model.concepts ?? conceptsOf(engine, model, encodeItems(engine, model, model.items.ids.length)));
  const { before, match, sameTag } = conceptsInCommon(engine, { ...first, concepts: all }, second, now);
  const proven = before.filter((concept) => concept.proven).length;
  const again = match.pairs.filter(({ a }) => before[a].proven);
  return {
    count: [before.length, now.length], matched: match.share, correlation: match.correlation,
    proven, provenMatched: again.length / proven, sameTag: sameTag.length / proven,
  };
}

/** (H) 1 where a neuron fires for a user. */
function living(engine: Engine, model: ComparedModel, users: Csr): Uint8Array {
  return engine.scope(() => {
    const { cfae, sae } = openNested(engine, model);
    const out = new Uint8Array(model.shape.neurons);
    for (const neuron of codesOf(engine, sae, embedAll(engine, cfae, users)).indices) out[neuron] = 1;
    return out;
  });
}

function sameRecommender({ cfae: a }: ComparedModel, { cfae: b }: ComparedModel): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) =>
    b[name] !== undefined && a[name].data.length === b[name].data.length &&
    a[name].data.every((value, i) => value === b[name].data[i]));
}

/** matchedMean of what directions, a model's (n, D) each, do to the scores, centred over items. */
function matchedEffects(engine: Engine, models: readonly ComparedModel[], rows: readonly Float64Array[]): number {
  const [a, b] = models.map((model, k) => {
    const D = model.shape.factors;
    const units = Array.from({ length: rows[k].length / D }, (_, n) => ({ neurons: [n], weights: [1] }));
    const sae = { ...model.sae, decoderW: Float32Array.from(rows[k]) };
    return centredUnits(conceptEffects(engine, { ...model, sae }, units), model.items.ids.length);
  });
  const I = models[0].items.ids.length;
  const [n, m] = [a.length / I, b.length / I];
  if (n === 0 || m === 0) return NaN;
  return engine.scope(() => {
    const cosine = engine.floats(n * m);
    engine.run("matmulABt", cosine, engine.floatsFrom(a), engine.floatsFrom(b), n, m, I, 0);
    return matchedMean(Float64Array.from(cosine), n, m);
  });
}

/** Rows of length I, centred and of unit length, in place. */
function centredUnits(x: Float32Array, I: number): Float32Array {
  for (let from = 0; from < x.length; from += I) {
    let [mean, squares] = [0, 0];
    for (let j = from; j < from + I; j++) mean += x[j] / I;
    for (let j = from; j < from + I; j++) squares += (x[j] - mean) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = from; j < from + I; j++) x[j] = (x[j] - mean) * scale;
  }
  return x;
}
