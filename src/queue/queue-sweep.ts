/**
 * Runs a sweep's jobs on whatever machines listen on a queue (work.ts): puts each run into it when the recommender it
 * needs is trained, and brings the results to the one result file, in the order of the jobs whoever was first: byte for
 * byte the file that one process on one machine writes.
 *
 * Nothing that matters is in this process. A finished run stays in the queue until its line is in the file, so a killed
 * coordinator goes on where it was: runs that are under way go on meanwhile, and a line is never written twice.
 */
import { access, mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../base/user-error.js";
import { whyNot } from "../files/io-error.js";
import type { Job } from "../sweep/jobs.js";
import type { FailedRun, ResultFile, SweepResult } from "../sweep/results.js";
import { unfinished, type SweepState } from "../sweep/run-sweep.js";
import { weightsFile } from "../sweep/run-job.js";
import { ATTEMPTS, openServer, QUEUE, type BullJob, type Queue, type QueueServer } from "./redis.js";
import { Notes } from "./notes.js";
import type { SweepTask, TaskProgress } from "./task.js";
import { dropWeights, fetchWeights, hasWeights, sendWeights } from "./weights.js";

/** Where the queue is, what every job says, and who is told. */
export interface QueueSweepOptions {
  readonly address: string;
  readonly task: Omit<SweepTask, "job" | "bytes">;
  readonly bytesOf: (job: Job) => number;
  /** Where recommenders' weights are kept. */
  readonly folder: string;
  /** Of the split, for the lines of failed runs. */
  readonly data: { readonly name: string; readonly split: string };
  readonly onProgress?: (state: SweepState) => void;
  readonly onFinished?: (result: SweepResult | FailedRun) => void;
  /** Something that a person should know: nobody works, or a worker declines a job. */
  readonly onNote?: (text: string) => void;
  readonly signal?: AbortSignal;
}

const POLL_MS = 300;

/**
 * @returns the jobs that failed. Finished ones of `results` are skipped.
 * @throws the signal's reason, with the jobs that nobody has begun taken out of the queue.
 */
export async function queueSweep(
  jobs: readonly Job[], results: ResultFile, options: QueueSweepOptions,
): Promise<FailedRun[]> {
  await mkdir(options.folder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`${options.folder}: cannot be made: ${whyNot(error)}`);
  });
  const { waiting, trained } = await unfinished(jobs, results, options.folder);
  const server = await openServer(options.address);
  const queue = new server.bull.Queue<SweepTask, string>(QUEUE, { connection: server.redis });
  queue.on("error", () => undefined);
  try {
    return await new Coordinator(jobs, waiting, trained, results, server, queue as Queue, options).run();
  } finally {
    await queue.close();
    server.close();
  }
}

class Coordinator {
  private readonly failed: FailedRun[] = [];
  private readonly lost = new Set<string>();
  private readonly queued = new Set<string>();
  private readonly finished: Set<Job>;
  private readonly notes: Notes;

  constructor(
    private readonly jobs: readonly Job[], private readonly waiting: Job[], private readonly trained: Set<string>,
    private readonly results: ResultFile, private readonly server: QueueServer, private readonly queue: Queue,
    private readonly options: QueueSweepOptions,
  ) {
    this.finished = new Set(jobs.filter((job) => !waiting.includes(job)));
    this.notes = new Notes(server, queue, options.onNote);
  }

  async run(): Promise<FailedRun[]> {
    const { signal } = this.options;
    await this.tidy();
    while (this.waiting.length > 0) {
      if (signal?.aborted) {
        await this.withdraw();
        throw signal.reason as Error;
      }
      this.leaveOutOrphans();
      await this.put();
      await this.take();
      await this.report();
      if (this.waiting.length > 0) await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    for (const { kind, run } of this.jobs) if (kind === "cfae") await dropWeights(this.server.redis, run);
    return this.failed;
  }

  /** What an earlier coordinator had put there: lines that are in the file, and failures, which are tried again. */
  private async tidy(): Promise<void> {
    for (const { run } of this.jobs) {
      const there = await this.queue.getJob(run) as BullJob | undefined;
      if (!there) continue;
      const open = this.waiting.some((job) => job.run === run);
      const state = await there.getState();
      if (state === "active" || (open && state === "completed")) continue;
      await there.remove().catch(() => undefined);
    }
  }

  /** All that can be begun: an SAE once its recommender's weights are there. */
  private async put(): Promise<void> {
    const { task, bytesOf, folder } = this.options;
    for (const job of this.waiting) {
      if (this.queued.has(job.run)) continue;
      if (job.kind === "sae") {
        if (!this.trained.has(job.cfae)) continue;
        if (!await hasWeights(this.server.redis, job.cfae)) await sendWeights(this.server.redis, folder, job.cfae);
      }
      this.queued.add(job.run);
      await this.queue.add(job.kind, { ...task, job, bytes: bytesOf(job) } satisfies SweepTask, {
        jobId: job.run, attempts: ATTEMPTS, backoff: { type: "fixed", delay: 1000 },
      });
    }
  }

  /** Results of the first jobs in order that are done: their lines are written before the queue forgets them. */
  private async take(): Promise<void> {
    for (const job of this.waiting.filter(({ run }) => this.queued.has(run))) {
      if (job.kind !== "cfae" || this.trained.has(job.run)) continue;
      // SAEs need not wait for the recommender's turn in the file.
      const done = await this.queue.getJob(job.run) as BullJob | undefined;
      if (done && await done.getState() === "completed") await this.fetch(job.run);
    }
    while (this.waiting.length > 0) {
      const [job] = this.waiting;
      if (!this.queued.has(job.run)) return;
      const done = await this.queue.getJob(job.run) as BullJob | undefined;
      const state = done ? await done.getState() : "gone";
      if (state === "gone") {
        // Somebody emptied the queue: put there again.
        this.queued.delete(job.run);
        return;
      }
      if (state !== "completed" && state !== "failed") return;
      await this.settle(job, done!, state);
      await done!.remove();
      this.waiting.shift();
      this.finished.add(job);
    }
  }

  private async settle(job: Job, done: BullJob, state: "completed" | "failed"): Promise<void> {
    const { name, split } = this.options.data;
    if (state === "completed") {
      if (job.kind === "cfae" && !this.trained.has(job.run)) await this.fetch(job.run);
      const line = JSON.parse(done.returnvalue as string) as SweepResult;
      if (this.results.finished.has(job.run)) return;
      await this.results.append(line);
      this.options.onFinished?.(line);
      return;
    }
    const { run, title, seed } = job;
    const line: FailedRun = { kind: "failed", run, title, seed, data: name, split, error: done.failedReason };
    if (job.kind === "cfae") this.lost.add(run);
    this.failed.push(line);
    await this.results.append(line);
    this.options.onFinished?.(line);
  }

  private async fetch(run: string): Promise<void> {
    const there = await access(weightsFile(this.options.folder, run)).then(() => true, () => false);
    if (!there && !await fetchWeights(this.server.redis, this.options.folder, run)) {
      throw new UserError(
        `the weights of run ${run} are not in ${this.server.name} any more: the same command trains it again`,
      );
    }
    this.trained.add(run);
  }

  private leaveOutOrphans(): void {
    for (const job of this.waiting.filter((one) => one.kind === "sae" && this.lost.has(one.cfae))) {
      this.waiting.splice(this.waiting.indexOf(job), 1);
      this.finished.add(job);
    }
  }

  private async report(): Promise<void> {
    const active = await this.queue.getJobs(["active", "delayed"]) as (BullJob | undefined)[];
    const running = new Map<Job, number>();
    for (const one of active) {
      const job = this.waiting.find(({ run }) => run === one?.id);
      if (!one || !job) continue;
      const { share, declined } = (typeof one.progress === "object" ? one.progress : {}) as TaskProgress;
      if (declined !== undefined) this.notes.tell(declined);
      else running.set(job, share ?? 0);
    }
    this.options.onProgress?.({ running, finished: this.finished });
    if (running.size === 0) await this.notes.tellIfAlone();
  }

  /** What nobody has begun is not left behind; what is under way is found by the next start. */
  private async withdraw(): Promise<void> {
    for (const run of this.queued) {
      const there = await this.queue.getJob(run) as BullJob | undefined;
      const state = there ? await there.getState() : "gone";
      if (there && state !== "active" && state !== "completed") await there.remove().catch(() => undefined);
    }
  }
}
