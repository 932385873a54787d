/**
 * Kills a training run at random points, resumes it each time, and compares the bytes of its result with those of a run
 * that nobody touched. The kill is SIGKILL, so the program gets no chance to tidy up; it may hit the writing of a
 * checkpoint.
 */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Random } from "../../src/base/random.js";

const PROGRAM = fileURLToPath(new URL("./resumable-run.js", import.meta.url));
/** Steps between checkpoints: often, so that kills also hit the writing. */
const EVERY = 2;

export type RunKind = "elsa" | "working-sets" | "sae";

/** Runs the program; with a limit, sends a signal after so many steps and a few more milliseconds. */
export function run(
  kind: RunKind, folder: string, name: string, limit: { steps: number; delay: number; signal: NodeJS.Signals } | null,
): Promise<{ code: number | null; signal: string | null; steps: number; complaints: string }> {
  return new Promise((resolve, reject) => {
    const files = [join(folder, `${name}.checkpoint`), join(folder, `${name}.result`)];
    const args = [PROGRAM, kind, ...files, String(EVERY)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let steps = 0;
    let complaints = "";
    let sent = false;
    child.stdout.on("data", (text: Buffer) => {
      steps += text.length;
      if (limit && !sent && steps >= limit.steps) {
        sent = true;
        setTimeout(() => child.kill(limit.signal), limit.delay);
      }
    });
    child.stderr.on("data", (text: Buffer) => { complaints += text.toString(); });
    child.on("error", reject);
    child.on("close", (code, signal) => { resolve({ code, signal, steps, complaints }); });
  });
}

export function resultOf(folder: string, name: string): Buffer {
  return readFileSync(join(folder, `${name}.result`));
}

/**
 * Kills the run `kills` times (starting anew when it finishes first), then lets it finish.
 * @returns the kills that hit a living run, and whether every finished run had the expected bytes.
 */
export async function killAndResume(
  kind: RunKind, folder: string, expected: Buffer, kills: number, random: Random,
): Promise<{ killed: number; finished: number; same: boolean }> {
  const outcome = { killed: 0, finished: 0, same: true };
  const clear = (): void => {
    for (const end of ["checkpoint", "checkpoint.before", "result"]) {
      rmSync(join(folder, `killed.${end}`), { force: true });
    }
  };
  clear();
  let unfinished = true;
  // After the last kill, too, the run must come to its end.
  while (outcome.killed < kills || unfinished) {
    const limit = outcome.killed < kills
      ? { steps: 1 + random.below(40), delay: random.below(6), signal: "SIGKILL" as const } : null;
    const ended = await run(kind, folder, "killed", limit);
    if (ended.signal === "SIGKILL") {
      outcome.killed++;
      unfinished = true;
      continue;
    }
    if (ended.code !== 0) throw new Error(`the resumed run failed:\n${ended.complaints}`);
    outcome.finished++;
    outcome.same &&= resultOf(folder, "killed").equals(expected);
    unfinished = false;
    clear();
  }
  return outcome;
}
