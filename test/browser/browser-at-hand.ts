/**
 * Headless Chromium for tests, where the machine has one: $UNKNOT_CHROMIUM, else the usual places. Tests that need it
 * are skipped aloud without. And the folders of files it is shown, served with or without a content-security policy.
 */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium, type Browser, type Page } from "playwright-core";

/** The policy that the desk has to live with. */
export const STRICT_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
  "style-src 'self'; img-src 'self' data:; connect-src 'self'";

const places = [
  process.env.UNKNOT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The program's path, or null; said aloud then. */
export function chromiumAtHand(): string | null {
  const found = places.find((place) => place !== undefined && place !== "" && existsSync(place));
  if (found === undefined) console.log("skipped: no Chromium here (set UNKNOT_CHROMIUM to its path)");
  return found ?? null;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** What a page complains about from now on: exceptions and what it says on the console, by default errors only. */
export function complaintsOf(page: Page, types: readonly string[] = ["error"]): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => { if (types.includes(message.type())) complaints.push(message.text()); });
  return complaints;
}

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves files by name, "/" being index.html, as a static host would. */
export async function serveFiles(files: ReadonlyMap<string, Uint8Array | string>, policy?: string): Promise<Site> {
  const types: Record<string, string> = {
    html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", json: "application/json",
  };
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "/").replace(/[?#].*$/, "").slice(1)) || "index.html";
    const body = files.get(path);
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = types[path.split(".").pop()!] ?? "application/octet-stream";
    response.writeHead(200, {
      "content-type": type, "content-length": Buffer.byteLength(body),
      ...(policy === undefined ? {} : { "content-security-policy": policy }),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
