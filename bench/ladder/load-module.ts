/** Emitted functions as they are called: a WebAssembly module of them over an engine's memory. */
import type { Emitted } from "../../src/kernels/family.js";
import { assemble, type Func } from "../../src/kernels/simd/emit/assembler.js";
import type { Heap } from "../../src/engine/heap.js";

export function loadModule(heap: Heap, functions: readonly Func[]): Emitted {
  // A page has no SharedArrayBuffer unless its host asks for isolation.
  const shared = typeof SharedArrayBuffer === "function" && heap.memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(assemble(functions, { shared, maximumPages: heap.pages }));
  return new WebAssembly.Instance(module, { env: { memory: heap.memory } }).exports as Emitted;
}
