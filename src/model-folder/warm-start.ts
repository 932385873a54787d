/**
 * A training that goes on from an earlier one with new users, items and interactions: where its weights start, and how
 * neurons keep their names. Items are known again by their ids; a new one starts where its tags put it (add-items.ts),
 * without a known tag at the mean of all items; one that is gone takes its row with it. Users have no weights.
 *
 * The SAE goes on from the earlier neurons under the same numbers. What they mean is measured afterwards
 * (interpret/match-neurons.ts), not assumed: a name is kept where the meaning is.
 */
import { csrSelectRows, type Csr } from "../base/csr.js";
import type { NamedTensors } from "../base/named-tensors.js";
import { UserError } from "../base/user-error.js";
import type { Config } from "../config/config.js";
import type { TagCounts } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { tagNeuronCorrelation } from "../interpret/correlation.js";
import type { NeuronLabel } from "../interpret/labels.js";
import { matchNeurons, type NeuronMatch } from "../interpret/match-neurons.js";
import { itemAxes, mapItemRows, pickRows, stackRows, type ItemRows } from "../models/cold/item-axis.js";
import { factorsOf, recordOf, settingsOf } from "../models/recommenders/registry.js";
import type { SaeWeights } from "../models/sae/sparse-autoencoder.js";
import { addItems, asTrained, type NewItem } from "./add-items.js";
import { encodeItems } from "./encode-items.js";
import type { Model } from "./model.js";
import { sharedItems } from "./shared-items.js";

/** Where weights start. */
export interface WarmStart {
  readonly cfae: NamedTensors;
  readonly sae: SaeWeights;
  /** Items that the earlier training did not know, and of its items those that are gone. */
  readonly newItems: number;
  readonly goneItems: number;
}

/** The catalogue that is trained on now. */
export interface Items {
  readonly itemIds: readonly string[];
  readonly itemTitles: readonly string[];
  /** C, (T, I), where there are tags. */
  readonly tags: TagCounts | null;
}

/**
 * The heap is as it was afterwards.
 * @throws UserError when the configuration is of other shapes, or the recommender is not trained in steps.
 */
export function startFrom(engine: Engine, from: Model, config: Config, items: Items): WarmStart {
  checkShapes(from, config);
  const before = asTrained(from);
  const known = new Set(before.items.ids);
  if (!items.itemIds.some((id) => known.has(id))) {
    throw new UserError(
      `none of the ${items.itemIds.length} items is one of the earlier model's ${known.size}: there is nothing to go ` +
      "on from. Is it the same catalogue, with the same ids?",
    );
  }
  const added = items.itemIds.flatMap((id, i): NewItem[] => (known.has(id) ? [] : [newItem(items, i)]));
  const placed = addedByTags(engine, before, added);
  const place = new Map(placed.items.ids.map((id, i) => [id, i]));
  const axes = itemAxes(recordOf(config), settingsOf(config), placed.items.ids.length);
  const record = recordOf(config);
  const cfae = mapItemRows(placed.cfae, axes, (rows, name) => {
    const mean = meanRow(rows);
    record.finishItemRows?.(name, mean.data, mean.cols);
    return pickRows(stackRows(rows, mean), items.itemIds.map((id) => place.get(id) ?? rows.rows));
  });
  const now = new Set(items.itemIds);
  return {
    cfae, sae: before.sae, newItems: added.length, goneItems: before.items.ids.filter((id) => !now.has(id)).length,
  };
}

function checkShapes({ config: before, shape }: Model, config: Config): void {
  const neurons = Math.round(config.sae.expansion * factorsOf(config));
  const differ = [
    ["model", before.model, config.model], ["factors", shape.factors, factorsOf(config)],
    ["neurons", shape.neurons, neurons], ["sae.kind", before.sae.kind, config.sae.kind],
  ].find(([, a, b]) => a !== b);
  if (differ) {
    const [what, was, is] = differ;
    throw new UserError(`training goes on from ${what} ${was}, the settings say ${is}: these stay as they were`);
  }
  const { title, training } = recordOf(config);
  if ("learner" in training || training.goesOn) return;
  throw new UserError(
    `${title} is not trained in steps from weights, so there is nothing to go on from: train it anew (--names-from ` +
    "keeps names)",
  );
}

function newItem({ itemIds, itemTitles, tags }: Items, item: number): NewItem {
  const own = tags ? tags.names.filter((_, t) => {
    const { indptr, indices } = tags.counts;
    return indices.subarray(indptr[t], indptr[t + 1]).includes(item);
  }) : [];
  return { id: itemIds[item], title: itemTitles[item], tags: own };
}

/** Those with a tag that the earlier training knows. */
function addedByTags(engine: Engine, before: Model, added: readonly NewItem[]): Model {
  const names = new Set(before.tags?.names);
  const some = added.filter(({ tags = [] }) => tags.some((tag) => names.has(tag)));
  return some.length > 0 ? addItems(engine, before, some).model : before;
}

function meanRow({ data, rows, cols }: ItemRows): ItemRows {
  const mean = new Float32Array(cols);
  for (let q = 0; q < data.length; q++) mean[q % cols] += data[q] / rows;
  return { data: mean, rows: 1, cols };
}

/** Which of the earlier neurons keep their meaning, by the items that both know. itemCodes: (I, H) of the new ones. */
export function neuronsKept(engine: Engine, from: Model, ids: readonly string[], itemCodes: Csr): NeuronMatch {
  const before = asTrained(from);
  const codes = encodeItems(engine, before, before.items.ids.length);
  const shared = sharedItems(before.items, { ids });
  return matchNeurons(csrSelectRows(codes, shared.earlier), csrSelectRows(itemCodes, shared.now));
}

/** Labels with the names of earlier trainings, for neurons that kept their meaning. */
export function withEarlierNames(
  before: readonly NeuronLabel[], labels: readonly NeuronLabel[], { nearest }: Pick<NeuronMatch, "nearest">,
): NeuronLabel[] {
  return labels.map((label, n) => {
    const same = nearest[n] === n ? before[n] : undefined;
    return { ...label, earlier: same ? [same.label, ...same.earlier ?? []] : [] };
  });
}

/**
 * New labels, with the earlier name where the neuron keeps its meaning and the tag is still there: another tag that
 * fits a little better now does not rename it. Confidences are of the new items and codes.
 */
export function labelsKept(
  before: readonly NeuronLabel[], labels: readonly NeuronLabel[], { nearest }: NeuronMatch, tags: TagCounts,
  itemCodes: Csr,
): NeuronLabel[] {
  const H = itemCodes.cols;
  const correlation = tagNeuronCorrelation(tags.counts, itemCodes);
  const number = new Map(tags.names.map((name, t) => [name, t]));
  return labels.map((label, n) => {
    const name = before[n]?.label ?? null;
    const tag = name === null ? undefined : number.get(name);
    if (nearest[n] !== n || name === null || name === label.label || tag === undefined) return label;
    const confidence = correlation[tag * H + n];
    if (!(confidence > 0)) return label;
    const others = [label, ...label.runnersUp].filter((one) => one.label !== null && one.label !== name);
    return {
      ...label, label: name, tag, confidence,
      runnersUp: others.slice(0, Math.max(1, label.runnersUp.length)).map((one) =>
        ({ tag: one.tag, label: one.label!, confidence: one.confidence })),
    };
  });
}
