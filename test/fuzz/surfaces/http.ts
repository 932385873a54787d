/**
 * The service over raw sockets on this machine: requests of the API with changes in their bytes and bodies, pieces that
 * come apart, two requests in one. Each connection gets whole answers: 2xx, or 4xx with a reason; never a 5xx, and the
 * service answers the next caller as before.
 */
import fc from "fast-check";
import { connect } from "node:net";
import { openServiceOn } from "../../../src/serve/open-service.js";
import { startServer } from "../../../src/serve/server.js";
import { byteChanges, changeBytes, changeJson, jsonChanges, type ByteChange, type JsonChange } from "../mutations.js";
import { sampleModels } from "../samples.js";
import { demand, type OpenSurface, type Outcome, type Surface } from "../surface.js";

type Input = {
  readonly kind: "post"; readonly route: number; readonly json: readonly JsonChange[];
  readonly bytes: readonly ByteChange[]; readonly cuts: readonly number[];
} | {
  readonly kind: "get"; readonly target: string; readonly headers: readonly string[];
  readonly bytes: readonly ByteChange[]; readonly cuts: readonly number[];
};

/** Milliseconds after which a connection that is still open without an answer is a fault: the server's limit is 1 s. */
const PATIENCE = 10_000;
const SECONDS = 1;

const segments = [
  "/", "/neurons", "/neurons/0", "/neurons/3", "/tags", "/tags/", "/items", "/items/", "/concepts", "/about", "/health",
  "/metrics", "/openapi.json", "/wish", "/admin/reload", "?n=2", "&n=3", "?q=a", "&q=%zz", "?sort=label", "&offset=1e3",
  "%2e%2e", "%2f", "%00", "%", "..", "//", "#", "i1", "é", "\u0000", " ", "http://x/", "a".repeat(300), "__proto__",
];
const targets = [
  "/", "/neurons?n=2", "/neurons/1", "/tags?q=a&n=2", "/items?q=e&n=2", "/items/i1", "/concepts", "/about", "/health",
  "/metrics", "/openapi.json",
];
const headers = [
  "host: localhost", "host: 127.0.0.1", "host: evil.example", "host:", "origin: https://evil.example", "origin: null",
  "content-length: 5", "content-length: 0", "content-length: -1", "transfer-encoding: chunked", "connection: close",
  "connection: upgrade", "upgrade: websocket", "expect: 100-continue", "expect: x", "if-none-match: *",
  "range: bytes=0-1",
  "authorization: Bearer x", "accept: text/html", "accept-encoding: gzip", "cookie: a=b", "x: \u0001", "te: trailers",
  `x-long: ${"y".repeat(3000)}`, "content-type: application/json", ": no name", "no colon", " folded",
];

function inputsOf(bodies: readonly unknown[], words: readonly unknown[]): fc.Arbitrary<Input> {
  const bytes = fc.oneof({ weight: 1, arbitrary: byteChanges }, { weight: 3, arbitrary: fc.constant([]) });
  const cuts = fc.array(fc.nat(1_000_000), { maxLength: 3 });
  return fc.oneof(
    fc.record({
      kind: fc.constant("post" as const), route: fc.nat(bodies.length - 1), bytes, cuts,
      json: fc.oneof(jsonChanges(words), jsonChanges(words), fc.constant([])),
    }),
    fc.record({
      kind: fc.constant("get" as const),
      target: fc.oneof(
        fc.array(fc.constantFrom(...segments), { maxLength: 5 }).map((list) => list.join("")),
        fc.constantFrom(...targets),
      ),
      headers: fc.array(fc.constantFrom(...headers), { maxLength: 3 }), bytes, cuts,
    }),
  );
}

interface Request {
  readonly path: string;
  readonly body: unknown;
}

function bytesOf(input: Input, requests: readonly Request[]): Buffer {
  if (input.kind === "get") {
    const head = [`GET ${input.target} HTTP/1.1`, "host: localhost", ...input.headers].join("\r\n");
    return changeBytes(Buffer.from(`${head}\r\n\r\n`), input.bytes);
  }
  const { path, body } = requests[input.route];
  const json = Buffer.from(changeJson(body, input.json));
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
    `content-length: ${json.length}\r\n\r\n`;
  return changeBytes(Buffer.concat([Buffer.from(head), json]), input.bytes);
}

/** Sends the pieces one after the other and ends its side; resolves with everything that came back. */
function converse(port: number, pieces: readonly Buffer[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end after ${PATIENCE} ms; so far: ${text.slice(0, 300)}`));
    }, PATIENCE);
    socket.setNoDelay(true).setEncoding("latin1");
    socket.on("data", (chunk: string) => { text += chunk; });
    // A connection that is cut after an answer is a refusal like another.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.on("end", () => socket.end());
    socket.on("connect", () => {
      const send = (i: number): void => {
        if (i === pieces.length) socket.end();
        else socket.write(pieces[i], () => setImmediate(send, i + 1));
      };
      send(0);
    });
  });
}

/** Status codes of the answers, in their order. @throws for what no caller may get */
function statusesOf(text: string): number[] {
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  demand(text === "" || text.startsWith("HTTP/1.1 "), `its answer is none: ${text.slice(0, 200)}`);
  const broken = statuses.find((status) => status >= 500);
  demand(broken === undefined, `the service answered ${broken}: ${text.slice(0, 600)}`);
  if (statuses.some((status) => status >= 400)) {
    demand(/"detail":\s*"[^"]{5}/.test(text) || /^HTTP\/1\.1 4\d\d [^\n]*\r\n(?:.+\r\n)*\r\n$/.test(text),
      `a refusal without a reason: ${text.slice(0, 600)}`);
    demand(!/\n\s+at |node:internal|is not a function|Cannot read/.test(text), `a raw error: ${text.slice(0, 600)}`);
  }
  return statuses;
}

async function open(): Promise<OpenSurface> {
  const [model] = await sampleModels();
  const [first, second, third] = model.items.ids;
  const tag = model.tags?.names[0] ?? "none";
  const requests: Request[] = [
    { path: "/recommend", body: { items: [first, second], n: 3 } },
    { path: "/steer", body: { items: [first], knobs: [{ neuron: 1, strength: 0.3 }, { tag, strength: -0.2 }], n: 3 } },
    { path: "/explain", body: { items: [first, second], item: third, knobs: [{ tag, strength: 0.3 }] } },
    { path: "/profile", body: { items: [first], n: 3 } },
    { path: "/wish", body: { text: `more ${tag}, less gore` } },
  ];
  const service = await openServiceOn(model, { version: "0.0.0", limits: { timeout: SECONDS } });
  const server = await startServer(service, { port: 0 });
  const port = Number(new URL(server.url).port);
  const well = Buffer.from("GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  const surface: OpenSurface<Input> = {
    inputs: inputsOf(requests.map(({ body }) => body), [first, second, tag, "nobody", [first, first], 1e9]),
    async check(input): Promise<Outcome> {
      const bytes = bytesOf(input, requests);
      const places = input.cuts.map((at) => Math.floor((at / 1_000_001) * bytes.length));
      const cuts = [...new Set(places)].sort((a, b) => a - b);
      const pieces = [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i] ?? bytes.length));
      const statuses = statusesOf(await converse(port, pieces));
      demand(statusesOf(await converse(port, [well]))[0] === 200, "the next caller is not served");
      return statuses.length > 0 && statuses.every((status) => status < 400) ? "taken" : "refused";
    },
    show: (input) => JSON.stringify(bytesOf(input, requests).toString("latin1")),
    close: async () => {
      await server.stop();
      service.model.session.close();
    },
  };
  return surface;
}

export const http: Surface = { name: "http", about: "the service, over raw sockets", round: 200, open };
