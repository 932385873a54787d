/** What a reader wants of a table: columns by role, with the names and the places where they are looked for. */

/** The roles of each kind of file. */
export type InteractionRole = "user" | "item" | "rating" | "timestamp";
/** Of the interactions, where it is wanted how much each counts. */
export type WeightedRole = InteractionRole | "weight";
export type TitleRole = "item" | "title" | "genres" | "year";
export type TagRole = "item" | "tag" | "user" | "count";
export type DictionaryRole = "id" | "name";
export type LinkRole = "item" | "key";

/** A column and how to find it. */
export interface ColumnSpec {
  /** Header names that mean this column, the best first; compared without case, blanks, `_` and `-`. */
  readonly names: readonly string[];
  /** 0-based place in a file without a header, −1 if it cannot be there. */
  readonly position: number;
  readonly required: boolean;
  /** A name, or a 1-based number, that the user gave: nothing else is looked for then. */
  readonly named?: string | number;
  /** The values are a number or a time; elsewhere a column of such values is no candidate by position. */
  readonly holds?: "number" | "time";
}

/** The columns of one kind of file, by role. */
export type TableSpec<Role extends string> = Readonly<Record<Role, ColumnSpec>>;

/** 0-based field of each role, −1 where the file does not have it. */
export type Columns<Role extends string> = Readonly<Record<Role, number>>;

/** Shorthand for tables of layouts: names in one string, the best first. */
export function column(names: string, position: number, required = true, holds?: ColumnSpec["holds"]): ColumnSpec {
  return { names: names.split(" "), position, required, ...(holds ? { holds } : {}) };
}

/** A name without what people write differently: case, blanks, `_`, `-`, and RecBole's ":token". */
export function simplified(name: string): string {
  return name.toLowerCase().replace(/:(token|float)(_seq)?$/, "").replace(/[\s_.-]/g, "");
}
