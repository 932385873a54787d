/**
 * The service in one process and in two: `serve`, `serve --workers 2`, and two `serve` behind a plain round-robin
 * balancer that this script is for the time (serve/round-robin.ts). The same requests go to each, turn by turn;
 * answers are held against each other byte for byte before anything is timed.
 *
 *   node dist/bench/balance.js MODEL [--connections 64] [--seconds 5] [--turns 3]
 *
 * The load generator shares the machine: with as many cores as processes under test it takes from what they get, so the
 * figures say what a machine of this size does, not what a process could do on a core of its own.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "../src/base/random.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { loadModel } from "../src/model-folder/folder.js";
import { quartiles } from "./harness.js";
import { describeMachine, machineLine } from "./machine.js";
import { fire, OWN, start, type Asked, type Load, type Served } from "./serve/load.js";

const { values: options, positionals: [folder] } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: "string", default: "64" },
    seconds: { type: "string", default: "5" },
    turns: { type: "string", default: "3" },
  },
});
if (!folder) throw new Error("which model? node dist/bench/balance.js MODEL");
const [connections, seconds, turns] = [options.connections, options.seconds, options.turns].map(Number);
const MAIN = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const BALANCER = fileURLToPath(new URL("serve/round-robin.js", import.meta.url));

/** A way of serving: where to ask, and every process that answers there. */
interface Setup {
  readonly what: string;
  readonly front: Served;
  readonly behind: readonly Served[];
  readonly loads: Load[];
}

enableRelaxedSimd();
console.log(machineLine(describeMachine("fused")));
const asked = await requests();
const serve = (...more: string[]): Promise<Served> =>
  start([MAIN, "serve", folder, "--port", "0", "--no-desk", ...more]);
const behind = [await serve(), await serve()];
const setups: Setup[] = [
  { what: "one process", front: await serve(), behind: [], loads: [] },
  { what: "--workers 2", front: await serve("--workers", "2"), behind: [], loads: [] },
  {
    what: "two processes, round robin", behind, loads: [],
    front: await start([BALANCER, ...behind.map(({ url }) => url)]),
  },
];
try {
  await verify();
  for (const { what, front } of setups) await fire(what, front, asked, { connections, seconds: 2 });
  for (let turn = 0; turn < turns; turn++) {
    for (const setup of setups) {
      const load = await fire(setup.what, setup.front, asked, { connections, seconds });
      if (load.errors + load.bad > 0) throw new Error(`${setup.what}: ${load.errors} errors, ${load.bad} bad answers`);
      setup.loads.push(load);
    }
  }
  for (const { what, loads } of setups) {
    const middle = (of: (load: Load) => number): number => quartiles(loads.map(of)).median;
    console.log(
      `${what.padEnd(28)} ${middle(({ perSecond }) => perSecond).toFixed(0).padStart(6)} requests/s   ` +
      `p50 ${middle(({ p50 }) => p50)} ms   p99 ${middle(({ p99 }) => p99)} ms   (medians of ${turns} turns of ` +
      `${seconds} s, ${connections} connections: ${loads.map(({ perSecond }) => perSecond.toFixed(0)).join(", ")})`,
    );
  }
} finally {
  for (const { front, behind: others } of setups) for (const { child } of [front, ...others]) child.kill("SIGTERM");
}

/** Lists of 10 for profiles of 5 to 100 items, popular ones more often; nothing is asked twice of a connection. */
async function requests(): Promise<Asked[]> {
  const { items: { ids, users } } = await loadModel(folder);
  const random = new Random(1);
  const popular = ids.map((id, i) => ({ id, n: users?.[i] ?? 1 })).sort((a, b) => b.n - a.n);
  return Array.from({ length: connections * OWN }, () => {
    const length = 5 + Math.floor(95 * random.uniform() ** 2);
    const items = Array.from({ length }, () => popular[Math.floor(popular.length * random.uniform() ** 3)].id);
    return { method: "POST", path: "/recommend", body: JSON.stringify({ items: [...new Set(items)], n: 10 }) };
  });
}

async function verify(): Promise<void> {
  const textOf = async ({ front: { url } }: Setup, { method, path, body }: Asked): Promise<string> =>
    (await fetch(url + path, { method, body, headers: { "content-type": "application/json" } })).text();
  for (const one of asked.slice(0, 20)) {
    const [first, ...others] = await Promise.all(setups.map((setup) => textOf(setup, one)));
    if (others.some((text) => text !== first)) throw new Error("the answers are not the same everywhere");
  }
  console.log("20 answers are the same bytes everywhere");
}
