/**
 * The interactions of a data set: streamed, filtered by rating, then by how many items a user and how many users an
 * item has, and numbered in order of first appearance.
 */
import { UserError } from "../base/user-error.js";
import type { IdTable } from "../files/csv/id-table.js";
import type { Row } from "../files/csv/row-parser.js";
import { column, type ColumnSpec, type InteractionRole, type WeightedRole } from "./columns/column-spec.js";
import type { FoundColumns } from "./columns/find-columns.js";
import { joined, readPart, readTable, type TableRequest } from "./columns/read-table.js";
import { columnsText, rangeText } from "./describe-understood.js";
import { InteractionCollector } from "./interaction-collector.js";
import { filterInteractions, type FilteredInteractions } from "./interactions.js";
import { PLAYS } from "./layouts/known-names.js";
import type { RecognisedFiles } from "./layouts/recognise-files.js";
import { withNames, type ReadOptions } from "./read-options.js";
import { entryFacts, strengthsOf } from "./strengths.js";
import type { RatingsUnderstood, TableReading, Understood } from "./understood.js";

export interface ReadInteractions {
  readonly filtered: FilteredInteractions;
  readonly userIds: IdTable;
  readonly itemIds: IdTable;
  /** (nnz) how much each interaction counts, and when it was; null where nobody asked. */
  readonly strengths: Float32Array | null;
  readonly times: Float64Array | null;
  readonly table: TableReading;
  readonly ratings: RatingsUnderstood | null;
  readonly dropped: Understood["dropped"];
  readonly notes: readonly string[];
}

export async function readInteractions(found: RecognisedFiles, options: ReadOptions): Promise<ReadInteractions> {
  const { layout } = found;
  const threshold = options.minRating ?? layout.minRating;
  const minItem = options.minItemInteractions ?? layout.minItemInteractions;
  const minUser = options.minUserInteractions ?? layout.minUserInteractions;
  const wants = {
    weights: options.weight !== undefined && options.weight !== "none",
    times: options.halfLife !== undefined || options.times === true,
  };
  if ((wants.weights || wants.times) && layout.rows) {
    throw new UserError(`layout "${layout.name}" has no weights and no times that are read: leave --weight, ` +
      "--half-life and --split-by out");
  }
  const collector = new InteractionCollector(threshold, wants);
  const table = await readRows(found, options, collector);
  const file = table.files.length === 1 ? table.files[0] : `${table.files[0]} … ${table.files.at(-1)}`;
  const { userIds, itemIds, pairs, rows } = collector;
  if (rows === 0) {
    const bad = table.bad.count > 0 ? ` but ${table.bad.count} bad ones, the first: ${table.bad.first[0].reason}` : "";
    const got = table.header === "first row" ? "a header and no rows" : "no rows";
    throw new UserError(`${file}: no interactions: ${got}${bad}`);
  }
  const filtered = filterInteractions(pairs, userIds.size, itemIds.size, minItem, minUser);
  const ratings = collector.rated ? ratingsOf(collector, layout.minRating) : null;
  const { interactions: kept } = filtered;
  const rule = ratings && threshold > -Infinity ? ` with a rating of ${threshold} or more` : "";
  const funnel = `${rows} rows, ${pairs.length} of them${rule || " taken"}, ${filtered.duplicates} duplicates`;
  if (kept.indices.length === 0) {
    const advice = ratings && ratings.advice !== null ? `, --min-rating ${ratings.advice} would fit` : "";
    const range = ratings && rangeText([ratings.min, ratings.max]);
    const scale = range !== null && pairs.length === 0 ? `; ratings lie in ${range}${advice}` : "";
    throw new UserError(
      `${file}: nothing left after filtering: ${funnel}, ${userIds.size} users and ${itemIds.size} items; ` +
      `none has ${minUser} items${minItem > 1 ? ` of ${minItem} users each` : ""}: lower the minimum ` +
      `rating or the minimum counts (--min-rating, --min-user-items, --min-item-users)${scale}`,
    );
  }
  const dropped = [`${filtered.sparseUsers} users with fewer than ${minUser} items`];
  if (minItem > 1) dropped.unshift(`${filtered.rareItems} items with fewer than ${minItem} users`);
  if (filtered.orphanedItems > 0) dropped.push(`${filtered.orphanedItems} items that only those users had`);
  const facts = entryFacts(pairs, filtered, userIds.size, itemIds.size);
  return {
    filtered, userIds, itemIds, table, ratings, strengths: strengthsOf(facts, options), times: facts.times,
    dropped: {
      rows, taken: pairs.length, duplicates: filtered.duplicates, rareItems: filtered.rareItems,
      sparseUsers: filtered.sparseUsers, orphanedItems: filtered.orphanedItems,
    },
    notes: [
      ...(layout.notes ?? []).map((note) => `${layout.name}: ${note}`),
      ...(layout.zero === undefined ? []
        : [`${layout.name}: a rating of 0 means ${layout.zero}: ${collector.zeros} of ${rows} rows`]),
      `${file}: ${funnel}`,
      `dropped: ${dropped.join(", then ")}`,
      ...nobodyNotes(userIds, "user"), ...nobodyNotes(itemIds, "item"),
      `kept: ${kept.rows} users, ${kept.cols} items, ${kept.indices.length} interactions`,
    ],
  };
}

async function readRows(
  found: RecognisedFiles, options: ReadOptions, collector: InteractionCollector,
): Promise<TableReading> {
  const { layout, files, opened } = found;
  const columns = options.columns ?? {};
  // Plays are looked for where it is wanted how much each counts; elsewhere they stay a column that nobody wants.
  const weighs = options.weight !== undefined && options.weight !== "none";
  const spec = { ...layout.interactions, weight: weighs ? column(PLAYS, -1, false) : NO_COLUMN };
  const request: TableRequest<WeightedRole> = {
    ...options, role: "interactions", places: files.interactions, why: found.why, others: found.others,
    spec: withNames<WeightedRole>(spec, columns, "interactions"), none: columns.none, placed: layout.placed,
    ragged: layout.ragged, progress: options.onProgress,
  };
  const start = (table: FoundColumns<WeightedRole>): (row: Row) => void => {
    if (options.minRating !== undefined && table.columns.rating < 0) refuseThreshold(table, options.minRating);
    return layout.rows ? layout.rows(collector, table) : collector.taker(table);
  };
  if (!opened) return readTable(request, start);
  try {
    const first = await readPart(opened, request, start);
    if (files.interactions.length === 1) return first;
    const rest = await readTable({ ...request, places: files.interactions.slice(1) }, start);
    return joined(first, rest);
  } finally {
    await opened.close();
  }
}

const NO_COLUMN: ColumnSpec = { names: [], position: -1, required: false };

/** A threshold for ratings that nobody has found. */
function refuseThreshold({ file, understood }: FoundColumns<InteractionRole>, threshold: number): never {
  const numeric = understood.unused.filter(({ range }) => range !== null);
  const hint = numeric.length === 0 ? "leave --min-rating out"
    : `is it ${columnsText(numeric)}? Say --column rating=NAME`;
  throw new UserError(`${file}: --min-rating ${threshold} was given, but no column is the rating: ${hint}`);
}

function ratingsOf({ min, max, threshold, rows, pairs }: InteractionCollector, usual: number): RatingsUnderstood {
  return { min, max, threshold, rows, kept: pairs.length, advice: adviceFor(min, max, threshold, usual) };
}

/** What programs write for "nothing": as an id it would be one user of all rows without a user. */
const NOBODY = ["NULL", "null", "NaN", "nan", "None", "none", "N/A", "NA", "<NA>", "\\N", "undefined", "Undefined"];

function nobodyNotes(ids: IdTable, what: string): string[] {
  const there = NOBODY.filter((id) => ids.find(Buffer.from(id), 0, id.length) >= 0);
  return there.map((id) => `rows whose ${what} is "${id}" count as one ${what} of that name: are they rows without a ` +
    `${what}? Then take them out, or leave the id empty and say --skip-bad-rows`);
}

/** Scales that people use, by their greatest value. */
const SCALES = [1, 5, 10, 20, 100];
/** Four stars of five. */
const LIKE = 0.8;

/** A threshold that means on this scale what four of five stars means; null where the one in use does. */
function adviceFor(min: number, max: number, threshold: number, usual: number): number | null {
  // Of plays every one counts; and of a scale with two sides the middle is no like.
  if (usual <= 1 || min < -1) return null;
  const top = SCALES.find((scale) => max <= scale);
  if (top === undefined || top === 1) return threshold === 1 ? null : 1;
  // Four stars are possible, or it is a scale of its own: of three, of seven.
  const scale = LIKE * top > max ? max : top;
  return threshold <= max && threshold >= (LIKE - 0.2) * scale ? null : Math.ceil(LIKE * scale);
}
