/**
 * The desk's files at "/". They are in memory when the service starts, and a request is looked up among their names: no
 * path that a request names is ever given to the file system.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { extname } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".safetensors": "application/octet-stream",
};
const OTHER = "application/octet-stream";

/**
 * Nothing from elsewhere, no inline script, no frame around it; WebAssembly may be compiled. Pictures come from one
 * more place where the person who serves wishes it.
 */
function policy(images: string | null): string {
  return [
    "default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self'", "style-src 'self'",
    `img-src 'self' data:${images === null ? "" : ` ${images}`}`, "connect-src 'self'", "frame-ancestors 'none'",
    "base-uri 'none'", "form-action 'none'",
  ].join("; ");
}

/** Where answers go: an Exchange (exchange.ts). */
export interface Answering {
  route: string;
  send(status: number, type: string, body: Buffer, headers: readonly string[]): void;
  sendEmpty(status: number, headers: readonly string[]): void;
}

interface SiteFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Null where it would not be smaller. */
  readonly zipped: Buffer | null;
  readonly etag: string;
}

export class Site {
  /** A worker has the policy of its own script's answer, so every file carries it. */
  private readonly headers: readonly string[];

  private constructor(private readonly files: ReadonlyMap<string, SiteFile>, images: string | null) {
    this.headers = [
      "content-security-policy", policy(images), "cross-origin-opener-policy", "same-origin",
      "cache-control", "no-cache", "vary", "accept-encoding",
    ];
  }

  /**
   * Files by path, "/desk.js"; "/index.html" is also "/".
   * @param images the origin that pictures come from; null for this one alone
   */
  static async of(
    contents: Iterable<readonly [path: string, bytes: Uint8Array]>, images: string | null = null,
  ): Promise<Site> {
    const files = new Map<string, SiteFile>();
    for (const [path, bytes] of contents) files.set(path, await fileOf(path, bytes));
    const front = files.get("/index.html");
    if (front) files.set("/", front);
    return new Site(files, images);
  }

  /** Whether there was such a file; it has then been sent. */
  send({ headers }: IncomingMessage, path: string, exchange: Answering): boolean {
    const file = this.files.get(path);
    if (!file) return false;
    exchange.route = "site";
    const common = ["etag", file.etag, ...this.headers];
    const accepted = headers["accept-encoding"];
    if (headers["if-none-match"] === file.etag) exchange.sendEmpty(304, common);
    else if (file.zipped && typeof accepted === "string" && /\bgzip\b(?!;q=0(\.0*)?(,|$))/.test(accepted)) {
      exchange.send(200, file.type, file.zipped, ["content-encoding", "gzip", ...common]);
    } else exchange.send(200, file.type, file.bytes, common);
    return true;
  }
}

async function fileOf(path: string, contents: Uint8Array): Promise<SiteFile> {
  const bytes = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  const type = TYPES[extname(path)] ?? OTHER;
  // Weights are noise to a compressor.
  const zipped = type === OTHER ? null : await compress(bytes);
  return {
    type,
    bytes,
    zipped: zipped && zipped.length < 0.95 * bytes.length ? zipped : null,
    etag: `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`,
  };
}
