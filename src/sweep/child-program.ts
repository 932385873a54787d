/**
 * What a process that computes for a parent has in common with others: it is set up once, then does the jobs that its
 * parent sends, one after the other. It holds nothing that must be saved, and leaves when the parent does.
 */
import { Worker as Thread } from "node:worker_threads";
import { enableRelaxedSimd } from "../engine/relaxed-simd.js";

export type ToChild<Setup, Job> = { readonly setup: Setup } | { readonly job: Job };
export type FromChild<Ready, Result> =
  | { readonly ready: true } & Ready
  /** Share of the job that is done, at most. */
  | { readonly share: number }
  | { readonly result: Result }
  | { readonly error: string };

/** What a program does. */
export interface ChildProgram<Setup, Ready, Job, Result> {
  /** @returns what the parent is told of what has been read. */
  prepare(setup: Setup, onShare: (share: number) => void): Promise<Ready>;
  run(job: Job): Promise<Result>;
}

/** Between two reports of progress. The clock reaches no result. */
const REPORT_MS = 500;
const WATCH_MS = 500;

/** Serves the parent of this process until it is gone. */
export function serveParent<Setup, Ready, Job, Result>(program: ChildProgram<Setup, Ready, Job, Result>): void {
  const send = (message: FromChild<Ready, Result>): void => { process.send?.(message); };
  const sendError = (error: unknown): void => {
    send({ error: error instanceof Error ? error.message : String(error) });
  };
  let reported = 0;
  const onShare = (share: number): void => {
    if (performance.now() - reported < REPORT_MS) return;
    reported = performance.now();
    send({ share });
  };
  // Ctrl-C reaches every process of the terminal: the parent decides.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit());
  endWithParent();
  enableRelaxedSimd();
  process.on("message", (message: ToChild<Setup, Job>) => {
    if ("setup" in message) {
      program.prepare(message.setup, onShare).then((ready) => { send({ ready: true, ...ready }); }, sendError);
    } else {
      program.run(message.job).then((result) => { send({ result }); }, sendError);
    }
  });
}

/**
 * A parent that was killed closes its channel, but a job in the middle of its work would hear of it only at its end: a
 * thread of its own looks whether the parent is still the same, and ends this process when not.
 */
function endWithParent(): void {
  const watch = `
    const parent = ${process.ppid};
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, ${WATCH_MS});`;
  new Thread(watch, { eval: true }).unref();
}
