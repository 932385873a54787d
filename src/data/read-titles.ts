/** Titles of the catalogue's items with their years, and the genres that stand beside them. */
import { basename } from "node:path";
import { quotable, printable } from "../base/printable.js";
import { withYear } from "../base/title-year.js";
import { placeName, type FilePlace } from "../files/source/byte-source.js";
import type { Catalogue } from "./catalogue.js";
import { textIn } from "./columns/cells.js";
import { simplified } from "./columns/column-spec.js";
import { readTable } from "./columns/read-table.js";
import type { TagApplications } from "./dataset.js";
import { columnsText, keysLines } from "./describe-understood.js";
import type { Layout, LayoutFiles } from "./layouts/layout.js";
import { GENRES, TITLE, year } from "./layouts/known-names.js";
import { KeyMatcher } from "./match-keys.js";
import { leadsThrough, linkNote, type Links } from "./links.js";
import { withNames, type ReadOptions } from "./read-options.js";
import { GenreCollector } from "./tags/tag-applications.js";
import { valueSplitter } from "./tags/split-values.js";
import type { KeysUnderstood, TableReading } from "./understood.js";

export interface ReadTitles {
  /** (I) the id where there is no title. */
  readonly titles: string[];
  readonly genres: TagApplications | null;
  readonly tables: readonly TableReading[];
  readonly keys: readonly KeysUnderstood[];
  readonly notes: readonly string[];
}

export async function readTitles(
  files: LayoutFiles, layout: Layout, catalogue: Catalogue, ids: readonly string[], interactions: TableReading,
  options: ReadOptions, links: Links | null,
): Promise<ReadTitles> {
  if (!files.titles) {
    const note = `no file of titles: items are shown by their ids${withinEvents(interactions)}`;
    return { titles: [...ids], genres: null, tables: [], keys: [], notes: [note] };
  }
  const matcher = new KeyMatcher("titles", catalogue);
  const file = placeName(files.titles[0]);
  let pass = await readPass(files, files.titles, layout, matcher, ids, options, links);
  if (matcher.mustReread(file)) pass = await readPass(files, files.titles, layout, matcher, ids, options, links);
  const { titles, found, genres, about, table } = pass;
  const name = basename(file);
  const notes = [...keysLines(name, matcher.understood())];
  const [key, other] = [itemName(table), itemName(interactions)];
  if (key !== null && other !== null && simplified(key) !== simplified(other)) {
    notes.push(leadsThrough(links, key) ? linkNote(name, key, other, links)
      : `${name}: its key "${key}" is taken for "${other}" of the interactions (--column titles.item=NAME overrules, ` +
        "--file links=NAME joins them)");
  }
  const missing = ids.length - found.size;
  if (missing > 0) {
    const examples = ids.filter((_, item) => !found.has(item)).slice(0, 3).map((id) => quotable(id)).join(", ");
    notes.push(`${file}: no title for ${missing} of ${ids.length} items (${examples}${missing > 3 ? ", …" : ""}): ` +
      "they are shown by their ids");
  }
  const collected = genres.finish();
  const any = collected.tag.length > 0;
  if (about !== null && any) notes.push(`${name}: genres: ${about} (--tag-separator overrules)`);
  return { titles, genres: any ? collected : null, tables: [table], keys: [matcher.understood()], notes };
}

/** Titles and genres that stand in the rows of the interactions themselves: said, as they may be titles of reviews. */
function withinEvents({ unused, files }: TableReading): string {
  const known = [...TITLE.split(" "), ...GENRES.split(" ")].map(simplified);
  const found = unused.filter(({ name }) => name !== null && known.includes(simplified(name)));
  if (found.length === 0) return "";
  return `; the interactions have ${columnsText(found)}: --file titles=${basename(files[0])} reads titles and genres ` +
    "from them";
}

function itemName({ columns }: Pick<TableReading, "columns">): string | null {
  return columns.find(({ role }) => role === "item")?.name ?? null;
}

interface Pass {
  readonly titles: string[];
  /** Items that have a title. */
  readonly found: Set<number>;
  readonly genres: GenreCollector;
  /** How the genres were taken apart; null without a column of genres. */
  readonly about: string | null;
  readonly table: TableReading;
}

async function readPass(
  files: LayoutFiles, places: readonly FilePlace[], layout: Layout, matcher: KeyMatcher, ids: readonly string[],
  options: ReadOptions, links: Links | null,
): Promise<Pass> {
  const titles = [...ids];
  const found = new Set<number>();
  const genres = new GenreCollector();
  let about: string | null = null;
  const genresOf = await layout.genresOf?.(files);
  const request = {
    ...options, role: "titles" as const, places, why: "",
    spec: withNames({ year, ...layout.titles }, options.columns ?? {}, "titles"),
    widest: Infinity, placed: layout.placed, ragged: layout.openTitles, progress: options.onProgress,
  };
  const table = await readTable(request, ({ columns, cells, understood }) => {
    const key = itemName(understood);
    if (leadsThrough(links, key)) matcher.lookAmong(links.known);
    // RecBole says in a name that its values stand apart by blanks.
    const sequence = understood.columns.some(({ role, name }) => role === "genres" && /:token_seq$/.test(name ?? ""));
    const splitter = columns.genres < 0 || genresOf ? null
      : valueSplitter(cells(columns.genres), options.tagSeparator ?? (sequence ? " " : undefined), false);
    about = splitter?.about ?? about;
    return (row) => {
      const item = matcher.itemIn(row, columns.item);
      if (item < 0) return;
      const title = layout.openTitles && row.fields > columns.title + 1
        ? Array.from({ length: row.fields - columns.title }, (_, f) => textIn(row, columns.title + f)).join(",")
        : textIn(row, columns.title);
      if (title.trim() !== "") {
        titles[item] = withYear(printable(title.trim()), columns.year < 0 ? "" : textIn(row, columns.year));
        found.add(item);
      }
      if (genresOf) genres.add(item, genresOf(row));
      else if (splitter) genres.add(item, splitter.split(textIn(row, columns.genres)));
    };
  });
  return { titles, found, genres, about, table };
}
