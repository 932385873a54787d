/**
 * An engine for a page or its worker: one thread, memory of its own, no Node. The same engine, kernels and results as
 * everywhere; only what Node's opener asks the machine for is missing here.
 *
 * Static hosts send no isolation headers, so there is no SharedArrayBuffer and there are no helper threads. Kernels are
 * SIMD where the browser has it and the page's content-security policy lets WebAssembly compile ('wasm-unsafe-eval'),
 * else the plain ones, slower by an order of magnitude and as right. `engine.numerics` says which it became.
 */
import { Engine } from "../engine/engine.js";
import { Heap } from "../engine/heap.js";
import { kernelTable } from "../engine/kernel-table.js";
import {
  compileSimd, relaxedSimdAvailable, simdAvailable, WORKSPACE_BYTES, type Numerics,
} from "../kernels/simd/index.js";
import type { Model } from "../model-folder/model.js";

export interface BrowserEngineOptions {
  /** Memory for tensors, in bytes; see `sessionBytes`. Default 256 MiB. */
  readonly bytes?: number;
  /** "plain" leaves WebAssembly code alone. Default "auto": SIMD where it runs. */
  readonly kernels?: "auto" | "plain";
  /** "fused" where the browser has it, the default; "portable" gives the same bits everywhere. */
  readonly numerics?: Numerics;
}

/** Keeps every pointer away from 0, which stands for "no array". */
const WORKSPACE = 65536;

/** @throws UserError when the memory is not to be had. */
export function openBrowserEngine(options: BrowserEngineOptions = {}): Engine {
  const { bytes = 2 ** 28, kernels = "auto" } = options;
  const reserved = WORKSPACE + WORKSPACE_BYTES;
  const heap = new Heap({ bytes: bytes + reserved, shared: false, precision: "f32", reserved });
  const numerics = options.numerics !== "portable" && relaxedSimdAvailable() ? "fused" : "portable";
  if (kernels === "plain" || !simdAvailable()) return new Engine(heap, kernelTable(null, heap.memory, WORKSPACE), null);
  try {
    const module = compileSimd({ shared: false, maximumPages: heap.pages, numerics });
    return new Engine(heap, kernelTable(module, heap.memory, WORKSPACE), null, numerics);
  } catch {
    // A policy without 'wasm-unsafe-eval' refuses the module, not the memory.
    return new Engine(heap, kernelTable(null, heap.memory, WORKSPACE), null);
  }
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
