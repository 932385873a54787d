/**
 * A folder becomes a Dataset: recognise its layout, stream the interactions, filter and number them, then pick titles
 * and tags of what was kept.
 *
 * Nothing is written, and no file is ever held in memory: what grows is two integers per interaction that passed the
 * threshold, and the distinct ids.
 */
import { basename, resolve } from "node:path";
import { placeName } from "../files/source/byte-source.js";
import type { Catalogue } from "./catalogue.js";
import type { Dataset, TagApplications } from "./dataset.js";
import { keysLines, ratingsLines, tableLines } from "./describe-understood.js";
import type { Layout } from "./layouts/layout.js";
import { recogniseFiles, type RecognisedFiles } from "./layouts/recognise-files.js";
import { isPacked, readPacked } from "./packed-dataset.js";
import { readInteractions } from "./read-interactions.js";
import { checkOptions, withNames, type ReadOptions } from "./read-options.js";
import type { Links } from "./links.js";
import { readLinks } from "./read-links.js";
import { readTitles } from "./read-titles.js";
import { joinApplications, readTagFile, type TagFileResult } from "./tags/tag-applications.js";
import { readDictionary } from "./tags/read-dictionary.js";
import type { TableReading, Understood } from "./understood.js";

export type { ColumnNames, ReadOptions } from "./read-options.js";

/**
 * Reads a data set from a folder, a ZIP archive, one or several files of interactions, a file that `packDataset` wrote,
 * or standard input ("-").
 * @throws UserError naming file, line and what was expected.
 */
export async function readDataset(folder: string, options: ReadOptions = {}): Promise<Dataset> {
  checkOptions(options);
  if (await isPacked(folder)) return readPacked(folder, options);
  const given = options.columns ?? {};
  const found = await recogniseFiles(folder, {
    ...options, columnsGiven: given.user !== undefined || given.item !== undefined || given.interactions !== undefined,
    progress: options.onProgress,
  });
  const { layout } = found;
  const shown = placeName({ path: folder });
  const notes = [`${shown}: read as layout "${layout.name}"`];

  const read = await readInteractions(found, options);
  const { filtered, userIds, itemIds } = read;
  notes.push(...tableLines(read.table), ...ratingsLines(read.ratings, read.table), ...read.notes);
  const catalogue: Catalogue = {
    itemIds, itemIndex: inverse(filtered.items, itemIds.size),
    userIds, userIndex: inverse(filtered.users, userIds.size),
  };

  const ids = Array.from(filtered.items, (raw) => itemIds.text(raw));
  const itemName = read.table.columns.find(({ role }) => role === "item")?.name ?? null;
  const links = found.files.links && await readLinks(found.files.links, catalogue, itemName, options);
  if (links) notes.push(...tableLines(links.table));
  const titles = await readTitles(found.files, layout, catalogue, ids, read.table, options, links);
  notes.push(...titles.tables.flatMap(tableLines), ...titles.notes);
  const tags = await readTags(found, layout, catalogue, options, links);
  if (tags) notes.push(...tags.tables.flatMap(tableLines), ...tags.notes);
  const chosen = chosenTags(tags, titles.genres, options);
  notes.push(...chosen.notes.map((note) => `${shown}: ${note}`));
  const understood: Understood = {
    layout: layout.name,
    tables: [read.table, ...links ? [links.table] : [], ...titles.tables, ...tags?.tables ?? []],
    ratings: read.ratings,
    keys: [...links ? [links.keys] : [], ...titles.keys, ...tags?.keys ?? []],
    dropped: read.dropped,
  };
  return {
    name: folder === "-" ? "stdin" : basename(resolve(shown.replace(/^\w+:\/\/|[?#].*$/g, ""))),
    interactions: filtered.interactions,
    ...(read.strengths ? { strengths: read.strengths } : {}),
    ...(read.times ? { times: read.times } : {}),
    userIds: Array.from(filtered.users, (raw) => userIds.text(raw)),
    itemIds: ids,
    itemTitles: titles.titles,
    tags: chosen.tags,
    notes,
    understood,
  };
}

async function readTags(
  { files }: RecognisedFiles, layout: Layout, catalogue: Catalogue, options: ReadOptions, links: Links | null,
): Promise<TagFileResult | null> {
  if (!files.tags || options.tagSource === "genres") return null;
  const columns = options.columns ?? {};
  const spec = withNames(layout.tags, columns, "tags");
  if (layout.readTags) return layout.readTags({ ...options, files, spec, catalogue, progress: options.onProgress });
  const dictionarySpec = layout.dictionary ?? { id: TAG_ID, name: TAG_NAME };
  const dictionary = files.dictionary &&
    await readDictionary(files.dictionary, withNames(dictionarySpec, columns, "dictionary"), options);
  const result = await readTagFile({
    ...options, places: files.tags, spec, catalogue, placed: layout.placed, progress: options.onProgress,
    links, dictionary: dictionary?.names, leastCount: layout.leastCount, tagSeparator: options.tagSeparator,
  });
  const tables: TableReading[] = [...result.tables, ...dictionary ? [dictionary.table] : []];
  const name = basename(placeName(files.tags[0]));
  return { ...result, tables, notes: [...result.notes, ...result.keys.flatMap((keys) => keysLines(name, keys))] };
}

const TAG_ID = { names: ["tagId", "id", "tag"], position: 0, required: true };
const TAG_NAME = { names: ["tagName", "tagValue", "name", "value", "label", "tag"], position: 1, required: true };

/** Tags, genres, or both. */
function chosenTags(
  tags: TagFileResult | null, genres: TagApplications | null, { tagSource = "both" }: ReadOptions,
): { tags: TagApplications | null; notes: string[] } {
  const applied = tags && tags.tags.tag.length > 0 ? tags.tags : null;
  if (!genres || (tagSource === "tags" && applied)) return { tags: applied, notes: [] };
  if (!applied) return { tags: genres, notes: tagSource === "genres" ? [] : ["no tags, genres are used instead"] };
  const note = "genres count as tags too (--tag-source tags leaves them out)";
  return { tags: joinApplications(applied, genres), notes: [note] };
}

/** index[raw] = position of raw in `kept`, −1 when it is not there. */
function inverse(kept: Int32Array, size: number): Int32Array {
  const index = new Int32Array(size).fill(-1);
  kept.forEach((raw, i) => {
    index[raw] = i;
  });
  return index;
}
