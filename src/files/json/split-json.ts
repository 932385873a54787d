/**
 * Cuts a stream of JSON into its records without parsing it: lines of objects, objects one behind the other, or the
 * elements of one array. Only brackets and strings are looked at; what a record holds is JSON.parse's business.
 */

const QUOTE = 34;
const BACKSLASH = 92;
const LF = 10;

/** No honest record is longer. */
const LONGEST = 64 << 20;

export class JsonSplitter {
  private rest: Uint8Array = new Uint8Array(0);
  /** Brackets that are open within the record. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Where the record at hand begins in `rest`, −1 between records. */
  private begin = -1;
  private line = 1;
  private beginLine = 1;
  /** Whether the bracket that opens the array of all records is still to come. */
  private opening: boolean;

  /**
   * @param array the text is one array of records; false: records stand one behind the other.
   * @param onRecord takes each record as text, with the line on which it begins.
   */
  constructor(private readonly array: boolean, private readonly onRecord: (text: string, line: number) => void) {
    this.opening = array;
  }

  push(chunk: Uint8Array): void {
    const known = this.rest.length;
    const bytes = known === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (let i = known; i < bytes.length; i++) this.take(bytes, i);
    this.rest = this.begin < 0 ? new Uint8Array(0) : Uint8Array.from(bytes.subarray(this.begin));
    if (this.begin > 0) this.begin = 0;
    if (this.rest.length > LONGEST) this.close(this.rest, this.rest.length);
  }

  /** Hands out what is left: a record that the end of the file cut off. */
  end(): void {
    if (this.begin >= 0) this.close(this.rest, this.rest.length);
  }

  private take(bytes: Uint8Array, i: number): void {
    const byte = bytes[i];
    if (byte === LF) this.line++;
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
      return;
    }
    if (this.begin < 0) {
      if (byte <= 32 || byte === 0x2c) return;
      if (this.opening && byte === 0x5b) {
        this.opening = false;
        return;
      }
      if (this.array && byte === 0x5d) return;
      this.begin = i;
      this.beginLine = this.line;
    }
    if (byte === QUOTE) this.inString = true;
    else if (byte === 0x7b || byte === 0x5b) this.depth++;
    else if (byte === 0x7d || byte === 0x5d) this.depth--;
    if (this.depth === 0 && !this.inString && (byte === 0x7d || byte === 0x5d)) this.close(bytes, i + 1);
    else if (this.depth <= 0 && !this.inString && byte <= 32) this.close(bytes, i);
  }

  private close(bytes: Uint8Array, end: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + this.begin, end - this.begin).toString("utf8");
    this.begin = -1;
    this.depth = 0;
    this.inString = this.escaped = false;
    this.onRecord(text, this.beginLine);
  }
}
