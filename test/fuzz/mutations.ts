/**
 * Changes to files that are whole: in their bytes, or in their JSON. A list of changes is what is generated, so that a
 * failing input shrinks to the one change that matters.
 */
import fc from "fast-check";

export interface ByteChange {
  readonly kind: "flip" | "set" | "cut" | "drop" | "insert" | "repeat" | "swap" | "number" | "word";
  /** Where, in millionths of the length. */
  readonly at: number;
  readonly length: number;
  readonly value: number;
}

const MILLION = 1_000_000;

/** Words that mean something to somebody who reads files. */
const WORDS = [
  "\n", "\r\n", "\r", "\t", ",", ";", "|", "::", "\"", "\"\"", "'", "#", "\0", "\ufeff", "null", "NaN", "1e999", "-1",
  "0x10", "{", "}", "[", "]", "[[", "{\"a\":", "é", "\u001b[31m", "\u202e", "__proto__", "constructor", "true", "../",
  "%00", "9007199254740993", "1.5", "1,5", "Ω", "𝄞", "userId", "item", "rating", "tag", "title", "PK\u0003\u0004",
].map((word) => Buffer.from(word));
/** Bytes that are no UTF-8. */
WORDS.push(Buffer.from([0xff, 0xfe]), Buffer.from([0xc3]), Buffer.from([0xe9]), Buffer.from([0x80, 0x80]));
const NUMBERS = [0, 1, 7, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

export const byteChanges: fc.Arbitrary<readonly ByteChange[]> = fc.array(fc.record({
  kind: fc.constantFrom<ByteChange["kind"]>(
    "flip", "set", "cut", "drop", "insert", "repeat", "swap", "number", "word", "word", "word",
  ),
  // Heads of files are small and mean most.
  at: fc.oneof(fc.nat(MILLION), fc.nat(MILLION / 50)),
  length: fc.oneof(fc.nat(8), fc.nat(300)),
  value: fc.nat(0xffff),
}), { minLength: 1, maxLength: 6 });

export function changeBytes(bytes: Uint8Array, changes: readonly ByteChange[]): Buffer {
  let all = Buffer.from(bytes);
  for (const change of changes) all = changed(all, change);
  return all;
}

function changed(bytes: Buffer, { kind, at, length, value }: ByteChange): Buffer<ArrayBuffer> {
  const from = Math.min(bytes.length, Math.floor((at / MILLION) * (bytes.length + 1)));
  const [before, after] = [bytes.subarray(0, from), bytes.subarray(from)];
  const copy = Buffer.from(bytes);
  switch (kind) {
    case "flip":
      if (after.length > 0) copy[from] ^= 1 << (value % 8);
      return copy;
    case "set":
      copy.fill(value % 256, from, Math.min(copy.length, from + 1 + length % 8));
      return copy;
    case "cut": return Buffer.from(before);
    case "drop": return Buffer.concat([before, after.subarray(length)]);
    case "insert": return Buffer.concat([before, Buffer.alloc(length, value % 256), after]);
    case "repeat": return Buffer.concat(
      [before, ...Array<Buffer>(2 + value % 5).fill(after.subarray(0, length)), after]);
    case "swap": return Buffer.concat([before, after.subarray(length, 2 * length), after.subarray(0, length),
      after.subarray(2 * length)]);
    case "number":
      if (after.length >= 4) copy.writeUInt32LE(NUMBERS[value % NUMBERS.length], from);
      return copy;
    case "word": return Buffer.concat([before, WORDS[value % WORDS.length], after.subarray(length % 9)]);
  }
}

export interface JsonChange {
  readonly kind: "replace" | "delete" | "copy" | "add" | "nudge";
  /** Which member at each depth, by number; the walk ends where there are no members. */
  readonly path: readonly number[];
  readonly value: unknown;
}

/** Written as it is, where JSON has no such value: JSON.parse reads 1e999 as infinity. */
const RAW_MARK = "unknot-raw:";
const STRANGE: readonly unknown[] = [
  null, true, false, "", " ", "x", "é", "\u0000", "\u001b[31m", "__proto__", "tiny", "L".repeat(3000), 0, -1, 1, 2, 1.5,
  -0.5, 0.1, 7, 64, 1000, 2 ** 31, 2 ** 32, 2 ** 53, 1e15, 1e39, 1e-50, 1e308, 5e-324, [], {}, [[]], [null], [0],
  [1, 1], ["a"], { a: 1 }, [-1], [1e9], `${RAW_MARK}1e999`, `${RAW_MARK}-1e999`, `${RAW_MARK}-0`,
  `${RAW_MARK}{"__proto__":{"x":1}}`, `${RAW_MARK}${"[".repeat(6000)}${"]".repeat(6000)}`,
];
const KEYS = ["a", "__proto__", "constructor", "name", "length", "toString", "kind", ""];

/** @param words values that mean something where the JSON is read */
export function jsonChanges(words: readonly unknown[] = []): fc.Arbitrary<readonly JsonChange[]> {
  return fc.array(fc.record({
    kind: fc.constantFrom<JsonChange["kind"]>("replace", "replace", "replace", "delete", "copy", "add", "nudge"),
    path: fc.array(fc.nat(999), { minLength: 1, maxLength: 6 }),
    value: fc.oneof(fc.constantFrom(...STRANGE, ...words), fc.integer(), fc.double({ noNaN: true }), fc.string()),
  }), { minLength: 1, maxLength: 4 });
}

/** The JSON text after the changes; `json` stays as it was. */
export function changeJson(json: unknown, changes: readonly JsonChange[]): string {
  const root = { root: structuredClone(json) };
  for (const change of changes) applyToJson(root, change);
  return JSON.stringify(root.root ?? null).replace(
    new RegExp(`"${RAW_MARK}((?:[^"\\\\]|\\\\.)*)"`, "g"), (_, text: string) => text.replaceAll("\\\"", "\""),
  );
}

type Container = Record<string, unknown>;

function applyToJson(root: { root: unknown }, { kind, path, value }: JsonChange): void {
  let [parent, key]: [Container, string] = [root, "root"];
  for (const step of path) {
    const here = parent[key];
    if (typeof here !== "object" || here === null) break;
    const keys = Object.keys(here);
    if (keys.length === 0) break;
    [parent, key] = [here as Container, keys[step % keys.length]];
  }
  const found = parent[key];
  if (kind === "nudge" && typeof found === "number") parent[key] = found + (typeof value === "number" ? value : 1);
  else if (kind === "delete" && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (kind === "delete") Reflect.deleteProperty(parent, key);
  else if (kind === "copy" && Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(found));
  else if (kind === "add" && !Array.isArray(parent)) {
    // An assignment to __proto__ would not make a member.
    const attributes = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(parent, KEYS[path[0] % KEYS.length], attributes);
  } else parent[key] = value;
}
