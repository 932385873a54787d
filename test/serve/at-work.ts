/** A service on the tiny model, listening on a free port for the length of a test. */
import type { Model } from "../../src/model-folder/model.js";
import { openServiceOn, type ServiceOptions } from "../../src/serve/open-service.js";
import { startServer } from "../../src/serve/server.js";
import type { Service } from "../../src/serve/service.js";
import { tinyModel } from "../pipeline/tiny-model.js";

/** Trained once a file. */
export const model: Model = await tinyModel();

export interface AtWork {
  readonly url: string;
  readonly service: Service;
  /** Status, headers and parsed body. */
  ask(path: string, body?: unknown, init?: RequestInit): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export async function withService(use: (at: AtWork) => Promise<void>, options: ServiceOptions = {}): Promise<void> {
  const service = await openServiceOn(model, { version: "1.2.3", ...options });
  const server = await startServer(service, { port: 0 });
  try {
    await use({ url: server.url, service, ask: (path, body, init) => ask(server.url + path, body, init) });
  } finally {
    await server.stop();
    service.model.session.close();
  }
}

/** GET without a body, POST of JSON with one. */
export async function ask(url: string, body?: unknown, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, body === undefined ? init : {
    method: "POST", body: JSON.stringify(body), ...init,
    headers: { "content-type": "application/json", ...init.headers as Record<string, string> | undefined },
  });
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}
