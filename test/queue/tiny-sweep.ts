/** Small sweeps that tests put into a queue. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { unknot } from "../cli/run-cli.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { withRedis } from "./redis-at-hand.js";

export const GRID = {
  name: "tiny", preset: "default", seeds: [1, 2], baselines: false,
  cfaes: [{ model: "elsa", factors: 8, epochs: 3, batchSize: 64 }],
  saes: [{ kind: "topk", k: [2, 4], expansion: 2, epochs: 3, batchSize: 64 }],
};
export const RUNS = 2 * (1 + 2);
export const WORK = ["--processes", "1", "--threads", "1", "--stalled-after", "2"];

export async function inFolder(grid: object, use: (folder: string, address: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, "grid.json"), JSON.stringify(grid));
    await withRedis(folder, (address) => use(folder, address));
  });
}

export function sweepArgs(folder: string, out: string, ...more: string[]): string[] {
  return ["sweep", join(folder, "grid.json"), "--world", "tiny", "--threads", "1", "--out", join(folder, out), ...more];
}

/** What one process on this machine writes. */
export async function alone(folder: string): Promise<string> {
  const { code, stderr } = await unknot(sweepArgs(folder, "alone.jsonl", "--processes", "1"));
  assert.is(code, 0, stderr);
  return readFileSync(join(folder, "alone.jsonl"), "utf8");
}

export function textOf(folder: string): string {
  return existsSync(join(folder, "out.jsonl")) ? readFileSync(join(folder, "out.jsonl"), "utf8") : "";
}
