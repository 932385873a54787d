/**
 * Requests that a service must refuse: each is wrong for certain, so a 2xx answer would be a fault. Written as bytes,
 * because an HTTP client would not send most of them.
 */
import { connect } from "node:net";
import type { Random } from "../../src/base/random.js";

export interface Malformed {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface RawAnswer {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** What no field takes. */
const NEVER = [null, [], {}, [[]], { a: 1 }, [null], "", [1.5, "x"], { __proto__: null, length: 2 }, [{}]];
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  user: [...NEVER, 5, true, "x".repeat(300), "nobody knows this one"],
  items: [
    null, {}, [[]], 7, "1", false, [1], [null], ["no such item"], [""], Array(6000).fill("1"), ["x".repeat(300)],
  ],
  n: [...NEVER, 0, -1, 1.5, 1e9, "10", true, 1e300],
  item: [...NEVER, 5, true, "no such item"],
  knobs: [null, {}, 3, "knob", [null], [{}], [[]], Array(40).fill({ neuron: 1, strength: 0 }),
    [{ strength: 0.1 }], [{ neuron: 1 }], [{ neuron: -1, strength: 0.1 }], [{ neuron: 1e6, strength: 0.1 }],
    [{ neuron: 1, strength: 2 }], [{ neuron: 1, strength: "0.1" }], [{ neuron: 1, strength: null }],
    [{ neuron: 1, strength: 0.1, tag: "both" }], [{ tag: "no such tag", strength: 0.1 }],
    [{ neuron: 1, strength: 0.9 }, { neuron: 2, strength: 0.9 }], [{ neuron: [], strength: 0.1 }],
    [{ neuron: 1, strength: 0.1, only: "yes" }], [{ neuron: 1, strength: -0.5, only: true }],
    [{ neuron: 1, strength: 0.1, mapping: "best" }], [{ neuron: 1, strength: 0.1, neurons: 0 }],
    [{ neuron: 1, strenght: 0.1 }]],
};
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "/recommend": ["user", "items", "n"],
  "/steer": ["user", "items", "n", "knobs"],
  "/explain": ["user", "items", "item", "knobs"],
  "/profile": ["user", "items", "n"],
};
const PATHS = Object.keys(FIELDS);

/** `amount` requests of all kinds, in turn. */
export function malformedRequests(amount: number, random: Random): Malformed[] {
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];
  const kinds = Object.entries(KINDS);
  return Array.from({ length: amount }, (_, i) => {
    const [name, make] = kinds[i % kinds.length];
    const made = make(pick, random);
    return { name: `${name}, number ${i}`, bytes: typeof made === "string" ? Buffer.from(made) : made };
  });
}

type Pick = <T>(list: readonly T[]) => T;

/** A valid body but for what is to be made wrong: items that need not exist come after the checks of form. */
function good(path: string): Record<string, unknown> {
  const body: Record<string, unknown> = { items: ["1"] };
  if (path === "/explain") body.item = "1";
  if (path === "/steer") body.knobs = [{ neuron: 1, strength: 0.1 }];
  return body;
}

/** The beginning of a request that gets as far as its body. */
function head(path: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
}

function post(path: string, body: string | Buffer, type = "application/json", more = ""): Buffer {
  const bytes = Buffer.from(body);
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: ${type}\r\n${more}`;
  return Buffer.concat([Buffer.from(`${head}content-length: ${bytes.length}\r\n\r\n`), bytes]);
}

function get(target: string, method = "GET"): string {
  return `${method} ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`;
}

const KINDS: Readonly<Record<string, (pick: Pick, random: Random) => string | Buffer>> = {
  "a wrong value in a field": (pick) => {
    const path = pick(PATHS);
    const field = pick(FIELDS[path]);
    const body = good(path);
    if (field === "user") delete body.items;
    return post(path, JSON.stringify({ ...body, [field]: pick(WRONG[field]) }));
  },
  "an unknown field": (pick) => {
    const path = pick(PATHS);
    const name = pick(
      ["itms", "__proto__", "constructor", "toString", "n ", "", "é", "a".repeat(500), "a/b~c", "\u0000"],
    );
    return post(path, JSON.stringify(good(path)).replace(/\}$/, `,${JSON.stringify(name)}:1}`));
  },
  "a body cut off": (pick, random) => {
    const path = pick(PATHS);
    const text = JSON.stringify(good(path));
    return post(path, text.slice(0, random.below(text.length)));
  },
  "no JSON": (pick) => post(pick(PATHS), pick([
    "{'items':['1']}", "{items:[1]}", '{"items":["1"],}', '{"n":NaN,"items":["1"]}', '{"n":Infinity}', '{"n":+1}',
    '{"n":01}', '{"n":.5}', '// a\n{"items":["1"]}', '{"items":["1"]}{}', "\ufeff{}", "undefined", "", " ", "\u0000",
    "<items/>", "items=1", '{"items":["\n"]}',
  ])),
  "JSON that is no object": (pick) => post(
    pick(PATHS), pick(["null", "[]", '"x"', "5", "true", "[[]]", "-0", "1e999"]),
  ),
  "bytes that are no UTF-8": (pick, random) => {
    const noise = Buffer.from(Array.from({ length: 1 + random.below(40) }, () => 0x80 + random.below(0x40)));
    return post(pick(PATHS), Buffer.concat([Buffer.from('{"items":["'), noise, Buffer.from('"]}')]));
  },
  "random bytes": (pick, random) =>
    post(pick(PATHS), Buffer.from(Array.from({ length: 1 + random.below(200) }, () => random.below(32)))),
  "deep nesting": (pick, random) => {
    const depth = 1000 + random.below(100_000);
    const [open, close] = pick([["[", "]"], ['{"a":', "}"], ['{"items":', "}"]] as const);
    return post(pick(PATHS), `${open.repeat(Math.floor(depth / open.length))}1${pick([close, ""]).repeat(depth)}`);
  },
  "huge numbers": (pick) => post(
    pick(PATHS), `{"items":["1"],"n":${pick(["1e999", "-1e999", `1${"0".repeat(400)}`, "1e-400", "-0.0"])}}`,
  ),
  "a long body": (pick, random) => post(pick(PATHS), `{"items":["${"x".repeat(300_000 + random.below(1_000_000))}"]}`),
  "a body announced to be long": (pick) =>
    `${head(pick(PATHS))}content-length: ${pick(["99999999", "999999999999"])}\r\n\r\n{}`,
  "an endless chunked body": (pick) => Buffer.concat([
    Buffer.from(`${head(pick(PATHS))}transfer-encoding: chunked\r\n\r\n`),
    ...Array.from({ length: 40 }, () => Buffer.from(`2710\r\n${" ".repeat(10_000)}\r\n`)),
  ]),
  "a wrong content-type": (pick) =>
    post(pick(PATHS), '{"items":["1"]}', pick([
      "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "a".repeat(200),
    ])),
  "a compressed body": (pick) =>
    post(
      pick(PATHS), "\u001f\u008b", "application/json",
      `content-encoding: ${pick(["gzip", "br", "deflate", "zip bomb"])}\r\n`,
    ),
  "a path that leads elsewhere": (pick) => get(pick([
    "/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/package.json", "/model/../../unknot.json",
    "//etc/passwd", "/items/..%2f..%2f..%2fetc%2fpasswd", "/tags/%2e%2e", "/neurons/..", "/index.html/..",
    "/.git/config", "/desk.js%00.html", "/items/%00", "/....//....//etc/passwd", "/\\..\\..\\windows\\win.ini",
    "/file:///etc/passwd", "/nothing", "/RECOMMEND",
  ])),
  "a path that is not encoded": (pick) => get(
    pick(["/items/%", "/tags/%zz", "/items/%ff", "/neurons/%c3%28", "/tags/%e0%a4%a"]),
  ),
  "a target that is no path": (pick) => get(pick(["http://elsewhere/health", "*", "?n=1", "health"])),
  "a wrong method": (pick) => get(
    pick(["/recommend", "/steer", "/explain", "/admin/reload"]), pick(["GET", "HEAD", "PUT", "DELETE", "PATCH"]),
  ).replace(/^HEAD/, "GET"),
  "a method for reading paths": (pick) => get(
    pick(["/health", "/neurons", "/items/1"]), pick(["POST", "PUT", "DELETE", "TRACE", "PROPFIND"]),
  ),
  "a wrong parameter": (pick) => get(`${pick(["/neurons", "/tags", "/neurons/1"])}?${pick([
    "n=0", "n=-1", "n=x", "n=", "n=1.5", "n=1e3", "n=0x10", "n=99999999", "n=1&n=2", "m=1", "n[]=1",
    "__proto__=1", "n=%00", "n=１",
  ])}`),
  "a search without text": (pick) => get(pick(["/items", "/items?q=", `/items?q=${"x".repeat(200)}`, "/items?n=5"])),
  "a neuron that is none": (pick) => get(
    `/neurons/${pick(["-1", "1e3", "999999", "1.5", "x", "NaN", "0x1", "", "1%20"])}`,
  ),
  "no HTTP": (pick) => pick([
    "hello\r\n\r\n", "GET\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n", "BREW /pot HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "\u0000\u0001\u0002\r\n\r\n", "GET /health HTTP/1.1\r\nhost x\r\n\r\n", "GET /health HTTP/1.1\r\n: x\r\n\r\n",
    "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n", "GET /he alth HTTP/1.1\r\nhost: localhost\r\n\r\n",
  ]),
  "headers that contradict each other": (pick) => `${head("/recommend")}${pick([
    "content-length: 2\r\ncontent-length: 3\r\n", "content-length: 2\r\ntransfer-encoding: chunked\r\n",
    "content-length: -1\r\n", "content-length: two\r\n", "transfer-encoding: chunked, identity\r\n",
    "content-length: 99999999999999999999999\r\n",
  ])}\r\n{}`,
  "a broken chunk": (pick) =>
    `${head("/recommend")}transfer-encoding: chunked\r\n\r\n${pick([
      "zz\r\n{}\r\n0\r\n\r\n", "-1\r\n{}\r\n", "ffffffffffffffffff\r\n{}\r\n",
    ])}`,
  "long headers": (_, random) =>
    `GET /health HTTP/1.1\r\nhost: localhost\r\nx-long: ${"a".repeat(20_000 + random.below(20_000))}\r\n\r\n`,
  "no host": () => "GET /health HTTP/1.1\r\n\r\n",
  "an expectation": (pick) => post(pick(PATHS), '{"items":["1"]}', "application/json", "expect: miracles\r\n"),
};

/** Sends bytes over a connection of their own and collects what comes back until the answer is whole or it closes. */
export function sendRaw(url: string, bytes: Buffer | string, patience = 5000): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(parse(text));
    };
    const timer = setTimeout(done, patience);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (complete(text)) done();
    });
    socket.on("error", done);
    socket.on("close", done);
    socket.write(bytes);
  });
}

function parse(text: string): RawAnswer {
  const [head, ...rest] = text.split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: rest.join("\r\n\r\n") };
}

function complete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end))?.[1];
  return length !== undefined && Buffer.byteLength(text.slice(end + 4)) >= Number(length);
}
