/**
 * Named typed arrays in one file, with a header of JSON: checkpoints of a training and packed data sets. Little-endian:
 *
 *   magic        8 bytes
 *   version      uint32
 *   length       uint32      of the header, padded with spaces to a multiple of 8
 *   header       JSON        { …, arrays: [{ name, type, length }, …] }
 *   arrays                   one after the other, each padded to a multiple of 8 bytes
 *   SHA-256      32 bytes    of everything before it
 *
 * Reading executes nothing and refuses what is damaged, foreign or newer. Files may be larger than 2 GiB.
 */
import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import { CheckedJson } from "../base/checked-json.js";
import { UserError } from "../base/user-error.js";

/** Which files these are, and what to do without one. */
export interface ArrayFileKind {
  /** 8 characters. */
  readonly magic: string;
  readonly version: number;
  /** "a checkpoint" */
  readonly name: string;
  /** "Start anew" */
  readonly remedy: string;
}

const TYPES = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u8: Uint8Array } as const;
type TypeName = keyof typeof TYPES;
export type FileArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const PREFIX = 16;
const CHECKSUM = 32;
/** Bytes that are hashed or read at a time: neither takes 2 GiB at once. */
const PART = 2 ** 28;

/** The bytes are not those that were written. */
export class DamagedFile extends UserError {}

/** The file's bytes, in pieces. */
export function encodeArrayFile(
  { magic, version }: ArrayFileKind, header: object, arrays: Readonly<Record<string, FileArray>>,
): Uint8Array[] {
  const listed = Object.entries(arrays).map(([name, array]) => ({ name, type: typeOf(array), length: array.length }));
  const json = padded(new TextEncoder().encode(JSON.stringify({ ...header, arrays: listed })), 0x20);
  const prefix = Buffer.alloc(PREFIX);
  prefix.write(magic, "latin1");
  prefix.writeUInt32LE(version, 8);
  prefix.writeUInt32LE(json.length, 12);
  const pieces = [
    prefix, json,
    ...Object.values(arrays).map((a) => padded(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), 0)),
  ];
  const hash = createHash("sha256");
  for (const piece of pieces) hashed(hash, piece);
  return [...pieces, hash.digest()];
}

/**
 * Header and arrays.
 * @param share arrays are views on `bytes`, which must start at a multiple of 8; else they are copies.
 * @throws UserError naming what is wrong; DamagedFile where a copy of the file may be whole.
 */
export function decodeArrayFile(
  { magic, version: known, name, remedy }: ArrayFileKind, bytes: Buffer, file: string, share = false,
): { header: CheckedJson; arrays: Record<string, FileArray> } {
  const refuse = (what: string): never => { throw new UserError(`${file}: ${what}`); };
  if (bytes.length < 8 || bytes.toString("latin1", 0, 8) !== magic) refuse(`is not ${name} of unknot`);
  const damaged = (what: string): never => { throw new DamagedFile(`${file}: ${what}`); };
  if (bytes.length < PREFIX + CHECKSUM) damaged(`is truncated: ${remedy.toLowerCase()}`);
  const version = bytes.readUInt32LE(8);
  if (version > known) refuse(`is of version ${version}, this unknot reads up to ${known}: use a newer unknot`);
  const end = bytes.length - CHECKSUM;
  const digest = hashed(createHash("sha256"), bytes.subarray(0, end)).digest();
  if (!digest.equals(bytes.subarray(end))) damaged(`is damaged or truncated: its checksum is wrong. ${remedy}`);
  // A right checksum says that the bytes are those that were written, not who wrote them.
  const from = PREFIX + bytes.readUInt32LE(12);
  if (from > end) refuse(`is damaged: its header is longer than the file. ${remedy}`);
  const header = CheckedJson.parse(bytes.toString("utf8", PREFIX, from), `${file}, header`);
  const arrays: Record<string, FileArray> = {};
  let at = from;
  for (const entry of header.at("arrays").list()) {
    const Type = TYPES[entry.at("type").oneOf(["f32", "f64", "i32", "u8"])];
    const length = entry.at("length").whole(0, Math.floor((end - at) / Type.BYTES_PER_ELEMENT));
    const bytesOf = bytes.subarray(at, at + length * Type.BYTES_PER_ELEMENT);
    const array = share ? new Type(bytesOf.buffer as ArrayBuffer, bytesOf.byteOffset, length) : new Type(length);
    if (!share) new Uint8Array(array.buffer).set(bytesOf);
    arrays[entry.at("name").string()] = array;
    at += Math.ceil(array.byteLength / 8) * 8;
  }
  if (at !== end) refuse(`is damaged: it has ${end - at} bytes more than its header says. ${remedy}`);
  return { header, arrays };
}

/** A whole file, in memory of its own. @throws what the system says */
export async function readBytes(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.from(new ArrayBuffer(size));
    let at = 0;
    while (at < size) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(PART, size - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await handle.close();
  }
}

function hashed(hash: Hash, bytes: Uint8Array): Hash {
  for (let from = 0; from < bytes.length; from += PART) hash.update(bytes.subarray(from, from + PART));
  return hash;
}

function typeOf(array: FileArray): TypeName {
  return (Object.keys(TYPES) as TypeName[]).find((name) => array instanceof TYPES[name])!;
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  if (bytes.length % 8 === 0) return bytes;
  const whole = new Uint8Array(Math.ceil(bytes.length / 8) * 8).fill(filler);
  whole.set(bytes);
  return whole;
}
