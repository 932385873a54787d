/**
 * A delimited text file, byte by byte: chunks go in, rows come out as field offsets into one reused buffer.
 *
 * This is the format layer only (RFC 4180 for commas and semicolons; for tabs, bars and blanks a quote counts where it
 * encloses a whole field; none for MovieLens' `::`). It knows nothing of headers, column names or encodings, and it
 * makes no string and no array per row: 25 million ratings pass through the same few kilobytes.
 *
 * Fields may hold separators, line breaks and doubled quotes when quoted; blanks around the quotes do not count. A
 * quote within a field may also be escaped by a backslash. Lines end with LF or CRLF, or with CR where the dialect says
 * so. Blank lines are skipped, a last line without an end counts.
 *
 * Long: one automaton in one loop, whose parts share the position and say nothing alone.
 */
import { UserError } from "../../base/user-error.js";

/** What stands between two fields. */
export type Separator = "," | "\t" | "::" | ";" | "|" | " ";

export interface Dialect {
  /** A blank stands for any number of them. */
  readonly separator: Separator;
  /** "LF" (default) takes CRLF too; "CR" is that of old Macs. */
  readonly lineEnd?: "LF" | "CR";
  /** Whether `\"` within quotes is a quote. Default: from the first place on where it can be nothing else. */
  readonly backslash?: boolean;
}

export interface ParserOptions {
  /** The line on which the first byte stands. Default 1. */
  readonly line?: number;
  /** Told of each row whose quotes go wrong; the line is then left out. Default: such a row is a UserError. */
  readonly onBad?: (line: number, reason: string) => void;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** Instead of a position: more bytes are needed; the quote is plain text after all; the row is bad and was reported. */
const INCOMPLETE = -1;
const PLAIN = -2;
const BAD = -3;

/** No honest row is longer; a quote that is never closed would otherwise swallow the whole file into memory. */
const LONGEST_ROW = 4 << 20;

/** What a row handler sees. Valid only during the call: the next row overwrites it. */
export interface Row {
  /** Field f is bytes[starts[f]] … bytes[ends[f] − 1], quotes already removed. */
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** How many fields the row has. */
  readonly fields: number;
  /** 1-based line of the file on which the row begins. */
  readonly line: number;
  /** True for a row that was cut off by the end of the file (no line end). */
  readonly unterminated: boolean;
}

export class RowParser implements Row {
  bytes = new Uint8Array(1 << 16);
  starts = new Int32Array(16);
  ends = new Int32Array(16);
  fields = 0;
  line = 1;
  unterminated = false;

  private length = 0;
  private nextLine: number;
  private readonly separator: number;
  private readonly width: number;
  private readonly lineEnd: number;
  private readonly quotes: boolean;
  /** In a tab file a quote that does not enclose its field is text; in a comma file it is an error. */
  private readonly lenient: boolean;
  /** Any number of blanks is one separator. */
  private readonly merging: boolean;
  /** Whether rows are tried as plain ones first: one byte between fields, and no quotes in the row before. */
  private plain: boolean;
  private backslash: boolean;
  /** Of the row at hand: line ends within quotes, and the fields with quotes to be unescaped. */
  private lineBreaks = 0;
  private readonly escaped: number[] = [];
  private reason = "";
  private readonly onBad: ParserOptions["onBad"];

  /** @param file only names the file in errors. */
  constructor(
    private readonly file: string, dialect: Dialect, private onRow: (row: Row) => void,
    options: ParserOptions = {},
  ) {
    const { separator } = dialect;
    this.separator = separator.charCodeAt(0);
    this.width = separator.length;
    this.lineEnd = dialect.lineEnd === "CR" ? CR : LF;
    this.quotes = separator !== "::";
    this.lenient = separator === "\t" || separator === "|" || separator === " ";
    this.merging = separator === " ";
    this.plain = this.width === 1 && !this.merging;
    this.backslash = dialect.backslash ?? false;
    this.nextLine = options.line ?? 1;
    this.onBad = options.onBad;
  }

  /** From the next row on another function takes the rows. */
  handTo(onRow: (row: Row) => void): void {
    this.onRow = onRow;
  }

  /** Takes the next bytes of the file and hands out every row that is complete. The chunk is copied. */
  push(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(chunk, this.length);
    this.length = needed;
    this.drain(false);
    while (this.length > LONGEST_ROW) {
      this.bad(`a row of more than ${LONGEST_ROW >> 20} MiB: is a quote opened here and never closed?`);
      this.discard(this.leftOut(0, true));
      this.drain(false);
    }
  }

  /** Ends the file: hands out a last row that has no line end. */
  end(): void {
    this.drain(true);
  }

  /** Notes why the row at hand is bad; ends everything unless bad rows are left out. */
  private bad(reason: string): typeof BAD {
    if (!this.onBad) throw new UserError(`${this.file}:${this.line}: ${reason} (--skip-bad-rows leaves such rows out)`);
    this.reason = reason;
    return BAD;
  }

  private drain(final: boolean): void {
    let at = 0;
    while (at < this.length) {
      let next = this.plain ? this.plainRow(at) : INCOMPLETE;
      if (next < 0) next = this.row(at, final);
      if (next < 0) break;
      at = next;
    }
    this.discard(at);
  }

  private discard(upTo: number): void {
    this.bytes.copyWithin(0, upTo, this.length);
    this.length -= upTo;
  }

  /**
   * The row that nearly every row is: no quote, no blank before a field, its line end in sight.
   * Returns where the next one begins, INCOMPLETE for any other row, which row() then takes.
   */
  private plainRow(begin: number): number {
    const { bytes, length, separator, lineEnd, starts, ends } = this;
    let fields = 0;
    let start = begin;
    if (bytes[begin] <= QUOTE) return INCOMPLETE;
    for (let i = begin; i < length; i++) {
      const byte = bytes[i];
      if (byte !== separator && byte !== lineEnd) continue;
      if (fields === starts.length) return INCOMPLETE;
      starts[fields] = start;
      ends[fields++] = i;
      start = i + 1;
      if (byte === lineEnd) {
        if (bytes[i - 1] === CR) ends[fields - 1]--;
        this.line = this.nextLine++;
        this.unterminated = false;
        this.fields = fields;
        this.onRow(this);
        return start;
      }
      if (start < length && bytes[start] <= QUOTE) return INCOMPLETE;
    }
    return INCOMPLETE;
  }

  /** Parses the row that begins at `begin`; returns where the next one begins, INCOMPLETE when this one is cut. */
  private row(begin: number, final: boolean): number {
    const { bytes, length, lineEnd, width, quotes, merging } = this;
    let { starts, ends } = this;
    let fields = 0;
    let i = merging ? this.afterBlanks(begin) : begin;
    let quoted: boolean;
    let anyQuoted = false;
    this.line = this.nextLine;
    this.lineBreaks = 0;
    if (this.escaped.length > 0) this.escaped.length = 0;
    for (;;) {
      if (fields === starts.length) {
        this.starts = starts = grow(starts);
        this.ends = ends = grow(ends);
      }
      quoted = false;
      // A quote, or a blank that may stand before one: both lie below digits and letters.
      if (quotes && i < length && bytes[i] <= QUOTE) {
        const after = this.quotedField(i, fields, final);
        if (after >= 0) {
          quoted = anyQuoted = true;
          i = after;
        } else if (after !== PLAIN) {
          return after === BAD ? this.leftOut(begin, final) : INCOMPLETE;
        }
      }
      if (!quoted) {
        starts[fields] = i;
        i = this.plainEnd(i);
        ends[fields] = i;
      }
      fields++;
      if (i >= length || bytes[i] === lineEnd) break;
      i += width;
      if (merging) {
        i = this.afterBlanks(i);
        if (this.atLineEnd(i)) break;
      }
    }
    if (i >= length && !final) return INCOMPLETE;
    this.unterminated = i >= length;
    this.nextLine += this.lineBreaks + 1;
    // The CR of a CRLF; where blanks are merged it may stand alone behind the last field.
    if (!quoted && ends[fields - 1] > starts[fields - 1] && bytes[ends[fields - 1] - 1] === CR) ends[fields - 1]--;
    const next = this.unterminated ? length : this.afterLineEnd(i);
    if (fields === 1 && starts[0] === ends[0] && !anyQuoted) return next;
    // Only now is the row known to be complete, so that shortening fields in place cannot spoil a second look at it.
    this.plain = !anyQuoted && width === 1 && !merging;
    if (anyQuoted) for (const f of this.escaped) ends[f] = unescaped(bytes, starts[f], ends[f], this.backslash);
    this.fields = fields;
    this.onRow(this);
    return next;
  }

  /** Where the plain field that begins at i ends: at a separator, a line end or the end of the bytes. */
  private plainEnd(i: number): number {
    const { bytes, length, separator, lineEnd } = this;
    if (this.width === 1) {
      for (; i < length; i++) {
        const byte = bytes[i];
        if (byte === separator || byte === lineEnd) break;
      }
    } else {
      for (; i < length; i++) {
        const byte = bytes[i];
        if (byte === lineEnd || (byte === separator && i + 1 < length && bytes[i + 1] === separator)) break;
      }
    }
    return i;
  }

  /** Takes a quoted field if there is one at i, blanks before it left out; returns the position behind it. */
  private quotedField(i: number, field: number, final: boolean): number {
    const { bytes, lineEnd } = this;
    const open = this.afterBlanks(i);
    if (open >= this.length) return final ? PLAIN : INCOMPLETE;
    if (bytes[open] !== QUOTE) return PLAIN;
    const close = this.closingQuote(open, this.lenient || open > i, final);
    if (close < 0) return close;
    let marked = false;
    for (let k = open + 1; k < close; k++) {
      if (bytes[k] === lineEnd) this.lineBreaks++;
      else if (bytes[k] === QUOTE || (this.backslash && bytes[k] === BACKSLASH)) marked = true;
    }
    if (marked) this.escaped.push(field);
    this.starts[field] = open + 1;
    this.ends[field] = close;
    const after = this.fieldEnd(close + 1);
    return after === INCOMPLETE && final ? this.length : after;
  }

  /**
   * The position of the quote that closes the one at `open`.
   * @param lenient whether a quote that does not enclose the whole field makes it plain text, or a bad row.
   */
  private closingQuote(open: number, lenient: boolean, final: boolean): number {
    const { bytes, length } = this;
    for (let i = open + 1; i < length; i++) {
      const byte = bytes[i];
      if (byte === this.lineEnd && this.lenient) return PLAIN;
      if (byte === BACKSLASH && this.backslash) i++;
      if (byte !== QUOTE) continue;
      if (i + 1 >= length) return final ? i : INCOMPLETE;
      if (bytes[i + 1] === QUOTE) {
        i++;
        continue;
      }
      const after = this.fieldEnd(i + 1);
      if (after === INCOMPLETE) return final ? i : INCOMPLETE;
      if (after >= 0) return i;
      if (bytes[i - 1] === BACKSLASH && i - 1 > open) {
        // Neither doubled nor at the field's end: from here on a backslash escapes.
        this.backslash = true;
      } else if (lenient) {
        return PLAIN;
      } else {
        return this.bad("text after a closing quote, expected a separator or the end of the line");
      }
    }
    if (!final) return INCOMPLETE;
    if (lenient) return PLAIN;
    return this.bad("the file ends inside a quoted field that begins in this row: is it truncated?");
  }

  /** Where the field ends whose closing quote stands before i: blanks and a CR may follow. PLAIN where text does. */
  private fieldEnd(i: number): number {
    const { bytes, length } = this;
    while (i < length && bytes[i] === SPACE && this.separator !== SPACE) i++;
    if (i < length && bytes[i] === CR && this.lineEnd === LF) {
      if (i + 1 < length && bytes[i + 1] !== LF) return PLAIN;
      i++;
    }
    if (i >= length) return INCOMPLETE;
    if (bytes[i] === this.lineEnd) return i;
    if (bytes[i] !== this.separator) return PLAIN;
    return i;
  }

  private afterBlanks(i: number): number {
    while (i < this.length && this.bytes[i] === SPACE) i++;
    return i;
  }

  private atLineEnd(i: number): boolean {
    const { bytes, length, lineEnd } = this;
    return i >= length || bytes[i] === lineEnd || (bytes[i] === CR && i + 1 < length && bytes[i + 1] === LF);
  }

  private afterLineEnd(i: number): number {
    return this.bytes[i] === this.lineEnd ? i + 1 : i + 2;
  }

  /** Reports the bad line that begins at `begin` and returns where the next one begins. */
  private leftOut(begin: number, final: boolean): number {
    const end = this.bytes.subarray(0, this.length).indexOf(this.lineEnd, begin);
    if (end < 0 && !final) return INCOMPLETE;
    this.onBad?.(this.line, this.reason);
    this.nextLine = this.line + 1;
    return end < 0 ? this.length : end + 1;
  }
}

/** Takes the escapes off between start and end, in place: "" and, with backslashes, \" and \\. Returns the new end. */
function unescaped(bytes: Uint8Array, start: number, end: number, backslash: boolean): number {
  let to = start;
  for (let from = start; from < end; from++) {
    const next = from + 1 < end ? bytes[from + 1] : -1;
    if (bytes[from] === QUOTE && next === QUOTE) from++;
    else if (backslash && bytes[from] === BACKSLASH && (next === QUOTE || next === BACKSLASH)) from++;
    bytes[to++] = bytes[from];
  }
  return to;
}

function grow(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
