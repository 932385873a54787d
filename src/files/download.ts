/**
 * One file over HTTP: with progress, resumed where an earlier attempt stopped, checked, and renamed into place only
 * when it is whole.
 *
 * Bytes collect in FILE.part. Beside it FILE.part.tag keeps the server's ETag (or date), which goes back as If-Range:
 * when the file has changed meanwhile, or the server cannot resume, it answers with the whole file and the download
 * starts over.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../base/user-error.js";
import type { Progress } from "./source/byte-source.js";

export interface DownloadOptions {
  /** Bytes so far, all bytes (0 when the server does not say), the file. */
  readonly onProgress?: Progress;
  readonly signal?: AbortSignal;
  /** Lower-case hexadecimal MD5 that the publisher states; a file that differs is deleted. */
  readonly md5?: string;
  /** How often a broken connection is taken up again; default 4. */
  readonly retries?: number;
  /** Milliseconds before the first retry, doubled each time; default 500. */
  readonly retryDelay?: number;
  /** Milliseconds without a byte after which a connection counts as broken; default 60,000. */
  readonly stallTime?: number;
}

/** A connection that broke, or ended too early: worth another attempt. */
class Broken extends Error {}

/**
 * Downloads url to file (its folder must exist).
 * @throws UserError when the server refuses, the connection stays broken, or size or checksum are wrong.
 */
export async function download(url: string, file: string, options: DownloadOptions = {}): Promise<void> {
  const { retries = 4, retryDelay = 500, signal, md5 } = options;
  const part = `${file}.part`;
  for (let attempt = 0; ; attempt++) {
    try {
      await continueDownload(url, file, options);
      break;
    } catch (error) {
      const kept = await sizeOf(part);
      if (signal?.aborted) throw new UserError(`${url}: stopped after ${kept} bytes; run again to resume`);
      if (!(error instanceof Broken)) throw error;
      if (attempt >= retries) {
        const tried = `${attempt + 1} attempts, ${kept} bytes kept`;
        throw new UserError(`${url}: ${error.message} (${tried}; run again to resume)`);
      }
    }
    await sleep(retryDelay * 2 ** attempt);
  }
  if (md5 !== undefined) {
    const got = await md5Of(part);
    if (got !== md5) {
      await discard(file);
      throw new UserError(`${url}: wrong checksum: MD5 ${got}, the publisher states ${md5}; the download was ` +
        "deleted, run again");
    }
  }
  await rename(part, file);
  await discard(file);
}

/** A small text over HTTP, null when the server does not have it (404). */
export async function downloadText(url: string, signal?: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, { signal });
    if (response.status === 404) {
      await response.body?.cancel();
      return null;
    }
    if (!response.ok) throw new UserError(refusal(url, response));
    return await response.text();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${url}: ${reason(error)}`);
  }
}

/** Gets what is missing of FILE.part. @throws Broken where another attempt may help. */
async function continueDownload(url: string, file: string, options: DownloadOptions): Promise<void> {
  const { signal, stallTime = 60_000 } = options;
  const have = await sizeOf(`${file}.part`);
  const connection = new AbortController();
  const abort = (): void => connection.abort();
  signal?.addEventListener("abort", abort, { once: true });
  let stalled = setTimeout(abort, stallTime);
  const alive = (): void => {
    clearTimeout(stalled);
    stalled = setTimeout(abort, stallTime);
  };
  try {
    if (signal?.aborted) throw new Broken("stopped");
    const response = await fetch(url, { headers: await resumingHeaders(file, have), signal: connection.signal })
      .catch((error: unknown) => { throw new Broken(reason(error)); });
    const begin = await beginOf(response, url, file, have);
    if (begin !== null) await append(response, begin, file, connection, alive, options.onProgress);
  } finally {
    clearTimeout(stalled);
    signal?.removeEventListener("abort", abort);
  }
}

/** Asks for what comes after the bytes that are there, if the file is still the same. */
async function resumingHeaders(file: string, have: number): Promise<Record<string, string>> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (have === 0) return headers;
  const tag = await readFile(`${file}.part.tag`, "utf8").catch(() => "");
  return { ...headers, range: `bytes=${have}-`, ...(tag === "" ? {} : { "if-range": tag }) };
}

/**
 * Where the answer's bytes begin in the file: 0, or `have` when the server resumes; null when nothing is missing.
 * @throws Broken, UserError. The answer's body is then closed.
 */
async function beginOf(response: Response, url: string, file: string, have: number): Promise<number | null> {
  const { status, statusText, ok, body } = response;
  const resumed = status === 206 && startOf(response) === have;
  if (ok && body && (status !== 206 || resumed)) return resumed ? have : 0;
  await body?.cancel();
  if (status === 416 && totalOf(response) === have) return null;
  if (status === 416 || status === 206) {
    await discard(file);
    throw new Broken(status === 416 ? "the server cannot resume the download" : "the server resumed at another place");
  }
  if (status >= 500 || status === 429) throw new Broken(`the server answered ${status} ${statusText}`);
  throw new UserError(refusal(url, response));
}

/** Writes the answer's bytes behind the first `begin` of FILE.part. */
async function append(
  response: Response, begin: number, file: string, connection: AbortController, alive: () => void,
  onProgress: Progress | undefined,
): Promise<void> {
  const part = `${file}.part`;
  const announced = Number(response.headers.get("content-length") ?? 0);
  const total = announced > 0 ? begin + announced : 0;
  const tag = response.headers.get("etag") ?? response.headers.get("last-modified") ?? "";
  // A weak ETag does not promise the same bytes, so it must not be used to resume.
  const out = await writeFile(`${part}.tag`, tag.startsWith("W/") ? "" : tag)
    .then(() => open(part, begin > 0 ? "a" : "w"))
    .catch((error: unknown) => {
      connection.abort();
      throw writeError(error, part);
    });
  let size = begin;
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      alive();
      await out.writeFile(chunk);
      size += chunk.length;
      onProgress?.(size, total, file);
    }
    await out.sync();
  } catch (error) {
    if (connection.signal.aborted || isNetworkError(error)) throw new Broken(reason(error));
    throw writeError(error, part);
  } finally {
    await out.close();
  }
  if (total > 0 && size !== total) throw new Broken(`the download ended after ${size} of ${total} bytes`);
}

/** The MD5 of a file, lower-case hexadecimal. */
export async function md5Of(file: string): Promise<string> {
  const hash = createHash("md5");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function discard(file: string): Promise<void> {
  await rm(`${file}.part`, { force: true });
  await rm(`${file}.part.tag`, { force: true });
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

function refusal(url: string, response: Response): string {
  const hint = response.status === 404 ? "; the publisher may have moved the file" : "";
  return `${url}: the server answered ${response.status} ${response.statusText}`.trimEnd() + hint;
}

/** "bytes 100-199/200" → 100 and 200; −1 when the header is absent or says otherwise. */
function startOf(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? -1);
}

function totalOf(response: Response): number {
  return Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? -1);
}

/** fetch wraps what happened: "fetch failed" alone helps nobody. */
function reason(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const code = cause?.code ?? cause?.message;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the server's name is not known (no network?)";
  if (code === "ECONNREFUSED") return "the server refuses connections";
  return `the connection broke (${code ?? (error as Error).message})`;
}

function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError || (error as Error).name === "AbortError";
}

/** What went wrong on disk, in words where a person can do something about it. */
export function writeError(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOENT") {
    return new UserError(`${file}: cannot be written (${code}): is the folder there and yours?`);
  }
  if (code !== "ENOSPC") return error;
  return new UserError(`${file}: the disk is full; free some space and run again to resume`);
}
