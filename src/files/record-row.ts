/**
 * One reused row that is filled from values instead of from a file's bytes: what JSON, Parquet and databases hand out,
 * so that everything behind sees rows of one kind.
 */
import { fieldText } from "./csv/fields.js";
import type { Row } from "./csv/row-parser.js";

const encoder = new TextEncoder();

export class RecordRow implements Row {
  bytes = new Uint8Array(1 << 12);
  starts = new Int32Array(16);
  ends = new Int32Array(16);
  fields = 0;
  line = 0;
  readonly unterminated = false;
  private length = 0;

  /** Empties the row; the fields follow by `add`. */
  begin(line: number): void {
    this.line = line;
    this.fields = 0;
    this.length = 0;
  }

  add(text: string): void {
    if (this.fields === this.starts.length) {
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
    }
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    const most = this.length + 3 * text.length;
    if (most > this.bytes.length) {
      const larger = new Uint8Array(Math.max(most, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    const { bytes } = this;
    const start = this.length;
    let at = start;
    let i = 0;
    for (; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) break;
      bytes[at++] = unit;
    }
    if (i < text.length) at = start + encoder.encodeInto(text, bytes.subarray(start)).written;
    this.starts[this.fields] = start;
    this.ends[this.fields++] = at;
    this.length = at;
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** A value out of a record as the text of a field. Dates become ISO times, lists and objects JSON. */
export function fieldOf(value: unknown): string {
  switch (typeof value) {
    case "string": return value;
    case "number": return Number.isNaN(value) ? "" : String(value);
    case "bigint":
    case "boolean": return String(value);
    case "object":
      if (value === null) return "";
      if (value instanceof Date) return value.toISOString();
      // A blob: text in a column that nobody has called one.
      if (value instanceof Uint8Array) return fieldText(value, 0, value.length);
      return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
    default: return "";
  }
}
