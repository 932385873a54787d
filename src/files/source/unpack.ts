/**
 * Compressed files, recognised by their first bytes and not by their names: gzip always, zstd where this Node has it.
 * bzip2, xz and their like have no decoder here: they are named, with the command that unpacks them.
 */
import { Readable } from "node:stream";
import * as zlib from "node:zlib";
import { UserError } from "../../base/user-error.js";
import type { Peeked } from "./peek.js";

export type Compression = "gzip" | "zstd" | "zip";

/** Larger pieces than zlib's 16 KiB: fewer turns of the event loop for the same bytes. */
const CHUNK = 1 << 20;

const MAGIC: readonly { readonly name: string; readonly bytes: readonly number[]; readonly command?: string }[] = [
  { name: "gzip", bytes: [0x1f, 0x8b] },
  { name: "zstd", bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "zip", bytes: [0x50, 0x4b, 3, 4] },
  { name: "bzip2", bytes: [0x42, 0x5a, 0x68], command: "bunzip2 -k" },
  { name: "xz", bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], command: "unxz -k" },
  { name: "7-zip", bytes: [0x37, 0x7a, 0xbc, 0xaf], command: "7z x" },
  { name: "RAR", bytes: [0x52, 0x61, 0x72, 0x21], command: "unrar x" },
  { name: "compress (.Z)", bytes: [0x1f, 0x9d], command: "uncompress -k" },
];

/** How a file that begins like this is packed; null when it is not. */
export function compressionOf(head: Uint8Array, file: string): Compression | null {
  const found = MAGIC.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  if (!found) return null;
  if (found.command !== undefined) {
    throw new UserError(`${file}: packed with ${found.name}, which unknot cannot unpack (gzip, zip and zstd it can): ` +
      `first run ${found.command} ${file}`);
  }
  return found.name as Compression;
}

/** The unpacked bytes of a gzip or zstd stream. */
export function unpacked(packed: Peeked, compression: "gzip" | "zstd", file: string): AsyncIterable<Uint8Array> {
  return pieces(packed.all, compression === "gzip" ? zlib.createGunzip({ chunkSize: CHUNK }) : zstd(file), file);
}

async function* pieces(
  packed: AsyncIterable<Uint8Array>, decoder: NodeJS.ReadWriteStream, file: string,
): AsyncIterable<Uint8Array> {
  const source = Readable.from(packed, { objectMode: false });
  source.on("error", (error) => (decoder as unknown as Readable).destroy(error));
  try {
    yield* source.pipe(decoder) as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (/^(Z_|ZSTD_)/.test(code)) {
      throw new UserError(`${file}: damaged: it cannot be unpacked (${(error as Error).message}); is it cut off?`);
    }
    throw error;
  } finally {
    source.destroy();
  }
}

function zstd(file: string): NodeJS.ReadWriteStream {
  const create = (zlib as { createZstdDecompress?: (options: object) => NodeJS.ReadWriteStream }).createZstdDecompress;
  if (!create) {
    throw new UserError(`${file}: packed with zstd, which Node.js has from 22.15 on (this is ${process.version}): ` +
      `first run zstd -d ${file}`);
  }
  return create({ chunkSize: CHUNK });
}
