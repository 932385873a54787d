/**
 * Finds out which files of a folder (or of a ZIP archive) are the interactions, the titles and the tags, and of which
 * layout they are. What was chosen, why, and what else was there is kept for the user to read.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { UserError } from "../../base/user-error.js";
import { listZip, type ZipEntry } from "../../files/archive/zip.js";
import { isPostgres } from "../../files/database/postgres-table.js";
import { openTable } from "../../files/open-table.js";
import type { OpenedTable } from "../../files/opened-table.js";
import { fileAt, isTableEntry, type FilePlace, type Progress } from "../../files/source/byte-source.js";
import { expectedOf, type TextWishes } from "../columns/read-table.js";
import type { FileRole } from "../understood.js";
import { ANY_TABLE } from "./known-names.js";
import type { FileName, Layout, LayoutFiles } from "./layout.js";
import { allLayouts, layouts, type LayoutName } from "./layouts.js";
import { expandPattern, isPattern } from "./path-pattern.js";

/** Files the user named, in place of those a layout would look for; "none" for none. */
export type NamedFiles = { readonly [F in FileRole]?: string };

export interface RecognisedFiles {
  readonly layout: Layout;
  readonly files: LayoutFiles & { readonly interactions: readonly FilePlace[] };
  /** Why these interactions. */
  readonly why: string;
  /** Tables of the folder that nothing is read from. */
  readonly others: readonly string[];
  /** The first part of the interactions, if it had to be looked into: standard input can be opened once only. */
  readonly opened: OpenedTable | null;
}

export interface RecogniseWishes extends TextWishes {
  readonly layout?: LayoutName;
  readonly files?: NamedFiles;
  /** Of a database: what to ask, by role. */
  readonly queries?: NamedFiles;
  /** Columns were given: no layout is looked for in what a file holds. */
  readonly columnsGiven?: boolean;
  readonly progress?: Progress;
}

/** A folder of names, on disk or in an archive. */
interface Folder {
  readonly path: string;
  readonly names: readonly string[];
  readonly place: (name: string) => FilePlace;
}

const NO_FILES: LayoutFiles = { interactions: null, titles: null, tags: null, dictionary: null, links: null };

/**
 * @param path a folder, a file, a ZIP archive, a pattern of files, several of them separated by commas, or "-".
 * @throws UserError that lists what was looked for and what is there.
 */
export async function recogniseFiles(path: string, wishes: RecogniseWishes): Promise<RecognisedFiles> {
  const { layout: wanted } = wishes;
  if (wanted !== undefined && !Object.hasOwn(layouts, wanted)) {
    throw new UserError(`unknown layout "${wanted}", expected one of ${Object.keys(layouts).join(", ")}`);
  }
  if (isPostgres(path) || wishes.queries !== undefined) return fromDatabase(path, wishes);
  const kind = path === "-" ? null : await stat(path).catch(() => null);
  if (kind?.isDirectory()) return fromFolder(await diskFolder(path), wishes);
  const places = kind || path === "-" ? [{ path }] : await expandPattern(path);
  for (const place of places) if (place.path !== "-") await fileAt(place.path);
  if (places.length === 1) {
    const archive = await archiveFolder(places[0].path);
    if (archive) return fromFolder(archive, wishes);
  }
  const beside = await namedPlaces(dirname(places[0].path), wishes.files ?? {});
  return byContent({
    layout: layouts[wanted ?? "table"], files: { ...NO_FILES, ...beside, interactions: beside.interactions ?? places },
    why: "as you said", others: [], opened: null,
  }, wishes);
}

/** Queries instead of files; titles and tags may be files all the same. */
async function fromDatabase(path: string, { files = {}, queries = {} }: RecogniseWishes): Promise<RecognisedFiles> {
  const ask = (role: FileRole): readonly FilePlace[] | null =>
    queries[role] === undefined ? null : [{ path, query: queries[role] }];
  const asked = {
    titles: ask("titles"), tags: ask("tags"), dictionary: ask("dictionary"), links: ask("links"),
  };
  const interactions = ask("interactions") ?? [{ path }];
  return {
    layout: layouts.table, files: { ...asked, ...await namedPlaces(".", files), interactions },
    why: queries.interactions === undefined ? "" : "the query that you gave", others: [], opened: null,
  };
}

async function diskFolder(path: string): Promise<Folder> {
  const entries = await readdir(path, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."));
  const names = files.map(({ name }) => name).sort();
  return { path, names, place: (name) => ({ path: join(path, name) }) };
}

/** An archive of several tables as a folder; null for anything else. */
async function archiveFolder(path: string): Promise<Folder | null> {
  if (!/\.zip$/i.test(path)) return null;
  const entries = (await listZip(path)).filter(isTableEntry);
  if (entries.length < 2) return null;
  const byName = new Map<string, ZipEntry>(entries.map((entry) => [basename(entry.name), entry]));
  return { path, names: [...byName.keys()].sort(), place: (name) => ({ path, entry: byName.get(name)! }) };
}

async function fromFolder(folder: Folder, wishes: RecogniseWishes): Promise<RecognisedFiles> {
  const { layout: wanted, files: named = {} } = wishes;
  const given = await namedPlaces(folder.path, named, folder);
  const candidates = wanted !== undefined ? [layouts[wanted]]
    : given.interactions ? [layouts.table] : allLayouts.filter((layout) => tells(layout, folder.names));
  for (const layout of candidates) {
    const found = filesOf(layout, folder, given);
    if (!found) continue;
    if (layout.looksLike && wanted === undefined) {
      const opened = await openTable(found.files.interactions[0], wishes, expectedOf(layout.interactions));
      const looks = layout.looksLike(opened);
      await opened.close();
      if (!looks) continue;
    }
    return layout === layouts.table && wanted === undefined ? byContent(found, wishes) : found;
  }
  const looked = (wanted !== undefined ? [layouts[wanted]] : allLayouts)
    .map(({ name, about }) => `\n  ${name.padEnd(14)} ${about}`).join("");
  const there = listed(folder.names);
  throw new UserError(`${folder.path}: no data set recognised; looked for${looked}\nbut found ${there}\n` +
    "(--file interactions=NAME says which file it is)");
}

/** The files of a layout in a folder, those that the user named first; null without interactions. */
function filesOf(layout: Layout, folder: Folder, given: Partial<LayoutFiles>): RecognisedFiles | null {
  const { names, place } = folder;
  const used = new Set<string>();
  const left = new Set<string>();
  const find = (role: FileRole): readonly FilePlace[] | null => {
    if (given[role] !== undefined) {
      // What is left out as the dictionary does not become the titles.
      const own = firstOf(names, layout.files[role] ?? []);
      if (own !== null) left.add(own);
      return given[role];
    }
    const parts = role === "interactions" ? partsOf(layout, names) : [];
    const free = names.filter((name) => !used.has(name) && !left.has(name));
    const found = parts.length > 0 ? parts : [firstOf(free, layout.files[role] ?? [])];
    const chosen = found.filter((name): name is string => name !== null);
    for (const name of chosen) used.add(name);
    return chosen.length > 0 ? chosen.map(place) : null;
  };
  // Titles and tags first: what they are is never the interactions.
  const [dictionary, links, titles, tags] = (["dictionary", "links", "titles", "tags"] as const).map(find);
  let interactions = find("interactions");
  let why = given.interactions ? "as you said" : `its name is that of layout "${layout.name}"`;
  if (!interactions && layout === layouts.table) {
    const only = onlyTable(names.filter((name) => !used.has(name)));
    if (only !== null) {
      used.add(only);
      interactions = [place(only)];
      why = "the only table there that is not one of titles or tags";
    }
  }
  if (!interactions) return null;
  const others = names.filter((name) => !used.has(name) && ANY_TABLE.test(plainName(name)));
  return { layout, files: { interactions, titles, tags, dictionary, links }, why, others, opened: null };
}

/** A table of no known name may still be of a layout: what it holds decides. */
async function byContent(found: RecognisedFiles, wishes: RecogniseWishes): Promise<RecognisedFiles> {
  if (wishes.layout !== undefined || wishes.columnsGiven || wishes.header === true) return found;
  const opened = await openTable(found.files.interactions[0], wishes, "rows with user, item", wishes.progress);
  try {
    const layout = allLayouts.find((one) => one.looksLike?.(opened));
    if (!layout) return { ...found, opened };
    return { ...found, layout, opened, why: `${found.why}; its rows are those of layout "${layout.name}"` };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Whether the files by which a layout is recognised are there. */
function tells(layout: Layout, names: readonly string[]): boolean {
  const has = (role: FileRole): boolean => firstOf(names, layout.files[role] ?? []) !== null ||
    (role === "interactions" && partsOf(layout, names).length > 0) ||
    (role === "interactions" && layout === layouts.table && onlyTable(names) !== null);
  return layout.telling.some((roles) => roles.every(has));
}

/** Files that are parts of the interactions together. */
function partsOf({ parts }: Layout, names: readonly string[]): string[] {
  return parts ? names.filter((name) => parts.test(plainName(name))) : [];
}

/** The places of the files that the user named; [] becomes null ("none"). */
async function namedPlaces(base: string, named: NamedFiles, folder?: Folder): Promise<Partial<LayoutFiles>> {
  const places: Partial<Record<FileRole, readonly FilePlace[] | null>> = {};
  for (const [role, file] of Object.entries(named) as [FileRole, string | undefined][]) {
    if (file === undefined) continue;
    if (file === "none" && role !== "interactions") {
      places[role] = null;
    } else if (folder?.names.includes(file)) {
      places[role] = [folder.place(file)];
    } else if (isPattern(file)) {
      places[role] = await expandPattern(isAbsolute(file) ? file : join(base, file));
    } else {
      places[role] = [{ path: await existing(file, base, folder) }];
    }
  }
  return places;
}

/** A file that the user named: from the folder, or from where the command runs. */
async function existing(file: string, base: string, folder?: Folder): Promise<string> {
  const tried = isAbsolute(file) ? [file] : [join(base, file), file];
  for (const path of tried) if (await stat(path).catch(() => null)) return path;
  throw new UserError(`${tried[0]}: no such file${folder ? `; the folder has ${listed(folder.names)}` : ""}`);
}

/** A name without packing: ratings.csv.gz is a ratings.csv, ratings.zip one as well. */
function plainName(name: string): string {
  const plain = name.replace(/\.(gz|zst|zstd|bz2|xz|zip|z)$/i, "");
  return plain !== name && !/\.\w+$/.test(plain) ? `${plain}.csv` : plain;
}

function firstOf(names: readonly string[], candidates: readonly FileName[]): string | null {
  for (const candidate of candidates) {
    const found = names.find((name) => {
      const plain = plainName(name);
      return typeof candidate === "string" ? plain === candidate : candidate.test(plain);
    });
    if (found !== undefined) return found;
  }
  return null;
}

/** The single table, if there is one. */
function onlyTable(names: readonly string[]): string | null {
  const { titles = [], tags = [] } = layouts.table.files;
  const others = [...titles, ...tags];
  const isTable = (name: string): boolean => /\.(csv|tsv|jsonl|ndjson|json|parquet)$/i.test(plainName(name));
  const found = names.filter((name) => isTable(name) && firstOf([name], others) === null);
  return found.length === 1 ? found[0] : null;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "no files";
  return names.slice(0, 12).join(", ") + (names.length > 12 ? `, … (${names.length} files)` : "");
}
