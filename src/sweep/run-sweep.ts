/**
 * Runs a sweep's jobs in several processes. A run starts when the recommender it needs is there, a process is free, and
 * the memory of all processes stays within the budget. A process keeps the memory that its largest run touched, so that
 * is what it counts for; when nothing else fits, idle ones are sent away.
 *
 * The order in which runs finish depends on the machine; what each of them finds does not.
 */
import { fork, type ChildProcess } from "node:child_process";
import { access, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../base/user-error.js";
import { whyNot } from "../files/io-error.js";
import type { Job } from "./jobs.js";
import type { FailedRun, ResultFile, SweepResult } from "./results.js";
import { weightsFile } from "./run-job.js";
import type { FromWorker, ToWorker, WorkerSetup } from "./sweep-worker.js";

/** What a sweep runs with, and who is told. */
export interface SweepOptions extends WorkerSetup {
  /** Of the split, for the lines of failed runs. */
  readonly data: { readonly name: string; readonly split: string };
  readonly processes: number;
  /** Bytes for all processes together. */
  readonly memory: number;
  /** Bytes that a run needs. */
  readonly bytesOf: (job: Job) => number;
  /** Called when a run starts, goes on or ends. */
  readonly onProgress?: (state: SweepState) => void;
  /** Called with each new line of the result file. */
  readonly onFinished?: (result: SweepResult | FailedRun) => void;
  readonly signal?: AbortSignal;
}

/** What is under way and what is done. */
export interface SweepState {
  /** Runs that are under way, with the share of each that is done. */
  readonly running: ReadonlyMap<Job, number>;
  readonly finished: ReadonlySet<Job>;
}

interface Worker {
  readonly process: ChildProcess;
  ready: boolean;
  job: Job | null;
  /** Bytes that its largest run touched. */
  touched: number;
}

/** What a process of a sweep runs: beside this file, also where the package is bundled (scripts/bundle-node.ts). */
export const WORKER_PROGRAM = fileURLToPath(new URL("./sweep-worker.js", import.meta.url));

/**
 * @returns the jobs that failed. Finished ones of `results` are skipped; every new one is appended to it.
 * @throws the signal's reason, with all processes gone.
 */
export async function runSweep(
  jobs: readonly Job[], results: ResultFile, options: SweepOptions,
): Promise<FailedRun[]> {
  await mkdir(options.folder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`${options.folder}: cannot be made: ${whyNot(error)}`);
  });
  const { waiting, trained } = await unfinished(jobs, results, options.folder);
  return new SweepRun(jobs, waiting, trained, results, options).run();
}

class SweepRun {
  private readonly failed: FailedRun[] = [];
  /** Recommenders that could not be trained. */
  private readonly lost = new Set<string>();
  private readonly running = new Map<Job, number>();
  private readonly finished: Set<Job>;
  private readonly workers: Worker[] = [];
  private writing: Promise<void> = Promise.resolve();
  /** Ends the sweep; set while it runs. */
  private end: (error?: Error) => void = () => undefined;

  /** @param waiting jobs that are left, in order; @param trained recommenders whose weights are there. */
  constructor(
    jobs: readonly Job[], private readonly waiting: Job[], private readonly trained: Set<string>,
    private readonly results: ResultFile, private readonly options: SweepOptions,
  ) {
    this.finished = new Set(jobs.filter((job) => !waiting.includes(job)));
  }

  async run(): Promise<FailedRun[]> {
    const { signal } = this.options;
    const done = new Promise<void>((resolve, reject) => {
      const stop = (): void => this.end(signal!.reason as Error);
      this.end = (error) => {
        signal?.removeEventListener("abort", stop);
        for (const worker of this.workers.splice(0)) worker.process.kill("SIGKILL");
        if (error === undefined) resolve();
        else reject(error);
      };
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) stop();
      else this.dispatch();
    });
    // Lines that were begun are finished, whatever ended the sweep.
    await done.finally(() => this.writing.catch(() => undefined));
    await this.writing;
    return this.failed;
  }

  /** Gives out runs as long as there is a process and the memory for one. */
  private dispatch(): void {
    const { options, running, waiting } = this;
    this.leaveOutOrphans();
    while (running.size < options.processes) {
      const next = this.next();
      if (!next) break;
      this.take(next.worker ?? this.start(), next.job);
    }
    options.onProgress?.({ running, finished: this.finished });
    if (running.size === 0 && waiting.length === 0) this.end();
  }

  /** SAEs whose recommender could not be trained stay unfinished. */
  private leaveOutOrphans(): void {
    for (const job of this.waiting.filter((one) => one.kind === "sae" && this.lost.has(one.cfae))) {
      this.waiting.splice(this.waiting.indexOf(job), 1);
      this.finished.add(job);
    }
  }

  /** The next run and the idle process for it; null for a fresh one. Idle ones make room when nothing fits. */
  private next(): { job: Job; worker: Worker | null } | null {
    const { memory } = this.options;
    const ready = this.waiting.filter((job) => job.kind !== "sae" || this.trained.has(job.cfae));
    if (ready.length === 0) return null;
    const worker = this.workers.find(({ job }) => job === null) ?? null;
    const fitting = ready.find((job) => this.bytesWith(worker, job) <= memory);
    if (fitting) return { job: fitting, worker };
    for (const other of this.workers.filter(({ job }) => job === null)) this.dismiss(other);
    // One run is always allowed, alone, on a fresh process: the budget was checked before the sweep began.
    const alone = this.running.size === 0 ? ready[0] : undefined;
    const job = ready.find((one) => this.bytesWith(null, one) <= memory) ?? alone;
    return job ? { job, worker: null } : null;
  }

  /** Bytes of all processes if this one did the job. */
  private bytesWith(chosen: Worker | null, job: Job): number {
    return this.workers.reduce(
      (sum, worker) => sum + (worker === chosen ? 0 : worker.touched),
      Math.max(chosen?.touched ?? 0, this.options.bytesOf(job)),
    );
  }

  private take(worker: Worker, job: Job): void {
    this.waiting.splice(this.waiting.indexOf(job), 1);
    worker.job = job;
    worker.touched = Math.max(worker.touched, this.options.bytesOf(job));
    this.running.set(job, 0);
    give(worker);
  }

  private start(): Worker {
    const child = fork(WORKER_PROGRAM, [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const worker: Worker = { process: child, ready: false, job: null, touched: 0 };
    const { source, engine, folder } = this.options;
    child.on("message", (message: FromWorker) => this.hear(worker, message));
    child.on("exit", (code, by) => {
      if (!this.workers.includes(worker)) return;
      this.workers.splice(this.workers.indexOf(worker), 1);
      const why = `its process ended with ${by ?? `code ${code}`}: was there too little memory?`;
      if (worker.job) this.settle(worker, { error: why });
    });
    child.on("error", (error) => this.end(error));
    this.workers.push(worker);
    child.send({ setup: { source, engine, folder } } satisfies ToWorker);
    return worker;
  }

  private hear(worker: Worker, message: FromWorker): void {
    if ("ready" in message) {
      worker.ready = true;
      give(worker);
    } else if ("share" in message) {
      if (worker.job) this.running.set(worker.job, message.share);
      this.options.onProgress?.({ running: this.running, finished: this.finished });
    } else if (!worker.ready) {
      // It could not even read the data: no other process will.
      this.end(new UserError("error" in message ? message.error : "a process of the sweep spoke out of turn"));
    } else {
      this.settle(worker, message);
    }
  }

  private dismiss(worker: Worker): void {
    this.workers.splice(this.workers.indexOf(worker), 1);
    worker.process.removeAllListeners("exit");
    worker.process.kill("SIGKILL");
  }

  private settle(worker: Worker, outcome: { result: SweepResult } | { error: string }): void {
    const job = worker.job!;
    worker.job = null;
    this.running.delete(job);
    this.finished.add(job);
    if ("result" in outcome) {
      if (job.kind === "cfae") this.trained.add(job.run);
      // A recommender whose weights had been lost is trained again; its line is there already.
      if (!this.results.finished.has(job.run)) this.append(outcome.result);
    } else {
      const { run, title, seed } = job;
      const { name, split } = this.options.data;
      const line: FailedRun = { kind: "failed", run, title, seed, data: name, split, error: outcome.error };
      if (job.kind === "cfae") this.lost.add(run);
      this.failed.push(line);
      this.append(line);
    }
    this.dispatch();
  }

  private append(line: SweepResult | FailedRun): void {
    this.writing = this.writing.then(() => this.results.append(line));
    this.writing.catch((error: Error) => this.end(error));
    this.options.onFinished?.(line);
  }
}

function give(worker: Worker): void {
  if (worker.job && worker.ready) worker.process.send({ job: worker.job } satisfies ToWorker);
}

/** The jobs that are left, and the recommenders whose weights are there. */
export async function unfinished(
  jobs: readonly Job[], { finished }: ResultFile, folder: string,
): Promise<{ waiting: Job[]; trained: Set<string> }> {
  const trained = new Set<string>();
  for (const job of jobs) {
    if (job.kind !== "cfae" || !finished.has(job.run)) continue;
    if (await access(weightsFile(folder, job.run)).then(() => true, () => false)) trained.add(job.run);
  }
  const open = jobs.filter(({ run }) => !finished.has(run));
  const needed = new Set(open.flatMap((job) => (job.kind === "sae" ? [job.cfae] : [])));
  // A recommender whose weights are gone is trained again when an SAE needs it.
  const again = (job: Job): boolean => job.kind === "cfae" && needed.has(job.run) && !trained.has(job.run);
  return { waiting: jobs.filter((job) => !finished.has(job.run) || again(job)), trained };
}
