/** Processes of the built command line that a test starts, kills and waits for. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { MAIN } from "../cli/run-cli.js";

export interface Started {
  readonly process: ChildProcess;
  /** What it has said so far. */
  readonly said: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export function start(args: readonly string[]): Started {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => { text += more; });
  }
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  return { process: child, said: () => text, ended };
}

/** Ends it as a power cut would. */
export async function kill({ process: child, ended }: Started): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}
