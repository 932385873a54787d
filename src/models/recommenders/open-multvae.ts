/** MultVAE or MultDAE, as a configuration says, on weights that are there. */
import type { Engine } from "../../engine/engine.js";
import { MultDae, type NamedWeights } from "./multdae.js";
import { MultVae } from "./multvae.js";
import type { Config } from "../../config/config.js";
import type { MultVaeConfig } from "../../config/multvae.js";

/** The model of a configuration on given weights. */
export function openMultVae(
  engine: Engine, { kind }: Pick<MultVaeConfig, "kind">, weights: NamedWeights, trainable = false,
): MultDae {
  return kind === "vae" ? new MultVae(engine, weights, trainable) : new MultDae(engine, weights, trainable);
}

/** The settings of the recommender that a configuration names. */
export function multVaeConfigOf({ model, multvae }: Config): MultVaeConfig {
  return { ...multvae, kind: model === "multdae" ? "dae" : "vae" };
}
