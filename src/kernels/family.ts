/**
 * What a kernel family is: a few kernels that belong together, as one record in families.ts. Everything that names,
 * shares, emits or binds kernels reads those records.
 *
 * A plain file (plain/NAME.ts) has the kernels as their formulas read, and at its end a table that says how a call of
 * each may be divided among threads. Its SIMD twin (simd/NAME.ts) has the same kernels, less those whose plain record
 * says why four lanes have nothing to offer them.
 *
 * All kernels share one shape of signature: output first, then inputs, then sizes, and last `begin, end`, the range of
 * outputs that this call owns. Outputs of different ranges are disjoint, so any number of threads may share the work
 * and the result is the same. `accumulate` (0 or 1) says whether the outputs are added to or overwritten.
 */
import type { Func } from "./simd/emit/assembler.js";
import type { Numerics } from "./simd/emit/numerics.js";

export type Kernel = (...args: never[]) => void;

/** A kernel's arguments without its range. */
export type CallArgs<F extends Kernel> = Parameters<F> extends [...infer A, number, number] ? A : never;

/** How a call may be divided. It decides whether a call is shared and how coarsely; it never changes a result. */
export interface Split {
  /** Number of independent outputs: the full range is 0 … outputs. */
  readonly outputs: number;
  /** Nanoseconds one output takes on one SIMD core, roughly. */
  readonly cost: number;
  /** Shares are rounded up to this multiple (register tiles, vectors, cache lines). */
  readonly multiple: number;
  /** Nanoseconds that every piece takes whatever its size, such as packing an operand. Default 0. */
  readonly setUp?: number;
}

/** A plain kernel's record. */
export interface PlainKernel<F extends Kernel = Kernel> {
  readonly run: F;
  split(args: CallArgs<F>): Split;
}

/** One without a SIMD twin, and the reason. */
export interface PlainOnlyKernel<F extends Kernel = Kernel> extends PlainKernel<F> {
  readonly plainOnly: string;
}

/** The table at the end of a plain file. */
export type PlainKernels = Readonly<Record<string, PlainKernel | PlainOnlyKernel>>;

/** What a SIMD file has to bring: every kernel of its plain file but those that are plain only. */
export type SimdKernels<P extends PlainKernels> = {
  readonly [N in keyof P as P[N] extends PlainOnlyKernel ? never : N]: P[N]["run"]
};

/** The functions of a WebAssembly instance. Pointers are byte offsets; what each takes is said where it is emitted. */
export type Emitted = Readonly<Record<string, (...args: number[]) => number>>;

/** A thread's own scratch in the memory that its kernels work on. */
export interface Workspace {
  /** Byte offset, on a cache line. */
  readonly at: number;
  readonly bytes: number;
}

export interface SimdFamily<P extends PlainKernels = PlainKernels> {
  /** The WebAssembly functions behind these kernels. */
  emit(numerics: Numerics): Func[];
  /** The kernels, over an instance of those functions. */
  bind(wasm: Emitted, workspace: Workspace): SimdKernels<P>;
  /** Workspace without which these kernels do not run; others fall back to their plain kernel when theirs is short. */
  readonly workspaceBytes?: number;
}

export interface KernelFamily<P extends PlainKernels = PlainKernels> {
  /** Also the name of its files. */
  readonly name: string;
  readonly plain: P;
  /** null when all of its kernels are plain only. */
  readonly simd: SimdFamily<P> | null;
}

export function kernel<F extends Kernel>(run: F, split: (args: CallArgs<F>) => Split): PlainKernel<F> {
  return { run, split };
}

/** @param why what four lanes of SIMD would not help with. */
export function plainOnly<F extends Kernel>(
  run: F, split: (args: CallArgs<F>) => Split, why: string,
): PlainOnlyKernel<F> {
  return { run, split, plainOnly: why };
}

// Compute-bound kernels count FLOPs at 50 per ns, memory-bound ones bytes at 10 per ns.
const FLOP_NS = 1 / 50;
const BYTE_NS = 1 / 10;

/** The bytes that pass in the time of one exponential (or tanh): both take about 1 ns. */
export const EXPONENTIAL = 10;

/** A dense product, divided along the longer side of C in whole tiles. Every piece packs the whole other operand. */
export function byTiles(m: number, n: number, k: number): Split {
  const other = Math.min(m, n) * k;
  return { outputs: Math.max(m, n), cost: 2 * other * FLOP_NS, multiple: 8, setUp: 8 * other * BYTE_NS };
}

/** Rows of so many bytes of traffic each. */
export function byRows(outputs: number, bytes: number): Split {
  return { outputs, cost: bytes * BYTE_NS, multiple: 4 };
}

/** Columns that are read over all rows; whole cache lines of them. */
export function byColumns(outputs: number, bytes: number): Split {
  return { outputs, cost: bytes * BYTE_NS, multiple: 64 };
}

/** Elements of so many bytes of traffic each. */
export function byElements(outputs: number, bytes: number): Split {
  return { outputs, cost: bytes * BYTE_NS, multiple: 1024 };
}

/** Work in one piece. */
export function undivided(): Split {
  return { outputs: 1, cost: 1, multiple: 1 };
}

/** The average entries of a row, from the sizes of the lists. */
export function entriesPerRow(rowEnd: Int32Array, entries: ArrayLike<number>): number {
  return entries.length / Math.max(1, rowEnd.length);
}
