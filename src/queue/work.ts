/**
 * Works on a queue: takes runs of sweeps and users' lists, does each in a process of its own (child.ts), and hands the
 * result back. When this process is killed, the locks of its jobs run out and another worker gets them.
 *
 * A worker takes only what it can do with the same bits as the coordinator: data and models are checked by fingerprint,
 * numerics by name, memory against the budget. What it declines goes back, with the reason.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chooseNumerics } from "../engine/build.js";
import type { DataSource } from "../data/data-source.js";
import { gib } from "../engine/heap.js";
import type { EngineOptions } from "../engine/open.js";
import { ofEverybody, type ListFingerprints } from "../pipeline/user-lists.js";
import { WORKER_PROGRAM } from "../sweep/run-sweep.js";
import type { WorkerSetup } from "../sweep/sweep-worker.js";
import { Child, JobFault, type Read } from "./child.js";
import type { ListWorkerSetup } from "./list-worker.js";
import { MAX_STALLED, openServer, QUEUE, type BullJob, type QueueServer, type Worker } from "./redis.js";
import { titleOf, type ListsTask, type SweepTask, type Task, type TaskProgress } from "./task.js";
import { fetchWeights, sendWeights } from "./weights.js";

/** How much of this machine a worker may use, and who is told. */
export interface WorkOptions {
  /** Jobs at once. */
  readonly processes: number;
  /** Threads of each. */
  readonly threads: number;
  /** Bytes for all of them together. */
  readonly memory: number;
  /** Where the data is on this machine; default: where the coordinator has it. */
  readonly source?: DataSource;
  /** Where the model of lists is on this machine; default: where the coordinator has it. */
  readonly model?: string;
  /** Seconds after which a worker that says nothing counts as dead. */
  readonly stalledAfter: number;
  /** Leave after so many seconds without a job; undefined: stay. */
  readonly leaveAfter?: number;
  readonly onNote?: (text: string) => void;
  /** Stops after the jobs that are under way. */
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

/** Beside this file, also where the package is bundled (scripts/bundle-node.ts). */
const LIST_PROGRAM = fileURLToPath(new URL("./list-worker.js", import.meta.url));

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
    const worker = new bull.Worker<Task, string>(QUEUE, (job, token) => this.take(job as BullJob, token), {
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
    for (const child of this.children.splice(0)) child.kill();
  }

  private async take(job: BullJob, token: string | undefined): Promise<string> {
    const task = job.data as Task;
    const reason = this.reasonToDecline(task);
    if (reason !== null) return this.decline(job, token, reason);
    await this.acquire(task.bytes);
    this.lastWork = Date.now();
    try {
      const child = this.childFor(task);
      const ready = await child.ready;
      const problem = "error" in ready ? ready.error : differenceOf(task, ready.read);
      if (problem !== null) {
        this.dismiss(child);
        return await this.decline(job, token, problem);
      }
      const result = await this.compute(child, task, (share) => {
        void job.updateProgress({ share } satisfies TaskProgress).catch(() => undefined);
      });
      this.done++;
      return result;
    } finally {
      this.release(task.bytes);
    }
  }

  /** What the coordinator is handed. A fault of the job itself is not tried again; a process that died is. */
  private async compute(child: Child, task: Task, onShare: (share: number) => void): Promise<string> {
    const { server: { redis, bull }, folder } = this;
    if (task.kind === "sweep" && task.job.kind === "sae" && !await fetchWeights(redis, folder, task.job.cfae)) {
      child.busy = false;
      throw new Error("the recommender's weights are not there yet");
    }
    const result = await child.ask(task.job, onShare).catch((error: unknown) => {
      if (child.ended) this.dismiss(child);
      throw error instanceof JobFault ? new bull.UnrecoverableError(error.message) : error;
    });
    if (task.kind === "lists") return result as string;
    if (task.job.kind === "cfae") await sendWeights(redis, folder, task.job.run);
    return JSON.stringify(result);
  }

  private reasonToDecline({ kind, bytes, kernels, numerics }: Task): string | null {
    const { memory } = this.options;
    if (bytes > memory) return `it needs ${gib(bytes)}, the budget is ${gib(memory)}`;
    const own = chooseNumerics({ kernels, numerics: numerics === "portable" ? "portable" : "fused" });
    const whose = kind === "sweep" ? "the sweep's" : "the lists'";
    return own === numerics ? null : `its numerics would be ${own}, ${whose} are ${numerics}`;
  }

  private async decline(job: BullJob, token: string | undefined, reason: string): Promise<never> {
    const text = `a worker does not take ${titleOf(job.data as Task)}: ${reason}`;
    this.options.onNote?.(text);
    await job.updateProgress({ declined: text } satisfies TaskProgress);
    await job.moveToDelayed(Date.now() + DECLINED_MS, token);
    throw new this.server.bull.DelayedError();
  }

  /** Waits until the jobs under way leave this much of the budget; a job alone always fits, it was checked. */
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
  private childFor(task: Task): Child {
    const [program, setup] = task.kind === "sweep" ? [WORKER_PROGRAM, this.sweepSetup(task)]
      : [LIST_PROGRAM, this.listSetup(task)];
    const found = this.children.find((child) => !child.busy && child.does(program, setup));
    if (found) {
      found.busy = true;
      return found;
    }
    for (const other of this.children.filter(({ busy }) => !busy)) this.dismiss(other);
    const child = new Child(program, setup);
    this.children.push(child);
    return child;
  }

  private sweepSetup(task: SweepTask): WorkerSetup {
    const { source = task.source } = this.options;
    return { source, engine: this.engineFor(task), folder: this.folder };
  }

  private listSetup(task: ListsTask): ListWorkerSetup {
    const { source: own, model = task.model } = this.options;
    const source = own ? ofEverybody(own) : task.source;
    return { source, engine: this.engineFor(task), model, residual: task.residual };
  }

  private engineFor({ kernels, numerics }: Task): EngineOptions {
    return { threads: this.options.threads, kernels, numerics: numerics === "portable" ? "portable" : "fused" };
  }

  private dismiss(child: Child): void {
    const at = this.children.indexOf(child);
    if (at >= 0) this.children.splice(at, 1);
    child.kill();
  }
}

/** What this worker has otherwise than the coordinator; null: nothing. */
function differenceOf(task: Task, { data, model }: Read): string | null {
  const theirs: Partial<ListFingerprints> = task.kind === "sweep" ? { data: task.data } : task.fingerprints;
  const what = theirs.model !== model ? "model" : theirs.data !== data ? "data set" : null;
  return what === null ? null : `its ${what} is another: the fingerprints differ`;
}
