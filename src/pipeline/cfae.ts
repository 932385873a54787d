/**
 * The recommender that an SAE is put into, chosen by name: what the pipeline needs to train one, to open one on saved
 * weights, and to call it by its name. Weights are tensors by the names of PyTorch's reference (docs/exchange.md).
 */
import type { Engine } from "../engine/engine.js";
import type { Csr } from "../kernels/csr.js";
import { UserError } from "../kernels/user-error.js";
import { Elsa } from "../models/elsa.js";
import type { NamedWeights } from "../models/multdae.js";
import type { Cfae } from "../models/recommender.js";
import { multVaeConfigOf, type CfaeName, type Preset } from "../train/config.js";
import type { FitHooks, FitResult } from "../train/fit.js";
import { trainElsa } from "../train/train-elsa.js";
import { openMultVae, trainMultVae } from "../train/train-multvae.js";

/** For people. */
export const cfaeTitles: Readonly<Record<CfaeName, string>> = { elsa: "ELSA", multvae: "MultVAE", multdae: "MultDAE" };

export interface TrainedCfae {
  weights: NamedWeights;
  fit: FitResult;
}

/** @param train (U, I) binary; @param validation (V, I) binary, all interactions of the validation users. */
export async function trainCfae(
  engine: Engine, train: Csr, validation: Csr, config: Preset, seed: number, hooks?: FitHooks,
): Promise<TrainedCfae> {
  if ((config.model ?? "elsa") !== "elsa") {
    return trainMultVae(engine, train, validation, multVaeConfigOf(config), seed, hooks);
  }
  const { encoder, fit } = await trainElsa(engine, train, validation, config.elsa, seed, hooks);
  return { weights: { encoder: { shape: [train.cols, config.elsa.factors], data: encoder } }, fit };
}

/** The weights in the engine's heap, ready to encode and decode. @throws UserError when they are of another model. */
export function openCfae(engine: Engine, config: Preset, weights: NamedWeights): Cfae {
  if ((config.model ?? "elsa") !== "elsa") return openMultVae(engine, multVaeConfigOf(config), weights);
  const [items, factors] = elsaEncoder(weights).shape;
  return new Elsa(engine, elsaEncoder(weights).data, items, factors);
}

/** A, (I, D): ELSA's item vectors. @throws UserError when the weights are not ELSA's. */
export function elsaEncoder(weights: NamedWeights): NamedWeights[string] {
  if (Object.hasOwn(weights, "encoder")) return weights.encoder;
  throw new UserError(`no tensor encoder among ${Object.keys(weights).join(", ")}: is this a model of another kind?`);
}
