/**
 * What the neurons mean, measured so that nothing is chosen on what is scored: against planted concepts where they are
 * known, else against tags. Every figure has its controls beside it (an untrained SAE, principal and independent
 * components, non-negative parts) and its ceilings (a probe on the embedding, on all neurons, and, where users' tastes
 * are known, a taught direction and what the audience says). docs/meaning.md explains and shows them.
 */
import type { Dataset, Split } from "../data/dataset.js";
import type { HardTruth } from "../data/world/hard-world.js";
import { isHardTruth } from "../data/world/named-worlds.js";
import type { WorldTruth } from "../data/world/world.js";
import type { Engine } from "../engine/engine.js";
import {
  csrColumnCounts, csrFromLists, csrIdentity, csrRow, csrSelectRows, csrTranspose, type Csr,
} from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import { breathe } from "../base/breathe.js";
import { Random } from "../base/random.js";
import { absorption } from "../interpret/meaning/absorption.js";
import {
  fitTable, membersOf, scoreBest, type HeldOutF1, type HeldOutOptions,
} from "../interpret/meaning/held-out-f1.js";
import { independentComponents } from "../interpret/components/ica.js";
import { halveItems, itemsOfHalves, itemsWithEntries, type ItemHalves } from "../interpret/meaning/item-halves.js";
import { linearProbe, type ProbedF1 } from "../interpret/meaning/linear-probe.js";
import { keptRows, matchedCosine, plantedDirections, randomCosine } from "../interpret/meaning/match-directions.js";
import { nonNegativeParts } from "../interpret/components/nmf.js";
import { neuronSets } from "../interpret/meaning/neuron-sets.js";
import { correlationMatch, oneToOne } from "../interpret/meaning/one-to-one.js";
import { principalComponents, project } from "../interpret/components/pca.js";
import type { DenseCodes } from "../interpret/meaning/recovery.js";
import { splitting } from "../interpret/meaning/splitting.js";
import { userTastes } from "../interpret/meaning/user-tastes.js";
import { codesOf, embedAll } from "../models/encode-all.js";
import { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import { encodeItems } from "../model-folder/encode-items.js";
import type { Model } from "../model-folder/model.js";
import { openNested } from "../model-folder/open-model.js";
import { HealthCheck } from "../train/sae-health.js";
import type { FiringFigures, Meaning, WorldFigures } from "../interpret/meaning/meaning-figures.js";
import { conceptsOf } from "../model-folder/find-concepts.js";
import { conceptFigures } from "./concept-figures.js";
import { audienceOracle, ownColumns, taughtDirections } from "./meaning-ceilings.js";
import { provenFigures } from "./proven-figures.js";
import { tagsOverSizes } from "./tags-by-size.js";

/** As much of a model as measuring needs; without concepts they are worked out. */
export type MeasuredModel =
  Pick<Model, "config" | "cfae" | "sae" | "shape" | "items" | "tags" | "seed"> & Pick<Partial<Model>, "concepts">;

export interface MeasureMeaningOptions {
  /** Tags with fewer scored items are left out; concepts of a world with fewer than 20. Default 30. */
  readonly minItems?: number;
  /**
   * Tags that figures are means over, at most, spread evenly over their sizes: a data set may have thousands on enough
   * items, and probes of all of them take longer than training. Neurons have their names from all. Default 300.
   */
  readonly mostTags?: number;
  /**
   * Items of a catalogue that take part, at most, drawn at random of those with tags: the probes' time grows with them.
   * Names of concepts are proven on all of them all the same. Default 50,000.
   */
  readonly mostItems?: number;
  /** Controls take the longest: false leaves them out, except PCA, which proofs need, and the probe. Default true. */
  readonly controls?: boolean;
  readonly signal?: AbortSignal;
}

/** Of every random choice here: the halves must not change from model to model. */
const SEED = 12;

/** What is measured against: (I, T), and which items take part. */
interface Target {
  readonly truth: Csr;
  /** With the tags beyond the most: what a neuron may have its name from. */
  readonly all: Csr;
  readonly half: ItemHalves;
  readonly options: HeldOutOptions;
  readonly hard: HardTruth | null;
  /** The items that take part, where those of the above are only these; null: all. */
  readonly sample: Int32Array | null;
}

/** Works out one part of a measurement, after hearing whether it shall go on. */
type Part = <T>(work: () => T) => Promise<T>;

function partsUntil(signal?: AbortSignal): Part {
  return async (work) => {
    await breathe();
    signal?.throwIfAborted();
    return work();
  };
}

/**
 * What a model's neurons and concepts mean, in figures with their floors and ceilings (docs/method.md §15.2). The heap
 * is as it was afterwards.
 *
 * @returns null when there is nothing to measure against: no world, and no tag on enough items.
 * @throws the signal's reason, between two parts
 */
export async function measureMeaning(
  engine: Engine, model: MeasuredModel, { dataset, split, truth }: {
    readonly dataset: Dataset; readonly split: Split; readonly truth: WorldTruth | HardTruth | null;
  }, options: MeasureMeaningOptions = {},
): Promise<Meaning | null> {
  const { minItems = 30, mostTags = 300, mostItems = 50_000, controls = true, signal } = options;
  const target = targetOf(model, split, truth, minItems, mostTags, mostItems);
  if (!target) return null;
  const part = partsUntil(signal);
  const items = model.items.ids.length;
  const everyCode = encodeItems(engine, model, items);
  const codes = target.sample ? csrSelectRows(everyCode, target.sample) : everyCode;
  return engine.scope(async () => {
    const { cfae, sae } = openNested(engine, model);
    const everyVector = embedAll(engine, cfae, csrIdentity(items)).data;
    const vectors = target.sample ? rowsOf(everyVector, model.shape.factors, target.sample) : everyVector;
    const users = embedAll(engine, cfae, split.train);
    const D = model.shape.factors;
    const principal = await part(() => principalComponents(everyVector, items, D));
    const axes = { rows: codes.rows, cols: D, data: project(principal, vectors, codes.rows) };
    const found = await part(() => figures(codes, target));
    const measured: Record<string, FiringFigures> = {
      SAE: found.figures, PCA: await part(() => figures(axes, target).figures),
    };
    if (controls) Object.assign(measured, await controlFigures(engine, model, split, vectors, target, part));
    const probed = (x: Floats, width: number): ProbedF1 =>
      linearProbe(x, width, target.truth, target.half, target.options);
    const probe = await part(() => probed(vectors, D));
    const { data: spread } = dense(codes);
    const sets = await part(() => neuronSets(spread, codes.cols, target.truth, target.half, target.options));
    const ceilings: Record<string, number> = { "probe on the embedding": probe.f1 };
    if (controls) ceilings["probe on all neurons"] = await part(() => probed(spread, codes.cols).f1);
    const userCodes = codesOf(engine, sae, embedAll(engine, cfae, split.test.input));
    const health = new HealthCheck(engine, sae, users).look();
    if (target.hard) {
      Object.assign(ceilings, await part(() => worldCeilings(dataset, split, vectors, users.data, target)));
    }
    const world = target.hard && await part(() =>
      worldFigures(model, split, vectors, codes, userCodes, found.best, probe, target));
    const proven = truth ? null : await part(() =>
      provenFigures({ codes, userCodes, axes, vectors, probe, names: model.tags!.names }, target, SEED));
    const groups = await part(() =>
      conceptFigures(model.concepts ?? conceptsOf(engine, model, everyCode), codes, userCodes, target));
    return {
      against: truth ? "concepts" : "tags",
      items: found.best.items, concepts: found.best.concepts.length, leftOut: leftOutOf(target, found.best),
      codes: measured, ceilings, sets: { f1: sets.f1, size: sets.size }, ...health, world, proven, groups,
    };
  });
}

function targetOf(
  model: MeasuredModel, split: Split, truth: WorldTruth | HardTruth | null, minItems: number, mostTags: number,
  mostItems: number,
): Target | null {
  const random = new Random(SEED);
  if (truth) {
    const bought = Uint8Array.from(csrColumnCounts(split.train), (count) => (count > 0 ? 1 : 0));
    const half = halveItems(truth.itemConcepts, random, bought);
    const all = truth.itemConcepts;
    return { truth: all, all, half, options: { minItems: 20 }, hard: isHardTruth(truth) ? truth : null, sample: null };
  }
  if (!model.tags) return null;
  const all = csrTranspose(model.tags.counts);
  const scored = tagsOverSizes(csrColumnCounts(all), minItems, mostTags);
  if (scored.length === 0) return null;
  const lists = Array.from({ length: model.tags.counts.rows }, (): number[] => []);
  for (const tag of scored) lists[tag] = Array.from(csrRow(model.tags.counts, tag));
  const sampled = csrTranspose(csrFromLists(lists, model.tags.counts.cols));
  const half = halveItems(all, random, itemsWithEntries(all));
  const tagged = itemsOfHalves(half);
  const target = { truth: sampled, all, half, options: { minItems }, hard: null };
  if (tagged.length <= mostItems) return { ...target, sample: null };
  const sample = random.shuffle(tagged).slice(0, mostItems).sort();
  return {
    ...target, sample, truth: csrSelectRows(sampled, sample), all: csrSelectRows(all, sample),
    half: Int8Array.from(sample, (i) => half[i]),
  };
}

function figures(
  codes: Csr | DenseCodes, { truth, half, options, hard }: Target,
): { figures: FiringFigures; best: HeldOutF1 } {
  const table = fitTable(codes, truth, half);
  const best = scoreBest(table, truth, half, options);
  const { f1, fit, precision, recall, auc, recovered, uniqueness } = best;
  const only = (which: (concept: number) => boolean): number => {
    const some = best.concepts.filter(({ concept }) => which(concept));
    return some.reduce((sum, one) => sum + one.f1, 0) / some.length;
  };
  const plain = {
    f1, fit, precision, recall, auc, recovered, uniqueness, oneToOne: oneToOne(table, truth, half, options).f1,
  };
  if (!hard) return { best, figures: plain };
  const { parents, children } = hard.forest;
  const isParent = (c: number): boolean => children.indptr[c + 1] > children.indptr[c];
  return {
    best, figures: {
      ...plain, parents: only(isParent), children: only((c) => parents[c] >= 0),
      free: only((c) => parents[c] < 0 && !isParent(c)),
      correlation: correlationMatch(codes, hard.grades, half, options),
    },
  };
}

async function controlFigures(
  engine: Engine, model: MeasuredModel, split: Split, vectors: Float32Array, target: Target, part: Part,
): Promise<Record<string, FiringFigures>> {
  const items = model.items.ids.length;
  const { shape: { factors: D } } = model;
  const { sample } = target;
  const random = new Random(SEED);
  const untrained = { ...model, sae: SparseAutoencoder.initialise(new Random(model.seed), model.shape) };
  const codes = encodeItems(engine, untrained, items);
  const nonNegative = await part(() => nonNegativeParts(split.train, D, random.fork()));
  const rows = sample?.length ?? items;
  const independent = await part(() => independentComponents(vectors, rows, D, random.fork()));
  const measured = (of: Csr | DenseCodes): Promise<FiringFigures> => part(() => figures(of, target).figures);
  return {
    untrained: await measured(sample ? csrSelectRows(codes, sample) : codes),
    ICA: await measured({ rows, ...independent }),
    NMF: await measured({ rows, cols: D, data: sample ? rowsOf(nonNegative, D, sample) : nonNegative }),
  };
}

/** The rows of x, (·, dims), that are asked for. */
function rowsOf(x: Floats, dims: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * dims);
  rows.forEach((row, k) => { out.set(x.subarray(row * dims, (row + 1) * dims), k * dims); });
  return out;
}

function worldCeilings(
  dataset: Dataset, split: Split, vectors: Float32Array, users: Float32Array, { hard, truth, half, options }: Target,
): Record<string, number> {
  const tastes = csrSelectRows(hard!.tastesWithAncestors, split.trainUsers);
  const taught = taughtDirections(users, vectors, tastes);
  const oracle = audienceOracle(dataset.interactions, hard!.tastesWithAncestors);
  return {
    "taught direction": ownColumns(taught, truth, half, options).f1,
    "audience oracle": ownColumns(oracle, truth, half, options).f1,
  };
}

function worldFigures(
  model: MeasuredModel, split: Split, vectors: Float32Array, codes: Csr, userCodes: Csr, best: HeldOutF1,
  probe: ProbedF1, { hard, truth, half }: Target,
): WorldFigures {
  const { forest, grades, tastesWithAncestors } = hard!;
  const D = model.shape.factors;
  const table = fitTable(codes, truth, half);
  const probed = new Map(probe.concepts.map(({ concept, right }) => [concept, right]));
  const { rate, hidden } = absorption(table, best, truth, forest.children, half, (c, way) => probed.get(c)![way]);
  const { union, neurons: unionNeurons, split: splitShare } = splitting(table, best, truth, half);
  const living = csrColumnCounts(userCodes);
  const planted = plantedDirections(vectors, D, grades);
  const scored = new Set(best.concepts.map(({ concept }) => concept));
  const wanted = keptRows(planted, D, Array.from({ length: truth.cols }, (_, t) => (scored.has(t) ? 1 : 0)));
  const rows = keptRows(model.sae.decoderW, D, living);
  const neuronOf = new Map(best.concepts.map(({ concept, ways: [a, b] }) =>
    [concept, a.fit >= b.fit ? a.neuron : b.neuron]));
  const users = userTastes(
    userCodes, csrSelectRows(tastesWithAncestors, split.test.users), neuronOf, new Random(SEED),
  );
  return {
    directions: matchedCosine(wanted, rows, D),
    randomDirections: randomCosine(wanted.length / D, rows.length / D, D, new Random(SEED)),
    absorption: rate, hidden, union, unionNeurons, split: splitShare,
    userAuc: users.auc, own: users.own, stranger: users.other,
  };
}

/** Concepts on any item that takes part, and not scored. */
function leftOutOf({ all, half }: Target, { concepts }: HeldOutF1): number {
  return membersOf(all, half).filter((items) => items.length > 0).length - concepts.length;
}

/** The same codes with their zeros. */
function dense(codes: Csr): DenseCodes & { data: Float32Array } {
  const data = new Float32Array(codes.rows * codes.cols);
  for (let i = 0; i < codes.rows; i++) {
    const from = i * codes.cols;
    for (let q = codes.indptr[i]; q < codes.indptr[i + 1]; q++) data[from + codes.indices[q]] = codes.values![q];
  }
  return { rows: codes.rows, cols: codes.cols, data };
}
