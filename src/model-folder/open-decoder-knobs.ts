/** The chooser of steer/decoder-knobs.ts for a trained model; only a linear decoder has one. */
import type { Engine } from "../engine/engine.js";
import { aliveNeurons } from "../interpret/tfidf.js";
import type { Csr } from "../base/csr.js";
import { DecoderKnobs } from "../steer/decoder-knobs.js";
import type { ModelWeights } from "./model.js";
import { elsaEncoder } from "./open-cfae.js";

/** Whether neurons can be chosen by what they do to the scores: ELSA, not MultVAE or MultDAE. */
export function hasLinearDecoder({ config }: Pick<ModelWeights, "config">): boolean {
  return config.model === "elsa";
}

/**
 * @param itemCodes S, (I, H): dead neurons are not chosen.
 * @param popularity (I) training users of each item; null counts all items alike.
 */
export function openDecoderKnobs(
  engine: Engine, model: ModelWeights, itemCodes: Csr, popularity: ArrayLike<number> | null,
): DecoderKnobs {
  const { shape: [items], data } = elsaEncoder(model.cfae);
  return new DecoderKnobs(engine, model.sae.decoderW, data, popularity ?? new Float64Array(items), {
    candidates: aliveNeurons(itemCodes),
  });
}
