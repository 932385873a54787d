/**
 * One field's bytes as text or as a number. Nothing here allocates on the common path of a number.
 *
 * Encoding: a field that is valid UTF-8 is UTF-8, any other is windows-1252 (latin-1 with printable characters where
 * latin-1 has controls: curly quotes, dashes, €). MovieLens' old files are latin-1 and its new ones UTF-8, and a
 * latin-1 name that happens to be valid UTF-8 does not occur in practice ("Ã" followed by a control character or
 * symbol), so deciding per field needs no second pass over the file and no setting.
 */
import { Buffer, isUtf8 } from "node:buffer";

const ZERO = 48;
const DOT = 46;
const SPACE = 32;
const MINUS = 45;

/** The text of bytes[start] … bytes[end − 1], as it stands. */
export function fieldText(bytes: Uint8Array, start: number, end: number): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  return isUtf8(view) ? view.toString("utf8") : windows1252(view);
}

/** The characters of 0x80 … 0x9f; five of them are not assigned and stay what they are. */
const WINDOWS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

function windows1252(view: Buffer): string {
  return view.toString("latin1").replace(/[\x80-\x9f]/g, (control) => WINDOWS[control.charCodeAt(0) - 0x80]);
}

/** start moved past blanks. */
export function trimStart(bytes: Uint8Array, start: number, end: number): number {
  while (start < end && (bytes[start] === SPACE || bytes[start] === 9)) start++;
  return start;
}

/** end moved before blanks. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === 9)) end--;
  return end;
}

/** The decimal number in a field, NaN when it is none (empty, text, hexadecimal, infinite). */
export function fieldNumber(bytes: Uint8Array, start: number, end: number): number {
  // "4" and "4.5": what nearly every rating is.
  const first = bytes[start] - ZERO;
  if (end - start === 1 && first >= 0 && first <= 9) return first;
  if (end - start === 3 && bytes[start + 1] === DOT) {
    const last = bytes[start + 2] - ZERO;
    if (first >= 0 && first <= 9 && last >= 0 && last <= 9) return (10 * first + last) / 10;
  }
  let i = start;
  const negative = i < end && bytes[i] === MINUS;
  if (negative) i++;
  // Up to 15 digits fit a double exactly, and one division by a power of ten rounds correctly: same as parseFloat.
  if (end - i > 15) return slowNumber(bytes, start, end);
  let digits = 0;
  let scale = 0;
  let value = 0;
  for (; i < end; i++) {
    const digit = bytes[i] - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      scale *= 10;
    } else if (bytes[i] === DOT && scale === 0) {
      scale = 1;
    } else {
      return slowNumber(bytes, start, end);
    }
  }
  if (digits === 0) return NaN;
  if (scale > 1) value /= scale;
  return negative ? -value : value;
}

function slowNumber(bytes: Uint8Array, start: number, end: number): number {
  const text = fieldText(bytes, start, end).trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : NaN;
}
