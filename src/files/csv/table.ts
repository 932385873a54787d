/**
 * A delimited file with named columns, streamed: opens it, strips a byte order mark, finds the separator and the
 * header, checks every row's width, and hands rows to a function. Memory is one chunk, whatever the size of the file.
 *
 * It says where each wanted column is; what a column means is the caller's business. Every complaint names file, line
 * and what was expected.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { UserError } from "../../base/user-error.js";
import { fieldNumber, fieldText, trimEnd, trimStart } from "./fields.js";
import type { IdTable } from "./id-table.js";
import { RowParser } from "./row-parser.js";
import type { Row, Separator } from "./row-parser.js";

/** Called after each chunk: bytes read so far, the file's size, and its path. */
export type Progress = (bytesRead: number, bytesTotal: number, file: string) => void;

/** A column a reader wants, and how to find it. */
export interface ColumnSpec {
  /** Header names that mean this column; compared without case, blanks, `_` and `-`. */
  readonly names: readonly string[];
  /** 0-based place in a file without a header, −1 if it cannot be there. */
  readonly position: number;
  readonly required: boolean;
  /** A name, or a 1-based number, that the user gave: nothing else is looked for then. */
  readonly named?: string | number;
}

/** The columns of one kind of file, by role. */
export type TableSpec<Role extends string> = Readonly<Record<Role, ColumnSpec>>;

/** 0-based field of each role, −1 where the file does not have it. */
export type Columns<Role extends string> = Readonly<Record<Role, number>>;

/** How many bytes a read asks for. Larger chunks gain nothing, smaller ones cost calls. */
const CHUNK = 1 << 20;

/** Looks into the first line of a file this far for its separator. */
const FIRST_LINE = 1 << 16;

/**
 * Streams a file.
 * @param columns what to look for.
 * @param start called once when the columns are known; returns the function that takes every row.
 * @throws UserError naming file, line and what was expected.
 */
export async function readTable<Role extends string>(
  file: string, spec: TableSpec<Role>, start: (columns: Columns<Role>) => (row: Row) => void, progress?: Progress,
): Promise<void> {
  const bytesTotal = await fileSize(file);
  let bytesRead = 0;
  let parser: RowParser | null = null;
  let head = new Uint8Array(0);
  const begin = (): RowParser => {
    const body = withoutMark(head, file);
    const created = tableParser(file, separatorOf(body, file), spec, start);
    created.push(body);
    return created;
  };
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK }) as AsyncIterable<Uint8Array>) {
      bytesRead += chunk.length;
      if (parser) {
        parser.push(chunk);
      } else {
        head = joined(head, chunk);
        if (head.includes(10) || head.length > FIRST_LINE) parser = begin();
      }
      progress?.(bytesRead, bytesTotal, file);
    }
  } catch (error) {
    throw readError(error, file);
  }
  if (!parser) {
    if (head.length === 0) throw new UserError(`${file}: the file is empty, expected ${describe(spec)}`);
    parser = begin();
  }
  parser.end();
}

/** The parser whose row handler resolves the columns at the first row and checks the width of the others. */
function tableParser<Role extends string>(
  file: string, separator: Separator, spec: TableSpec<Role>, start: (columns: Columns<Role>) => (row: Row) => void,
): RowParser {
  let handle: ((row: Row) => void) | null = null;
  let width = 0;
  return new RowParser(file, separator, (row) => {
    if (handle && row.fields === width) {
      handle(row);
    } else if (handle) {
      const cut = row.unterminated && row.fields < width
        ? "the file ends in the middle of this row (truncated?): " : "";
      throw new UserError(
        `${file}:${row.line}: ${cut}${count(row.fields, "column")}, expected ${width} as in the first row`,
      );
    } else {
      width = row.fields;
      const first = fieldTexts(row);
      const { columns, header } = resolveColumns(file, row.line, first, spec);
      handle = start(columns);
      if (!header) handle(row);
    }
  });
}

/** Decides whether the first row is a header and where each role is. */
function resolveColumns<Role extends string>(
  file: string, line: number, first: readonly string[], spec: TableSpec<Role>,
): { columns: Columns<Role>; header: boolean } {
  const plain = first.map(simplified);
  const roles = Object.keys(spec) as Role[];
  const place = (name: string): number => {
    const exact = first.indexOf(name);
    return exact >= 0 ? exact : plain.indexOf(simplified(name));
  };
  const numbered = (named: string | number | undefined): number =>
    named !== undefined && /^[1-9]\d{0,3}$/.test(String(named)) ? Number(named) - 1 : -1;
  const isNumber = first.map((text) => /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text.trim()));
  // A header is a first row that has every column we need, or that has no number in it, or where the user gave names.
  // One known name is not enough: "book" may well be the tag of a first row. It is when all columns were given as
  // numbers, for then a row of text may also be data.
  const required = roles.filter((role) => spec[role].required);
  const known = (role: Role): boolean => spec[role].names.some((name) => place(name) >= 0);
  const given = roles.some((role) => spec[role].named !== undefined && numbered(spec[role].named) < 0);
  const allNumbered = required.every((role) => numbered(spec[role].named) >= 0);
  const complete = required.every((role) => spec[role].named !== undefined || known(role));
  const header = given || (allNumbered ? roles.some(known) : complete || !isNumber.includes(true));

  const columns = {} as Record<Role, number>;
  for (const role of roles) {
    const { names, named, position } = spec[role];
    let at = -1;
    if (named !== undefined) {
      at = header ? place(String(named)) : -1;
      if (at < 0) at = numbered(named);
    } else if (header) {
      for (const name of names) if (at < 0) at = place(name);
    } else {
      at = position;
    }
    if (at >= first.length) at = -1;
    columns[role] = at;
    if (at < 0 && (spec[role].required || named !== undefined)) {
      const found = header ? `the header has ${first.join(", ")}` : `no header, ${count(first.length, "column")}`;
      const expected = named !== undefined ? `a column "${named}"`
        : header ? `one of the names ${names.join(", ")}` : `it as column ${position + 1}`;
      throw new UserError(`${file}:${line}: missing column for the ${role}: ${found}; expected ${expected}` +
        (named === undefined ? " (other names can be given as the columns option)" : ""));
    }
  }
  return { columns, header };
}

/** The number in a field; complains when there is none. */
export function numberIn(row: Row, column: number, file: string, what: string): number {
  const value = fieldNumber(row.bytes, row.starts[column], row.ends[column]);
  if (value !== value) {
    const got = textIn(row, column);
    const cut = row.unterminated ? "; the file ends here, is it truncated?" : "";
    throw new UserError(`${file}:${row.line}: ${what} is "${shortened(got)}", expected a number${cut}`);
  }
  return value;
}

/** The number that the table gives to the id in a field (blanks around it do not count); a new id is added. */
export function idIn(row: Row, column: number, ids: IdTable, file: string, what: string): number {
  const start = trimStart(row.bytes, row.starts[column], row.ends[column]);
  const end = trimEnd(row.bytes, start, row.ends[column]);
  if (start === end) throw new UserError(`${file}:${row.line}: the ${what} is empty, expected an id`);
  return ids.add(row.bytes, start, end);
}

/** As idIn, but −1 for an id that is not in the table (or empty). */
export function knownIdIn(row: Row, column: number, ids: IdTable): number {
  const start = trimStart(row.bytes, row.starts[column], row.ends[column]);
  return ids.find(row.bytes, start, trimEnd(row.bytes, start, row.ends[column]));
}

/** A field as text, as it stands. */
export function textIn(row: Row, column: number): string {
  return fieldText(row.bytes, row.starts[column], row.ends[column]);
}

async function fileSize(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw readError(error, file);
  }
}

function readError(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return new UserError(`${file}: no such file`);
  if (code === "EISDIR") return new UserError(`${file}: is a folder, expected a file`);
  if (code === "EACCES" || code === "EPERM") return new UserError(`${file}: not readable (permission denied)`);
  if (code === "EIO") return new UserError(`${file}: the disk reports a read error`);
  return error;
}

/** Bytes after a UTF-8 byte order mark; UTF-16 is refused. */
function withoutMark(head: Uint8Array, file: string): Uint8Array {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return head.subarray(3);
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new UserError(`${file}:1: the text is UTF-16, expected UTF-8 or latin-1: save it as UTF-8`);
  }
  return head;
}

/** Tab, `::` or comma, by the first line: the first of them that it has. */
function separatorOf(head: Uint8Array, file: string): Separator {
  const lineEnd = head.indexOf(10);
  const line = fieldText(head, 0, lineEnd < 0 ? Math.min(head.length, FIRST_LINE) : lineEnd);
  if (line.includes("\t")) return "\t";
  if (/^[^,"]*?::/.test(line)) return "::";
  if (line.includes(",")) return ",";
  throw new UserError(`${file}:1: one column only ("${shortened(line.trim())}"), expected columns separated by ` +
    "a comma, a tab or ::");
}

function fieldTexts(row: Row): string[] {
  return Array.from({ length: row.fields }, (_, f) => textIn(row, f).trim());
}

function simplified(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}

function describe(spec: TableSpec<string>): string {
  const columns = Object.entries(spec).filter(([, column]) => column.required).map(([role]) => role);
  return `rows with ${columns.join(", ")}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
