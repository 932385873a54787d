/**
 * A process of a sweep: reads the data once, then does the runs that its parent sends, one after the other. It holds
 * nothing that must be saved, and leaves when the parent does.
 */
import { Worker as Thread } from "node:worker_threads";
import { enableRelaxedSimd } from "../engine/relaxed-simd.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import { openData, type DataSource } from "../data/data-source.js";
import type { Job } from "./jobs.js";
import { fingerprint, fingerprintOfData } from "./jobs.js";
import type { SweepResult } from "./results.js";
import { runJob, type JobSurroundings } from "./run-job.js";

/** What the parent sends first. */
export interface WorkerSetup {
  readonly source: DataSource;
  readonly engine: EngineOptions;
  readonly folder: string;
}

export type ToWorker = { readonly setup: WorkerSetup } | { readonly job: Job };
export type FromWorker =
  | { readonly ready: true; /** Of what it has read: fingerprintOfData. */ readonly data: string }
  /** Share of the run's training that is done, at most. */
  | { readonly share: number }
  | { readonly result: SweepResult }
  | { readonly error: string };

/** Between two reports of progress. The clock reaches no result. */
const REPORT_MS = 500;
const WATCH_MS = 500;

let around: JobSurroundings;
let reported = 0;

function send(message: FromWorker): void {
  process.send?.(message);
}

async function prepare({ source, engine: options, folder }: WorkerSetup): Promise<void> {
  const data = await openData(source);
  const engine = openEngine(options);
  await engine.ready();
  const onStep = (step: number, all: number): void => {
    if (performance.now() - reported < REPORT_MS) return;
    reported = performance.now();
    send({ share: step / all });
  };
  around = { engine, data, split: fingerprint(data.split), folder, hooks: { onStep } };
  send({ ready: true, data: fingerprintOfData(data) });
}

/**
 * A parent that was killed closes its channel, but a run in the middle of its work would hear of it only at its end: a
 * thread of its own looks whether the parent is still the same, and ends this process when not.
 */
function endWithParent(): void {
  const watch = `
    const parent = ${process.ppid};
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, ${WATCH_MS});`;
  new Thread(watch, { eval: true }).unref();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Ctrl-C reaches every process of the terminal: the parent decides.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());
endWithParent();
enableRelaxedSimd();
process.on("message", (message: ToWorker) => {
  if ("setup" in message) {
    prepare(message.setup).catch((error: unknown) => { send({ error: messageOf(error) }); });
  } else {
    runJob(message.job, around)
      .then((result) => { send({ result }); })
      .catch((error: unknown) => { send({ error: messageOf(error) }); });
  }
});
