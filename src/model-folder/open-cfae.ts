/**
 * The recommender that an SAE is put into, on saved weights, and what it is called. Nothing here trains, so it runs in
 * browsers too. Weights are tensors by the names of PyTorch's reference (docs/exchange.md).
 */
import type { Engine } from "../engine/engine.js";
import { UserError } from "../base/user-error.js";
import { Elsa } from "../models/recommenders/elsa.js";
import type { NamedWeights } from "../models/recommenders/multdae.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import { multVaeConfigOf } from "../models/recommenders/open-multvae.js";
import type { Config } from "../config/config.js";
import { openMultVae } from "../models/recommenders/open-multvae.js";

/** For people. */
export const cfaeTitles: Readonly<Record<string, string>> = { elsa: "ELSA", multvae: "MultVAE", multdae: "MultDAE" };

/** The weights in the engine's heap, ready to encode and decode. @throws UserError when they are of another model. */
export function openCfae(engine: Engine, config: Config, weights: NamedWeights): Cfae {
  if (config.model !== "elsa") return openMultVae(engine, multVaeConfigOf(config), weights);
  const [items, factors] = elsaEncoder(weights).shape;
  return new Elsa(engine, elsaEncoder(weights).data, items, factors);
}

/** A, (I, D): ELSA's item vectors. @throws UserError when the weights are not ELSA's. */
export function elsaEncoder(weights: NamedWeights): NamedWeights[string] {
  if (Object.hasOwn(weights, "encoder")) return weights.encoder;
  throw new UserError(`no tensor encoder among ${Object.keys(weights).join(", ")}: is this a model of another kind?`);
}
