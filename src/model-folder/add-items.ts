/**
 * Items that nobody has chosen yet, put into a trained model: their rows are worked out from their tags, or from
 * features of any kind, by a ridge map fitted to the items that were trained (models/cold/ridge-map.ts). Nothing that
 * was trained changes, so neurons keep their numbers and names, and old items their scores.
 *
 * Each new row is marked as an estimate, and how good such an estimate is, is known: the known items' own predictions,
 * each made without the item, are held against what training found (its cosine). A new item is as sure as the known
 * ones whose predictions are about as long: a short prediction says that its tags leave much open.
 */
import { UserError } from "../base/user-error.js";
import { quotable } from "../base/printable.js";
import { suggestion } from "../base/suggest.js";
import { csrIdentity } from "../base/csr.js";
import { dot } from "../base/dense.js";
import { tagsOfFirstItems, tagsWithItems } from "../data/tags/items-of-tags.js";
import type { Engine } from "../engine/engine.js";
import { estimate, type Estimate } from "../evaluate/metrics.js";
import { embedAll } from "../models/encode-all.js";
import { itemAxes, mapItemRows, pickRows, stackRows, type ItemRows } from "../models/cold/item-axis.js";
import { chooseRidgeMap, type RidgeMap, type Rows } from "../models/cold/ridge-map.js";
import { TagFeatures } from "../models/cold/tag-features.js";
import { recordOf, settingsOf } from "../models/recommenders/registry.js";
import type { NamedTensors } from "../base/named-tensors.js";
import type { EstimatedItem, Model } from "./model.js";
import { openCfae } from "./open-model.js";

/** An item to add: its tags, or its features. */
export interface NewItem {
  readonly id: string;
  /** Default: the id. */
  readonly title?: string;
  /** Names as the model has them; capitals do not matter. */
  readonly tags?: readonly string[];
  /** (T) numbers in the columns of `AddItemsOptions.features`, instead of tags. */
  readonly features?: readonly number[];
}

/** What is known of the known items, where it is not their tags. */
export interface AddItemsOptions {
  /** F, (I, T): features of the model's items, in its order, without those that were added before. */
  readonly features?: Rows;
  /** λ; default: chosen by the known items' left-out predictions. */
  readonly lambda?: number;
}

/** A model with more items, and how they were made. */
export interface ExtendedModel {
  readonly model: Model;
  /** Those that were added, as `model.items.estimated` has them. */
  readonly added: readonly EstimatedItem[];
  /** Items that no known tag speaks of: they were not added. */
  readonly leftOut: readonly string[];
  /** Tags that the model does not know, with how many items have them. */
  readonly unknownTags: ReadonlyMap<string, number>;
  readonly lambda: number;
  /** Cosine of the known items' left-out predictions with what training found. */
  readonly cosine: Estimate;
}

/** Tags of a new item that are named as reasons. */
const REASONS = 5;
/** Known items that a new one's certainty is read from. */
const ALIKE = 100;

/**
 * The heap is as it was afterwards.
 * @throws UserError for an id that the model has, for a model without tags where no features are given, and when not
 * one new item has a tag that the model knows.
 */
export function addItems(
  engine: Engine, model: Model, items: readonly NewItem[], options: AddItemsOptions = {},
): ExtendedModel {
  checkIds(model, items);
  const trained = trainedItems(model);
  const { known, fresh, names, added, leftOut, unknownTags } = options.features
    ? givenFeatures(trained, items, options.features) : featuresOfTags(model, trained, items);
  const vectors = pickRows(vectorsOf(engine, model, trained), known.items);
  const { map, leftOut: predicted, cosines } =
    chooseRidgeMap(engine, known.features, vectors, options.lambda === undefined ? undefined : [options.lambda]);
  const made = map.predict(vectors, fresh);
  const sure = certainty(predicted, cosines);
  const w = map.weights(vectors);
  const first = model.items.ids.length;
  const estimated = added.map((_, i): EstimatedItem => ({
    item: first + i, ...sure(lengthOf(made, i)), reasons: reasonsOf(fresh, made, { data: w, rows: 0, cols: made.cols },
      names, i),
  }));
  return {
    model: extended(model, added, estimated, withRows(model, map, known.items, fresh, made)),
    added: estimated, leftOut, unknownTags, lambda: map.lambda, cosine: estimate(cosines),
  };
}

/** How many items the model was trained on: those before the estimated ones. */
export function trainedItems({ items }: Pick<Model, "items">): number {
  return items.ids.length - (items.estimated?.length ?? 0);
}

interface Features {
  /** Numbers of the known items that are learnt from, with their features. */
  readonly known: { readonly items: readonly number[]; readonly features: Rows & { readonly data: Float32Array } };
  readonly fresh: Rows;
  /** Names of the columns; null where they have none. */
  readonly names: readonly string[] | null;
  readonly added: readonly NewItem[];
  readonly leftOut: readonly string[];
  readonly unknownTags: ReadonlyMap<string, number>;
}

function featuresOfTags(model: Model, trained: number, items: readonly NewItem[]): Features {
  if (!model.tags) {
    throw new UserError("this model has no tags, which new items' vectors are made from: give features of its items");
  }
  const { names } = model.tags;
  const counts = tagsOfFirstItems(model.tags, trained);
  const number = new Map(names.map((name, t) => [name, t]));
  const unknown = new Map<string, number>();
  const wanted = items.map(({ tags = [] }) => {
    const own = new Set(tags.map((tag) => tag.trim().toLowerCase()));
    for (const tag of own) if (!number.has(tag)) unknown.set(tag, (unknown.get(tag) ?? 0) + 1);
    return [...own].flatMap((tag) => number.get(tag) ?? []);
  });
  const added = items.filter((_, i) => wanted[i].length > 0);
  if (added.length === 0 && items.length > 0) {
    const [some] = unknown.keys();
    const example = some === undefined ? "" : `: there is no "${quotable(some)}"${suggestion(some, names)}`;
    throw new UserError(`none of the ${items.length} new items has a tag that the model knows${example}`);
  }
  const features = new TagFeatures(counts.counts);
  const all = features.tagsOf(Array.from({ length: trained }, (_, i) => i));
  // What has no tag says nothing about tags.
  const known = all.flatMap((tags, item) => (tags.length > 0 ? [item] : []));
  return {
    known: { items: known, features: features.of(known.map((item) => all[item])) },
    fresh: features.of(wanted.filter((tags) => tags.length > 0)),
    names, added, unknownTags: unknown,
    leftOut: items.flatMap(({ id }, i) => (wanted[i].length === 0 ? [id] : [])),
  };
}

function givenFeatures(trained: number, items: readonly NewItem[], features: Rows): Features {
  const { rows, cols, data } = features;
  if (rows !== trained || data.length !== rows * cols) {
    throw new UserError(`features are of ${rows} items, the model was trained on ${trained}: give one row for each`);
  }
  const fresh = new Float32Array(items.length * cols);
  items.forEach(({ id, features: own }, i) => {
    if (own?.length !== cols || !own.every(Number.isFinite)) {
      throw new UserError(`new item "${quotable(id)}" has ${own?.length ?? 0} features, expected ${cols} numbers`);
    }
    fresh.set(own, i * cols);
  });
  return {
    known: {
      items: Array.from({ length: rows }, (_, i) => i), features: { rows, cols, data: Float32Array.from(data) },
    },
    fresh: { data: fresh, rows: items.length, cols }, names: null, added: items, leftOut: [], unknownTags: new Map(),
  };
}

/** (I, D): what is predicted: item vectors, or for a decoder that is none the items embedded alone. */
function vectorsOf(engine: Engine, model: Model, trained: number): ItemRows {
  const found = recordOf(model.config).itemVectors(model.cfae);
  if (found) return { data: found.data.subarray(0, trained * found.shape[1]), rows: trained, cols: found.shape[1] };
  return engine.scope(() => {
    const all = embedAll(engine, openCfae(engine, model.config, model.cfae), csrIdentity(model.items.ids.length));
    return { ...all, data: all.data.subarray(0, trained * all.cols), rows: trained };
  });
}

/** The weights with a row for each new item. */
function withRows(
  { config, cfae, items }: Model, map: RidgeMap, known: readonly number[], fresh: Rows, made: Rows,
): NamedTensors {
  const [record, settings] = [recordOf(config), settingsOf(config)];
  if (record.withItemVectors) return record.withItemVectors(cfae, { ...made, data: Float32Array.from(made.data) });
  return mapItemRows(cfae, itemAxes(record, settings, items.ids.length), (rows, name) => {
    const { data } = map.predict(pickRows(rows, known), fresh);
    record.finishItemRows?.(name, data, rows.cols);
    return stackRows(rows, { data: Float32Array.from(data), rows: fresh.rows, cols: rows.cols });
  });
}

/** Expected cosine, and where four of five lie, of a prediction of this length. */
function certainty(
  predicted: Rows, cosines: Float64Array,
): (length: number) => Pick<EstimatedItem, "cosine" | "low" | "high"> {
  const order = Array.from(cosines.keys(), (i) => ({ length: lengthOf(predicted, i), cosine: cosines[i] }))
    .sort((a, b) => a.length - b.length);
  const lengths = order.map(({ length }) => length);
  return (length) => {
    const at = lengths.findIndex((one) => one >= length);
    const middle = at < 0 ? lengths.length : at;
    const from = Math.max(0, Math.min(lengths.length - ALIKE, middle - ALIKE / 2));
    const near = order.slice(from, from + ALIKE).map(({ cosine }) => cosine).sort((a, b) => a - b);
    const quantile = (share: number): number => near[Math.min(near.length - 1, Math.floor(share * near.length))];
    return { cosine: near.reduce((sum, one) => sum + one, 0) / near.length, low: quantile(0.1), high: quantile(0.9) };
  };
}

function lengthOf({ data, cols }: Rows, row: number): number {
  return Math.sqrt(dot(data, data, row * cols, row * cols, cols));
}

/** The tags that make most of a vector: shares f_t⟨W_t, v̂⟩/‖v̂‖²; with that of what all share they add up to 1. */
function reasonsOf(
  fresh: Rows, made: Rows, weights: Rows, names: readonly string[] | null, i: number,
): EstimatedItem["reasons"] {
  if (!names) return [];
  const [T, D] = [fresh.cols, made.cols];
  const whole = lengthOf(made, i) ** 2;
  return names.map((tag, t) => ({
    tag, share: fresh.data[i * T + t] * dot(weights.data, made.data, t * D, i * D, D) / (whole || 1),
  })).filter(({ share }) => share !== 0).sort((a, b) => b.share - a.share).slice(0, REASONS);
}

function extended(
  model: Model, added: readonly NewItem[], estimated: readonly EstimatedItem[], cfae: NamedTensors,
): Model {
  const { items, tags } = model;
  return {
    ...model, cfae,
    items: {
      ids: [...items.ids, ...added.map(({ id }) => id)],
      titles: [...items.titles, ...added.map(({ id, title }) => title ?? id)],
      ...(items.users ? { users: [...items.users, ...added.map(() => 0)] } : {}),
      estimated: [...items.estimated ?? [], ...estimated],
    },
    tags: tags && tagsWithItems(tags, added.map(({ tags: own = [] }) => own)),
  };
}

/** The model as it was trained, without what was added: what is measured on its data. */
export function asTrained(model: Model): Model {
  const trained = trainedItems(model);
  const { config, cfae, items: { ids, titles, users }, tags } = model;
  if (trained === ids.length) return model;
  const axes = itemAxes(recordOf(config), settingsOf(config), ids.length);
  return {
    ...model,
    cfae: mapItemRows(cfae, axes, ({ data, cols }) => ({ data: data.slice(0, trained * cols), rows: trained, cols })),
    items: {
      ids: ids.slice(0, trained), titles: titles.slice(0, trained),
      ...(users ? { users: users.slice(0, trained) } : {}),
    },
    tags: tags && tagsOfFirstItems(tags, trained),
  };
}

function checkIds({ items: { ids } }: Model, items: readonly NewItem[]): void {
  const there = new Set(ids);
  for (const { id } of items) {
    if (there.has(id)) {
      throw new UserError(`item "${quotable(id)}" is in the model already, or twice among the new ones`);
    }
    there.add(id);
  }
}
