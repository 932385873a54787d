/**
 * How a delimited text is written, told from its first bytes: separator, line ends, comment lines before it.
 *
 * Every separator that occurs is tried on the first rows. A good one gives every row the same number of fields, and
 * fields that hold no other separator ("11;23" is none, "3,5" is a number). What comes out is said to the user, who can
 * overrule it; whether the first row is a header is decided elsewhere, with the columns.
 */
import { UserError } from "../../base/user-error.js";
import { quotable } from "../../base/printable.js";
import { fieldText } from "./fields.js";
import { RowParser, type Dialect, type Separator } from "./row-parser.js";

export const SEPARATORS: Readonly<Record<Separator, string>> = {
  "\t": "tab", "::": "colons (::)", ";": "semicolon", "|": "bar (|)", ",": "comma", " ": "blank",
};

export interface Sniffed {
  readonly dialect: Dialect;
  readonly lineEnds: "LF" | "CRLF" | "CR";
  /** Lines before the table, marks and all. */
  readonly comments: readonly string[];
  /** Where the table begins: bytes and lines before it. */
  readonly skipBytes: number;
  readonly skipLines: number;
  /** The first rows as text, a header among them if there is one. */
  readonly sample: readonly (readonly string[])[];
}

/** Rows that decide on the separator, and rows that are kept for deciding on the columns. */
const TRIED = 200;
const KEPT = 1000;
const LF = 10;
const CR = 13;

/**
 * @param head the first bytes of the text; `ended` when there are no others.
 * @param wanted the separator that the user gave.
 * @throws UserError when there is one column only.
 */
export function sniff(head: Uint8Array, ended: boolean, wanted: Separator | null, file: string): Sniffed {
  const lineEnds = lineEndsOf(head);
  const lineEnd = lineEnds === "CR" ? CR : LF;
  const { comments, skipBytes, skipLines, separator } = preamble(head, lineEnd);
  const last = head.lastIndexOf(lineEnd);
  const whole = head.subarray(skipBytes, ended || last < skipBytes ? head.length : last + 1);
  const given = wanted ?? separator;
  const all = Object.keys(SEPARATORS) as Separator[];
  const candidates = given !== null ? [given] : all.filter((one) => occurs(one, whole));
  let best: { separator: Separator; score: number; width: number } | null = null;
  for (const one of candidates) {
    const { score, width } = judged(rowsOf(whole, { separator: one, lineEnd: lineEnds === "CR" ? "CR" : "LF" }, TRIED));
    if (width < 2 && given === null) continue;
    const better = !best || score > best.score + 1e-9 || (score > best.score - 1e-9 && width > best.width);
    if (better) best = { separator: one, score, width };
  }
  if (!best) {
    const first = quotable(fieldText(whole, 0, Math.max(0, endOfLine(whole, 0, lineEnd))).trim());
    throw new UserError(`${file}:${skipLines + 1}: one column only ("${first}"), expected columns separated by a ` +
      "comma, a semicolon, a tab, a bar, blanks or :: (--separator overrules)");
  }
  const dialect: Dialect = {
    separator: best.separator, lineEnd: lineEnds === "CR" ? "CR" : "LF", ...(escapes(whole) ? { backslash: true } : {}),
  };
  const sample = rowsOf(whole, dialect, KEPT).filter((row) => row.length > 0);
  return { dialect, lineEnds, comments, skipBytes, skipLines, sample };
}

/** CR only where no line ends otherwise. */
function lineEndsOf(head: Uint8Array): Sniffed["lineEnds"] {
  const first = head.indexOf(LF);
  if (first < 0) return head.includes(CR) ? "CR" : "LF";
  return first > 0 && head[first - 1] === CR ? "CRLF" : "LF";
}

interface Preamble {
  readonly comments: string[];
  readonly skipBytes: number;
  readonly skipLines: number;
  /** Excel's first line "sep=;". */
  readonly separator: Separator | null;
}

/** Comment lines (# or %) and blank ones before the table. Within it, a line that begins so is a row like any other. */
function preamble(head: Uint8Array, lineEnd: number): Preamble {
  const comments: string[] = [];
  let separator: Separator | null = null;
  let at = 0;
  let lines = 0;
  let matrixMarket = false;
  while (at < head.length) {
    const end = endOfLine(head, at, lineEnd);
    const line = fieldText(head, at, end).trim();
    const sep = lines === 0 ? /^"?sep=(::|[,;|\t ])"?$/i.exec(line) : null;
    if (sep) separator = sep[1] as Separator;
    else if (/^[#%]/.test(line)) comments.push(line);
    else if (matrixMarket && line !== "") comments.push(line);
    else if (line !== "") break;
    if (matrixMarket && !/^[#%]/.test(line)) matrixMarket = false;
    if (lines === 0 && /^%%MatrixMarket matrix coordinate/i.test(line)) matrixMarket = true;
    if (end >= head.length) break;
    at = end + 1;
    lines++;
  }
  // A text of nothing but such lines is a table whose first column begins so.
  if (at >= head.length || endOfLine(head, at, lineEnd) >= head.length && /^[#%]/.test(fieldText(head, at, at + 1))) {
    return { comments: [], skipBytes: 0, skipLines: 0, separator };
  }
  return { comments, skipBytes: at, skipLines: lines, separator };
}

function endOfLine(bytes: Uint8Array, from: number, lineEnd: number): number {
  const end = bytes.indexOf(lineEnd, from);
  return end < 0 ? bytes.length : end;
}

function occurs(separator: Separator, bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(separator);
}

/** The first rows of a text; a row whose quotes go wrong is empty. */
function rowsOf(text: Uint8Array, dialect: Dialect, most: number): string[][] {
  const rows: string[][] = [];
  const enough = new Error("enough");
  const parser = new RowParser("", dialect, (row) => {
    if (rows.length >= most) throw enough;
    rows.push(Array.from({ length: row.fields }, (_, f) => fieldText(row.bytes, row.starts[f], row.ends[f]).trim()));
  }, { onBad: () => rows.push([]) });
  try {
    parser.push(text);
    parser.end();
  } catch (error) {
    if (error !== enough) throw error;
  }
  return rows;
}

/** How well rows look like a table: the share of rows of one width plus the share of fields without separators. */
function judged(rows: readonly (readonly string[])[]): { score: number; width: number } {
  const widths = new Map<number, number>();
  for (const row of rows) widths.set(row.length, (widths.get(row.length) ?? 0) + 1);
  let width = 0;
  for (const [w, n] of widths) if (w >= 2 && n > (widths.get(width) ?? 0)) width = w;
  if (width === 0) return { score: 0, width: rows[0]?.length ?? 0 };
  let fields = 0;
  let clean = 0;
  for (const row of rows) {
    if (row.length !== width) continue;
    fields += row.length;
    for (const field of row) if (!/[,;|\t]|::/.test(field) || /^[+-]?\d+,\d+$/.test(field)) clean++;
  }
  return { score: widths.get(width)! / rows.length + clean / fields, width };
}

/** Whether a quote is escaped by a backslash somewhere where it can be nothing else. */
function escapes(text: Uint8Array): boolean {
  const start = Buffer.from(text.buffer, text.byteOffset, Math.min(text.length, 1 << 16)).toString("latin1");
  return /[^\\]\\"[^",;|\t\r\n]/.test(start) && /[,;|\t\n]\s*"/.test(start);
}
