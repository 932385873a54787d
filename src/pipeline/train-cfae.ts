/**
 * Trains the recommender that an SAE is put into, chosen by name. Weights are tensors by the names of PyTorch's
 * reference (docs/exchange.md); open-cfae.ts puts them to use.
 */
import type { Engine } from "../engine/engine.js";
import type { Csr } from "../base/csr.js";
import type { NamedWeights } from "../models/recommenders/multdae.js";
import { multVaeConfigOf } from "../models/recommenders/open-multvae.js";
import type { Config } from "../config/config.js";
import type { FitHooks, FitResult } from "../train/fit.js";
import { trainElsa } from "../train/train-elsa.js";
import { trainMultVae } from "../train/train-multvae.js";

export interface TrainedCfae {
  weights: NamedWeights;
  fit: FitResult;
}

/** @param train (U, I) binary; @param validation (V, I) binary, all interactions of the validation users. */
export async function trainCfae(
  engine: Engine, train: Csr, validation: Csr, config: Config, seed: number, hooks?: FitHooks,
): Promise<TrainedCfae> {
  if (config.model !== "elsa") {
    return trainMultVae(engine, train, validation, multVaeConfigOf(config), seed, hooks);
  }
  const { encoder, fit } = await trainElsa(engine, train, validation, config.elsa, seed, hooks);
  return { weights: { encoder: { shape: [train.cols, config.elsa.factors], data: encoder } }, fit };
}
