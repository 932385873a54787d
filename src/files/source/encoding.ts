/**
 * Which characters a text file's bytes stand for.
 *
 * UTF-8 and windows-1252 are told apart field by field (csv/fields.ts), so for them a file streams through untouched.
 * Everything else (UTF-16, or an encoding that the user names) is turned into UTF-8 on the way.
 */
import { isUtf8 } from "node:buffer";
import { UserError } from "../../base/user-error.js";
import type { Peeked } from "./peek.js";

export interface Decoded {
  /** As a person would name it: UTF-8, windows-1252, UTF-16LE … */
  readonly encoding: string;
  /** UTF-8 (or, field by field, windows-1252), without a byte order mark. */
  readonly text: AsyncIterable<Uint8Array>;
}

/** Looks for zero bytes this far. */
const LOOK = 4096;

/**
 * @param wanted what the user says it is, for example "gbk"; null finds out.
 * @throws UserError for an encoding that does not exist, and while reading for bytes that are none of it.
 */
export function decoded(source: Peeked, wanted: string | null, file: string): Decoded {
  if (wanted !== null && !/^(utf-?8|latin-?1|windows-1252|cp1252)$/i.test(wanted)) {
    return { encoding: decoderFor(wanted).encoding, text: transcoded(source.all, wanted, file) };
  }
  const { head } = source;
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
    return { encoding: "UTF-8 with a byte order mark", text: without(source.all, 3) };
  }
  const wide = wideEncoding(head);
  if (wide !== null) return { encoding: wide.toUpperCase(), text: transcoded(source.all, wide, file) };
  return { encoding: isUtf8(wholeCharacters(head)) ? "UTF-8" : "windows-1252", text: source.all };
}

/** UTF-16 by its mark, or by where its zero bytes are: the digits and separators of any table have one. */
function wideEncoding(head: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const length = Math.min(head.length, LOOK) & ~1;
  const zeros = [0, 0];
  for (let i = 0; i < length; i++) if (head[i] === 0) zeros[i & 1]++;
  const [even, odd] = zeros.map((n) => n / Math.max(1, length / 2));
  if (odd > 0.3 && even < 0.05) return "utf-16le";
  if (even > 0.3 && odd < 0.05) return "utf-16be";
  return null;
}

async function* transcoded(
  source: AsyncIterable<Uint8Array>, label: string, file: string,
): AsyncIterable<Uint8Array> {
  const decoder = decoderFor(label);
  const encoder = new TextEncoder();
  try {
    for await (const chunk of source) yield encoder.encode(decoder.decode(chunk, { stream: true }));
    yield encoder.encode(decoder.decode());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UserError(`${file}: holds bytes that are no ${decoder.encoding}: is it cut off, or in another encoding?`);
  }
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    throw new UserError(`unknown encoding "${label}", expected for example utf-8, windows-1252, utf-16le, gbk, ` +
      "shift_jis, windows-1251");
  }
}

async function* without(source: AsyncIterable<Uint8Array>, bytes: number): AsyncIterable<Uint8Array> {
  let left = bytes;
  for await (const chunk of source) {
    const cut = Math.min(left, chunk.length);
    left -= cut;
    yield cut > 0 ? chunk.subarray(cut) : chunk;
  }
}

/** The head without a character that its end may have cut. */
function wholeCharacters(head: Uint8Array): Uint8Array {
  let end = head.length;
  for (let back = 1; back <= 4 && back <= head.length; back++) {
    const byte = head[head.length - back];
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      end = head.length - back;
      break;
    }
  }
  return head.subarray(0, end);
}
