/** Runs the built command line as a person would: another process, its output and its exit code. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/**
 * @param watch sees stderr as it grows, with a function that presses Ctrl-C.
 * @param cwd the folder that it runs in.
 */
export function unknot(
  args: readonly string[], watch?: (stderr: string, interrupt: () => void) => void, cwd?: string,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"], cwd });
    const finished: Finished = { code: null, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => { finished.stdout += text; });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      finished.stderr += text;
      watch?.(finished.stderr, () => child.kill("SIGINT"));
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...finished, code }));
  });
}
