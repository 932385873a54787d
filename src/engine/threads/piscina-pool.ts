/**
 * A thread pool on Piscina, one for each engine. Helpers start with the first call that is worth sharing; each takes
 * one long Piscina task ("serve the call board") instead of one task a call, so that a call costs microseconds and
 * needs no turn of the event loop.
 *
 * The worker threads belong to this engine and end with it: an isolate that is kept for others keeps every memory it
 * was ever given, because it hardly allocates and so never collects garbage. Idle ones end by themselves.
 *
 * Threads that cannot start (a bundle without the worker's file) are no error: the engine warns once and computes
 * alone, as it does after a helper has died.
 */
import { createRequire } from "node:module";
import type * as PiscinaModule from "piscina";
import type { BoundKernel } from "../../kernels/bind.js";
import type { PoolOptions } from "../build.js";
import { CallBoard } from "./call-board.js";
import type { KernelArgument, ThreadPool } from "./thread-pool.js";
import type { WorkerInit } from "./pool-worker.js";

/** How long helpers stay without work. */
export interface IdleTimes {
  /** Milliseconds until one stops serving, so that an idle program can end. */
  readonly servingMs: number;
  /** Milliseconds from then on until its thread ends. */
  readonly threadMs: number;
}

const IDLE: IdleTimes = { servingMs: 1000, threadMs: 10_000 };
/** Threads that have not come back after so long are ended as they are. */
const LONGEST_START_MS = 10_000;

export class PiscinaPool implements ThreadPool {
  private board = new CallBoard();
  private workers: PiscinaModule.Piscina | null = null;
  /** Per helper: whether it serves, or will as soon as it has started. */
  private readonly serving: boolean[];
  /** Tasks of the workers that are there, each until its helper has stopped serving. */
  private tasks: Promise<void>[] = [];
  private broken = false;

  /** @param program the helpers' program; another one, and other times, only in tests. */
  constructor(
    private readonly options: PoolOptions, private readonly program: string | (() => string) = programFile,
    private readonly idle = IDLE,
  ) {
    this.serving = new Array<boolean>(options.threads - 1).fill(false);
  }

  get threads(): number {
    return this.broken ? 1 : this.options.threads;
  }

  /** Helper threads that are there, serving or idle. */
  get helpers(): number {
    return this.workers?.threads.length ?? 0;
  }

  run({ index, run }: BoundKernel, args: readonly KernelArgument[], outputs: number, piece: number): void {
    this.start();
    if (this.broken) {
      run(...args, 0, outputs);
      return;
    }
    this.board.post(index, args, outputs, piece);
    this.board.work((begin, end) => run(...args, begin, end), outputs, piece);
    try {
      this.board.finish();
    } catch (error) {
      this.giveUp(error);
      throw new Error(`${messageOf(error)}; what this call computed is lost`, { cause: error });
    }
  }

  async ready(): Promise<void> {
    this.start();
    while (!this.broken && this.board.present < this.options.threads - 1) {
      await new Promise((resolve) => { setTimeout(resolve, 1); });
      this.start();
    }
  }

  close(): void {
    const { board, workers, tasks } = this;
    board.close();
    if (!workers) return;
    // A thread may end between two words that it writes on its board: the next ones get a new one.
    this.board = new CallBoard();
    this.workers = null;
    this.tasks = [];
    this.serving.fill(false);
    // A thread that is ended while it loads its program can take the process with it (Node 20.20: "IsGraphAsync must be
    // used on an instantiated module"). One that finds its board closed comes back by itself.
    void settledWithin(tasks, LONGEST_START_MS).then(() => workers.destroy());
  }

  private start(): void {
    if (this.broken || this.serving.every(Boolean)) return;
    try {
      this.workers ??= this.openWorkers();
    } catch (error) {
      this.giveUp(error);
      return;
    }
    const { board, workers, options: { memory, module, workspaceOf } } = this;
    board.open();
    this.serving.forEach((serves, i) => {
      if (serves) return;
      this.serving[i] = true;
      const init: WorkerInit = {
        board: board.buffer, memory, module, workspace: workspaceOf(i + 1), idleMs: this.idle.servingMs,
      };
      this.tasks[i] = workers.run(init).then(
        () => { if (this.workers === workers) this.serving[i] = false; },
        (error: unknown) => { if (this.workers === workers) this.giveUp(error); },
      );
    });
  }

  private openWorkers(): PiscinaModule.Piscina {
    const helpers = this.options.threads - 1;
    const filename = typeof this.program === "string" ? this.program : this.program();
    // Loaded here and not above: most of what a program that computes on one thread would wait for at its start.
    const { Piscina } = createRequire(import.meta.url)("piscina") as typeof PiscinaModule;
    const workers = new Piscina({ filename, minThreads: 0, maxThreads: helpers, idleTimeout: this.idle.threadMs });
    // Of a thread that fails before it has a task; unheard, such an event would end the process.
    workers.on("error", (error: unknown) => { if (this.workers === workers) this.giveUp(error); });
    workers.on("workerDestroy", () => {
      // One that ends so early without an error leaves its task in the queue for ever.
      if (this.workers === workers && workers.queueSize > 0) this.giveUp("a helper thread ended before it could serve");
    });
    return workers;
  }

  /** One thread from here on. */
  private giveUp(error: unknown): void {
    if (this.broken) return;
    this.broken = true;
    this.close();
    process.emitWarning(
      `unknot computes on one thread from here on: ${messageOf(error)}. If its helper threads never start, as in a ` +
      "bundle, mark unknot as external; threads: 1 asks for none",
      { type: "UnknotWarning", code: "UNKNOT_ONE_THREAD" },
    );
  }
}

/** Resolves when all have come back, or after so long: a task whose thread never started does not. */
async function settledWithin(tasks: readonly Promise<void>[], ms: number): Promise<void> {
  await Promise.race([
    Promise.all(tasks),
    new Promise((resolve) => { setTimeout(resolve, ms).unref(); }),
  ]);
}

const programFile = (): string => new URL("./pool-worker.js", import.meta.url).href;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
