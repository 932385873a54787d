/**
 * Which implementation stands behind each kernel's name: SIMD where a module is given and has it, else plain.
 */
import { plain, type KernelName, type Kernels } from "../kernels/plain/index.js";
import { bindSimd } from "../kernels/simd/index.js";

/** Kernel names in a fixed order: a call on the board carries the position. */
export const kernelNames = Object.keys(plain) as KernelName[];

export function kernelTable(
  module: WebAssembly.Module | null, memory: WebAssembly.Memory, workspace: number,
): Kernels {
  return module ? { ...plain, ...bindSimd(module, memory, workspace) } : plain;
}
