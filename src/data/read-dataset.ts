/**
 * A folder becomes a Dataset: recognise its layout, stream the interactions, filter and number them, then pick titles
 * and tags of what was kept.
 *
 * Nothing is written, and no file is ever held in memory: what grows is two integers per interaction that passed the
 * threshold, and the distinct ids.
 */
import { basename, resolve } from "node:path";
import { UserError } from "../base/user-error.js";
import type { Dataset, TagApplications } from "./dataset.js";
import { readBookTags } from "./layouts/goodbooks.js";
import { IdTable } from "../files/csv/id-table.js";
import { filterInteractions, PairList } from "./interactions.js";
import type { FilteredInteractions } from "./interactions.js";
import { recogniseFolder } from "./layouts/layouts.js";
import type { InteractionRole, Layout, LayoutName, NamedFiles } from "./layouts/layouts.js";
import { GenreCollector, joinApplications, readTagFile } from "./tags/tag-applications.js";
import type { Catalogue, TagFileResult } from "./tags/tag-applications.js";
import { idIn, knownIdIn, numberIn, readTable, textIn } from "../files/csv/table.js";
import type { ColumnSpec, Progress, TableSpec } from "../files/csv/table.js";

/** Names (or 1-based numbers) of columns in files whose header unknot does not know. */
export interface ColumnNames {
  readonly user?: string | number;
  readonly item?: string | number;
  readonly rating?: string | number;
  readonly timestamp?: string | number;
  /** In the file of titles. */
  readonly title?: string | number;
  /** In the file of tags. */
  readonly tag?: string | number;
  readonly count?: string | number;
}

export interface ReadOptions {
  /** Default: recognised by the files that are there. */
  readonly layout?: LayoutName;
  /**
   * Interactions rated below this are left out. Default 4 (docs/method.md §1); 1 play with "msd". A file without
   * ratings keeps every row. Of a pair that stands there several times, one row that passes is enough.
   */
  readonly minRating?: number;
  /** Users with fewer distinct items left are dropped. Default 5; 20 with "msd". */
  readonly minUserInteractions?: number;
  /** Items with fewer distinct users are dropped, before users are counted. Default 1; 200 with "msd". */
  readonly minItemInteractions?: number;
  readonly columns?: ColumnNames;
  /** Files to read instead of the layout's own, relative to the folder. */
  readonly files?: NamedFiles;
  /**
   * What counts as a tag: applications by people, the genres beside the titles, or both. Default "tags", and genres
   * where there are no tags.
   */
  readonly tagSource?: "tags" | "genres" | "both";
  readonly onProgress?: Progress;
}

/**
 * Reads a data set from a folder, or from a single file of interactions.
 * @throws UserError naming file, line and what was expected.
 */
export async function readDataset(folder: string, options: ReadOptions = {}): Promise<Dataset> {
  checkOptions(options);
  const found = await recogniseFolder(folder, options.layout, options.files);
  const layout = found.layout;
  const notes = [`${folder}: read as layout "${layout.name}"`];

  const read = await readInteractions(found.interactions, layout, options);
  const { filtered, userIds, itemIds } = read;
  notes.push(...read.notes);
  const catalogue: Catalogue = {
    itemIds, itemIndex: inverse(filtered.items, itemIds.size),
    userIds, userIndex: inverse(filtered.users, userIds.size),
  };

  const ids = Array.from(filtered.items, (raw) => itemIds.text(raw));
  const titles = await readTitles(found.titles, layout, catalogue, ids, options);
  notes.push(...titles.notes);
  const source = options.tagSource ?? "tags";
  let tags: TagApplications | null = null;
  if (found.tags !== null && source !== "genres") {
    const result = await readTags(found.tags, found.titles, layout, catalogue, options);
    notes.push(...result.notes);
    if (result.tags.tag.length > 0) tags = result.tags;
  }
  if (titles.genres && (source !== "tags" || tags === null)) {
    if (source === "tags") notes.push(`${folder}: no tags, genres are used instead`);
    tags = tags ? joinApplications(tags, titles.genres) : titles.genres;
  }
  return {
    name: basename(resolve(folder)),
    interactions: filtered.interactions,
    userIds: Array.from(filtered.users, (raw) => userIds.text(raw)),
    itemIds: ids,
    itemTitles: titles.titles,
    tags,
    notes,
  };
}

interface Interactions {
  readonly filtered: FilteredInteractions;
  readonly userIds: IdTable;
  readonly itemIds: IdTable;
  readonly notes: readonly string[];
}

async function readInteractions(file: string, layout: Layout, options: ReadOptions): Promise<Interactions> {
  const threshold = options.minRating ?? layout.minRating;
  const minItem = options.minItemInteractions ?? layout.minItemInteractions;
  const minUser = options.minUserInteractions ?? layout.minUserInteractions;
  const userIds = new IdTable();
  const itemIds = new IdTable();
  const pairs = new PairList();
  let rows = 0;
  let rated = false;
  const spec = named(layout.interactions, options.columns ?? {}, ["user", "item", "rating", "timestamp"]);
  await readTable<InteractionRole>(file, spec, (columns) => {
    const { user, item, rating } = columns;
    rated = rating >= 0;
    return (row) => {
      rows++;
      if (rating >= 0 && numberIn(row, rating, file, "the rating") < threshold) return;
      pairs.users.push(idIn(row, user, userIds, file, "user id"));
      pairs.items.push(idIn(row, item, itemIds, file, "item id"));
    };
  }, options.onProgress);

  const filtered = filterInteractions(pairs, userIds.size, itemIds.size, minItem, minUser);
  const { interactions: kept } = filtered;
  const rule = rated && threshold > -Infinity ? ` with a rating of ${threshold} or more` : "";
  const funnel = `${rows} rows, ${pairs.length} of them${rule || " taken"}, ${filtered.duplicates} duplicates`;
  if (kept.indices.length === 0) {
    throw new UserError(
      `${file}: nothing left after filtering: ${funnel}, ${userIds.size} users and ${itemIds.size} items; ` +
      `none has ${minUser} items${minItem > 1 ? ` of ${minItem} users each` : ""}: lower the minimum ` +
      "rating or the minimum counts",
    );
  }
  const dropped = [`${filtered.sparseUsers} users with fewer than ${minUser} items`];
  if (minItem > 1) dropped.unshift(`${filtered.rareItems} items with fewer than ${minItem} users`);
  if (filtered.orphanedItems > 0) dropped.push(`${filtered.orphanedItems} items that only those users had`);
  const notes = [
    `${file}: ${funnel}`,
    `dropped: ${dropped.join(", then ")}`,
    `kept: ${kept.rows} users, ${kept.cols} items, ${kept.indices.length} interactions`,
  ];
  return { filtered, userIds, itemIds, notes };
}

interface Titles {
  readonly titles: string[];
  readonly genres: TagApplications | null;
  readonly notes: readonly string[];
}

/** Titles of the catalogue's items; the id where the file has none. */
async function readTitles(
  file: string | null, layout: Layout, catalogue: Catalogue, ids: readonly string[], options: ReadOptions,
): Promise<Titles> {
  const titles = [...ids];
  if (file === null) return { titles, genres: null, notes: ["no file of titles: items are shown by their ids"] };
  const genres = new GenreCollector();
  let found = 0;
  let withGenres = false;
  await readTable(file, named(layout.titles, options.columns ?? {}, ["title"]), (columns) => {
    withGenres = columns.genres >= 0;
    return (row) => {
      const raw = knownIdIn(row, columns.item, catalogue.itemIds);
      const item = raw >= 0 ? catalogue.itemIndex[raw] : -1;
      if (item < 0) return;
      const title = textIn(row, columns.title).trim();
      if (title !== "") titles[item] = title;
      found++;
      if (withGenres) genres.add(item, textIn(row, columns.genres));
    };
  }, options.onProgress);
  const collected = withGenres ? genres.finish() : null;
  return {
    titles,
    genres: collected && collected.tag.length > 0 ? collected : null,
    notes: found < ids.length ? [`${file}: no title for ${ids.length - found} of ${ids.length} items`] : [],
  };
}

async function readTags(
  file: string, titles: string | null, layout: Layout, catalogue: Catalogue, options: ReadOptions,
): Promise<TagFileResult> {
  const spec = named(layout.tags, options.columns ?? {}, ["tag", "count"]);
  if (layout.name !== "goodbooks") return readTagFile(file, spec, catalogue, options.onProgress);
  if (titles === null) {
    throw new UserError(`${file}: books.csv is missing beside it, expected to map goodreads_book_id to book_id`);
  }
  return readBookTags(file, titles, spec, catalogue, options.onProgress);
}

/**
 * A layout's columns with the user's names put in: strictly for the roles a file owns; elsewhere (the item of a tag
 * file, say) a given name is only tried first.
 */
function named<Role extends string>(
  spec: TableSpec<Role>, given: ColumnNames, owned: readonly NoInfer<Role>[],
): TableSpec<Role> {
  const result = {} as Record<Role, ColumnSpec>;
  for (const role of Object.keys(spec) as Role[]) {
    const name = (given as Partial<Record<Role, string | number>>)[role];
    const column = spec[role];
    if (name === undefined) result[role] = column;
    else if (owned.includes(role)) result[role] = { ...column, named: name };
    else result[role] = { ...column, names: typeof name === "string" ? [name, ...column.names] : column.names };
  }
  return result;
}

/** index[raw] = position of raw in `kept`, −1 when it is not there. */
function inverse(kept: Int32Array, size: number): Int32Array {
  const index = new Int32Array(size).fill(-1);
  kept.forEach((raw, i) => {
    index[raw] = i;
  });
  return index;
}

function checkOptions(options: ReadOptions): void {
  const wrong: string[] = [];
  for (const name of ["minUserInteractions", "minItemInteractions"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
      wrong.push(`${name} is ${value}, expected an integer of 0 or more`);
    }
  }
  if (options.minRating !== undefined && Number.isNaN(options.minRating)) wrong.push("minRating is not a number");
  const source: string | undefined = options.tagSource;
  if (source !== undefined && !["tags", "genres", "both"].includes(source)) {
    wrong.push(`tagSource is "${source}", expected tags, genres or both`);
  }
  if (wrong.length > 0) throw new UserError(wrong.join("; "));
}
