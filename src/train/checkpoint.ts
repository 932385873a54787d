/**
 * A training run's state as a file. Little-endian:
 *
 *   "UNKNOTCK"   8 bytes     magic
 *   version      uint32
 *   length       uint32      of the header, padded with spaces to a multiple of 8
 *   header       JSON        { run, arrays: [{ name, type, length }, …] }
 *   arrays                   one after the other, each padded to a multiple of 8 bytes
 *   SHA-256      32 bytes    of everything before it
 *
 * The file appears complete or not at all (files/atomic.ts), and the one before is kept beside it as FILE.before, in
 * case the disk damages the newer one. Reading executes nothing and refuses what is damaged, foreign or newer.
 */
import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import { CheckedJson } from "../base/checked-json.js";
import { UserError } from "../base/user-error.js";
import { writeAtomically } from "../files/atomic.js";
import { codeOf, whyNot } from "../files/io-error.js";
import type { FitState, StateArray } from "./fit-state.js";

const MAGIC = "UNKNOTCK";
const VERSION = 1;
const PREFIX = 16;
const CHECKSUM = 32;
/** Bytes that are hashed or read at a time. */
const PART = 2 ** 28;
const TYPES = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;
type TypeName = keyof typeof TYPES;

interface Header {
  run: string;
  arrays: { name: string; type: TypeName; length: number }[];
}

/** The name under which the checkpoint before is kept. */
export function beforeOf(file: string): string {
  return `${file}.before`;
}

/** @throws UserError when the file cannot be written; an earlier checkpoint then stays as it was. */
export function writeCheckpoint(file: string, state: FitState): Promise<void> {
  return writeAtomically(file, encode(state), beforeOf(file));
}

/**
 * The state in the file; when that is damaged or missing, the one before, if it is whole: a run goes on from either to
 * the same bits.
 * @returns null when there is no such file. @throws UserError naming what is wrong with it.
 */
export async function readCheckpoint(file: string): Promise<FitState | null> {
  try {
    return await readOne(file) ?? await readOne(beforeOf(file));
  } catch (error) {
    const before = error instanceof Damaged ? await readOne(beforeOf(file)).catch(() => null) : null;
    if (!before) throw error;
    return before;
  }
}

async function readOne(file: string): Promise<FitState | null> {
  let bytes: Buffer;
  try {
    bytes = await readWhole(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw new UserError(`${file}: the checkpoint cannot be read: ${whyNot(error)}`);
  }
  return decode(bytes, file);
}

class Damaged extends UserError {}

function encode(state: FitState): Uint8Array[] {
  const arrays = Object.entries(state.arrays);
  const header: Header = {
    run: state.run, arrays: arrays.map(([name, array]) => ({ name, type: typeOf(array), length: array.length })),
  };
  const json = padded(new TextEncoder().encode(JSON.stringify(header)), 0x20);
  const prefix = Buffer.alloc(PREFIX);
  prefix.write(MAGIC, "latin1");
  prefix.writeUInt32LE(VERSION, 8);
  prefix.writeUInt32LE(json.length, 12);
  const pieces = [
    prefix, json, ...arrays.map(([, a]) => padded(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), 0)),
  ];
  const hash = createHash("sha256");
  for (const piece of pieces) hashed(hash, piece);
  return [...pieces, hash.digest()];
}

/** In parts: at once a hash takes 2 GiB at most. */
function hashed(hash: Hash, bytes: Uint8Array): Hash {
  for (let from = 0; from < bytes.length; from += PART) hash.update(bytes.subarray(from, from + PART));
  return hash;
}

/** The whole file. readFile takes 2 GiB at most. */
async function readWhole(file: string): Promise<Buffer> {
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

function decode(bytes: Buffer, file: string): FitState {
  const refuse = (what: string): never => { throw new UserError(`${file}: ${what}`); };
  if (bytes.length < 8 || bytes.toString("latin1", 0, 8) !== MAGIC) refuse("is not a checkpoint of unknot");
  const damaged = (what: string): never => { throw new Damaged(`${file}: ${what}`); };
  if (bytes.length < PREFIX + CHECKSUM) damaged("is truncated: start anew");
  const version = bytes.readUInt32LE(8);
  if (version > VERSION) refuse(`is of version ${version}, this unknot reads up to ${VERSION}: use a newer unknot`);
  const end = bytes.length - CHECKSUM;
  const digest = hashed(createHash("sha256"), bytes.subarray(0, end)).digest();
  if (!digest.equals(bytes.subarray(end))) damaged("is damaged or truncated: its checksum is wrong. Start anew");
  // A right checksum says that the bytes are those that were written, not who wrote them.
  const from = PREFIX + bytes.readUInt32LE(12);
  if (from > end) refuse("is damaged: its header is longer than the file. Start anew");
  const json = CheckedJson.parse(bytes.toString("utf8", PREFIX, from), `${file}, header`);
  const found: Record<string, StateArray> = {};
  let at = from;
  for (const entry of json.at("arrays").list()) {
    const Type = TYPES[entry.at("type").oneOf(["f32", "f64", "i32"])];
    const length = entry.at("length").whole(0, Math.floor((end - at) / Type.BYTES_PER_ELEMENT));
    const array = new Type(length);
    new Uint8Array(array.buffer).set(bytes.subarray(at, at + array.byteLength));
    found[entry.at("name").string()] = array;
    at += Math.ceil(array.byteLength / 8) * 8;
  }
  if (at !== end) refuse(`is damaged: it has ${end - at} bytes more than its header says. Start anew`);
  return { run: json.at("run").string(), arrays: found };
}

function typeOf(array: StateArray): TypeName {
  if (array instanceof Float64Array) return "f64";
  return array instanceof Float32Array ? "f32" : "i32";
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  if (bytes.length % 8 === 0) return bytes;
  const whole = new Uint8Array(Math.ceil(bytes.length / 8) * 8).fill(filler);
  whole.set(bytes);
  return whole;
}
