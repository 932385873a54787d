/**
 * `unknot/engine`: who computes. An engine runs kernels by name, over tensors in a memory of its own, on one thread or
 * many; sparse matrices and seeded random numbers are what all floors above it share.
 *
 *   const engine = openEngine({ threads: 2 });
 *   const [out, x] = [engine.floats(4), engine.floatsFrom([1, -2, 3, -4])];
 *   engine.run("relu", out, x);                                             // out: 1, 0, 3, 0
 *   engine.close();
 *
 * @module engine
 */
export { openEngine, type EngineOptions } from "../engine/open.js";
export type { KernelOptions } from "../engine/build.js";
export { Engine } from "../engine/engine.js";
export type { Heap, HeapOptions } from "../engine/heap.js";
export { enableRelaxedSimd } from "../engine/relaxed-simd.js";
export type { Numerics } from "../kernels/simd/emit/numerics.js";
export type { KernelArgs, KernelName } from "../kernels/families.js";
export type { Split } from "../kernels/family.js";
export {
  csrColumnCounts, csrFromLists, csrFromPairs, csrIdentity, csrRow, csrSelectRows, csrTranspose, type Csr,
} from "../base/csr.js";
export type { Floats } from "../base/floats.js";
export { Random } from "../base/random.js";
export type { BoundKernel, KernelTable } from "../kernels/bind.js";
export type { KernelArgument, ThreadPool } from "../engine/threads/thread-pool.js";
