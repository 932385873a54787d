/**
 * What unknot understood of somebody's files: plain data that every reader fills, and that `data info`, the first lines
 * of `train`, --json and a model's notes all print (describe-understood.ts). Whoever is wrong about a file can see it.
 */
import type { TableFormat } from "../files/opened-table.js";

/** What a file of a data set is for. */
export type FileRole = "interactions" | "titles" | "tags" | "dictionary" | "links";

/** Why a column is what it is taken for. */
export type ColumnReason = "given" | "name" | "position" | "layout";

/** A column and what it was taken for. */
export interface UsedColumn {
  readonly role: string;
  /** Counted from 1. */
  readonly column: number;
  /** Null without a header. */
  readonly name: string | null;
  readonly reason: ColumnReason;
  /** Least and greatest number among the first rows; null for text. */
  readonly range: readonly [number, number] | null;
  readonly sample: string;
}

/** A column that is left alone. */
export interface UnusedColumn {
  readonly column: number;
  readonly name: string | null;
  readonly range: readonly [number, number] | null;
  readonly sample: string;
  /** Why it is left alone, where there is a reason besides nobody wanting it. */
  readonly why?: string;
}

/** Rows that could not be read, with the first few. */
export interface BadRows {
  count: number;
  /** The first five. */
  readonly first: { readonly file: string; readonly line: number; readonly reason: string }[];
}

/** One file, or the parts of one table. */
export interface TableReading {
  readonly role: FileRole;
  readonly files: readonly string[];
  /** Why this file. */
  readonly why: string;
  /** Files of the same folder that could have been taken instead. */
  readonly others: readonly string[];
  readonly format: TableFormat;
  /** Where the columns' names come from. */
  readonly header: "first row" | "none" | "comment line" | "the format";
  readonly columns: readonly UsedColumn[];
  readonly unused: readonly UnusedColumn[];
  /** Rows without the header and the bad ones. */
  readonly rows: number;
  readonly bad: BadRows;
  /** Anything else that a person should know, in sentences. */
  readonly notes: readonly string[];
}

/** What the ratings are, and which of them count. */
export interface RatingsUnderstood {
  /** Over all rows. */
  readonly min: number;
  readonly max: number;
  readonly threshold: number;
  readonly rows: number;
  /** Rows that reach the threshold. */
  readonly kept: number;
  /** A threshold that would fit the scale better; null where this one fits. */
  readonly advice: number | null;
}

/** How the keys of a file of titles or tags meet those of the interactions. */
export interface KeysUnderstood {
  readonly role: "titles" | "tags" | "links";
  /** Distinct keys in the file, and how many of them occur in the interactions. */
  readonly keys: number;
  readonly met: number;
  /** Items of the catalogue, and how many of them the file has. */
  readonly items: number;
  readonly itemsMet: number;
  /** What was done to the keys so that they meet; null when they meet as they stand. */
  readonly rule: string | null;
  /** A key of this file and one of the interactions. */
  readonly example: readonly [string, string] | null;
}

/** What unknot took the files of a data set to be. */
export interface Understood {
  readonly layout: string;
  readonly tables: readonly TableReading[];
  /** Null without a column of ratings. */
  readonly ratings: RatingsUnderstood | null;
  readonly keys: readonly KeysUnderstood[];
  readonly dropped: {
    readonly rows: number;
    readonly taken: number;
    readonly duplicates: number;
    readonly rareItems: number;
    readonly sparseUsers: number;
    readonly orphanedItems: number;
  };
}
