/** What a trained model's items, tags, neurons and concepts are called: everything that is found out after training. */
import { breathe } from "../base/breathe.js";
import { csrColumnCounts, csrFromLists, type Csr } from "../base/csr.js";
import type { Dataset, TagCounts } from "../data/dataset.js";
import { chooseTags } from "../data/tags/choose-tags.js";
import type { Engine } from "../engine/engine.js";
import { labelNeurons } from "../interpret/labels.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { conceptsInCommon, namedAsBefore } from "../model-folder/concepts-in-common.js";
import { conceptsOf } from "../model-folder/find-concepts.js";
import type { Model, ModelWeights } from "../model-folder/model.js";
import { labelsKept, neuronsKept, withEarlierNames, type WarmStart } from "../model-folder/warm-start.js";

export interface NameOptions {
  readonly seed: number;
  /** Of the data set, those that may name something; see tagsFor. */
  readonly tags: TagCounts | null;
  /** An earlier training that this one went on from, and what it began with. */
  readonly from?: Model;
  readonly start?: WarmStart | null;
  /** An earlier training on the same items: its concepts keep their names. */
  readonly namesFrom?: Model;
  readonly signal?: AbortSignal;
}

/** The tags that may name something, null when there are none, and how many applications each must have. */
export function tagsFor(
  { tags, itemIds }: Dataset, least?: number,
): { tags: TagCounts | null; minApplications: number } {
  const chosen = tags && chooseTags(tags, itemIds.length, least);
  return {
    tags: chosen && chosen.tags.names.length > 0 ? chosen.tags : null, minApplications: chosen?.minApplications ?? 0,
  };
}

/** @param train (n, I) interactions of the training users. @throws the signal's reason between two of its parts. */
export async function nameModel(
  engine: Engine, weights: ModelWeights, dataset: Dataset, train: Csr,
  { seed, tags, from, start, namesFrom, signal }: NameOptions,
): Promise<Pick<Model, "items" | "tags" | "labels" | "concepts" | "namesKept" | "update">> {
  const pause = async (): Promise<void> => {
    await breathe();
    signal?.throwIfAborted();
  };
  const itemCodes = encodeItems(engine, weights, train.cols);
  await pause();
  const found = labelNeurons(itemCodes, tags ?? noTags(train.cols));
  const match = from && start ? neuronsKept(engine, from, dataset.itemIds, itemCodes) : null;
  const kept = match && tags ? labelsKept(from!.labels, found, match, tags, itemCodes) : found;
  const labels = match ? withEarlierNames(from!.labels, kept, match) : kept;
  await pause();
  const items = { ids: dataset.itemIds, titles: dataset.itemTitles, users: Array.from(csrColumnCounts(train)) };
  const concepts = conceptsOf(engine, { ...weights, items, tags, seed }, itemCodes);
  await pause();
  const common = namesFrom ? conceptsInCommon(engine, namesFrom, { ...weights, items, tags }, concepts) : null;
  return {
    items, tags, labels, concepts: common ? namedAsBefore(concepts, common) : concepts,
    ...(common ? { namesKept: { concepts: common.before.length, kept: common.match.pairs.length } } : {}),
    ...(match && start ? {
      update: { neurons: match.alive, kept: match.kept, newItems: start.newItems, goneItems: start.goneItems },
    } : {}),
  };
}

function noTags(items: number): TagCounts {
  return { names: [], counts: csrFromLists([], items) };
}
