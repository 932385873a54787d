/**
 * All emitted kernels as one WebAssembly module: 45 KB, built in some tens of milliseconds, posted to workers as it is.
 *
 * The module has no state. It imports the memory its arrays live in as env.memory and exports its functions by name.
 */
import { emitAdam } from "../adam.js";
import { assemble } from "./assembler.js";
import { emitElementwise } from "../elementwise.js";
import { emitGaussian } from "../gaussian.js";
import { emitLosses } from "../losses.js";
import { emitMatmul } from "../matmul.js";
import type { Numerics } from "./numerics.js";
import { emitRank } from "../rank.js";
import { emitRows } from "../rows.js";
import { emitSoftmaxKl } from "../softmax-kl.js";
import { emitSoftmax } from "../softmax.js";
import { emitSparse } from "../sparse.js";
import { emitThreshold } from "../threshold.js";
import { emitTopk } from "../topk.js";

export interface SimdOptions {
  /** Whether the memory is shared between threads. */
  readonly shared: boolean;
  /** The maximum size the memory was made with, in pages of 64 KiB; only looked at when shared. */
  readonly maximumPages: number;
  readonly numerics: Numerics;
}

export function compileSimd(options: SimdOptions): WebAssembly.Module {
  const { numerics } = options;
  return new WebAssembly.Module(assemble([
    ...emitMatmul(numerics), ...emitSparse(numerics), emitTopk(), ...emitRows(numerics), ...emitElementwise(numerics),
    ...emitAdam(numerics), ...emitLosses(numerics), ...emitSoftmax(numerics), emitSoftmaxKl(numerics),
    ...emitGaussian(numerics), emitRank(), ...emitThreshold(),
  ], options));
}
