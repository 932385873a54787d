/**
 * From families to kernels that run: all emitted functions as one WebAssembly module (45 KB, built in some tens of
 * milliseconds, posted to workers as it is), and the table of kernels by name over an instance of it.
 *
 * The module has no state. It imports the memory its arrays live in as env.memory and exports its functions by name.
 */
import "../base/platform-types.js";
import { families, plainRecords, type Kernels } from "./families.js";
import type { Emitted, KernelFamily, Split } from "./family.js";
import { assemble } from "./simd/emit/assembler.js";
import type { Numerics } from "./simd/emit/numerics.js";

export interface SimdOptions {
  /** Whether the memory is shared between threads. */
  readonly shared: boolean;
  readonly numerics: Numerics;
}

/** A kernel as an engine calls it. */
export interface BoundKernel {
  /** Its place in the table, the same on every thread: what a call board carries. */
  readonly index: number;
  /** SIMD where there is a module and the family has it, else plain. */
  readonly run: (...args: unknown[]) => void;
  /** How many outputs a call has, and what one costs. */
  readonly split: (args: readonly unknown[]) => Split;
}

/** An engine's kernels by name. */
export type KernelTable = ReadonlyMap<string, BoundKernel>;

const CACHE_LINE = 64;
const SCRATCH_BYTES = workspaceOf(families);

/** Bytes of scratch a thread needs: packed blocks of the dense products, or the candidates of a top-k row. */
export const WORKSPACE_BYTES = SCRATCH_BYTES + CACHE_LINE;

function workspaceOf(from: readonly KernelFamily[]): number {
  return Math.max(0, ...from.map(({ simd }) => simd?.workspaceBytes ?? 0));
}

/** A shared memory has a maximum, and a module takes memories up to the one it names: 4 GiB, all there is. */
const MOST_PAGES = 2 ** 16;

/** Modules of all families, at most four: a program that opens engines one after the other compiles once. */
const compiled = new Map<string, WebAssembly.Module>();

/** @throws WebAssembly.CompileError where a page's content-security policy forbids compiling. */
export function compileSimd(options: SimdOptions, from: readonly KernelFamily[] = families): WebAssembly.Module {
  if (from !== families) return compile(options, from);
  const key = `${options.shared} ${options.numerics}`;
  const module = compiled.get(key) ?? compile(options, from);
  compiled.set(key, module);
  return module;
}

function compile({ shared, numerics }: SimdOptions, from: readonly KernelFamily[]): WebAssembly.Module {
  const functions = from.flatMap(({ simd }) => simd?.emit(numerics) ?? []);
  return new WebAssembly.Module(assemble(functions, { shared, maximumPages: MOST_PAGES }));
}

/**
 * The SIMD kernels of a compiled module for one thread.
 *
 * @param module from compileSimd, made for this kind of memory.
 * @param memory holds every array that the kernels are given: a pointer is an array's byteOffset.
 * @param workspace byte offset of WORKSPACE_BYTES bytes of the memory that no other thread uses.
 */
export function bindSimd(
  module: WebAssembly.Module, memory: WebAssembly.Memory, workspace: number, from: readonly KernelFamily[] = families,
): Partial<Kernels> {
  const wasm = new WebAssembly.Instance(module, { env: { memory } }).exports as Emitted;
  const scratch = { at: Math.ceil(workspace / CACHE_LINE) * CACHE_LINE, bytes: SCRATCH_BYTES };
  return Object.assign({}, ...from.map(({ simd }) => simd?.bind(wasm, scratch))) as Partial<Kernels>;
}

/** Every kernel of the families by name. @param module null for the plain kernels. */
export function bindKernels(
  module: WebAssembly.Module | null, memory: WebAssembly.Memory, workspace: number,
  from: readonly KernelFamily[] = families,
): KernelTable {
  const fast = (module ? bindSimd(module, memory, workspace, from) : {}) as Record<string, BoundKernel["run"]>;
  return new Map(Object.entries(plainRecords(from)).map(([name, { run, split }], index) => [
    name, { index, run: fast[name] ?? run, split } as BoundKernel,
  ]));
}
