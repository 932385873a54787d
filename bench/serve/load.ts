/**
 * Load on a server in a process of its own, from this one: how many answers a second, how long they took, and how much
 * of the processor the server used for each.
 */
import autocannon from "autocannon";
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Requests of a kind that each connection makes before it begins anew: far more profiles than a session keeps. */
export const OWN = 100;
const TYPE = { "content-type": "application/json" };

export interface Served {
  child: ChildProcess;
  url: string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

export interface Asked {
  method: "GET" | "POST";
  path: string;
  body?: string;
}

export interface Load {
  what: string;
  perSecond: number;
  /** Processor time of the server for a request: unlike waiting times it hardly depends on what else runs here. */
  cpuMs: number;
  p50: number;
  p99: number;
  errors: number;
  bad: number;
}

export function start(args: readonly string[]): Promise<Served> {
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

/** For some seconds, or a number of requests. Waiting times in ms. */
export async function fire(
  what: string, { url, child }: Served, asked: readonly Asked[],
  { connections, amount, seconds }: { connections: number; amount?: number; seconds: number },
): Promise<Load> {
  const requests = asked.map(({ method, path, body }) => ({ method, path, ...(body ? { body, headers: TYPE } : {}) }));
  /** How many each connection gets to itself; 0 where there are too few. */
  const own = asked.length >= connections * OWN ? OWN : 0;
  let next = 0;
  const before = processorSeconds(child.pid!);
  const result = await autocannon({
    url, connections, timeout: 60, ...(amount === undefined ? { duration: seconds } : { amount }),
    requests: requests.slice(0, 1),
    setupClient: (client) => {
      client.setRequests(own > 0 ? requests.slice(next, next + own) : requests);
      next += own;
    },
  });
  return {
    what, perSecond: result.requests.total / result.duration,
    cpuMs: (1000 * (processorSeconds(child.pid!) - before)) / result.requests.total,
    p50: result.latency.p50, p99: result.latency.p99,
    errors: result.errors + result.timeouts, bad: result.non2xx,
  };
}

/** User and system time so far of a process and of those that it started, from Linux's table; NaN elsewhere. */
function processorSeconds(pid: number): number {
  try {
    const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => statOf(Number(name)));
    const family = new Set([pid]);
    // A process is older than those that it starts, but numbers begin anew some day.
    for (let before = 0; before !== family.size;) {
      before = family.size;
      for (const { pid: one, parent } of all) if (family.has(parent)) family.add(one);
    }
    return all.reduce((sum, one) => sum + (family.has(one.pid) ? one.seconds : 0), 0);
  } catch {
    return NaN;
  }
}

/** Nothing for a process that has just ended. Ticks are hundredths of a second. */
function statOf(pid: number): { pid: number; parent: number; seconds: number }[] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return [{ pid, parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 }];
  } catch {
    return [];
  }
}
