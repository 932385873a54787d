/**
 * Where interactions come from: a folder of files or the built-in world, and how users are split. A source is plain
 * JSON, so that a model folder can remember it.
 */
import type { Dataset, Split } from "./dataset.js";
import { readDataset, type ReadOptions } from "./read-dataset.js";
import { withoutPassword } from "../files/source/byte-source.js";
import { inOrder, type RowOrder } from "./row-order.js";
import { readSplit } from "./split-file.js";
import { splitByTime } from "./split-time.js";
import { splitAgain, type EarlierSplit } from "./split-again.js";
import { splitDataset } from "./split-users.js";
import type { HardTruth } from "./world/hard-world.js";
import { generateNamedWorld } from "./world/named-worlds.js";
import type { WorldTruth } from "./world/world.js";

/** Where a data set comes from, as plain JSON: a folder or a built-in world, and how its users are split. */
export interface DataSource {
  /** A folder (or file) as readDataset takes it … */
  readonly folder?: string;
  readonly read?: Omit<ReadOptions, "onProgress">;
  /** … or a world: the name of a preset, its seed that of the split. */
  readonly world?: string;
  /** A file that says who is held out; without it users are split by seed. */
  readonly split?: string;
  /** "time": the latest interactions are to be found, instead of those of held-out users. */
  readonly splitBy?: "users" | "time";
  readonly seed: number;
  /** Splits of earlier trainings that this one goes on from, oldest first: their users stay in their parts. */
  readonly splitsBefore?: readonly EarlierSplit[];
  /** Where the paths above start from: the folder that the command ran in, seen from the model's. */
  readonly ranIn?: string;
}

/** A data set, its split and, for a world, the truth behind it. */
export interface OpenedData {
  readonly dataset: Dataset;
  readonly split: Split;
  /** The planted concepts, for a world. */
  readonly truth: WorldTruth | HardTruth | null;
}

/** The source as it is kept in a model: a database's address without its password (PGPASSWORD gives it again). */
export function remembered(source: DataSource): DataSource {
  return source.folder === undefined ? source : { ...source, folder: withoutPassword(source.folder) };
}

/**
 * Reads or generates the data and splits its users.
 * @param order the order of users and items when a model was trained: the same split again, however rows lie today.
 */
export async function openData(
  source: DataSource, onProgress?: ReadOptions["onProgress"], order?: RowOrder,
): Promise<OpenedData> {
  const { dataset: read, truth } = await openDataset(source, onProgress);
  // A split by ids holds whoever stands where.
  const dataset = order ? inOrder(read, source.split === undefined ? order : { itemIds: order.itemIds }) : read;
  const split = source.splitBy === "time" ? splitByTime(dataset)
    : source.split !== undefined ? await readSplit(source.split, dataset)
      : source.splitsBefore ? splitAgain(dataset, source.seed, source.splitsBefore)
        : splitDataset(dataset, { seed: source.seed });
  return { dataset, split, truth };
}

/** As openData, without the split. */
export async function openDataset(
  source: DataSource, onProgress?: ReadOptions["onProgress"],
): Promise<Pick<OpenedData, "dataset" | "truth">> {
  if (source.folder !== undefined) {
    const times = source.splitBy === "time" ? { times: true } : {};
    return { dataset: await readDataset(source.folder, { ...source.read, ...times, onProgress }), truth: null };
  }
  return generateNamedWorld(source.world ?? "small", source.seed);
}
