/**
 * A crew on Piscina worker threads. Helpers start with the first call that is worth sharing; each takes one long
 * Piscina task ("join the board") instead of one task a call, so that a call costs microseconds and needs no turn of
 * the event loop. The pool is shared by all crews of the process.
 */
import { Piscina } from "piscina";
import type { KernelName } from "../../kernels/plain/index.js";
import { Board } from "./call-board.js";
import type { Crew, KernelArgument } from "./thread-pool.js";
import { kernelNames, kernelTable } from "../kernel-table.js";
import type { Ticket } from "./worker.js";

let pool: Piscina | null = null;

function poolOf(helpers: number): Piscina {
  if (!pool || pool.options.maxThreads < helpers) {
    pool = new Piscina({
      filename: new URL("./worker.js", import.meta.url).href,
      minThreads: helpers,
      maxThreads: helpers,
      // Workers must survive the pauses between epochs; they are unreferenced, so they never keep a process alive.
      idleTimeout: 2 ** 30,
    });
  }
  return pool;
}

export interface CrewOptions {
  threads: number;
  memory: WebAssembly.Memory;
  module: WebAssembly.Module | null;
  /** Byte offset of thread t's workspace. */
  workspaceOf: (thread: number) => number;
}

export class PiscinaCrew implements Crew {
  readonly threads: number;
  private readonly board = new Board();
  private readonly table;
  /** Per helper: whether its task is with the pool. */
  private readonly joined: boolean[];
  private failure: Error | null = null;

  constructor(private readonly options: CrewOptions) {
    this.threads = options.threads;
    this.joined = new Array<boolean>(options.threads - 1).fill(false);
    this.table = kernelTable(options.module, options.memory, options.workspaceOf(0));
  }

  run(name: KernelName, args: readonly KernelArgument[], outputs: number, piece: number): void {
    this.callIn();
    if (this.failure) throw this.failure;
    const run = this.table[name] as (...args: unknown[]) => void;
    this.board.post(kernelNames.indexOf(name), args, outputs, piece);
    this.board.work((begin, end) => run(...args, begin, end), outputs, piece);
    this.board.finish();
  }

  async ready(): Promise<void> {
    while (this.board.present < this.threads - 1) {
      this.callIn();
      if (this.failure) throw this.failure;
      await new Promise((resolve) => { setTimeout(resolve, 1); });
    }
  }

  dismiss(): void {
    this.board.dismiss();
  }

  private callIn(): void {
    if (this.joined.every(Boolean)) return;
    const helpers = poolOf(this.threads - 1);
    this.board.welcome();
    this.joined.forEach((here, i) => {
      if (here) return;
      this.joined[i] = true;
      const { memory, module, workspaceOf } = this.options;
      const ticket: Ticket = { board: this.board.buffer, memory, module, workspace: workspaceOf(i + 1) };
      helpers.run(ticket).then(
        () => { this.joined[i] = false; },
        (error: unknown) => { this.failure = new Error(`a worker thread died: ${String(error)}`); },
      );
    });
  }
}
