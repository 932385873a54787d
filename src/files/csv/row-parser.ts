/**
 * A delimited text file, byte by byte: chunks go in, rows come out as field offsets into one reused buffer.
 *
 * This is the format layer only (RFC 4180 for commas, the same for tabs where a quote encloses a whole field, none for
 * MovieLens' `::`). It knows nothing of headers, column names or encodings, and it makes no string and no array per
 * row: 25 million ratings pass through the same few kilobytes.
 *
 * Fields may hold separators, line breaks and doubled quotes when quoted. Lines end with LF or CRLF. Blank lines are
 * skipped, a last line without an end counts.
 */
import { UserError } from "../../base/user-error.js";

export type Separator = "," | "\t" | "::";

const LF = 10;
const CR = 13;
const QUOTE = 34;

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
  private nextLine = 1;
  private readonly separator: number;
  private readonly width: number;
  private readonly quotes: boolean;
  /** In a tab file a quote that does not enclose its field is text; in a comma file it is an error. */
  private readonly lenient: boolean;

  /** @param file only names the file in errors. */
  constructor(private readonly file: string, separator: Separator, private readonly onRow: (row: Row) => void) {
    this.separator = separator.charCodeAt(0);
    this.width = separator.length;
    this.quotes = separator !== "::";
    this.lenient = separator === "\t";
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
    if (this.length > LONGEST_ROW) {
      this.fail(`a row of more than ${LONGEST_ROW >> 20} MiB: is a quote opened here and never closed?`);
    }
  }

  /** Ends the file: hands out a last row that has no line end. */
  end(): void {
    this.drain(true);
  }

  private fail(message: string): never {
    throw new UserError(`${this.file}:${this.line}: ${message}`);
  }

  private drain(final: boolean): void {
    let at = 0;
    while (at < this.length) {
      const next = this.row(at, final);
      if (next < 0) break;
      at = next;
    }
    this.bytes.copyWithin(0, at, this.length);
    this.length -= at;
  }

  /** Parses the row that begins at `begin`; returns where the next one begins, −1 when this one is incomplete. */
  private row(begin: number, final: boolean): number {
    const bytes = this.bytes;
    const length = this.length;
    const separator = this.separator;
    const width = this.width;
    const quotes = this.quotes;
    let starts = this.starts;
    let ends = this.ends;
    let fields = 0;
    let i = begin;
    let lineBreaks = 0;
    let anyQuoted = false;
    let escaped: number[] | null = null;
    this.line = this.nextLine;
    for (;;) {
      if (fields === starts.length) {
        this.starts = starts = grow(starts);
        this.ends = ends = grow(ends);
      }
      let quoted = false;
      if (quotes && i < length && bytes[i] === QUOTE) {
        const close = this.closingQuote(i, final);
        if (close === -1) return -1;
        if (close >= 0) {
          quoted = anyQuoted = true;
          let doubled = false;
          for (let k = i + 1; k < close; k++) {
            if (bytes[k] === LF) lineBreaks++;
            else if (bytes[k] === QUOTE) doubled = true;
          }
          if (doubled) (escaped ??= []).push(fields);
          starts[fields] = i + 1;
          ends[fields] = close;
          i = close + 1;
        }
      }
      if (!quoted) {
        starts[fields] = i;
        if (width === 1) {
          for (; i < length; i++) {
            const byte = bytes[i];
            if (byte === separator || byte === LF) break;
          }
        } else {
          for (; i < length; i++) {
            const byte = bytes[i];
            if (byte === LF || (byte === separator && i + 1 < length && bytes[i + 1] === separator)) break;
          }
        }
        ends[fields] = i;
      } else if (i < length && bytes[i] === CR) {
        i++;
      }
      fields++;
      if (i < length && bytes[i] === LF) {
        if (!quoted && i > starts[fields - 1] && bytes[i - 1] === CR) ends[fields - 1] = i - 1;
        i++;
        this.unterminated = false;
        break;
      }
      if (i >= length) {
        if (!final) return -1;
        if (!quoted && i > starts[fields - 1] && bytes[i - 1] === CR) ends[fields - 1] = i - 1;
        this.unterminated = true;
        break;
      }
      i += width;
    }
    this.nextLine += lineBreaks + 1;
    if (fields === 1 && starts[0] === ends[0] && !anyQuoted) return i;
    // Only now is the row known to be complete, so that shortening fields in place cannot spoil a second look at it.
    if (escaped) for (const f of escaped) ends[f] = undouble(bytes, starts[f], ends[f]);
    this.fields = fields;
    this.onRow(this);
    return i;
  }

  /**
   * The position of the quote that closes the one at `open`; −1 when more bytes are needed; −2 when the quote is plain
   * text after all (tab files only).
   */
  private closingQuote(open: number, final: boolean): number {
    const bytes = this.bytes;
    const length = this.length;
    for (let i = open + 1; i < length; i++) {
      if (bytes[i] === LF && this.lenient) return -2;
      if (bytes[i] !== QUOTE) continue;
      if (i + 1 >= length) return final ? i : -1;
      const next = bytes[i + 1];
      if (next === QUOTE) {
        i++;
      } else if (next === this.separator || next === LF) {
        return i;
      } else if (next === CR) {
        if (i + 2 >= length) return final ? i : -1;
        if (bytes[i + 2] === LF) return i;
        if (this.lenient) return -2;
        this.fail("text after a closing quote, expected a separator or the end of the line");
      } else if (this.lenient) {
        return -2;
      } else {
        this.fail("text after a closing quote, expected a separator or the end of the line");
      }
    }
    if (!final) return -1;
    if (this.lenient) return -2;
    this.fail("the file ends inside a quoted field that begins in this row: is it truncated?");
  }
}

/** Replaces "" by " between start and end, in place; returns the new end. */
function undouble(bytes: Uint8Array, start: number, end: number): number {
  let to = start;
  for (let from = start; from < end; from++) {
    bytes[to++] = bytes[from];
    if (bytes[from] === QUOTE) from++;
  }
  return to;
}

function grow(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
