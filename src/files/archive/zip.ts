/**
 * Unpacks a ZIP archive: the part of the format that data sets are published in (PKWARE APPNOTE 4.3): entries found
 * through the central directory, stored or deflated, streamed to disk, size and CRC-32 checked.
 *
 * Not here: encryption, ZIP64 (4 GiB and more), archives in several volumes, links. All are refused by name.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";
import { quotable } from "../../base/printable.js";
import { UserError } from "../../base/user-error.js";

const END_RECORD = 0x06054b50;
const CENTRAL_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
/** Of a file or folder, in bytes, on every system. */
const LONGEST_NAME = 255;

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Unpacks every file into `folder`, which must exist. A single top folder common to all entries is taken off:
 * ml-1m/ratings.dat becomes ratings.dat.
 * @returns the names of the files.
 * @throws UserError when the archive is damaged, unsupported or would write outside the folder.
 */
export async function unzip(archive: string, folder: string, signal?: AbortSignal): Promise<string[]> {
  const handle = await open(archive, "r");
  try {
    const entries = (await readDirectory(handle, archive)).filter(({ name }) => !name.endsWith("/"));
    const top = commonTop(entries.map(({ name }) => name));
    const names: string[] = [];
    const folders = new Set<string>();
    for (const entry of entries) {
      const name = entry.name.slice(top.length);
      checkName(archive, entry.name, name);
      if (folders.has(name) || foldersOf(name).some((one) => names.includes(one))) {
        throw new UserError(`${archive}: entry "${quotable(entry.name)}" is both a file and a folder: refused`);
      }
      for (const one of foldersOf(name)) folders.add(one);
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await extract(handle, archive, entry, file, signal);
      names.push(name);
    }
    return names;
  } finally {
    await handle.close();
  }
}

/** @throws UserError for a name that leads out of the folder, or that no file system takes. */
function checkName(archive: string, given: string, name: string): void {
  const parts = name.split("/");
  if (parts.some((part) => part === ".." || part === "." || part === "") || /[\\:\0]/.test(name)) {
    throw new UserError(`${archive}: entry "${quotable(given)}" would be written outside the folder: refused`);
  }
  if (parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME)) {
    const what = `entry "${quotable(given)}" has a name of more than ${LONGEST_NAME} bytes`;
    throw new UserError(`${archive}: ${what}: refused`);
  }
}

/** "a/b/c" → "a", "a/b" */
function foldersOf(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** The files of an archive, folders left out. */
export async function listZip(archive: string): Promise<ZipEntry[]> {
  const handle = await open(archive, "r");
  try {
    return (await readDirectory(handle, archive)).filter(({ name }) => !name.endsWith("/"));
  } finally {
    await handle.close();
  }
}

/** The bytes of one file of an archive, nothing written; size and checksum are checked at the end. */
export async function* readZipEntry(archive: string, entry: ZipEntry): AsyncIterable<Uint8Array> {
  const handle = await open(archive, "r");
  try {
    const check = new Checksum(entry, archive);
    const source = await packedBytes(handle, archive, entry);
    const done = entry.method === STORED ? pipeline(source, check)
      : pipeline(source, createInflateRaw({ chunkSize: 1 << 20 }), check);
    // An error ends the loop below as well; here it only must not go unhandled.
    done.catch(() => undefined);
    try {
      yield* check as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw unpackError(error, archive, entry);
    }
  } finally {
    await handle.close();
  }
}

async function readDirectory(handle: FileHandle, archive: string): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - END_SIZE - MAX_COMMENT), Math.min(size, END_SIZE + MAX_COMMENT));
  let end = tail.length - END_SIZE;
  while (end >= 0 && tail.readUInt32LE(end) !== END_RECORD) end--;
  if (end < 0) throw new UserError(`${archive}: no ZIP archive, or cut off: its directory is missing`);
  const count = tail.readUInt16LE(end + 10);
  const length = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (count === 0xffff || offset === 0xffffffff) throw new UserError(`${archive}: ZIP64 archives are not supported`);
  const directory = await readAt(handle, offset, length);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL_ENTRY) {
      throw new UserError(`${archive}: damaged ZIP directory: entry ${n + 1} of ${count} is unreadable`);
    }
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString("utf8", at + 46, at + 46 + nameLength);
    const flags = directory.readUInt16LE(at + 8);
    const entry = {
      name,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    if (flags & 1) throw new UserError(`${archive}: entry "${name}" is encrypted, which is not supported`);
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw new UserError(`${archive}: entry "${name}" uses compression method ${entry.method}, expected 0 or 8`);
    }
    entries.push(entry);
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function extract(
  handle: FileHandle, archive: string, entry: ZipEntry, file: string, signal: AbortSignal | undefined,
): Promise<void> {
  const check = new Checksum(entry, archive);
  const source = await packedBytes(handle, archive, entry);
  try {
    if (entry.method === STORED) await pipeline(source, check, createWriteStream(file), { signal });
    else await pipeline(source, createInflateRaw(), check, createWriteStream(file), { signal });
  } catch (error) {
    throw unpackError(error, archive, entry);
  }
}

/** The bytes of an entry as they stand in the archive. */
async function packedBytes(handle: FileHandle, archive: string, entry: ZipEntry): Promise<Readable> {
  const local = await readAt(handle, entry.offset, 30);
  if (local.length < 30 || local.readUInt32LE(0) !== LOCAL_ENTRY) {
    throw new UserError(`${archive}: damaged: entry "${entry.name}" does not begin where the directory says`);
  }
  // The local header repeats the name and may hold another extra field than the directory: only its lengths count.
  const begin = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  return entry.packed === 0 ? Readable.from([Buffer.alloc(0)])
    : createReadStream(archive, { start: begin, end: begin + entry.packed - 1 });
}

function unpackError(error: unknown, archive: string, entry: ZipEntry): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code.startsWith("Z_")) return new UserError(`${archive}: damaged: entry "${entry.name}" cannot be unpacked`);
  return error;
}

/** Passes bytes on; refuses more than the declared size at once, and a wrong size or checksum at the end. */
class Checksum extends Transform {
  private crc = 0xffffffff;
  private size = 0;

  constructor(private readonly entry: ZipEntry, private readonly archive: string) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, data?: Buffer) => void): void {
    this.size += chunk.length;
    if (this.size > this.entry.size) {
      done(this.damaged());
      return;
    }
    let crc = this.crc;
    for (let i = 0; i < chunk.length; i++) crc = CRC_TABLE[(crc ^ chunk[i]) & 0xff] ^ (crc >>> 8);
    this.crc = crc;
    done(null, chunk);
  }

  override _flush(done: (error?: Error | null) => void): void {
    const good = this.size === this.entry.size && ((this.crc ^ 0xffffffff) >>> 0) === this.entry.crc;
    done(good ? null : this.damaged());
  }

  private damaged(): UserError {
    return new UserError(`${this.archive}: damaged: entry "${this.entry.name}" fails its size or CRC-32 check`);
  }
}

/** CRC-32 with the reflected polynomial of ZIP and Ethernet, a byte at a time. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - position)));
  await handle.read(bytes, 0, bytes.length, position);
  return bytes;
}

/** "folder/" when every name begins with it, else "". */
function commonTop(names: readonly string[]): string {
  const first = names[0] ?? "";
  const top = first.slice(0, first.indexOf("/") + 1);
  return top !== "" && names.every((name) => name.startsWith(top)) ? top : "";
}
