/**
 * Runs a sweep's jobs in several processes. A run starts when the recommender it needs is there, a process is free, and
 * the memory of all processes stays within the budget. A process keeps the memory that its largest run touched, so that
 * is what it counts for; when nothing else fits, idle ones are sent away.
 *
 * The order in which runs finish depends on the machine; what each of them finds does not.
 */
import { fork, type ChildProcess } from "node:child_process";
import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Job } from "./jobs.js";
import type { FailedRun, ResultFile, SweepResult } from "./results.js";
import { weightsFile } from "./run-job.js";
import type { FromWorker, ToWorker, WorkerSetup } from "./worker.js";

export interface SweepOptions extends WorkerSetup {
  /** Of the split, for the lines of failed runs. */
  readonly data: { readonly name: string; readonly split: string };
  readonly processes: number;
  /** Bytes for all processes together. */
  readonly memory: number;
  /** Bytes that a run needs. */
  readonly bytesOf: (job: Job) => number;
  readonly onProgress?: (state: SweepState) => void;
  readonly onFinished?: (result: SweepResult | FailedRun) => void;
  readonly signal?: AbortSignal;
}

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

const PROGRAM = fileURLToPath(new URL("./worker.js", import.meta.url));

/**
 * @returns the jobs that failed. Finished ones of `results` are skipped; every new one is appended to it.
 * @throws the signal's reason, with all processes gone.
 */
export async function runSweep(
  jobs: readonly Job[], results: ResultFile, options: SweepOptions,
): Promise<FailedRun[]> {
  const { folder, signal } = options;
  const { waiting, trained } = await unfinished(jobs, results, folder);
  const failed: FailedRun[] = [];
  const lost = new Set<string>();
  const running = new Map<Job, number>();
  const finished = new Set<Job>(jobs.filter((job) => !waiting.includes(job)));
  const workers: Worker[] = [];
  let writing: Promise<void> = Promise.resolve();

  const done = new Promise<void>((resolve, reject) => {
    const end = (error?: Error): void => {
      signal?.removeEventListener("abort", stop);
      for (const worker of workers.splice(0)) worker.process.kill("SIGKILL");
      if (error === undefined) resolve();
      else reject(error);
    };
    const stop = (): void => { end(signal!.reason as Error); };
    const append = (line: SweepResult | FailedRun): void => {
      writing = writing.then(() => results.append(line));
      writing.catch(end);
      options.onFinished?.(line);
    };
    const settle = (worker: Worker, outcome: { result: SweepResult } | { error: string }): void => {
      const job = worker.job!;
      worker.job = null;
      running.delete(job);
      finished.add(job);
      if ("result" in outcome) {
        if (job.kind === "cfae") trained.add(job.run);
        // A recommender whose weights had been lost is trained again; its line is there already.
        if (!results.finished.has(job.run)) append(outcome.result);
      } else {
        const { run, title, seed } = job;
        const { name, split } = options.data;
        const line: FailedRun = { kind: "failed", run, title, seed, data: name, split, error: outcome.error };
        if (job.kind === "cfae") lost.add(run);
        failed.push(line);
        append(line);
      }
      dispatch();
    };
    const dismiss = (worker: Worker): void => {
      workers.splice(workers.indexOf(worker), 1);
      worker.process.removeAllListeners("exit");
      worker.process.kill("SIGKILL");
    };
    const start = (): Worker => {
      const child = fork(PROGRAM, [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      const worker: Worker = { process: child, ready: false, job: null, touched: 0 };
      const { source, engine } = options;
      child.on("message", (message: FromWorker) => {
        if ("ready" in message) {
          worker.ready = true;
          give(worker);
        } else if ("share" in message) {
          if (worker.job) running.set(worker.job, message.share);
          options.onProgress?.({ running, finished });
        } else if (!worker.ready) {
          // It could not even read the data: no other process will.
          end(new Error("error" in message ? message.error : "a process of the sweep spoke out of turn"));
        } else {
          settle(worker, message);
        }
      });
      child.on("exit", (code, by) => {
        if (!workers.includes(worker)) return;
        workers.splice(workers.indexOf(worker), 1);
        const why = `its process ended with ${by ?? `code ${code}`}: was there too little memory?`;
        if (worker.job) settle(worker, { error: why });
      });
      child.on("error", end);
      workers.push(worker);
      child.send({ setup: { source, engine, folder } } satisfies ToWorker);
      return worker;
    };
    const give = (worker: Worker): void => {
      if (worker.job && worker.ready) worker.process.send({ job: worker.job } satisfies ToWorker);
    };
    const take = (worker: Worker, job: Job): void => {
      waiting.splice(waiting.indexOf(job), 1);
      worker.job = job;
      worker.touched = Math.max(worker.touched, options.bytesOf(job));
      running.set(job, 0);
      give(worker);
    };
    /** Bytes of all processes if this one did the job. */
    const bytesWith = (chosen: Worker | null, job: Job): number => workers.reduce(
      (sum, worker) => sum + (worker === chosen ? 0 : worker.touched),
      Math.max(chosen?.touched ?? 0, options.bytesOf(job)),
    );
    const dispatch = (): void => {
      for (const job of waiting.filter((one) => one.kind === "sae" && lost.has(one.cfae))) {
        // What it stands on could not be trained; it stays unfinished.
        waiting.splice(waiting.indexOf(job), 1);
        finished.add(job);
      }
      while (running.size < options.processes) {
        const ready = waiting.filter((job) => job.kind !== "sae" || trained.has(job.cfae));
        if (ready.length === 0) break;
        const idle = workers.find((worker) => worker.job === null) ?? null;
        let job = ready.find((one) => bytesWith(idle, one) <= options.memory);
        let worker = idle;
        if (!job) {
          // One run is always allowed, alone, on a fresh process: the budget was checked before the sweep began.
          for (const other of workers.filter((one) => one.job === null)) dismiss(other);
          worker = null;
          const alone = running.size === 0 ? ready[0] : undefined;
          job = ready.find((one) => bytesWith(null, one) <= options.memory) ?? alone;
          if (!job) break;
        }
        take(worker ?? start(), job);
      }
      options.onProgress?.({ running, finished });
      if (running.size === 0 && waiting.length === 0) end();
    };
    if (signal?.aborted) stop();
    else {
      signal?.addEventListener("abort", stop);
      dispatch();
    }
  });
  try {
    await done;
  } finally {
    // Lines that were begun are finished, whatever ended the sweep.
    await writing.catch(() => undefined);
  }
  await writing;
  return failed;
}

/** The jobs that are left, and the recommenders whose weights are there. */
async function unfinished(
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
