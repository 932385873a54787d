/** Senders of nonsense, slow ones, and ones that leave: each is refused or let go, and others are served meanwhile. */
import { connect, Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { RequestCost } from "../../src/serve/request-cost.js";
import { routes } from "../../src/serve/routes.js";
import { DEFAULT_LIMITS } from "../../src/serve/service.js";
import { model, withService, type AtWork } from "./at-work.js";
import { malformedRequests, sendRaw } from "./malformed.js";

const items = model.items.ids.slice(0, 3);
const GOOD = JSON.stringify({ items, n: 3 });
/** The beginning of a request that gets as far as its body. */
const POST = "POST /recommend HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";

async function well({ ask }: AtWork): Promise<void> {
  assert.is((await ask("/recommend", { items })).status, 200, "the service goes on");
}

test("malformed requests get 4xx with a reason, and nothing breaks", () => withService(async (at) => {
  const seen = new Set<number>();
  for (const { name, bytes } of malformedRequests(280, new Random(4))) {
    const { status, body } = await sendRaw(at.url, bytes);
    assert.ok(status >= 400 && status < 500, `${name}: ${status} ${bytes.toString().slice(0, 200)}`);
    assert.ok((JSON.parse(body) as { detail: string }).detail.length > 5, `${name}: ${body}`);
    seen.add(status);
  }
  assert.ok([400, 404, 405, 413, 415, 417, 422, 431].every((status) => seen.has(status)), [...seen].join());
  await well(at);
}));

test("one request may not have any number of neurons chosen", () => withService(async (at) => {
  const { names } = model.tags!;
  const knobs = (n: number, more: object): object[] =>
    Array.from({ length: n }, (_, i) => ({ tag: names[i % names.length], strength: 0.01, ...more }));
  const { status, text } = await at.ask("/steer", { items, knobs: knobs(32, { neurons: 16 }) });
  assert.is(status, 422);
  assert.match(text, /512 neurons are to be chosen for tags and concepts, expected at most 256 in one request/);
  const explained = await at.ask("/explain", { items, item: items[0], knobs: knobs(5, { neurons: 64 }) });
  assert.is(explained.status, 422);
  assert.is((await at.ask("/steer", { items, knobs: knobs(16, { neurons: 16 }) })).status, 200);
  assert.is((await at.ask("/steer", { items, knobs: knobs(32, {}) })).status, 200, "what was worked out is free");
}));

test("what a request costs is counted before it is done, and one that costs too much is refused", () =>
  withService(async ({ ask, service }) => {
    const { names } = model.tags!;
    const turned = (n: number): object[] =>
      Array.from({ length: n }, (_, i) => ({ tag: names[i % names.length], turn: i % 2 === 0 ? 0.1 : -0.1 }));
    const refused = [
      await ask("/steer", { items, knobs: turned(32) }),
      await ask("/explain", { items, item: items[0], knobs: turned(32) }),
      await ask("/recommend/all", { profiles: Array.from({ length: 100 }, () => ({ items })) }),
    ];
    for (const { status, text } of refused) {
      assert.is(status, 422);
      assert.match(text, /it would take \d+ million multiply–adds, expected at most 1 in one request \(--max-work\): fewer knobs/);
    }
    const { metrics: { inFlight } } = service;
    assert.is(inFlight, 0);
    assert.is((await ask("/steer", { items, knobs: turned(3) })).status, 200);
    assert.is((await ask("/recommend/all", { profiles: Array.from({ length: 50 }, () => ({ items })) })).status, 200);
  }, { limits: { maxWork: 1 } }));

test("a request for one list is answered whatever the size of the catalogue", () => {
  const cost = new RequestCost({ factors: 1024, neurons: 8192, k: 32 }, 1e7);
  const { scoring } = cost;
  assert.ok(scoring > 2e9);
  cost.check(2 * scoring + cost.reading(100), 2000);
  assert.throws(() => cost.check(cost.knobs([{ tag: "a", turn: 0.5 }]), 2000), /expected at most 43,520 in one/);
});

test("every question about a person says what it costs", () => {
  const bodies = routes.filter(({ body }) => body !== null);
  assert.ok(bodies.length >= 7);
  // The parts of a wish are counted instead.
  assert.equal(bodies.filter(({ cost }) => !cost).map(({ path }) => path), ["/wish"]);
});

test("a wish has so many parts at most", () => withService(async ({ ask }) => {
  const wish = (parts: number): string => Array.from({ length: parts }, () => "more x").join(",");
  assert.is((await ask("/wish", { wish: wish(32) })).status, 200);
  const { status, text } = await ask("/wish", { wish: wish(33) });
  assert.is(status, 422);
  assert.match(text, /33 wishes, expected at most 32/);
}));

test("the answers to garbage are small, whatever was sent", () => withService(async ({ url }) => {
  for (const body of [
    JSON.stringify({ ["x".repeat(200_000)]: 1 }), `{"items":["${"y".repeat(2000)}"]}`, "[".repeat(200_000),
  ]) {
    const head = `${POST}content-length: ${body.length}\r\n\r\n`;
    const answer = await sendRaw(url, head + body);
    assert.ok(answer.status >= 400 && answer.body.length < 1000, `${answer.status}, ${answer.body.length}`);
  }
}));

test("no path leads to a file", () => withService(async ({ url }) => {
  for (const path of [
    "/../package.json", "/..%2fpackage.json", "/%2e%2e%2fpackage.json", "/items/..%2f..%2fpackage.json",
    "/model/../package.json", "/....//package.json", "//etc/passwd", "/etc/passwd", "/\\..\\package.json",
  ]) {
    const { status, body } = await sendRaw(url, `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.not.match(body, /"name"|root:/);
  }
}));

test("a body longer than allowed is refused unread, and the sender hears it", () => withService(async (at) => {
  const limit = at.service.limits.maxBody;
  const long = await at.ask("/recommend", { items: ["x".repeat(limit)] });
  assert.is(long.status, 413);
  assert.match(long.text, /longer than 2000 bytes/);
  const expecting = `${POST}expect: 100-continue\r\n`;
  const { status } = await sendRaw(at.url, `${expecting}content-length: 99999\r\n\r\n`);
  assert.is(status, 413, "before the sender has sent any of it");
  const invited = await sendRaw(
    at.url, `${expecting}content-length: ${GOOD.length}\r\nconnection: close\r\n\r\n${GOOD}`,
  );
  assert.match(invited.head + invited.body, /HTTP\/1\.1 200/);
  await well(at);
}, { limits: { maxBody: 2000 } }));

test("after a refusal before the body, nothing that follows is taken for a body or for a request", () =>
  withService(async ({ url }) => {
    const head = "POST /recommend HTTP/1.1\r\nhost: localhost\r\ncontent-length: 60\r\n";
    for (const more of [
      "content-type: text/plain\r\nexpect: 100-continue\r\n", "content-type: application/json\r\nexpect: miracles\r\n",
    ]) {
      const { hostname, port } = new URL(url);
      const text = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), hostname);
        let all = "";
        socket.setEncoding("utf8").on("error", () => undefined).on("close", () => resolve(all));
        socket.on("data", (chunk: string) => {
          all += chunk;
          if (socket.writable) socket.write("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n".padEnd(90));
        });
        socket.write(`${head}${more}\r\n`);
      });
      assert.match(text, /^HTTP\/1\.1 41[57] /);
      assert.match(text, /\r\nconnection: close\r\n/i);
      assert.is([...text.matchAll(/HTTP\/1\.1 /g)].length, 1, "and the connection is over");
    }
  }));

/** Sends text slowly, bit by bit, until the service has had enough; returns what it answered. */
async function trickle(url: string, start: string, bit: string, every: number, most: number): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.write(start);
  for (let sent = 0; sent < most && !socket.destroyed && text === ""; sent++) {
    await wait(every);
    if (socket.writable) socket.write(bit);
  }
  await closed;
  return text;
}

test("slow headers and bodies are cut off, others are served meanwhile", () => withService(async (at) => {
  const slow = [
    trickle(at.url, "GET /health HTTP/1.1\r\nhost: localhost\r\n", "x-a: b\r\n", 50, 400),
    trickle(at.url, `${POST}content-length: 90000\r\n\r\n`, " ", 50, 400),
    trickle(at.url, `${POST}transfer-encoding: chunked\r\n\r\n`, "1\r\n \r\n", 50, 400),
  ];
  await well(at);
  for (const text of await Promise.all(slow)) assert.match(text, /^HTTP\/1\.1 408 [\s\S]*did not arrive within 0\.5 s/);
  await well(at);
}, { limits: { timeout: 0.5 } }));

test("who leaves in the middle is forgotten", () => withService(async (at) => {
  const { hostname, port } = new URL(at.url);
  const starts = [
    `${POST}content-length: 50\r\n\r\n{"items":`,
    `${POST}content-length: ${GOOD.length}\r\n\r\n${GOOD}`,
    "GET /neur", "",
  ];
  const sockets: Socket[] = [];
  for (let i = 0; i < 80; i++) {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on("error", () => undefined);
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    socket.write(starts[i % starts.length]);
  }
  await wait(50);
  for (const [i, socket] of sockets.entries()) {
    if (i % 2) socket.resetAndDestroy();
    else socket.destroy();
  }
  await well(at);
  for (let tries = 0; at.service.metrics.inFlight > 0 && tries < 100; tries++) await wait(20);
  assert.is(at.service.metrics.inFlight, 0);
}));

test("requests that come together are answered in their order", () => withService(async ({ url }) => {
  const post = (n: number): string => {
    const body = JSON.stringify({ items, n });
    return `${POST}content-length: ${body.length}\r\n`;
  };
  const lengths = [4, 1, 7];
  const bytes = lengths.map((n, i) =>
    `${post(n)}${i === 2 ? "connection: close\r\n" : ""}\r\n${JSON.stringify({ items, n })}`).join("");
  const { hostname, port } = new URL(url);
  const text = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), hostname);
    let all = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => { all += chunk; }).on("close", () => resolve(all));
    socket.write(bytes);
  });
  const lists = [...text.matchAll(/\r\n\r\n(\{.*?\})(?=HTTP\/1\.1 |$)/g)].map(
    (match) => (JSON.parse(match[1]) as { items: unknown[] }).items.length,
  );
  assert.equal(lists, lengths);
}));

test("an error of the service is a 500 that tells strangers nothing", () => withService(async (at) => {
  const { session } = at.service.model;
  const write = process.stderr.write.bind(process.stderr);
  let log = "";
  process.stderr.write = (text: string | Uint8Array) => { log += String(text); return true; };
  try {
    // Together with others, and then alone.
    session.recommendEach = session.recommend = () => { throw new Error("secret detail"); };
    const { status, text } = await at.ask("/recommend", { items });
    assert.is(status, 500);
    assert.not.match(text, /secret/);
    assert.match(log, /secret detail/);
  } finally {
    process.stderr.write = write;
  }
  assert.is((await at.ask("/health")).status, 200);
}));

test("connections that cannot be accepted end nothing", async () => {
  const { listen } = Server.prototype;
  const servers: Server[] = [];
  Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
    servers.push(this);
    return (listen as (...given: unknown[]) => Server).apply(this, args);
  };
  const write = process.stderr.write.bind(process.stderr);
  let log = "";
  try {
    await withService(async (at) => {
      process.stderr.write = (text: string | Uint8Array) => { log += String(text); return true; };
      for (let i = 0; i < 2; i++) servers[0].emit("error", new Error("accept EMFILE"));
      process.stderr.write = write;
      await well(at);
    });
  } finally {
    process.stderr.write = write;
    Server.prototype.listen = listen;
  }
  assert.is([...log.matchAll(/accept EMFILE/g)].length >= 2, true, log);
});

test("the limits are what they say", () => {
  assert.equal(DEFAULT_LIMITS, { maxBody: 262_144, timeout: 10, maxConnections: 1024, maxWork: 1500 });
});

test.run();
