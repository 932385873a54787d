/**
 * What a layout is: one record that says how data of one origin lie on disk, so that reading them needs no option. A
 * layout is one file of this folder and one line of layouts.ts.
 */
import type { Row } from "../../files/csv/row-parser.js";
import type { OpenedTable } from "../../files/opened-table.js";
import type { FilePlace, Progress } from "../../files/source/byte-source.js";
import type {
  ColumnSpec, DictionaryRole, InteractionRole, TableSpec, TagRole, TitleRole,
} from "../columns/column-spec.js";
import type { FoundColumns } from "../columns/find-columns.js";
import type { TextWishes } from "../columns/read-table.js";
import type { InteractionCollector } from "../interaction-collector.js";
import type { Catalogue } from "../catalogue.js";
import type { TagFileResult } from "../tags/tag-applications.js";
import type { FileRole } from "../understood.js";

/** A name, or a pattern for names; packing (.gz and so on) is taken off before they are compared. */
export type FileName = string | RegExp;

/** What a layout's own reader of tags is given. */
export interface TagRequest extends TextWishes {
  readonly files: LayoutFiles;
  readonly spec: TableSpec<TagRole>;
  readonly catalogue: Catalogue;
  readonly progress?: Progress;
}

/** The files that were found, by role; a role without a file is null. */
export type LayoutFiles = { readonly [F in FileRole]: readonly FilePlace[] | null };

/** A file of the layout as it looks, for the documentation. */
export interface LayoutExample {
  readonly file: string;
  readonly lines: readonly string[];
}

export interface Layout {
  readonly name: string;
  /** For people: the data sets that come so. */
  readonly title: string;
  /** For messages: what such a folder holds. */
  readonly about: string;
  /** File names in order of preference. */
  readonly files: { readonly [F in FileRole]?: readonly FileName[] };
  /** Every file of this name is a part of the interactions. */
  readonly parts?: RegExp;
  /** The files by which a folder is recognised: all of one of these lists. None: only by `looksLike` or by name. */
  readonly telling: readonly (readonly FileRole[])[];
  /** Looks into the file of interactions: whether it is of this layout. A file on its own can be recognised so. */
  readonly looksLike?: (table: OpenedTable) => boolean;
  readonly interactions: TableSpec<InteractionRole>;
  /** A year is looked for by its usual names (known-names.ts) where the layout does not say where it is. */
  readonly titles: TableSpec<Exclude<TitleRole, "year">> & { readonly year?: ColumnSpec };
  readonly tags: TableSpec<TagRole>;
  readonly dictionary?: TableSpec<DictionaryRole>;
  /** Its files have no header and known places: a column by place is no guess. */
  readonly placed?: boolean;
  /** Rows of interactions that are not one pair each: the function that takes them. */
  readonly rows?: (collector: InteractionCollector, found: FoundColumns<InteractionRole>) => (row: Row) => void;
  /** Such rows are of any width. */
  readonly ragged?: boolean;
  /** Titles hold separators that nothing protects: a title goes on to the end of its row. */
  readonly openTitles?: boolean;
  /** What a rating of 0 means, where it is not the least. */
  readonly zero?: string;
  /** Titles whose genres are not one column: the genres of a row. */
  readonly genresOf?: (files: LayoutFiles) => Promise<(row: Row) => readonly string[]>;
  /** Applications of a lower count (or relevance) are none. Default: anything above 0. */
  readonly leastCount?: number;
  /** Tags that are not item, tag rows. */
  readonly readTags?: (request: TagRequest) => Promise<TagFileResult>;
  /** A row with a lower rating (or play count) is no interaction. −Infinity keeps every row. */
  readonly minRating: number;
  readonly minUserInteractions: number;
  readonly minItemInteractions: number;
  /** What everybody should know who reads such data. */
  readonly notes?: readonly string[];
  readonly examples: readonly LayoutExample[];
}
