/**
 * The plain kernels as one table: the specification of every kernel, and its fallback.
 *
 * All kernels share one shape of signature: output first, then inputs, then sizes, and last `begin, end`, the range of
 * outputs that this call owns. Outputs of different ranges are disjoint, so any number of threads may share the work
 * and the result is the same. `accumulate` (0 or 1) says whether the outputs are added to or overwritten.
 */
import { matmul, matmulABt, matmulAtB } from "./matmul.js";
import { csrDots, csrMatmul, csrRowSums, gather, transposeLists } from "./sparse.js";
import { maskRows, rankRows } from "./rank.js";
import { refineCodes } from "./refine-codes.js";
import { softmaxKl } from "./softmax-kl.js";
import { compressAbove, countAbove, nthLargest } from "./threshold.js";
import { topkRelu } from "./topk.js";
import {
  addScaled, columnSums, destandardiseRows, fillRows, matvec, normaliseRows, relu, reluGradient, scaleRows,
  standardiseRows, subtractRow,
} from "./rows.js";
import { adam, adamUnitRows } from "./adam.js";
import {
  cosineDistance, cosineDistanceGradient, reluResidual, reluResidualGradient, squaredError, squaredErrorGradient,
} from "./losses.js";
import { softmaxNll, softmaxNllGradient, softmaxRows, softmaxRowsGradient } from "./softmax.js";
import {
  gaussianKl, gaussianKlGradient, gaussianSample, gaussianSampleGradient, tanh, tanhGradient,
} from "./gaussian.js";
import { csrCsrMatmul, csrGram, csrSubtractRow, rowDots } from "./item-item.js";

export const plain = {
  matmul, matmulABt, matmulAtB,
  csrMatmul, csrDots, csrRowSums, gather, transposeLists,
  topkRelu, nthLargest, countAbove, compressAbove, maskRows, rankRows, refineCodes,
  fillRows, subtractRow, standardiseRows, destandardiseRows, scaleRows, columnSums, matvec, addScaled, relu,
  reluGradient, normaliseRows,
  adam, adamUnitRows,
  reluResidual, reluResidualGradient, squaredError, squaredErrorGradient, cosineDistance, cosineDistanceGradient,
  softmaxKl,
  softmaxRows, softmaxRowsGradient, softmaxNll, softmaxNllGradient,
  tanh, tanhGradient, gaussianSample, gaussianSampleGradient, gaussianKl, gaussianKlGradient,
  csrGram, csrCsrMatmul, csrSubtractRow, rowDots,
};

/** Every kernel by name; plain and SIMD are two values of this one type. */
export type Kernels = typeof plain;
export type KernelName = keyof Kernels;
/** A kernel's arguments without its range. */
export type KernelArgs<N extends KernelName> = Parameters<Kernels[N]> extends [...infer A, number, number] ? A : never;
