/**
 * The SIMD kernels: the same table of functions as the plain ones, with the same signatures and meaning, on typed
 * arrays that live in one WebAssembly memory.
 *
 * Not here, because four lanes have nothing to offer them (each plain file says why): gather, csrRowSums and
 * transposeLists; maskRows; reluResidualGradient; softmaxNll and its gradient; csrGram, csrCsrMatmul and
 * csrSubtractRow. They read or write single words at scattered places, a small part of what is around them.
 */
import type { Kernels } from "../plain/index.js";
import { bindAdam } from "./adam.js";
import { bindElementwise } from "./elementwise.js";
import { bindGaussian } from "./gaussian.js";
import { bindLosses } from "./losses.js";
import { MATMUL_BYTES, bindMatmul } from "./matmul.js";
import type { Emitted } from "./emit/emitted.js";
import { bindRank } from "./rank.js";
import { bindRefineCodes } from "./refine-codes.js";
import { bindRows } from "./rows.js";
import { bindSoftmaxKl } from "./softmax-kl.js";
import { bindSoftmax } from "./softmax.js";
import { bindSparse } from "./sparse.js";
import { bindThreshold } from "./threshold.js";
import { bindTopk } from "./topk.js";

export { compileSimd, type SimdOptions } from "./emit/module.js";
export { relaxedSimdAvailable, simdAvailable, type Numerics } from "./emit/numerics.js";

const CACHE_LINE = 64;

/** Bytes of scratch a thread needs: packed blocks of the dense products, or the candidates of a top-k row. */
export const WORKSPACE_BYTES = MATMUL_BYTES + CACHE_LINE;

/**
 * The kernels of a compiled module for one thread.
 *
 * @param module from compileSimd, made for this kind of memory.
 * @param memory holds every array that the kernels are given: a pointer is an array's byteOffset.
 * @param workspace byte offset of WORKSPACE_BYTES bytes of the memory that no other thread uses.
 */
export function bindSimd(module: WebAssembly.Module, memory: WebAssembly.Memory, workspace: number): Partial<Kernels> {
  const wasm = new WebAssembly.Instance(module, { env: { memory } }).exports as Emitted;
  const aligned = Math.ceil(workspace / CACHE_LINE) * CACHE_LINE;
  return {
    ...bindMatmul(wasm, aligned), ...bindSparse(wasm), ...bindTopk(wasm, aligned, MATMUL_BYTES),
    ...bindRows(wasm), ...bindElementwise(wasm), ...bindAdam(wasm), ...bindLosses(wasm),
    ...bindSoftmax(wasm), ...bindSoftmaxKl(wasm), ...bindGaussian(wasm), ...bindRank(wasm, aligned, MATMUL_BYTES),
    ...bindThreshold(wasm, aligned, MATMUL_BYTES), ...bindRefineCodes(wasm, aligned, MATMUL_BYTES),
  };
}
