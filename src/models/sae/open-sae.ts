/** The SAE that a configuration names, on weights that are there: for training and for use, in Node and in browsers. */
import { UserError } from "../../base/user-error.js";
import type { Engine } from "../../engine/engine.js";
import { BasicSae } from "./basic-sae.js";
import { BatchTopKSae } from "./batch-topk-sae.js";
import { JumpReluSae } from "./jumprelu-sae.js";
import { MatryoshkaSae } from "./matryoshka-sae.js";
import type { Cfae } from "../recommenders/recommender.js";
import type { SaeShape, SaeWeights, SparseAutoencoder } from "./sparse-autoencoder.js";
import { type Head, TopKSae } from "./topk-sae.js";
import type { SaeDesign } from "../../config/sae.js";

/**
 * The SAE of a configuration on given weights.
 * @param cfae the recommender around it, which `refineHead` needs for use; training does without.
 */
export function openSae(
  engine: Engine, config: SaeDesign, weights: SaeWeights, shape: SaeShape & { k: number }, trainable = false,
  cfae: Cfae | null = null,
): SparseAutoencoder {
  const refined = { ...shape, refine: config.refine, head: headOf(config, cfae) };
  switch (config.kind) {
    case "topk": return new TopKSae(engine, weights, refined, trainable);
    case "basic": return new BasicSae(engine, weights, shape, trainable);
    case "batch-topk": return new BatchTopKSae(engine, weights, shape, trainable);
    case "jumprelu": return new JumpReluSae(engine, weights, shape, config.bandwidth, trainable);
    case "matryoshka": return new MatryoshkaSae(engine, weights, refined, config.levels, trainable);
    default: throw new UserError(`there is no kind of SAE "${config.kind}"`);
  }
}

/**
 * A recommender whose scores are not linear in the embedding has none: its codes are refined for all directions alike.
 */
function headOf({ refineHead: size, refineWeight: weight }: SaeDesign, cfae: Cfae | null): Head | undefined {
  return size > 0 && cfae?.itemVectors ? { itemVectors: cfae.itemVectors, size, weight } : undefined;
}
