/** Opens a table by what its first bytes are. Which files belong together is decided in src/data. */
import { UserError } from "../base/user-error.js";
import type { Separator } from "./csv/row-parser.js";
import { openText } from "./csv/text-table.js";
import { isPostgres, openPostgres } from "./database/postgres-table.js";
import { openSqlite } from "./database/sqlite-table.js";
import { looksLikeJson, openJson } from "./json/json-table.js";
import type { OpenedTable } from "./opened-table.js";
import { openParquet } from "./parquet-table.js";
import { openBytes, type FilePlace, type Progress } from "./source/byte-source.js";

export interface TableOptions {
  /** Default: found out. */
  readonly separator?: Separator;
  /** For example "gbk". Default: found out among UTF-8, windows-1252 and UTF-16. */
  readonly encoding?: string;
}

/**
 * @param expected what should be in it, for the message on an empty file.
 * @throws UserError naming the file, what it is, and what to do.
 */
export async function openTable(
  place: FilePlace, options: TableOptions, expected: string, progress?: Progress,
): Promise<OpenedTable> {
  if (isPostgres(place.path)) return openPostgres(place.path, place.query);
  const source = await openBytes(place, options.encoding ?? null, progress);
  const magic = Buffer.from(source.head.subarray(0, 16)).toString("latin1");
  if (magic.startsWith("PAR1") || magic.startsWith("SQLite format 3")) {
    const kind = magic.startsWith("PAR1") ? "Parquet" : "SQLite";
    await source.close();
    if (source.packing.length > 0 || place.path === "-") {
      throw new UserError(`${source.file}: ${kind} within a stream, which must be a file of its own: unpack it first`);
    }
    return kind === "Parquet" ? openParquet(place.path, progress) : openSqlite(place.path, place.query);
  }
  if (place.query !== undefined) throw new UserError(`${source.file}: no database, --query makes no sense of it`);
  if (options.separator === undefined && looksLikeJson(source.head)) return openJson(source);
  return openText(source, options.separator ?? null, expected);
}
