/**
 * The service under load, on this machine alone: throughput, waiting times and processor time a request, beside a bare
 * Node server that parses the same bodies and returns the same bytes (serve/bare.ts), turn by turn; memory over many
 * requests, malformed requests, a reload and an end under load. It verifies before it times: the service must answer
 * what a session answers, byte for byte. Every connection asks for profiles of its own, so that nothing is asked twice.
 *
 *   node dist/bench/serve.js MODEL [--requests 100000] [--connections 64] [--seconds 8] [--workers N] [--json FILE]
 *
 * The service runs in a process of its own, or in several (--workers), whose processor times are added up; the load
 * generator shares the machine with it, so the figures are low rather than high. What must not happen (a wrong answer,
 * an error, a dropped request, 5xx for garbage) ends it with code 1.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request as httpRequest, Agent } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { Random } from "../src/base/random.js";
import { loadModel } from "../src/model-folder/folder.js";
import { openSession } from "../src/session/open-session.js";
import { malformedRequests, sendRaw } from "../test/serve/malformed.js";
import type { KnobRequest } from "../src/session/session-types.js";
import { quartiles } from "./harness.js";
import { describeMachine, machineLine } from "./machine.js";
import { fire as fireAt, OWN, start, type Asked, type Load, type Served } from "./serve/load.js";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    requests: { type: "string", default: "100000" },
    connections: { type: "string", default: "64" },
    seconds: { type: "string", default: "8" },
    workers: { type: "string", default: "1" },
    json: { type: "string" },
  },
});
const [folder] = positionals;
const connections = Number(options.connections);
const seconds = Number(options.seconds);
const MAIN = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const BARE = fileURLToPath(new URL("serve/bare.js", import.meta.url));
/** Pairs of a turn of ours and one of the bare server's. */
const TURNS = 3;
const TYPE = { "content-type": "application/json" };

const fire = (what: string, server: Served, asked: readonly Asked[], amount?: number): Promise<Load> =>
  fireAt(what, server, asked, { connections, amount, seconds });

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
  const everNew = (make: () => Asked): Asked[] => Array.from({ length: connections * OWN }, make);
  const recommend = everNew(() => post("/recommend", { items: profile(), n: 10 }));
  const steer = everNew(() => post("/steer", { items: profile(), knobs: [knob()], n: 20 }));
  const explain = many(() => post("/explain", { items: profile(), item: pick(items.ids) }));
  const look = many(() => ({ method: "GET", path: `/neurons/${random.below(shape.neurons)}` }));
  const begun = (): string => encodeURIComponent(pick(items.titles).slice(0, 4));
  const search = many(() => ({ method: "GET", path: `/items?q=${begun()}` }));
  const mixed = [...recommend.slice(0, 500), ...steer.slice(0, 500), ...explain, ...look, ...search];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  // The generator prepares every request for every connection before it begins, and counts that as waiting.
  mixed.length = 400;

  const served = await serve();
  const scratch = await mkdtemp(join(tmpdir(), "unknot-bench-"));
  const answers = join(scratch, "answers.json");
  const answerOf = ({ path, body }: Asked): string => {
    const { items: likes, n, knobs } = JSON.parse(body!) as { items: string[]; n: number; knobs: KnobRequest[] };
    return JSON.stringify(path === "/steer" ? session.steer(likes, knobs, n) : session.recommend(likes, n));
  };
  await writeFile(answers, JSON.stringify([...recommend, ...steer].map((asked) => [asked.body!, answerOf(asked)])));
  const bare = await start([BARE, answers]);
  let failures = 0;
  const demand = (holds: boolean, what: string): void => {
    console.log(`${holds ? "ok  " : "FAIL"}  ${what}`);
    if (!holds) failures++;
  };
  try {
    for (const asked of [...recommend.slice(0, 50), ...steer.slice(0, 50)]) {
      const got = await textOf(served.url, asked);
      if (got !== answerOf(asked)) throw new Error(`${asked.path}: the service answers something else than a session`);
      if (got !== await textOf(bare.url, asked)) throw new Error("the bare server answers something else");
    }
    demand(true, "100 answers of the service are those of a session, byte for byte");

    const loads: Load[] = [];
    const run = async (what: string, server: Served, requests: Asked[], amount?: number): Promise<Load> => {
      const load = await fire(what, server, requests, amount);
      loads.push(load);
      const { perSecond, cpuMs, p50, p99, errors, bad } = load;
      const rate = `${perSecond.toFixed(0).padStart(6)} requests/s`;
      console.log(`${what.padEnd(40)} ${rate}   p50 ${p50} ms   p99 ${p99} ms   ` +
        `${cpuMs.toFixed(3)} ms of processor each`);
      demand(errors === 0 && bad === 0, `${errors} errors, ${bad} answers that are not 200`);
      return load;
    };
    await run("warm-up", served, mixed);
    const against = [["recommend, 5–100 items, 10 back", recommend], ["steer, one knob, 20 back", steer]] as const;
    for (const [what, asked] of against) {
      const pairs: [ours: Load, theirs: Load][] = [];
      for (let turn = 0; turn < TURNS; turn++) {
        const ours = await run(what, served, asked);
        pairs.push([ours, await run("  a bare server, the same bytes", bare, asked)]);
      }
      const middle = (of: (pair: [Load, Load]) => number): string => quartiles(pairs.map(of)).median.toFixed(2);
      const [rate, cpu] = [middle(([a, b]) => a.perSecond / b.perSecond), middle(([a, b]) => a.cpuMs / b.cpuMs)];
      console.log(`  ours as a multiple of the bare server's: ${rate} in requests/s, ${cpu} in processor time ` +
        `(medians of ${TURNS} pairs)`);
    }
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
      await textOf(served.url, post("/admin/reload", {}));
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
    bare.child.kill("SIGKILL");
    session.close();
    await rm(scratch, { recursive: true });
  }
  process.exitCode = failures > 0 ? 1 : 0;
}

function serve(): Promise<Served> {
  const several = options.workers === "1" ? [] : ["--workers", options.workers];
  return start([MAIN, "serve", folder, "--port", "0", "--no-desk", ...several]);
}

async function textOf(url: string, { method, path, body }: Asked): Promise<string> {
  const response = await fetch(url + path, { method, body, headers: TYPE });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text;
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
