/**
 * A trained model on its weights, ready for use: the recommender, the recommender with its SAE inside, the chooser of
 * neurons. Nothing here trains, so it runs in browsers too. Everything opened is in the engine's heap until released.
 */
import type { Csr } from "../base/csr.js";
import type { NamedTensor, NamedTensors } from "../base/named-tensors.js";
import { UserError } from "../base/user-error.js";
import type { Config } from "../config/config.js";
import type { Engine } from "../engine/engine.js";
import { aliveNeurons } from "../interpret/tfidf.js";
import { NestedRecommender } from "../models/nested.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import { recordOf } from "../models/recommenders/registry.js";
import { openSae } from "../models/sae/registry.js";
import { DecoderKnobs, type DecoderKnobOptions } from "../steer/decoder-knobs.js";
import type { ModelWeights } from "./model.js";

/** What the recommender is called, for people. */
export function cfaeTitle(config: Pick<Config, "model">): string {
  return recordOf(config).title;
}

/** The recommender. @throws UserError when the weights are of another model. */
export function openCfae(engine: Engine, config: Pick<Config, "model">, weights: NamedTensors): Cfae {
  return recordOf(config).open(engine, weights);
}

/** The recommender with the SAE inside. @throws UserError when the weights are of another model. */
export function openNested(engine: Engine, { config, cfae: weights, sae, shape }: ModelWeights): NestedRecommender {
  const cfae = openCfae(engine, config, weights);
  return new NestedRecommender(cfae, openSae(engine, config.sae, sae, shape, { cfae }));
}

/**
 * Whether scores, before anything clips them, are linear in the embedding: neurons have exact parts of a score then.
 */
export function hasLinearDecoder({ config }: Pick<ModelWeights, "config">): boolean {
  return recordOf(config).linear;
}

/** A, (I, D), of a linear decoder. @throws UserError when the decoder is none. */
export function itemVectorsOf({ config, cfae }: Pick<ModelWeights, "config" | "cfae">): NamedTensor {
  const vectors = recordOf(config).itemVectors(cfae);
  if (vectors) return vectors;
  throw new UserError(`${cfaeTitle(config)} has no linear decoder: its scores are not a product with item vectors`);
}

/**
 * The chooser of steer/decoder-knobs.ts; only a linear decoder has one.
 * @param itemCodes S, (I, H): dead neurons are not chosen.
 * @param popularity (I) training users of each item; null counts all items alike.
 * @param leftOut items that take no part in the fit.
 */
export function openDecoderKnobs(
  engine: Engine, model: ModelWeights, itemCodes: Csr, popularity: ArrayLike<number> | null,
  { leftOut, leastShare }: Pick<DecoderKnobOptions, "leftOut" | "leastShare"> = {},
): DecoderKnobs {
  const { shape: [items], data } = itemVectorsOf(model);
  return new DecoderKnobs(engine, model.sae.decoderW, data, popularity ?? new Float64Array(items), {
    candidates: aliveNeurons(itemCodes), leftOut, leastShare,
  });
}
