/**
 * The safetensors file format: how weights leave and enter unknot, as float32 between programs (`encodeSafetensors`,
 * `decodeSafetensors`) and in smaller types on their way to a browser (`encodeStored`, `decodeStored`).
 *
 *   8 bytes    n, the header's length, little-endian
 *   n bytes    JSON: { name: { dtype, shape, data_offsets: [begin, end] }, …, "__metadata__"?: { string: string } }
 *   the rest   the tensors' bytes, little-endian, row-major, without gaps or overlaps
 *
 * Nothing in it can run. A file is read strictly: whatever does not follow the format is refused by the file's name.
 * Other dtypes exist: a few are read of foreign files (foreign-sae.ts), none are written. Typed arrays are
 * little-endian on every platform that has WebAssembly kernels, so bytes are copied as they are.
 */
import { shortJson } from "../base/checked-json.js";
import type { NamedTensor, NamedTensors } from "../base/named-tensors.js";
import { UserError } from "../base/user-error.js";
import { fromHalf } from "./float16.js";

/** The types that are read, with their bytes an element. */
const ELEMENT_BYTES = { F32: 4, I32: 4, F16: 2, U16: 2, I8: 1, BF16: 2, F64: 8, I64: 8 } as const;
/** Those that unknot writes. */
const OWN: readonly StoredType[] = ["F32", "I32", "F16", "U16", "I8"];
export type StoredType = keyof typeof ELEMENT_BYTES;

/** A tensor as it lies in the file. */
export interface StoredTensor {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Row-major, little-endian. */
  readonly bytes: Uint8Array;
}

const PREFIX = 8;
/** The reference implementation refuses larger headers too. */
const MAX_HEADER = 100_000_000;
const METADATA = "__metadata__";

/**
 * The file's bytes, in pieces to be written one after the other. NamedTensors keep their order; the header is padded
 * with spaces so that the data begins at a multiple of 8.
 */
export function encodeSafetensors(tensors: NamedTensors): Uint8Array[] {
  return encodeStored(Object.fromEntries(Object.entries(tensors).map(([name, { shape, data }]) =>
    [name, { dtype: "F32", shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }])));
}

/** As encodeSafetensors, for tensors of any stored type. */
export function encodeStored(tensors: Readonly<Record<string, StoredTensor>>): Uint8Array[] {
  const header: Record<string, unknown> = {};
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = bytes.length / ELEMENT_BYTES[dtype];
    if (size !== values) throw new RangeError(`${name}: shape ${shape.join("×")} for ${values} values`);
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    pieces.push(bytes);
    at += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(PREFIX + length).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(json, PREFIX);
  return [head, ...pieces];
}

/**
 * Reads a whole file; the tensors are copies.
 * @param file its name, for messages only.
 * @throws UserError naming the file and what is wrong with it.
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Record<string, NamedTensor> {
  return Object.fromEntries(Object.entries(decodeStored(bytes, file, ["F32"])).map(([name, { shape, bytes: data }]) =>
    [name, { shape, data: new Float32Array(data.buffer) }]));
}

/** As decodeSafetensors, for the types listed; each tensor's bytes begin their own buffer. */
export function decodeStored(
  bytes: Uint8Array, file: string, types: readonly StoredType[] = OWN,
): Record<string, StoredTensor> {
  const refuse = (what: string): never => {
    throw new UserError(`${file}: ${what}`);
  };
  if (bytes.length < PREFIX) refuse(`not a safetensors file: ${bytes.length} bytes, a header alone needs more`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER) refuse(`not a safetensors file: its header would have ${length} bytes`);
  if (PREFIX + length > bytes.length) {
    refuse(`truncated or not a safetensors file: ${bytes.length} bytes, the header alone needs ${PREFIX + length}`);
  }
  const header = parseHeader(bytes.subarray(PREFIX, PREFIX + length), refuse);
  const data = bytes.subarray(PREFIX + length);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA)
    .map(([name, entry]) => ({ name, ...checkEntry(name, entry, types, refuse) }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== at) refuse(`tensor "${name}" begins at byte ${begin} of the data, expected ${at}`);
    at = end;
  }
  if (at > data.length) refuse(`truncated: ${data.length} bytes of tensors, expected ${at}`);
  if (at < data.length) refuse(`${data.length - at} bytes after the last tensor, expected none`);
  // The constructor copies, and aligns; slice would not, were the bytes a Buffer.
  return Object.fromEntries(entries.map(({ name, dtype, shape, begin, end }) =>
    [name, { dtype, shape, bytes: new Uint8Array(data.subarray(begin, end)) }]));
}

/** Names of a file's tensors, none when it is no such file: for saying of any file what it is. */
export function tensorNames(bytes: Uint8Array): string[] {
  if (bytes.length < PREFIX) return [];
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true));
  if (length > Math.min(MAX_HEADER, bytes.length - PREFIX)) return [];
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + length))) as unknown;
    return isRecord(header) ? Object.keys(header).filter((name) => name !== METADATA) : [];
  } catch {
    return [];
  }
}

/** A tensor's values in single precision. */
export function floatsOf({ dtype, bytes }: StoredTensor): Float32Array {
  const { buffer } = bytes;
  switch (dtype) {
    case "F32": return new Float32Array(buffer);
    case "F64": return Float32Array.from(new Float64Array(buffer));
    case "F16": return fromHalf(new Uint16Array(buffer));
    // The upper half of a float32.
    case "BF16": return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer);
    case "I64": return Float32Array.from(new BigInt64Array(buffer), Number);
    case "I32": return Float32Array.from(new Int32Array(buffer));
    case "U16": return Float32Array.from(new Uint16Array(buffer));
    case "I8": return Float32Array.from(new Int8Array(buffer));
  }
}

type Refuse = (what: string) => never;

function parseHeader(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return refuse("damaged or not a safetensors file: its header is not JSON");
  }
  if (!isRecord(header)) return refuse("damaged: its header is no JSON object");
  return header;
}

function checkEntry(
  name: string, entry: unknown, types: readonly StoredType[], refuse: Refuse,
): { dtype: StoredType; shape: readonly number[]; begin: number; end: number } {
  if (!isRecord(entry)) return refuse(`tensor "${name}" has no description`);
  const { shape, data_offsets: offsets } = entry;
  const dtype = types.find((type) => type === entry.dtype);
  if (!dtype) {
    const expected = types.map((type) => `"${type}"`).join(" or ");
    return refuse(`tensor "${name}" is of type ${shortJson(entry.dtype)}, expected ${expected}`);
  }
  if (!isSizes(shape)) return refuse(`tensor "${name}" has the shape ${shortJson(shape)}, expected whole numbers`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    return refuse(`tensor "${name}" has data_offsets ${shortJson(offsets)}, expected [begin, end]`);
  }
  const [begin, end] = offsets;
  const size = ELEMENT_BYTES[dtype] * shape.reduce((a, b) => a * b, 1);
  if (end - begin !== size) {
    return refuse(`tensor "${name}" of shape ${shape.join("×")} takes ${end - begin} bytes, expected ${size}`);
  }
  return { dtype, shape, begin, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
}
