/** The cells of a row as what they mean: an id, a number, a text. Complaints name file and line. */
import { quotable } from "../../base/printable.js";
import { UserError } from "../../base/user-error.js";
import { fieldNumber, fieldText, trimEnd, trimStart } from "../../files/csv/fields.js";
import type { IdTable } from "../../files/csv/id-table.js";
import type { Row } from "../../files/csv/row-parser.js";
import { timeOf } from "./time-cell.js";

/** What every complaint about a single row ends with. */
const SKIP_HINT = " (--skip-bad-rows leaves such rows out)";

/** A row that is none: an error that --skip-bad-rows turns into a count. */
export class RowError extends UserError {
  constructor(file: string, readonly line: number, readonly reason: string) {
    super(`${file}:${line}: ${reason}${SKIP_HINT}`);
  }
}

/** Of a table, as numberIn needs it. */
export interface NumberStyle {
  readonly file: string;
  readonly decimalComma: boolean;
}

/** The number in a field; complains when there is none. */
export function numberIn(row: Row, column: number, style: NumberStyle, what: string): number {
  const value = fieldNumber(row.bytes, row.starts[column], row.ends[column]);
  return value === value ? value : oddNumber(row, column, style, what);
}

function oddNumber(row: Row, column: number, { file, decimalComma }: NumberStyle, what: string): number {
  const got = textIn(row, column).trim();
  if (/^(true|false)$/i.test(got)) return /^t/i.test(got) ? 1 : 0;
  if (decimalComma && /^[+-]?\d+,\d+$/.test(got)) return Number(got.replace(",", "."));
  if (/^[+-]?\d{1,3}(,\d{3})+$/.test(got)) {
    throw new RowError(file, row.line, `${what} is "${got}": is it ${got.replaceAll(",", "")} or ` +
      `${got.replace(",", ".")}? Write numbers without commas`);
  }
  const cut = row.unterminated ? "; the file ends here, is it truncated?" : "";
  throw new RowError(file, row.line, `${what} is "${quotable(got)}", expected a number${cut}`);
}

/** The time in a field, in seconds since 1970; complains when there is none. */
export function timeIn(row: Row, column: number, { file }: NumberStyle): number {
  const text = textIn(row, column).trim();
  const time = timeOf(text);
  if (time === time) return time;
  throw new RowError(file, row.line, `the time is "${quotable(text)}", expected seconds since 1970 or a date such as ` +
    "2024-05-06T07:08:09Z");
}

/** The number that the table gives to the id in a field (blanks around it do not count); a new id is added. */
export function idIn(row: Row, column: number, ids: IdTable, file: string, what: string): number {
  const start = trimStart(row.bytes, row.starts[column], row.ends[column]);
  const end = trimEnd(row.bytes, start, row.ends[column]);
  if (start === end) throw new RowError(file, row.line, `the ${what} is empty, expected an id`);
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
