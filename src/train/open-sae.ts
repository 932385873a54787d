/** The SAE that a configuration names, on weights that are there: for training and for use, in Node and in browsers. */
import type { Engine } from "../engine/engine.js";
import { BasicSae } from "../models/basic-sae.js";
import { BatchTopKSae } from "../models/batch-topk-sae.js";
import { JumpReluSae } from "../models/jumprelu-sae.js";
import { MatryoshkaSae } from "../models/matryoshka-sae.js";
import type { SaeShape, SaeWeights, SparseAutoencoder } from "../models/sparse-autoencoder.js";
import { TopKSae } from "../models/topk-sae.js";
import type { SaeConfig } from "./config.js";

/** The SAE of a configuration on given weights. */
export function openSae(
  engine: Engine, config: Pick<SaeConfig, "kind" | "levels" | "bandwidth" | "refine">, weights: SaeWeights,
  shape: SaeShape & { k: number }, trainable = false,
): SparseAutoencoder {
  const refined = { ...shape, refine: config.refine };
  switch (config.kind) {
    case "topk": return new TopKSae(engine, weights, refined, trainable);
    case "basic": return new BasicSae(engine, weights, shape, trainable);
    case "batch-topk": return new BatchTopKSae(engine, weights, shape, trainable);
    case "jumprelu": return new JumpReluSae(engine, weights, shape, config.bandwidth ?? 0.5, trainable);
    case "matryoshka": return new MatryoshkaSae(engine, weights, refined, config.levels ?? 5, trainable);
  }
}
