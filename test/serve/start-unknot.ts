/** Starts a program that serves and waits until it has printed its address. */
import { spawn } from "node:child_process";
import { MAIN } from "../cli/run-cli.js";

export interface Started {
  readonly url: string;
  /** Everything printed so far, of both streams. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Sends the signal; resolves with the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** `unknot ARGS`, which has to serve. */
export function startUnknot(args: readonly string[]): Promise<Started> {
  return startServing([MAIN, ...args]);
}

/** `node ARGS`; the first address that it prints is where it listens, as a URL or as {"address", "port"}. */
export function startServing(args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return new Promise((resolve, reject) => {
    const collect = (chunk: Buffer): void => {
      text += chunk.toString();
      const port = /http:\/\/[^\s:]+:(\d+)|"port":(\d+)/.exec(text);
      if (!port) return;
      resolve({
        url: `http://127.0.0.1:${port[1] ?? port[2]}`,
        output: () => text,
        kill: (signal) => child.kill(signal),
        stop(signal) {
          child.kill(signal);
          return ended;
        },
      });
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    ended.then((code) => reject(new Error(`${args.join(" ")} ended with code ${code}: ${text}`)), reject);
  });
}
