/**
 * Streams a table, or several parts of one, with its columns found: the one way by which interactions, titles, tags and
 * dictionaries are read. Memory is one chunk, whatever the size of the file.
 *
 * Every complaint names file, line and what was expected. Rows that are no rows are an error, or are left out and
 * counted where the user said so.
 */
import { UserError } from "../../base/user-error.js";
import type { Row, Separator } from "../../files/csv/row-parser.js";
import { openTable } from "../../files/open-table.js";
import type { OpenedTable } from "../../files/opened-table.js";
import type { FilePlace, Progress } from "../../files/source/byte-source.js";
import type { BadRows, FileRole, TableReading } from "../understood.js";
import { RowError, textIn } from "./cells.js";
import type { TableSpec } from "./column-spec.js";
import { findColumns, type FoundColumns } from "./find-columns.js";

/** What the user said about how files are written; what is not said is found out. */
export interface TextWishes {
  readonly separator?: Separator;
  readonly encoding?: string;
  readonly header?: boolean;
  /** Leave bad rows out and count them instead of ending. */
  readonly skipBadRows?: boolean;
}

export interface TableRequest<Role extends string> extends TextWishes {
  readonly role: FileRole;
  /** The parts of the table, in order. */
  readonly places: readonly FilePlace[];
  readonly why: string;
  readonly others?: readonly string[];
  readonly spec: TableSpec<Role>;
  readonly none?: readonly (string | number)[];
  readonly widest?: number;
  readonly placed?: boolean;
  /** Rows may be of any width: lists of a user's items, say. */
  readonly ragged?: boolean;
  readonly progress?: Progress;
}

/** UTF-8's byte order mark. */
const MARK = [0xef, 0xbb, 0xbf];
/** Examples of bad rows that are kept. */
const EXAMPLES = 5;

/**
 * @param start called when the columns of a part are known (later parts may have them in another order); returns the
 *   function that takes every row.
 */
export async function readTable<Role extends string>(
  request: TableRequest<Role>, start: (found: FoundColumns<Role>) => (row: Row) => void,
): Promise<TableReading> {
  let reading: TableReading | null = null;
  for (const place of request.places) {
    const table = await openTable(place, request, expectedOf(request.spec), request.progress);
    try {
      const part = await readPart(table, request, start);
      reading = reading ? joined(reading, part) : part;
    } finally {
      await table.close();
    }
  }
  if (!reading) throw new UserError(`no file of ${request.role}`);
  return reading;
}

/** Reads a table that was opened already. */
export async function readPart<Role extends string>(
  table: OpenedTable, request: Omit<TableRequest<Role>, "places">,
  start: (found: FoundColumns<Role>) => (row: Row) => void,
): Promise<TableReading> {
  const found = findColumns(table, request.spec, request);
  const bad: BadRows = { count: 0, first: [] };
  const report = (line: number, reason: string): void => {
    if (bad.count++ < EXAMPLES) bad.first.push({ file: table.file, line, reason });
  };
  const { take, counts } = checked(found, start(found), request, report);
  const needed = Object.values<number>(found.columns).filter((c) => c >= 0);
  await table.rows(take, request.skipBadRows ? report : undefined, needed);
  const { rows, repeated } = counts();
  const notes = [...found.understood.notes];
  if (repeated > 0) notes.push(`the header stands ${repeated} more times among the rows: left out`);
  return {
    role: request.role, files: [table.file], why: request.why, others: request.others ?? [], format: table.format,
    ...found.understood, rows, bad, notes,
  };
}

interface Checked {
  /** Takes rows from the parser. */
  readonly take: (row: Row) => void;
  /** Rows that were handled, and headers among them. */
  readonly counts: () => { readonly rows: number; readonly repeated: number };
}

/** Leaves the header out, checks widths, catches bad rows. What nearly every row meets is two comparisons. */
function checked<Role extends string>(
  found: FoundColumns<Role>, handle: (row: Row) => void, request: Omit<TableRequest<Role>, "places">,
  report: (line: number, reason: string) => void,
): Checked {
  const { file, width, header } = found;
  const { ragged = false, skipBadRows = false } = request;
  const first = Buffer.from(header?.[0] ?? "");
  const headerStart: number | undefined = first[0];
  /** No row is as wide while the header is still to come, or where every width is right. */
  let expected = found.skipsFirst || ragged ? -1 : width;
  let skip = found.skipsFirst;
  let rows = 0;
  let repeated = 0;
  const unusual = (row: Row): void => {
    // Files that were put one behind the other bring their byte order marks along.
    if (MARK.every((byte, i) => row.bytes[row.starts[0] + i] === byte)) row.starts[0] += MARK.length;
    if (skip) {
      skip = false;
      if (!ragged) expected = width;
    } else if (row.fields !== width && !ragged) {
      throw wrongWidth(row, width, file);
    } else if (header && isHeader(row, header, first)) {
      repeated++;
    } else {
      handle(row);
      rows++;
    }
  };
  const take = (row: Row): void => {
    const byte = row.bytes[row.starts[0]];
    if (row.fields === expected && byte !== headerStart && byte !== MARK[0]) {
      handle(row);
      rows++;
    } else {
      unusual(row);
    }
  };
  const tolerant = (row: Row): void => {
    try {
      take(row);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      report(error.line, error.reason);
    }
  };
  return { take: skipBadRows ? tolerant : take, counts: () => ({ rows, repeated }) };
}

function wrongWidth({ fields, line, unterminated }: Row, width: number, file: string): RowError {
  const cut = unterminated && fields < width ? "the file ends in the middle of this row (truncated?): " : "";
  const got = `${fields} column${fields === 1 ? "" : "s"}`;
  return new RowError(file, line, `${cut}${got}, expected ${width} as in the first row`);
}

/** Whether a row is the header once more. Its first field's bytes tell nearly all rows apart without a string. */
function isHeader(row: Row, header: readonly string[], first: Uint8Array): boolean {
  const { bytes, starts, ends, fields } = row;
  if (fields !== header.length || ends[0] - starts[0] < first.length) return false;
  for (let i = 0; i < first.length; i++) if (bytes[starts[0] + i] !== first[i]) return false;
  return header.every((cell, c) => cell === textIn(row, c).trim());
}

/**
 * What was understood of the parts of one table.
 * @throws UserError when one of them has a column that another lacks: ratings that count in one half only.
 */
export function joined(a: TableReading, b: TableReading): TableReading {
  const roles = ({ columns }: TableReading): string =>
    columns.map(({ role }) => role).filter((role) => role !== "timestamp").sort().join(", ");
  if (roles(a) !== roles(b)) {
    throw new UserError(`${b.files[0]}: a part with ${roles(b)}, the parts before it have ${roles(a)}: read them ` +
      "separately, or leave the column out with --column ROLE=none");
  }
  const first = [...a.bad.first, ...b.bad.first].slice(0, EXAMPLES);
  return {
    ...a, files: [...a.files, ...b.files], rows: a.rows + b.rows, notes: [...new Set([...a.notes, ...b.notes])],
    bad: { count: a.bad.count + b.bad.count, first },
  };
}

/** What a table should hold, for messages. */
export function expectedOf(spec: TableSpec<string>): string {
  const columns = Object.entries(spec).filter(([, column]) => column.required).map(([role]) => role);
  return `rows with ${columns.join(", ")}`;
}
