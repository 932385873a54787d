/**
 * The service under load, on this machine alone: throughput and waiting times, what an empty Node server reaches in the
 * same run, memory over many requests, malformed requests, a reload and an end under load. It verifies before it times:
 * the service must answer what a session answers.
 *
 *   node dist/bench/serve.js MODEL [--requests 100000] [--connections 64] [--seconds 8] [--json FILE]
 *
 * The service runs in a process of its own; the load generator shares the machine with it, so the figures are low
 * rather than high. What must not happen (a wrong answer, an error, a dropped request, 5xx for garbage) ends it with
 * code 1.
 */
import autocannon from "autocannon";
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { request as httpRequest, Agent } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { Random } from "../src/base/random.js";
import { loadModel } from "../src/model-folder/folder.js";
import { openSession } from "../src/session/open-session.js";
import { malformedRequests, sendRaw } from "../test/serve/malformed.js";
import { describeMachine, machineLine } from "./machine.js";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    requests: { type: "string", default: "100000" },
    connections: { type: "string", default: "64" },
    seconds: { type: "string", default: "8" },
    json: { type: "string" },
  },
});
const [folder] = positionals;
const connections = Number(options.connections);
const seconds = Number(options.seconds);
const MAIN = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const TYPE = { "content-type": "application/json" };

interface Served {
  child: ChildProcess;
  url: string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

interface Asked {
  method: "GET" | "POST";
  path: string;
  body?: string;
}

interface Load {
  what: string;
  perSecond: number;
  /** Processor time of the server for a request: unlike waiting times it hardly depends on what else runs here. */
  cpuMs: number;
  p50: number;
  p99: number;
  errors: number;
  bad: number;
}

// As the command line does, so that both sides give the same bits. Before anything compiles.
enableRelaxedSimd();
await main();

async function main(): Promise<void> {
  if (!folder) throw new Error("which model? node dist/bench/serve.js MODEL");
  console.log(machineLine(describeMachine("fused")));
  const session = openSession(await loadModel(folder), { threads: 1 });
  const { items, tags, shape } = session.model;
  const random = new Random(1);
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];
  /** Profiles of 5 to 100 items; popular items are in more of them, as in life. */
  const popular = items.ids.map((id, i) => ({ id, users: items.users?.[i] ?? 1 })).sort((a, b) => b.users - a.users);
  const profile = (): string[] => {
    const length = 5 + Math.floor(95 * random.uniform() ** 2);
    const chosen = Array.from({ length }, () => popular[Math.floor(popular.length * random.uniform() ** 3)].id);
    return [...new Set(chosen)];
  };
  const knob = (): object => (tags && random.uniform() < 0.7
    ? { tag: pick(tags.names), strength: 0.3 } : { neuron: random.below(shape.neurons), strength: 0.3 });
  const post = (path: string, body: object): Asked => ({ method: "POST", path, body: JSON.stringify(body) });
  const many = (make: () => Asked): Asked[] => Array.from({ length: 500 }, make);
  const recommend = many(() => post("/recommend", { items: profile(), n: 10 }));
  const steer = many(() => post("/steer", { items: profile(), knobs: [knob()], n: 20 }));
  const explain = many(() => post("/explain", { items: profile(), item: pick(items.ids) }));
  const look = many(() => ({ method: "GET", path: `/neurons/${random.below(shape.neurons)}` }));
  const begun = (): string => encodeURIComponent(pick(items.titles).slice(0, 4));
  const search = many(() => ({ method: "GET", path: `/items?q=${begun()}` }));
  const mixed = [...recommend, ...steer, ...explain, ...look, ...search];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  // The generator prepares every request for every connection before it begins, and counts that as waiting.
  mixed.length = 400;

  const empty = await serveNothing();
  const served = await serve();
  let failures = 0;
  const demand = (holds: boolean, what: string): void => {
    console.log(`${holds ? "ok  " : "FAIL"}  ${what}`);
    if (!holds) failures++;
  };
  try {
    for (const { body } of recommend.slice(0, 50)) {
      const asked = JSON.parse(body!) as { items: string[]; n: number };
      const { items: got } = await ask<{ items: unknown }>(served.url, post("/recommend", asked));
      const expected = JSON.stringify(session.recommend(asked.items, asked.n));
      if (JSON.stringify(got) !== expected) throw new Error("the service answers something else than a session");
    }
    demand(true, "50 answers of the service are those of a session");

    const loads: Load[] = [];
    const run = async (what: string, server: Served, requests: Asked[], amount?: number): Promise<void> => {
      const load = await fire(what, server, requests, amount);
      loads.push(load);
      const { perSecond, cpuMs, p50, p99, errors, bad } = load;
      const rate = `${perSecond.toFixed(0).padStart(6)} requests/s`;
      console.log(`${what.padEnd(40)} ${rate}   p50 ${p50} ms   p99 ${p99} ms   ` +
        `${cpuMs.toFixed(3)} ms of processor each`);
      demand(errors === 0 && bad === 0, `${errors} errors, ${bad} answers that are not 200`);
    };
    await run("warm-up", served, mixed);
    await run("an empty Node server, the same bodies", empty, recommend);
    await run("recommend, 5–100 items, 10 back", served, recommend);
    await run("steer, one knob, 20 back", served, steer);
    await run("explain", served, explain);
    await run("neuron cards", served, look);
    await run("search", served, search);

    const amount = Number(options.requests);
    const steps = 5;
    const memory: number[] = [];
    for (let step = 0; step < steps; step++) {
      await run(`mixed, ${(amount / steps) * (step + 1)} requests`, served, mixed, amount / steps);
      memory.push(await residentMib(served.url));
    }
    console.log(`resident memory after each fifth: ${memory.map((mib) => `${mib.toFixed(0)} MiB`).join(", ")}`);
    const growth = memory[steps - 1] / memory[1] - 1;
    demand(growth < 0.1, `memory is flat: ${(100 * growth).toFixed(1)} % from the second fifth to the last`);

    const { statuses, wrong } = await garbage(served.url);
    console.log(`500 malformed requests: ${JSON.stringify(statuses)}`);
    demand(wrong.length === 0, ["each of them is refused with 4xx and a reason", ...wrong].join("\n      "));

    const reloading = fire("reloads under load", served, mixed);
    let reloads = 0;
    for (const until = performance.now() + 1000 * seconds * 0.8; performance.now() < until;) {
      await ask(served.url, post("/admin/reload", {}));
      reloads++;
    }
    const during = await reloading;
    demand(during.errors + during.bad === 0 && reloads > 0,
      `${reloads} reloads under load: ${during.errors} errors, ${during.bad} bad answers, p99 ${during.p99} ms`);

    const { answered, lost } = await stopUnderLoad(served, recommend);
    demand(lost === 0, `SIGTERM under load: ${answered} requests answered, ${lost} dropped`);
    demand(await served.ended === 0, "it ends with code 0");
    if (options.json) {
      const machine = describeMachine("fused");
      await writeFile(options.json, JSON.stringify({ machine, connections, loads, memory, statuses, during }, null, 2));
    }
  } finally {
    served.child.kill("SIGKILL");
    empty.child.kill("SIGKILL");
    session.close();
  }
  process.exitCode = failures > 0 ? 1 : 0;
}

function start(args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const url = /http:\/\/\S+/.exec(text)?.[0];
      if (url) resolve({ child, url, ended });
    });
    ended.then((code) => reject(new Error(`${args.join(" ")} ended with code ${code}: ${text}`)), reject);
  });
}

function serve(): Promise<Served> {
  return start([MAIN, "serve", folder, "--port", "0", "--no-desk"]);
}

/** What Node's HTTP costs alone: it reads the body and answers 600 bytes, about as many as a list of 10. */
function serveNothing(): Promise<Served> {
  const code = `
    const body = JSON.stringify({ items: "x".repeat(590) });
    const server = require("node:http").createServer((request, response) => {
      request.on("data", () => {}).on("end", () => {
        response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
        response.end(body);
      });
    }).listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));`;
  return start(["-e", code]);
}

/** For some seconds, or a number of requests. Waiting times in ms. */
async function fire(what: string, { url, child }: Served, asked: Asked[], amount?: number): Promise<Load> {
  const before = processorSeconds(child.pid!);
  const result = await autocannon({
    url, connections, timeout: 60, ...(amount === undefined ? { duration: seconds } : { amount }),
    requests: asked.map(({ method, path, body }) => ({ method, path, ...(body ? { body, headers: TYPE } : {}) })),
  });
  return {
    what, perSecond: result.requests.total / result.duration,
    cpuMs: (1000 * (processorSeconds(child.pid!) - before)) / result.requests.total,
    p50: result.latency.p50, p99: result.latency.p99,
    errors: result.errors + result.timeouts, bad: result.non2xx,
  };
}

/** User and system time so far, from Linux's table of processes; NaN elsewhere. Ticks are hundredths of a second. */
function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}

async function ask<T>(url: string, { method, path, body }: Asked): Promise<T> {
  const response = await fetch(url + path, { method, body, headers: TYPE });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return await response.json() as T;
}

async function residentMib(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)![1]) / 2 ** 20;
}

async function garbage(url: string): Promise<{ statuses: Record<string, number>; wrong: string[] }> {
  const statuses: Record<string, number> = {};
  const wrong: string[] = [];
  for (const { name, bytes } of malformedRequests(500, new Random(2))) {
    const { status, body } = await sendRaw(url, bytes);
    statuses[status] = (statuses[status] ?? 0) + 1;
    const reason = /"detail":"[^"]/.test(body);
    if (status < 400 || status > 499 || !reason) wrong.push(`${name}: ${status} ${body.slice(0, 100)}`);
  }
  const alive = await fetch(`${url}/health`);
  if (!alive.ok) wrong.push("the service is not well afterwards");
  return { statuses, wrong };
}

/**
 * A client that keeps to the protocol: it leaves a connection that was announced to close, and tries again elsewhere
 * (here: not at all) when it cannot connect. What it sent over an open connection must be answered.
 */
async function stopUnderLoad(served: Served, asked: Asked[]): Promise<{ answered: number; lost: number }> {
  const { hostname, port } = new URL(served.url);
  let [answered, lost, going] = [0, 0, true];
  const client = async (first: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let at = first; going; at++) {
      const { method, path, body } = asked[at % asked.length];
      const outcome = await new Promise<"answered" | "refused" | "lost">((resolve) => {
        const request = httpRequest({ agent, hostname, port, method, path, headers: TYPE }, (response) => {
          response.resume().on("end", () => resolve("answered")).on("error", () => resolve("lost"));
        });
        request.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "ECONNREFUSED" ? "refused" : "lost"));
        request.end(body);
      });
      if (outcome === "answered") answered++;
      else if (outcome === "lost") lost++;
      else going = false;
    }
    agent.destroy();
  };
  const clients = Array.from({ length: connections }, (_, c) => client(c * 7));
  setTimeout(() => served.child.kill("SIGTERM"), 1000);
  await Promise.all(clients);
  return { answered, lost };
}
