/**
 * An engine for a page or its worker: one thread, memory of its own, no Node. The same engine, kernels and results as
 * everywhere; only what Node's opener asks the machine for is missing here.
 *
 * Static hosts send no isolation headers, so there is no SharedArrayBuffer and there are no helper threads. Kernels are
 * SIMD where the browser has it and the page's content-security policy lets WebAssembly compile ('wasm-unsafe-eval'),
 * else the plain ones, slower by an order of magnitude and as right. `engine.numerics` says which it became.
 */
import { buildEngine, reservedBytes, type KernelOptions } from "../engine/build.js";
import type { Engine } from "../engine/engine.js";
import type { Model } from "../model-folder/model.js";

/** What a page's engine computes with: one thread, one memory. */
export interface BrowserEngineOptions {
  /** Memory for tensors, in bytes; see `sessionBytes`. Default 256 MiB. */
  readonly bytes?: number;
  /** "plain" leaves WebAssembly code alone. Default "auto": SIMD where it runs. */
  readonly kernels?: "auto" | "plain";
  /** "fused" where the browser has it, the default; "portable" gives the same bits everywhere. */
  readonly numerics?: KernelOptions["numerics"];
}

/** @throws UserError when the memory is not to be had. */
export function openBrowserEngine({ bytes = 2 ** 28, ...options }: BrowserEngineOptions = {}): Engine {
  return buildEngine({ ...options, threads: 1, memoryBytes: bytes + reservedBytes(1) });
}

/** Bytes that a session on this model needs at its peak: weights, what choosing knobs takes for a while, and scores. */
export function sessionBytes(model: Model): number {
  const { factors: D, neurons: H } = model.shape;
  const items = model.items.ids.length;
  const cfae = Object.values(model.cfae).reduce((sum, { data }) => sum + data.length, 0);
  const choosing = items * D + 2 * H * D + D * D;
  // Explanations by ablation decode every active neuron's absence at once.
  const decoding = (model.shape.k + 8) * items;
  return 4 * (cfae + 2 * H * D + 2 * H + D + Math.max(choosing, decoding) + 8 * items) + 2 ** 23;
}
