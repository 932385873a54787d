/**
 * Public data sets from their publishers into a cache folder. None is redistributed here; each keeps its own terms.
 *
 * A set's folder appears under its final name only when everything in it has been downloaded and checked.
 */
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { UserError } from "../../base/user-error.js";
import { download, downloadText, writeError } from "../../files/download.js";
import type { Progress } from "../../files/source/byte-source.js";
import { whyNot } from "../../files/io-error.js";
import { lockOutput } from "../../files/lock.js";
import { unzip } from "../../files/archive/zip.js";

/** Names of the public data sets that can be fetched. */
export type PublicDataset = "ml-latest-small" | "ml-1m" | "ml-20m" | "ml-25m" | "goodbooks-10k";

interface Source {
  readonly baseUrl: string;
  /** An archive to unpack, or plain files. */
  readonly archive: string | null;
  readonly files: readonly string[];
  /** The publisher states an MD5 in ARCHIVE.md5. (CRC-32 inside the archive is checked in any case.) */
  readonly md5: boolean;
  /** Who publishes it, under which terms. */
  readonly terms: string;
}

const movielens = (archive: string, md5: boolean): Source => ({
  baseUrl: "https://files.grouplens.org/datasets/movielens",
  archive, files: [], md5, terms: "GroupLens, research use, see the README inside",
});

/** Each public data set's address and checksum, at its publisher. */
export const publicDatasets: Readonly<Record<PublicDataset, Source>> = {
  "ml-latest-small": movielens("ml-latest-small.zip", false),
  "ml-1m": movielens("ml-1m.zip", true),
  "ml-20m": movielens("ml-20m.zip", true),
  "ml-25m": movielens("ml-25m.zip", true),
  "goodbooks-10k": {
    baseUrl: "https://raw.githubusercontent.com/zygmuntz/goodbooks-10k/master",
    archive: null, files: ["ratings.csv", "books.csv", "book_tags.csv", "tags.csv"], md5: false, terms: "CC BY-SA 4.0",
  },
};

/** Where a public data set is kept, and who is told of the download. */
export interface FetchOptions {
  /** Where data sets are kept; default: see defaultCacheFolder. */
  readonly cacheFolder?: string;
  /** Another place than the publisher's that has the same file names: a mirror, or a test server. */
  readonly baseUrl?: string;
  readonly onProgress?: Progress;
  /** Stops the download; what has arrived is kept and the next call resumes. */
  readonly signal?: AbortSignal;
  /** Milliseconds before a broken connection is first taken up again; default 500. */
  readonly retryDelay?: number;
}

/** unknot/data in the user's cache folder ($XDG_CACHE_HOME, ~/.cache; %LOCALAPPDATA%, ~/Library/Caches). */
export function defaultCacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "unknot", "data");
  if (process.platform === "win32" && LOCALAPPDATA) return join(LOCALAPPDATA, "unknot", "data");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "unknot", "data");
  return join(homedir(), ".cache", "unknot", "data");
}

/**
 * The folder of a public data set, downloaded unless it is there already.
 * @throws UserError for an unknown name, and whenever the download cannot be completed.
 */
export async function fetchDataset(name: string, options: FetchOptions = {}): Promise<string> {
  if (!Object.hasOwn(publicDatasets, name)) {
    throw new UserError(`unknown data set "${name}", expected one of ${Object.keys(publicDatasets).join(", ")}`);
  }
  const source = publicDatasets[name as PublicDataset];
  const cache = options.cacheFolder ?? defaultCacheFolder();
  const folder = join(cache, name);
  if (await exists(folder)) return folder;

  await mkdir(cache, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`${cache}: the cache folder cannot be made: ${whyNot(error)}`);
  });
  const lock = await lockOutput({ path: resolve(folder) });
  try {
    if (!(await exists(folder))) await fetchInto(folder, source, cache, options);
  } finally {
    await lock.release();
  }
  return folder;
}

async function fetchInto(folder: string, source: Source, cache: string, options: FetchOptions): Promise<void> {
  const unfinished = `${folder}.part`;
  await mkdir(unfinished, { recursive: true }).catch((error: unknown) => { throw writeError(error, unfinished); });
  const base = (options.baseUrl ?? source.baseUrl).replace(/\/+$/, "");
  if (source.archive !== null) {
    await fetchArchive(`${base}/${source.archive}`, source.md5, join(cache, source.archive), unfinished, options);
  }
  for (const file of source.files) {
    // A file under its final name is whole: an interrupted fetch goes on with the next one.
    if (!(await exists(join(unfinished, file)))) await download(`${base}/${file}`, join(unfinished, file), options);
  }
  await rename(unfinished, folder).catch((error: unknown) => {
    throw new UserError(`${folder}: cannot be written: ${whyNot(error)}. The data set is kept in ${unfinished}`);
  });
}

async function fetchArchive(
  url: string, hasMd5: boolean, archive: string, folder: string, options: FetchOptions,
): Promise<void> {
  const md5 = hasMd5 ? await publishedMd5(`${url}.md5`, options.signal) : undefined;
  await download(url, archive, { ...options, md5 });
  try {
    // Files of an earlier, interrupted unpacking are simply written again.
    await unzip(archive, folder, options.signal);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (options.signal?.aborted) throw new UserError(`${archive}: unpacking was stopped; run again`);
    throw writeError(error, folder);
  } finally {
    await rm(archive, { force: true });
  }
}

/** The MD5 in a checksum file ("MD5 (x.zip) = …" or "…  x.zip"); undefined when the publisher has none after all. */
async function publishedMd5(url: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const text = await downloadText(url, signal);
  if (text === null) return undefined;
  const found = /\b[0-9a-f]{32}\b/i.exec(text);
  if (!found) throw new UserError(`${url}: no MD5 in it, expected 32 hexadecimal digits`);
  return found[0].toLowerCase();
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
