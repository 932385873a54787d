/**
 * Who may ask the service, decided from the head of a request before anything else is looked at:
 *
 *   the host   by which it was addressed. A page on the internet can point a name of its own at 127.0.0.1 (DNS
 *              rebinding) and then read the answers as if it were at home; but the browser sends that name along. So
 *              addresses and localhost are answered, other names only when they were allowed.
 *   the origin of a web page that asks. Pages from elsewhere are refused unless allowed; allowed ones get the headers
 *              with which the browser lets them read the answer (CORS).
 *   the token  that callers must know, where one was set. /health needs none, so that balancers can ask.
 *
 * Not here: who may see which user's list, and how often one may ask. That is the business of the proxy or the program
 * in front (docs/serve.md).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { UserError } from "../base/user-error.js";
import { Problem } from "./problem.js";

export interface AccessOptions {
  /** Names under which the service may be addressed, beside addresses and localhost; "*" allows any. */
  readonly hosts?: readonly string[];
  /** Origins of web pages that may ask, "https://shop.example"; "*" allows any. Default: none but its own. */
  readonly origins?: readonly string[];
  /** What "authorization: Bearer …" must say. Default: no token is asked for. */
  readonly token?: string;
}

/** Bytes that make a token worth having. */
const SHORTEST_TOKEN = 16;
/** Seconds for which a browser need not ask again whether it may ask. */
const PREFLIGHT_SECONDS = 600;
/** Paths that need no token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/health"]);

export class Access {
  private readonly hosts: ReadonlySet<string>;
  private readonly origins: ReadonlySet<string>;
  private readonly token: Buffer | null;
  /** By which the last caller addressed it; the next one mostly does so, too. */
  private lastHost = "";

  /** @throws UserError for a token that is too short and for an origin that is none. */
  constructor({ hosts = [], origins = [], token }: AccessOptions = {}) {
    this.hosts = new Set(hosts.map((name) => name.toLowerCase().replace(/\.$/, "")));
    this.origins = new Set(origins.map(checkedOrigin));
    if (token !== undefined && Buffer.byteLength(token) < SHORTEST_TOKEN) {
      throw new UserError(`UNKNOT_TOKEN has ${Buffer.byteLength(token)} bytes, expected at least ${SHORTEST_TOKEN}`);
    }
    this.token = token === undefined ? null : digest(token);
  }

  /** Whether callers have to know a token. */
  get guarded(): boolean {
    return this.token !== null;
  }

  /** @throws Problem 421, 403 or 401. */
  check({ headers }: IncomingMessage, path: string): void {
    const { host, origin, authorization } = headers;
    if (host !== undefined && host !== this.lastHost && !this.knows(host)) {
      throw new Problem(421, "not addressed to this service: start it with --allow-host NAME to be asked by that name");
    }
    if (host !== undefined) this.lastHost = host;
    if (origin !== undefined && !this.welcomes(origin, host)) {
      throw new Problem(403, "pages of that origin may not ask: start the service with --allow-origin ORIGIN");
    }
    if (this.token === null || OPEN_PATHS.has(path)) return;
    const given = /^bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
    if (!timingSafeEqual(digest(given), this.token)) {
      throw new Problem(401, "expected the header \"authorization: Bearer TOKEN\"", {
        headers: { "www-authenticate": 'Bearer realm="unknot"' },
      });
    }
  }

  /** Headers with which the browser hands the answer to a page of an allowed origin, as name, value, name, … */
  headersFor({ headers }: IncomingMessage): readonly string[] {
    if (this.origins.size === 0) return NO_HEADERS;
    const { origin } = headers;
    if (origin === undefined || !this.allows(origin)) return VARY;
    return [
      "access-control-allow-origin", origin, "access-control-expose-headers", "etag, x-unknot-model", ...VARY,
    ];
  }

  /** What a browser is told that asks whether a page may ask (CORS preflight); none when it was not such a question. */
  preflight(request: IncomingMessage, methods: string): readonly string[] {
    const { origin, "access-control-request-method": wanted } = request.headers;
    if (origin === undefined || wanted === undefined || !this.allows(origin)) return NO_HEADERS;
    return [
      "access-control-allow-methods", methods, "access-control-allow-headers", "content-type, authorization",
      "access-control-max-age", String(PREFLIGHT_SECONDS),
    ];
  }

  /** Browsers ask whether they may ask without sending the token. */
  isPreflight({ method, headers }: IncomingMessage): boolean {
    return method === "OPTIONS" && headers.origin !== undefined
      && headers["access-control-request-method"] !== undefined && this.allows(headers.origin);
  }

  private knows(host: string): boolean {
    if (this.hosts.has("*")) return true;
    const name = nameOf(host);
    return isAddress(name) || name === "localhost" || name.endsWith(".localhost") || this.hosts.has(name);
  }

  /** A page of the service itself, or of an allowed origin. The scheme may be that of a proxy that speaks TLS. */
  private welcomes(origin: string, host: string | undefined): boolean {
    return this.allows(origin) || (host !== undefined && /^https?:\/\//.test(origin)
      && origin.slice(origin.indexOf("//") + 2).toLowerCase() === host.toLowerCase());
  }

  private allows(origin: string): boolean {
    return this.origins.has("*") || this.origins.has(origin.toLowerCase());
  }
}

const NO_HEADERS: readonly string[] = [];
const VARY: readonly string[] = ["vary", "origin"];

/** "example.org:8080" → "example.org", "[::1]:80" → "[::1]" */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
}

/** An address cannot be pointed elsewhere: a page that asks by it comes from there. */
function isAddress(name: string): boolean {
  return /^\[[0-9a-f:.%]+\]$/.test(name) || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);
}

function checkedOrigin(origin: string): string {
  if (origin === "*") return origin;
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== origin.toLowerCase()) {
    const meant = url && /^https?:$/.test(url.protocol) ? `: did you mean ${url.origin}?` : "";
    throw new UserError(`--allow-origin ${origin}: expected scheme://host[:port]${meant}`);
  }
  return url.origin;
}

/** Of equal length for any token, so that comparing takes as long for any guess. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
