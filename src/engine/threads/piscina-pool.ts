/**
 * A thread pool on Piscina. Helpers start with the first call that is worth sharing; each takes one long Piscina task
 * ("serve the call board") instead of one task a call, so that a call costs microseconds and needs no turn of the event
 * loop. The worker threads are shared by all engines of the process.
 */
import { Piscina } from "piscina";
import type { BoundKernel } from "../../kernels/bind.js";
import { CallBoard } from "./call-board.js";
import type { KernelArgument, ThreadPool } from "./thread-pool.js";
import type { PoolOptions } from "../build.js";
import type { WorkerInit } from "./worker.js";

let workers: Piscina | null = null;

function workersFor(helpers: number): Piscina {
  if (!workers || workers.options.maxThreads < helpers) {
    workers = new Piscina({
      filename: new URL("./worker.js", import.meta.url).href,
      minThreads: helpers,
      maxThreads: helpers,
      // Workers must survive the pauses between epochs; they are unreferenced, so they never keep a process alive.
      idleTimeout: 2 ** 30,
    });
  }
  return workers;
}

export class PiscinaPool implements ThreadPool {
  readonly threads: number;
  private readonly board = new CallBoard();
  /** Per helper: whether it serves, or will as soon as it has started. */
  private readonly serving: boolean[];
  private failure: Error | null = null;

  constructor(private readonly options: PoolOptions) {
    this.threads = options.threads;
    this.serving = new Array<boolean>(options.threads - 1).fill(false);
  }

  run({ index, run }: BoundKernel, args: readonly KernelArgument[], outputs: number, piece: number): void {
    this.start();
    if (this.failure) throw this.failure;
    this.board.post(index, args, outputs, piece);
    this.board.work((begin, end) => run(...args, begin, end), outputs, piece);
    this.board.finish();
  }

  async ready(): Promise<void> {
    while (this.board.present < this.threads - 1) {
      this.start();
      if (this.failure) throw this.failure;
      await new Promise((resolve) => { setTimeout(resolve, 1); });
    }
  }

  close(): void {
    this.board.close();
  }

  private start(): void {
    if (this.serving.every(Boolean)) return;
    const helpers = workersFor(this.threads - 1);
    this.board.open();
    this.serving.forEach((serves, i) => {
      if (serves) return;
      this.serving[i] = true;
      const { memory, module, workspaceOf } = this.options;
      const init: WorkerInit = { board: this.board.buffer, memory, module, workspace: workspaceOf(i + 1) };
      helpers.run(init).then(
        () => { this.serving[i] = false; },
        (error: unknown) => { this.failure = new Error(`a worker thread died: ${String(error)}`); },
      );
    });
  }
}
