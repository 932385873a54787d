/** A process of a sweep: reads the data once, then does the runs that its parent sends (child-program.ts). */
import { openEngine, type EngineOptions } from "../engine/open.js";
import { openData, type DataSource } from "../data/data-source.js";
import { serveParent, type FromChild, type ToChild } from "./child-program.js";
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

/** Of what has been read: fingerprintOfData. */
export interface WorkerReady {
  readonly data: string;
}

export type ToWorker = ToChild<WorkerSetup, Job>;
export type FromWorker = FromChild<WorkerReady, SweepResult>;

let around: JobSurroundings;

serveParent<WorkerSetup, WorkerReady, Job, SweepResult>({
  async prepare({ source, engine: options, folder }, onShare) {
    const data = await openData(source);
    const engine = openEngine(options);
    await engine.ready();
    const onStep = (step: number, all: number): void => { onShare(step / all); };
    around = { engine, data, split: fingerprint(data.split), folder, hooks: { onStep } };
    return { data: fingerprintOfData(data) };
  },
  run: (job) => runJob(job, around),
});
