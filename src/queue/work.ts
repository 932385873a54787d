/**
 * Works on a queue: takes runs of sweeps, does each in a process of its own (sweep/sweep-worker.ts), and hands the line
 * of its result back. The computing is not done here, so that BullMQ keeps the lock of a job alive however long a step
 * takes; when this process is killed, its lock runs out and another worker gets the job.
 *
 * A worker takes only what it can do with the same bits as the coordinator: data is checked by fingerprint, numerics by
 * name, memory against the budget. What it declines goes back, with the reason.
 */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseNumerics } from "../engine/build.js";
import type { DataSource } from "../data/data-source.js";
import { gib } from "../engine/heap.js";
import { WORKER_PROGRAM } from "../sweep/run-sweep.js";
import type { FromWorker, ToWorker } from "../sweep/sweep-worker.js";
import { MAX_STALLED, openServer, QUEUE, type BullJob, type QueueServer, type Worker } from "./redis.js";
import type { SweepTask, TaskProgress } from "./task.js";
import { fetchWeights, sendWeights } from "./weights.js";

/** How much of this machine a worker may use, and who is told. */
export interface WorkOptions {
  /** Runs at once. */
  readonly processes: number;
  /** Threads of each. */
  readonly threads: number;
  /** Bytes for all of them together. */
  readonly memory: number;
  /** Where the data is on this machine; default: where the coordinator has it. */
  readonly source?: DataSource;
  /** Seconds after which a worker that says nothing counts as dead. */
  readonly stalledAfter: number;
  /** Leave after so many seconds without a job; undefined: stay. */
  readonly leaveAfter?: number;
  readonly onNote?: (text: string) => void;
  /** Stops after the runs that are under way. */
  readonly signal: AbortSignal;
}

/** Before a declined job is offered again, to this worker or another. */
const DECLINED_MS = 5000;

/** Works until stopped, or until there has been nothing to do. @throws UserError when the server cannot be reached. */
export async function work(address: string, options: WorkOptions): Promise<{ readonly done: number }> {
  const server = await openServer(address);
  const folder = await mkdtemp(join(tmpdir(), "unknot-work-"));
  const bench = new Bench(server, folder, options);
  try {
    await bench.run();
    return { done: bench.done };
  } finally {
    bench.close();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Child {
  readonly process: ChildProcess;
  /** What it has read: its source and numerics. */
  readonly setup: string;
  /** Its data's fingerprint once it has been read, or why it could not be. */
  readonly ready: Promise<{ readonly data: string } | { readonly error: string }>;
  busy: boolean;
}

class Bench {
  done = 0;
  private readonly children: Child[] = [];
  private used = 0;
  private readonly turns: (() => void)[] = [];
  private lastWork = Date.now();

  constructor(
    private readonly server: QueueServer, private readonly folder: string, private readonly options: WorkOptions,
  ) {}

  async run(): Promise<void> {
    const { processes, stalledAfter, leaveAfter, signal } = this.options;
    const { bull } = this.server;
    const worker = new bull.Worker<SweepTask, string>(QUEUE, (job, token) => this.take(job as BullJob, token), {
      connection: await this.server.connect(), concurrency: processes, maxStalledCount: MAX_STALLED,
      lockDuration: 1000 * stalledAfter, stalledInterval: 1000 * stalledAfter,
    });
    worker.on("error", () => undefined);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => { resolve(); }, { once: true });
      if (leaveAfter === undefined) return;
      const idle = setInterval(() => {
        if (this.used > 0 || Date.now() - this.lastWork < 1000 * leaveAfter) return;
        clearInterval(idle);
        resolve();
      }, 200);
    });
    // Waits for the jobs that are under way.
    await (worker as Worker).close();
  }

  close(): void {
    for (const { process: child } of this.children.splice(0)) child.kill("SIGKILL");
  }

  private async take(job: BullJob, token: string | undefined): Promise<string> {
    const task = job.data as SweepTask;
    const reason = this.reasonToDecline(task);
    if (reason !== null) return this.decline(job, token, reason);
    await this.acquire(task.bytes);
    this.lastWork = Date.now();
    try {
      const child = this.childFor(task);
      child.busy = true;
      const ready = await child.ready;
      const problem = "error" in ready ? ready.error : ready.data === task.data ? null
        : "its data set is another: the fingerprints differ";
      if (problem !== null) {
        this.dismiss(child);
        return await this.decline(job, token, problem);
      }
      if (task.job.kind === "sae" && !await fetchWeights(this.server.redis, this.folder, task.job.cfae)) {
        throw new Error("the recommender's weights are not there yet");
      }
      const line = await this.ask(child, task, (share) => {
        void job.updateProgress({ share } satisfies TaskProgress).catch(() => undefined);
      });
      if (task.job.kind === "cfae") await sendWeights(this.server.redis, this.folder, task.job.run);
      this.done++;
      return line;
    } finally {
      this.release(task.bytes);
    }
  }

  private reasonToDecline({ bytes, kernels, numerics }: SweepTask): string | null {
    const { memory } = this.options;
    if (bytes > memory) return `it needs ${gib(bytes)}, the budget is ${gib(memory)}`;
    const own = chooseNumerics({ kernels, numerics: numerics === "portable" ? "portable" : "fused" });
    return own === numerics ? null : `its numerics would be ${own}, the sweep's are ${numerics}`;
  }

  private async decline(job: BullJob, token: string | undefined, reason: string): Promise<never> {
    const text = `a worker does not take ${(job.data as SweepTask).job.title}: ${reason}`;
    this.options.onNote?.(text);
    await job.updateProgress({ declined: text } satisfies TaskProgress);
    await job.moveToDelayed(Date.now() + DECLINED_MS, token);
    throw new this.server.bull.DelayedError();
  }

  /** Waits until the runs under way leave this much of the budget; a run alone always fits, it was checked. */
  private async acquire(bytes: number): Promise<void> {
    while (this.used > 0 && this.used + bytes > this.options.memory) {
      await new Promise<void>((resolve) => this.turns.push(resolve));
    }
    this.used += bytes;
  }

  private release(bytes: number): void {
    this.used -= bytes;
    this.lastWork = Date.now();
    for (const turn of this.turns.splice(0)) turn();
  }

  /** An idle process that has read this data, or a fresh one; idle ones of other data go. */
  private childFor({ source: theirs, kernels, numerics }: SweepTask): Child {
    const { threads, source = theirs } = this.options;
    const engine = { threads, kernels, numerics: numerics === "portable" ? "portable" : "fused" } as const;
    const setup = JSON.stringify({ source, engine });
    const found = this.children.find((child) => !child.busy && child.setup === setup);
    if (found) return found;
    for (const other of this.children.filter(({ busy }) => !busy)) this.dismiss(other);
    const child = fork(WORKER_PROGRAM, [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const ready = new Promise<{ data: string } | { error: string }>((resolve) => {
      child.once("message", (message: FromWorker) => {
        if ("ready" in message) resolve({ data: message.data });
        else resolve({ error: "error" in message ? message.error : "its process spoke out of turn" });
      });
      child.once("exit", () => { resolve({ error: "its process ended while it read the data" }); });
    });
    child.send({ setup: { source, engine, folder: this.folder } } satisfies ToWorker);
    const one: Child = { process: child, setup, ready, busy: true };
    this.children.push(one);
    return one;
  }

  /** The line of the result. A fault of the run itself is not tried again; a process that died is. */
  private ask(child: Child, { job }: SweepTask, onShare: (share: number) => void): Promise<string> {
    const { process: one } = child;
    return new Promise<string>((resolve, reject) => {
      const end = (settle: () => void): void => {
        one.off("message", hear);
        one.off("exit", gone);
        child.busy = false;
        settle();
      };
      const hear = (message: FromWorker): void => {
        if ("share" in message) onShare(message.share);
        else if ("result" in message) end(() => { resolve(JSON.stringify(message.result)); });
        else if ("error" in message) end(() => { reject(new this.server.bull.UnrecoverableError(message.error)); });
      };
      const gone = (code: number | null, by: string | null): void => {
        this.dismiss(child);
        const how = by ?? `code ${code}`;
        end(() => { reject(new Error(`its process ended with ${how}: was there too little memory?`)); });
      };
      one.on("message", hear);
      one.on("exit", gone);
      one.send({ job } satisfies ToWorker);
    });
  }

  private dismiss(child: Child): void {
    const at = this.children.indexOf(child);
    if (at >= 0) this.children.splice(at, 1);
    child.process.kill("SIGKILL");
  }
}
