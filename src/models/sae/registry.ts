/**
 * Which kinds of SAE there are. Everything that lists, names, sizes, trains or reopens them asks here; `register` adds
 * one from elsewhere.
 */
import { Registry } from "../../base/registry.js";
import type { SaeDesign } from "../../config/sae.js";
import type { Engine } from "../../engine/engine.js";
import { basic } from "./basic-sae.js";
import { batchTopK } from "./batch-topk-sae.js";
import { jumpRelu } from "./jumprelu-sae.js";
import { matryoshka } from "./matryoshka-sae.js";
import { poles } from "./poles-sae.js";
import type { SaeOptions, SaeRecord } from "./record.js";
import type { SaeShape, SaeWeights, SparseAutoencoder } from "./sparse-autoencoder.js";
import { topK } from "./topk-sae.js";

/** The kinds of SAE by name. */
export const saeKinds = new Registry<SaeRecord>("kind of SAE", [topK, basic, batchTopK, jumpRelu, matryoshka, poles]);

/** The SAE of a configuration on given weights: for training and for use, in Node and in browsers. */
export function openSae(
  engine: Engine, design: SaeDesign, weights: SaeWeights, shape: SaeShape & { k: number }, options: SaeOptions = {},
): SparseAutoencoder {
  return saeKinds.get(design.kind).open(engine, weights, shape, design, options);
}
