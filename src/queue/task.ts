/** What stands in the queue: one run of a sweep, with all that a worker elsewhere needs to do the same as here. */
import type { DataSource } from "../data/data-source.js";
import type { EngineOptions } from "../engine/open.js";
import type { Job } from "../sweep/jobs.js";

/** A job's data, as JSON. */
export interface SweepTask {
  readonly job: Job;
  /** Where the data is on the coordinator's machine; a worker may have it elsewhere. */
  readonly source: DataSource;
  /** Of the contents: a worker with other data does not take the job. */
  readonly data: string;
  readonly kernels: EngineOptions["kernels"];
  readonly numerics: "fused" | "portable" | "plain";
  /** Memory that it needs. */
  readonly bytes: number;
}

/** What a worker says of a job: how much is done, or why it does not take it. */
export interface TaskProgress {
  readonly share?: number;
  readonly declined?: string;
}
