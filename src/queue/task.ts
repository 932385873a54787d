/** What stands in the queue, with all that a worker elsewhere needs to do the same as here. */
import type { DataSource } from "../data/data-source.js";
import type { EngineOptions } from "../engine/open.js";
import type { Residual } from "../config/sae.js";
import type { ListFingerprints, ListShape } from "../pipeline/user-lists.js";
import type { Job } from "../sweep/jobs.js";

interface CommonTask {
  /** Where the data is on the coordinator's machine; a worker may have it elsewhere. */
  readonly source: DataSource;
  readonly kernels: EngineOptions["kernels"];
  readonly numerics: "fused" | "portable" | "plain";
  /** Memory that it needs. */
  readonly bytes: number;
}

/** One run of a sweep. */
export interface SweepTask extends CommonTask {
  readonly kind: "sweep";
  readonly job: Job;
  /** Of the contents: a worker with other data does not take the job. */
  readonly data: string;
}

/** The lists of users from … to − 1. */
export interface ListsTask extends CommonTask {
  readonly kind: "lists";
  readonly job: ListsJob;
  /** The model's folder on the coordinator's machine, and how it is used. */
  readonly model: string;
  readonly residual: Residual;
  /** Of the contents: a worker with another model or other data does not take the job. */
  readonly fingerprints: ListFingerprints;
}

export interface ListsJob extends ListShape {
  readonly from: number;
  readonly to: number;
}

/** A job's data, as JSON. */
export type Task = SweepTask | ListsTask;

/** What a worker says of a job: how much is done, or why it does not take it. */
export interface TaskProgress {
  readonly share?: number;
  readonly declined?: string;
}

/** For people. */
export function titleOf(task: Task): string {
  return task.kind === "sweep" ? task.job.title : `the lists of users ${task.job.from + 1} to ${task.job.to}`;
}
