/**
 * Opens an engine for this machine (Node): chooses kernels, reserves memory, calls in threads. Browsers have
 * their own opener without threads.
 */
import { availableParallelism } from "node:os";
import { UserError } from "../base/user-error.js";
import {
  compileSimd, relaxedSimdAvailable, simdAvailable, WORKSPACE_BYTES, type Numerics,
} from "../kernels/simd/index.js";
import { Engine } from "./engine.js";
import { Heap, MAX_HEAP_BYTES } from "./heap.js";
import { kernelTable } from "./kernel-table.js";
import { PiscinaCrew } from "./threads/piscina-pool.js";

export interface EngineOptions {
  /** Threads that compute, 1 … 64. Default: all cores. 1 runs without Piscina. Never changes a result. */
  threads?: number;
  /** "simd" (emitted WebAssembly), "plain" (the readable TypeScript), or "auto": SIMD where the machine has it. */
  kernels?: "auto" | "simd" | "plain";
  /**
   * "fused", the default, multiplies and adds with one rounding where the machine can (on Node 20 only after
   * `enableRelaxedSimd`), else as "portable" does, which gives the same bits everywhere.
   */
  numerics?: Numerics;
  /** Address space for tensors, at most and by default 4 GiB. Untouched memory costs nothing. */
  memoryBytes?: number;
  /** "f64" for gradient checks; implies plain kernels on one thread. */
  precision?: "f32" | "f64";
}

/** @throws UserError when an option does not fit this machine. */
export function openEngine(options: EngineOptions = {}): Engine {
  const precision = options.precision ?? "f32";
  const double = precision === "f64";
  const threads = double ? 1 : options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new UserError(`threads must be a whole number from 1 to 64, got ${threads}`);
  }
  const wanted = double ? "plain" : options.kernels ?? "auto";
  if (wanted === "simd" && !simdAvailable()) {
    throw new UserError("this JavaScript engine has no WebAssembly SIMD: use kernels: \"plain\"");
  }
  const simd = wanted === "simd" || (wanted === "auto" && simdAvailable());
  const shared = threads > 1;
  // A first workspace at offset 64 KiB keeps every pointer away from 0, which stands for "no array".
  const workspaceOf = (thread: number): number => 65536 + thread * WORKSPACE_BYTES;
  const heap = new Heap({
    bytes: options.memoryBytes ?? MAX_HEAP_BYTES,
    shared,
    precision,
    reserved: simd ? workspaceOf(threads) : 0,
  });
  const numerics = options.numerics !== "portable" && relaxedSimdAvailable() ? "fused" : "portable";
  const module = simd ? compileSimd({ shared, maximumPages: heap.pages, numerics }) : null;
  const crew = threads > 1 ? new PiscinaCrew({ threads, memory: heap.memory, module, workspaceOf }) : null;
  return new Engine(heap, kernelTable(module, heap.memory, workspaceOf(0)), crew, simd ? numerics : "plain");
}
