/**
 * What the engine asks of its helper threads: run one kernel call in pieces. The engine itself knows neither Piscina
 * nor node:worker_threads, so that the same engine runs in a browser without any.
 */
import type { BoundKernel } from "../../kernels/bind.js";

/** What a kernel takes: arrays of the heap, numbers, or null for no array. */
export type KernelArgument = number | null | Float32Array | Float64Array | Int32Array;

/** Threads that share calls; their number changes no result. */
export interface ThreadPool {
  /** Threads that compute, the calling one included. */
  readonly threads: number;
  /** Runs a kernel over 0 … outputs in pieces of `piece` outputs and returns when all are done. */
  run(kernel: BoundKernel, args: readonly KernelArgument[], outputs: number, piece: number): void;
  /**
   * Starts the helpers and resolves when all of them serve. They start by themselves with the first large call, but
   * only when the event loop turns: a program that computes in one long synchronous stretch should wait here first.
   */
  ready(): Promise<void>;
  /** Stops the helper threads. The pool may be used again: they start when needed. */
  close(): void;
}
