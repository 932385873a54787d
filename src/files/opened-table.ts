/**
 * A table that has been opened, whatever it is stored as: what its format is, its first rows as text, and all its rows
 * as bytes. Which column means what is the business of src/data.
 */
import type { Row } from "./csv/row-parser.js";

/** How a table is stored, for the user to read. Plain data. */
export interface TableFormat {
  readonly kind: "text" | "JSON lines" | "JSON array" | "Parquet" | "SQLite" | "PostgreSQL";
  /** Text only. */
  readonly encoding?: string;
  readonly separator?: string;
  readonly lineEnds?: "LF" | "CRLF" | "CR";
  /** Comment lines before the table. */
  readonly comments?: readonly string[];
  /** Packing around it, outermost first: gzip, zstd, zip. */
  readonly packing?: readonly string[];
  /** The query that was asked. */
  readonly query?: string;
}

/** Told of each row that is left out because its bytes make no row. */
export type OnBadRow = (line: number, reason: string) => void;

export interface OpenedTable {
  /** For messages. */
  readonly file: string;
  readonly format: TableFormat;
  /** The columns' names where the format itself has them; null for text, whose first row may or may not be names. */
  readonly names: readonly string[] | null;
  /** The first rows as text, trimmed; of a text a header among them. */
  readonly sample: readonly (readonly string[])[];
  /** Whether the sample is all there is. */
  readonly complete: boolean;
  /**
   * Hands out all rows, those of the sample included. To be called once.
   * @param onBad leaves bad rows out and reports them; without it they are a UserError.
   * @param needed the columns that are looked at: others may be handed out empty.
   */
  readonly rows: (onRow: (row: Row) => void, onBad?: OnBadRow, needed?: readonly number[]) => Promise<void>;
  /** Lets go of a table that is not read to its end. */
  readonly close: () => Promise<void>;
}
