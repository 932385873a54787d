/**
 * A Parquet file as a table, read by the package hyparquet: one row group at a time, and of that only the columns that
 * mean something.
 */
import { open, type FileHandle } from "node:fs/promises";
import * as zlib from "node:zlib";
import { UserError } from "../base/user-error.js";
import { quotable } from "../base/printable.js";
import type { Row } from "./csv/row-parser.js";
import type { OpenedTable } from "./opened-table.js";
import { optionalPackage } from "./optional-package.js";
import { fieldOf, RecordRow } from "./record-row.js";
import type { Progress } from "./source/byte-source.js";

/** What is used of hyparquet. */
interface Hyparquet {
  parquetMetadataAsync: (file: AsyncBuffer) => Promise<Metadata>;
  parquetSchema: (metadata: Metadata) => { readonly children: readonly Column[] };
  parquetScan: (options: object) => Promise<Scan>;
}

interface Column {
  readonly element: { readonly name: string };
}

interface Metadata {
  readonly num_rows: bigint;
}

interface AsyncBuffer {
  readonly byteLength: number;
  readonly slice: (start: number, end?: number) => Promise<ArrayBuffer>;
}

interface Scan {
  /** Row groups. */
  readonly ranges: readonly { readonly rowStart: number; readonly rowEnd: number }[];
  readonly readColumn: (range: { column: string; rowStart: number; rowEnd: number }) => Promise<ArrayLike<unknown>>;
}

const LOOKED_AT = 1000;

/** @throws UserError when the package is missing, or the file is damaged or packed in a way that this Node lacks. */
export async function openParquet(file: string, progress?: Progress): Promise<OpenedTable> {
  const hyparquet = await optionalPackage<Hyparquet>("hyparquet", `${file}: Parquet`);
  const handle = await open(file, "r");
  try {
    const buffer = await bufferOf(handle);
    const metadata = await hyparquet.parquetMetadataAsync(buffer);
    const names = hyparquet.parquetSchema(metadata).children.map(({ element }) => element.name);
    const scan = await hyparquet.parquetScan({ file: buffer, metadata, compressors });
    const count = Number(metadata.num_rows);
    const looked = scan.ranges.length === 0 ? 0 : Math.min(LOOKED_AT, scan.ranges[0].rowEnd);
    const first = looked === 0 ? []
      : await Promise.all(names.map((column) => scan.readColumn({ column, rowStart: 0, rowEnd: looked })));
    const onGroup = (rows: number): void => progress?.((rows / count) * buffer.byteLength, buffer.byteLength, file);
    return {
      file,
      format: { kind: "Parquet" },
      names,
      sample: Array.from({ length: looked }, (_, r) => first.map((column) => fieldOf(column[r]).trim())),
      complete: looked === count,
      rows: async (onRow, _onBad, needed) => {
        try {
          await streamRows(scan, names, needed, onRow, onGroup);
        } catch (error) {
          throw damaged(error, file);
        }
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw damaged(error, file);
  }
}

async function streamRows(
  { ranges, readColumn }: Scan, names: readonly string[], needed: readonly number[] | undefined,
  onRow: (row: Row) => void, onGroup: (rowsDone: number) => void,
): Promise<void> {
  const row = new RecordRow();
  const wanted = new Set(needed ?? names.keys());
  for (const { rowStart, rowEnd } of ranges) {
    const columns: (ArrayLike<unknown> | null)[] = [];
    for (const [c, column] of names.entries()) {
      columns.push(wanted.has(c) ? await readColumn({ column, rowStart, rowEnd }) : null);
    }
    for (let r = 0; r < rowEnd - rowStart; r++) {
      row.begin(rowStart + r + 1);
      for (const column of columns) row.add(column ? fieldOf(column[r]) : "");
      onRow(row);
    }
    onGroup(rowEnd);
  }
}

async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new ArrayBuffer(Math.max(0, Math.min(end, size) - start));
      let done = 0;
      while (done < bytes.byteLength) {
        const { bytesRead } = await handle.read(new Uint8Array(bytes), done, bytes.byteLength - done, start + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes;
    },
  };
}

type Decompress = (input: Uint8Array, outputLength: number) => Uint8Array;

/** Node's own decoders; hyparquet has Snappy. */
const compressors: Readonly<Record<string, Decompress>> = {
  GZIP: (input) => zlib.gunzipSync(input),
  BROTLI: (input) => zlib.brotliDecompressSync(input),
  ZSTD: (input) => {
    const decompress = (zlib as { zstdDecompressSync?: (input: Uint8Array) => Uint8Array }).zstdDecompressSync;
    if (decompress) return decompress(input);
    throw new UserError(`packed with zstd, which Node.js has from 22.15 on (this is ${process.version})`);
  },
};

function damaged(error: unknown, file: string): unknown {
  if (error instanceof UserError) {
    return error.message.startsWith(file) ? error : new UserError(`${file}: ${error.message}`);
  }
  if (!(error instanceof Error) || "syscall" in error) return error;
  // hyparquet's own words say what is wrong; the engine's, of a number or a field that makes no sense, help nobody.
  const own = !(error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError);
  const why = own ? quotable(error.message, 160) : "it is damaged";
  return new UserError(`${file}: the Parquet file cannot be read: ${why}`);
}
