/**
 * What a caller may say about a data set, and the checks of it. Everything has a default that is found out or
 * documented.
 */
import { UserError } from "../base/user-error.js";
import type { Progress } from "../files/source/byte-source.js";
import type { ColumnSpec, TableSpec } from "./columns/column-spec.js";
import type { TextWishes } from "./columns/read-table.js";
import type { LayoutName } from "./layouts/layouts.js";
import type { NamedFiles } from "./layouts/recognise-files.js";
import type { StrengthOptions } from "./strengths.js";
import type { FileRole } from "./understood.js";

/** A column's name, or its number counted from 1. */
export type ColumnName = string | number;

/** Columns by role. Roles of one file alone can be given without saying which file. */
export interface ColumnNames {
  readonly user?: ColumnName;
  readonly item?: ColumnName;
  readonly rating?: ColumnName;
  readonly timestamp?: ColumnName;
  /** How much an interaction counts; default: the rating. */
  readonly weight?: ColumnName;
  /** In the file of titles. */
  readonly title?: ColumnName;
  readonly genres?: ColumnName;
  readonly year?: ColumnName;
  /** In the file of tags. */
  readonly tag?: ColumnName;
  readonly count?: ColumnName;
  /** Columns of the interactions to be left alone. */
  readonly none?: readonly ColumnName[];
  /** Of one kind of file only. */
  readonly interactions?: RoleNames;
  readonly titles?: RoleNames;
  readonly tags?: RoleNames;
  readonly dictionary?: RoleNames;
  readonly links?: RoleNames;
}

export type RoleNames = Readonly<Record<string, ColumnName>>;

/** How files are read, and what of them counts as an interaction. */
export interface ReadOptions extends TextWishes, StrengthOptions {
  /** Default: recognised by the files that are there. */
  readonly layout?: LayoutName;
  /**
   * Interactions rated below this are left out. Default 4 (docs/method.md §1); 1 play with "msd". A file without
   * ratings keeps every row, and a threshold that is given for it is an error. Of a pair that stands there several
   * times, one row that passes is enough.
   */
  readonly minRating?: number;
  /** Users with fewer distinct items left are dropped. Default 5; 20 with "msd". */
  readonly minUserInteractions?: number;
  /** Items with fewer distinct users are dropped, before users are counted. Default 1; 200 with "msd". */
  readonly minItemInteractions?: number;
  readonly columns?: ColumnNames;
  /** Files to read instead of the layout's own, relative to the folder or absolute. */
  readonly files?: NamedFiles;
  /** Of a database: what to ask for interactions, titles, tags. Columns are known by the names that the query gives. */
  readonly queries?: { readonly [F in FileRole]?: string };
  /**
   * What counts as a tag: applications by people, the genres beside the titles, or both. Default "both": of small sets
   * the tags alone leave the commonest words unsaid.
   */
  readonly tagSource?: "tags" | "genres" | "both";
  /** What separates several tags in a cell; "none" for nothing. Default: found out, column by column. */
  readonly tagSeparator?: string;
  /** Keep the time of every interaction, for a split by time. */
  readonly times?: boolean;
  readonly onProgress?: Progress;
}

/** Roles that belong to one kind of file, so that naming them says which. */
const OWNED: Readonly<Record<FileRole, readonly string[]>> = {
  interactions: ["user", "item", "rating", "timestamp", "weight"], titles: ["title", "genres", "year"],
  tags: ["tag", "count"],
  dictionary: ["id", "name"], links: ["key"],
};

/**
 * A layout's columns with the user's names put in: strictly for the roles a file owns, and for those given for this
 * very file; elsewhere (the item of a tag file, say) a given name is only tried first.
 */
export function withNames<Role extends string>(
  spec: TableSpec<Role>, given: ColumnNames, file: FileRole,
): TableSpec<Role> {
  const result = {} as Record<Role, ColumnSpec>;
  for (const role of Object.keys(spec) as Role[]) {
    const column = spec[role];
    const here = given[file]?.[role];
    const name = here ?? (given as Partial<Record<Role, ColumnName>>)[role];
    if (name === undefined) result[role] = column;
    else if (name === "none" && !column.required) result[role] = { ...column, names: [], position: -1 };
    else if (here !== undefined || OWNED[file].includes(role)) result[role] = { ...column, named: name };
    else result[role] = { ...column, names: typeof name === "string" ? [name, ...column.names] : column.names };
  }
  return result;
}

/** @throws UserError that names all contradictions at once. */
export function checkOptions(options: ReadOptions): void {
  const wrong: string[] = [];
  for (const name of ["minUserInteractions", "minItemInteractions"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
      wrong.push(`${name} is ${value}, expected an integer of 0 or more`);
    }
  }
  if (options.minRating !== undefined && Number.isNaN(options.minRating)) wrong.push("minRating is not a number");
  const { halfLife } = options;
  const weight: string | undefined = options.weight;
  if (halfLife !== undefined && !(halfLife > 0)) wrong.push(`halfLife is ${halfLife}, expected days, more than 0`);
  if (weight !== undefined && !["none", "linear", "log"].includes(weight)) {
    wrong.push(`weight is "${weight}", expected none, linear or log`);
  }
  if (weight === undefined && options.columns?.weight !== undefined && options.columns.weight !== "none") {
    wrong.push("a column of weights was given, but not what to make of them: say --weight linear or --weight log");
  }
  const source: string | undefined = options.tagSource;
  if (source !== undefined && !["tags", "genres", "both"].includes(source)) {
    wrong.push(`tagSource is "${source}", expected tags, genres or both`);
  }
  if (wrong.length > 0) throw new UserError(wrong.join("; "));
}
