/**
 * `unknot/data`: folders of interactions, splits, tags, public data sets, and built-in worlds whose truth is known.
 *
 *   const folder = await fetchDataset("ml-latest-small");
 *   const dataset = await readDataset(folder, { minRating: 3.5 });
 *   const split = splitDataset(dataset, { seed: 42 });
 *
 * @module data
 */
export type { Dataset, HeldOut, Split, TagApplications, TagCounts } from "../data/dataset.js";
export { readDataset, type ColumnNames, type ReadOptions } from "../data/read-dataset.js";
export { packDataset } from "../data/packed-dataset.js";
export { writeDataset } from "../data/write-dataset.js";
export { openData, openDataset, type DataSource, type OpenedData } from "../data/data-source.js";
export type { LayoutName } from "../data/layouts/layouts.js";
export type { NamedFiles } from "../data/layouts/recognise-files.js";
export { readSplit, writeSplit } from "../data/split-file.js";
export { splitDataset, type SplitOptions } from "../data/split-users.js";
export { tagCounts, type TagCountOptions } from "../data/tags/tag-counts.js";
export { readNewItems, type ListedNewItem, type NewItemsOptions } from "../data/read-new-items.js";
export { chooseTags, type ChosenTags } from "../data/tags/choose-tags.js";
export {
  defaultCacheFolder, fetchDataset, publicDatasets, type FetchOptions, type PublicDataset,
} from "../data/public/fetch-dataset.js";
export { licenceOf, type Licence } from "../data/public/licence.js";
export { generateWorld, worldPresets, type World, type WorldOptions, type WorldTruth } from "../data/world/world.js";
export {
  generateHardWorld, hardWorldPresets, type HardTruth, type HardWorld, type HardWorldOptions,
} from "../data/world/hard-world.js";
export type { ConceptForest, ForestShape } from "../data/world/concept-forest.js";
export type { ColumnName } from "../data/read-options.js";
export type { WeightKind } from "../data/strengths.js";
export type {
  BadRows, ColumnReason, FileRole, KeysUnderstood, RatingsUnderstood, TableReading, Understood, UnusedColumn,
  UsedColumn,
} from "../data/understood.js";
export type { TableFormat } from "../files/opened-table.js";
export type { Separator } from "../files/csv/row-parser.js";
export type { Progress } from "../files/source/byte-source.js";
export type { RowOrder } from "../data/row-order.js";
export { splitAgain, type EarlierSplit } from "../data/split-again.js";
