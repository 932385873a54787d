/**
 * Builds an engine: the one place that decides which kernels run, with which numerics, over which memory. Node's opener
 * (open.ts) and the browser's (browser/open-engine.ts) both end here; all they add is what their machine has.
 */
import "../base/platform-types.js";
import { UserError } from "../base/user-error.js";
import { bindKernels, compileSimd, WORKSPACE_BYTES } from "../kernels/bind.js";
import { families as allFamilies } from "../kernels/families.js";
import type { KernelFamily } from "../kernels/family.js";
import { relaxedSimdAvailable, simdAvailable, type Numerics } from "../kernels/simd/emit/numerics.js";
import { Engine } from "./engine.js";
import { Heap } from "./heap.js";
import type { ThreadPool } from "./threads/thread-pool.js";

/** Which kernels an engine runs, with which numerics. */
export interface KernelOptions {
  /** "simd" (emitted WebAssembly), "plain" (the readable TypeScript), or "auto": SIMD where the machine has it. */
  kernels?: "auto" | "simd" | "plain";
  /**
   * "fused", the default, multiplies and adds with one rounding where the machine can (on Node 20 only after
   * `enableRelaxedSimd`), else as "portable" does, which gives the same bits everywhere.
   */
  numerics?: Numerics;
  /** "f64" for gradient checks; implies plain kernels on one thread. */
  precision?: "f32" | "f64";
}

/** What the helper threads of an engine need: all of it shared, or cheap to post. */
export interface PoolOptions {
  readonly threads: number;
  readonly memory: WebAssembly.Memory;
  /** The SIMD kernels, null for plain ones. */
  readonly module: WebAssembly.Module | null;
  /** Byte offset of thread t's own workspace; 0 is the calling thread. */
  readonly workspaceOf: (thread: number) => number;
}

export interface BuildOptions extends KernelOptions {
  /** 1, or more with a pool. */
  readonly threads: number;
  /** Capacity of the heap, workspaces included. */
  readonly memoryBytes: number;
  readonly openPool?: (options: PoolOptions) => ThreadPool;
  /** Kernels to run. Helper threads must know the same ones. Default: families.ts. */
  readonly families?: readonly KernelFamily[];
}

/** The first workspace starts one page up, which keeps every pointer away from 0: that stands for "no array". */
const FIRST_WORKSPACE = 65536;

const workspaceOf = (thread: number): number => FIRST_WORKSPACE + thread * WORKSPACE_BYTES;

/** Bytes at the bottom of the heap that the workspaces of so many threads take. */
export function reservedBytes(threads: number): number {
  return workspaceOf(threads);
}

/**
 * What an engine with these options computes with on this machine. The bits of a result depend on it.
 *
 * @throws UserError when SIMD is asked for and not there.
 */
export function chooseNumerics(
  { kernels = "auto", numerics = "fused", precision = "f32" }: KernelOptions,
): Numerics | "plain" {
  if (precision === "f64" || kernels === "plain") return "plain";
  if (!simdAvailable()) {
    if (kernels === "auto") return "plain";
    throw new UserError("this JavaScript engine has no WebAssembly SIMD: use kernels: \"plain\"");
  }
  return numerics === "fused" && relaxedSimdAvailable() ? "fused" : "portable";
}

/** @throws UserError when the memory is not to be had, or SIMD is asked for and not there. */
export function buildEngine(
  { threads, memoryBytes, openPool, families = allFamilies, ...options }: BuildOptions,
): Engine {
  const chosen = chooseNumerics(options);
  const shared = threads > 1;
  const heap = new Heap({
    bytes: memoryBytes, shared, precision: options.precision ?? "f32",
    reserved: chosen === "plain" ? 0 : reservedBytes(threads),
  });
  const module = chosen === "plain"
    ? null : compile(options, { shared, numerics: chosen }, families);
  const pool = shared && openPool ? openPool({ threads, memory: heap.memory, module, workspaceOf }) : null;
  return new Engine(heap, bindKernels(module, heap.memory, workspaceOf(0), families), pool, module ? chosen : "plain");
}

/** A page's content-security policy without 'wasm-unsafe-eval' refuses the module, though not the memory. */
function compile(
  { kernels }: KernelOptions, ...how: Parameters<typeof compileSimd>
): WebAssembly.Module | null {
  try {
    return compileSimd(...how);
  } catch (error) {
    if (kernels === "simd") throw error;
    return null;
  }
}
