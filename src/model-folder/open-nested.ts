/** A trained model's recommender with its SAE inside, on its weights, ready for use. */
import type { Engine } from "../engine/engine.js";
import { NestedRecommender } from "../models/nested.js";
import { openSae } from "../models/sae/open-sae.js";
import type { ModelWeights } from "./model.js";
import { openCfae } from "./open-cfae.js";

/** In the engine's heap until it is released. @throws UserError when the weights are of another model. */
export function openNested(engine: Engine, { config, cfae: weights, sae, shape }: ModelWeights): NestedRecommender {
  const cfae = openCfae(engine, config, weights);
  return new NestedRecommender(cfae, openSae(engine, config.sae, sae, shape, false, cfae));
}
