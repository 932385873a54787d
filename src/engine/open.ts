/**
 * Opens an engine for this machine (Node): memory, kernels and helper threads. Browsers have their own opener without
 * threads; which kernels run is decided in build.ts for both.
 */
import { UserError } from "../base/user-error.js";
import { defaultThreads } from "./available-cores.js";
import { buildEngine, type KernelOptions } from "./build.js";
import type { Engine } from "./engine.js";
import { MAX_HEAP_BYTES } from "./heap.js";
import { PiscinaPool } from "./threads/piscina-pool.js";

/** What an engine of Node's computes with. */
export interface EngineOptions extends KernelOptions {
  /**
   * Threads that compute, 1 … 64. Default: the cores that this process may use (a container's quota counts), 16 at
   * most. 1 starts none. Never changes a result.
   */
  threads?: number;
  /** Address space for tensors, at most and by default 4 GiB. Untouched memory costs nothing. */
  memoryBytes?: number;
}

/** @throws UserError when an option does not fit this machine. */
export function openEngine(options: EngineOptions = {}): Engine {
  const threads = options.precision === "f64" ? 1 : options.threads ?? defaultThreads();
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new UserError(`threads must be a whole number from 1 to 64, got ${threads}`);
  }
  return buildEngine({
    ...options, threads, memoryBytes: options.memoryBytes ?? MAX_HEAP_BYTES,
    openPool: (pool) => new PiscinaPool(pool),
  });
}
