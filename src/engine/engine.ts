/**
 * Who computes: the engine runs a kernel by name, on plain or SIMD code, on one thread or many. Everything above it
 * (autograd, models) says only what is to be computed, on arrays that it got from the engine's heap.
 *
 * A call is synchronous. Small calls run on the calling thread; large ones are cut into pieces of whole outputs that
 * any thread may take. Results do not depend on the number of threads.
 */
import type { Floats } from "../base/floats.js";
import type { KernelTable } from "../kernels/bind.js";
import type { KernelArgs, KernelName } from "../kernels/families.js";
import type { Split } from "../kernels/family.js";
import type { Numerics } from "../kernels/simd/emit/numerics.js";
import type { KernelArgument, ThreadPool } from "./threads/thread-pool.js";
import type { Heap } from "./heap.js";

/**
 * Calls below this many nanoseconds are not shared: waking a helper costs about as much. Measured: bench/threads.ts.
 */
const WORTH_SHARING = 150_000;
/** A piece takes at least this long, so that claiming it is negligible. */
const PIECE = 30_000;
/** Pieces a thread where they cost nothing, so that a thread that is held up leaves some to the others. */
const PIECES = 4;
/** What a piece's set-up may be of its time, for more than one piece a thread. */
const SET_UP = 0.05;

/** Runs kernels by name over arrays in its heap; `openEngine` makes one. */
export class Engine {
  /** @param numerics which kernels these are: SIMD, fused or portable, or plain ones. Results' bits depend on it. */
  constructor(
    readonly heap: Heap, private readonly kernels: KernelTable, private readonly pool: ThreadPool | null,
    readonly numerics: Numerics | "plain" = "plain",
  ) {}

  get threads(): number {
    return this.pool?.threads ?? 1;
  }

  /** Uninitialised floats in the heap. @throws UserError when it is full */
  floats(length: number): Floats {
    return this.heap.floats(length);
  }

  /** Uninitialised integers in the heap. @throws UserError when it is full */
  ints(length: number): Int32Array {
    return this.heap.ints(length);
  }

  /** A copy of ordinary numbers in the heap. */
  floatsFrom(values: ArrayLike<number>): Floats {
    const copy = this.heap.floats(values.length);
    copy.set(values);
    return copy;
  }

  /** A copy of integers in the heap. */
  intsFrom(values: ArrayLike<number>): Int32Array {
    const copy = this.heap.ints(values.length);
    copy.set(values);
    return copy;
  }

  /** Runs a kernel over all of its outputs. Array arguments must come from this engine's heap. */
  run<N extends KernelName>(name: N, ...args: KernelArgs<N>): void {
    const kernel = this.kernels.get(name);
    if (!kernel) throw new TypeError(`there is no kernel ${name}`);
    const split = kernel.split(args);
    for (let i = 0; i < args.length; i++) {
      const argument = args[i] as KernelArgument;
      if (typeof argument === "object" && argument !== null && !this.heap.owns(argument)) {
        throw new TypeError(`${name}: an array argument does not live in this engine's heap`);
      }
    }
    if (!this.pool || split.outputs * split.cost < WORTH_SHARING || split.outputs <= split.multiple) {
      // The list is this call's own; spread with more behind it, it would be copied.
      (args as unknown[]).push(0, split.outputs);
      kernel.run(...args);
      return;
    }
    this.pool.run(kernel, args as readonly KernelArgument[], split.outputs, this.pieceOf(split));
  }

  /**
   * Runs `work` and frees everything that it took from the heap, also when it throws; of an asynchronous `work`, when
   * its promise settles. Results must be copied out of the heap before. Scopes nest.
   */
  scope<T>(work: () => T): T {
    const mark = this.heap.mark();
    const release = (): void => { this.heap.release(mark); };
    let pending = false;
    try {
      const result = work();
      if (!(result instanceof Promise)) return result;
      pending = true;
      return result.finally(release) as T;
    } finally {
      if (!pending) release();
    }
  }

  /** Resolves when the helper threads are there; at once without any. Optional: see ThreadPool.ready. */
  async ready(): Promise<void> {
    await this.pool?.ready();
  }

  /**
   * Ends the helper threads, so that the engine's memory goes as soon as nothing refers to it. The engine stays usable:
   * they start again when needed.
   */
  close(): void {
    if (!this.pool) return;
    this.pool.close();
    hintGarbage();
  }

  /** Closes it: `using engine = openEngine()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Outputs a piece: a few pieces a thread or just one, none too small, in whole tiles. */
  private pieceOf({ outputs, cost, multiple, setUp = 0 }: Split): number {
    const share = outputs / this.threads;
    const few = share / PIECES;
    const piece = Math.max(setUp <= SET_UP * few * cost ? few : share, PIECE / cost);
    return Math.ceil(piece / multiple) * multiple;
  }
}

/**
 * What V8 counts before it collects garbage does not include shared memory, so that of closed engines (and 10 GiB of
 * address space each) would stay for hundreds of them. A buffer that is dropped at once is counted: nothing of it is
 * ever touched, so it costs nothing, and a closed engine is gone by the time the next few are opened.
 */
function hintGarbage(): void {
  try {
    new ArrayBuffer(2 ** 26);
  } catch {
    // No address space left: V8 has just collected in vain.
  }
}
