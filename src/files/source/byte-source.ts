/**
 * Where a table's bytes come from (a file, standard input, a file in a ZIP archive) and what lies around them: packing
 * and character encoding are taken off here, so that readers see the text alone.
 *
 * Not here: what the text means (csv/, json/), and formats that must be read at will (Parquet, SQLite).
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { UserError } from "../../base/user-error.js";
import { listZip, readZipEntry, type ZipEntry } from "../archive/zip.js";
import { decoded } from "./encoding.js";
import { refuseOtherFormats } from "./not-a-table.js";
import { peek, type Peeked } from "./peek.js";
import { readError } from "./read-error.js";
import { compressionOf, unpacked, type Compression } from "./unpack.js";

/** Called now and then: bytes read so far, the file's size (0: unknown), and its path. */
export type Progress = (bytesRead: number, bytesTotal: number, file: string) => void;

/** A file, one entry of a ZIP archive, standard input, or a query of a database. */
export interface FilePlace {
  /** A path; "-" is standard input; "postgres://…" a server. */
  readonly path: string;
  /** The file within the archive `path`. */
  readonly entry?: ZipEntry;
  /** What to ask of a database. */
  readonly query?: string;
}

export interface ByteSource {
  /** For messages: the path as it was given. */
  readonly file: string;
  readonly encoding: string;
  /** From the outside in; empty for a plain file. */
  readonly packing: readonly Compression[];
  /** The first bytes of the text: HEAD of them, or all (`ended`). */
  readonly head: Uint8Array;
  readonly ended: boolean;
  /** All the text, the head included. To be read once. */
  readonly text: AsyncIterable<Uint8Array>;
  /** Lets go of a source that is not read to its end. */
  readonly close: () => Promise<void>;
}

/** How many bytes a read asks for. Larger chunks gain nothing, smaller ones cost calls. */
const CHUNK = 1 << 20;
/** What is looked at before a file's format is decided. */
const HEAD = 1 << 18;
/** Enough for every magic number, tar's at 257 included. */
const MAGIC = 512;

/** How a place is called in messages, and what is kept of it: an address without its password. */
export function placeName({ path, entry }: FilePlace): string {
  if (entry) return `${path}/${entry.name}`;
  if (path === "-") return "standard input";
  return /^\w+:\/\//.test(path) ? withoutPassword(path) : path;
}

/** postgres://user:secret@host/shop as postgres://user@host/shop. */
export function withoutPassword(address: string): string {
  return address.replace(/^(\w+:\/\/[^:@/?]*):[^@/]*@/, "$1@").replace(/([?&])(password|sslpassword)=[^&]*&?/gi, "$1")
    .replace(/[?&]$/, "");
}

/**
 * @param encoding what the user says; null finds out.
 * @throws UserError when there is no such file, or it is no text.
 */
export async function openBytes(place: FilePlace, encoding: string | null, progress?: Progress): Promise<ByteSource> {
  const file = placeName(place);
  const packing: Compression[] = [];
  const raw = rawBytes(place, file, progress);
  const close = async (): Promise<void> => {
    await raw.return(undefined);
  };
  let source = await peek(raw, MAGIC);
  if (place.entry) packing.push("zip");
  for (let found = compressionOf(source.head, file); found; found = compressionOf(source.head, file)) {
    packing.push(found);
    if (packing.length > 3) throw new UserError(`${file}: packed more than three times over, expected a table`);
    source = await peek(found === "zip" ? await onlyEntry(place, source, file) : unpacked(source, found, file), MAGIC);
  }
  refuseOtherFormats(source.head, file);
  const { encoding: name, text } = decoded(source, encoding, file);
  const { head, ended, all } = await peek(text, HEAD);
  return { file, encoding: name, packing, head, ended, text: all, close };
}

async function* rawBytes(place: FilePlace, file: string, progress?: Progress): AsyncGenerator<Uint8Array, void> {
  const { path, entry } = place;
  let read = 0;
  try {
    const there = path === "-" ? null : await fileAt(path);
    const total = entry ? entry.size : there?.size ?? 0;
    const chunks: AsyncIterable<Uint8Array> = path === "-" ? process.stdin as AsyncIterable<Uint8Array>
      : entry ? readZipEntry(path, entry) : createReadStream(path, { highWaterMark: CHUNK });
    for await (const chunk of chunks) {
      read += chunk.length;
      yield chunk;
      progress?.(read, total, file);
    }
  } catch (error) {
    throw readError(error, file);
  }
}

/**
 * A file, or a folder, which reading refuses with other words.
 * @throws UserError for a pipe, where reading would wait for ever, or a device.
 */
export async function fileAt(path: string): Promise<{ readonly size: number }> {
  const there = await stat(path);
  if (there.isFile() || there.isDirectory()) return there;
  throw new UserError(`${path}: is no ordinary file (a pipe or a device), expected a table: pipe it in and say -`);
}

/** The one table in an archive that stands where a table should. */
async function onlyEntry({ path, entry }: FilePlace, source: Peeked, file: string): Promise<AsyncIterable<Uint8Array>> {
  if (entry || path === "-") {
    throw new UserError(`${file}: an archive within a stream, expected a table: unpack it first`);
  }
  // The stream that was begun is not needed: an archive is read from its end.
  await source.all[Symbol.asyncIterator]().return?.();
  const entries = await listZip(path);
  if (entries.some(({ name }) => name === "xl/workbook.xml" || name === "mimetype")) {
    throw new UserError(`${file}: a spreadsheet, expected a table: save the sheet as CSV`);
  }
  const tables = entries.filter(isTableEntry);
  if (tables.length !== 1) {
    const names = tables.map(({ name }) => name).slice(0, 8).join(", ");
    throw new UserError(`${file}: an archive of ${tables.length} files${names && ` (${names})`}, expected one table: ` +
      "give the archive itself as --data, or unpack it");
  }
  return readZipEntry(path, tables[0]);
}

/** Not what systems and people put beside tables in archives. */
export function isTableEntry({ name }: { readonly name: string }): boolean {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return !name.startsWith("__MACOSX/") && !last.startsWith(".") && !/^(readme|licen[cs]e)/i.test(last) &&
    ![".md", ".pdf", ".html", ".json5", ".png", ".jpg"].includes(extname(last).toLowerCase());
}
