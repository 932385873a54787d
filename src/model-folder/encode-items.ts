/**
 * Item codes S (docs/method.md §4): every item encoded alone, as a user who has only this item would be. Always the
 * encoder's codes, with `sae.itemK` neurons where that is set and whatever `sae.refine` says: they tell what a neuron
 * answers to. A code refined to meet one item's vector to the last digit spreads it over neurons that have no other
 * business with the item, and labels get lost (in the built-in world 58 of 60 planted concepts became less than 10).
 */
import type { Engine } from "../engine/engine.js";
import { csrIdentity, type Csr } from "../base/csr.js";
import { codesOf, embedAll } from "../models/encode-all.js";
import { openSae } from "../models/sae/registry.js";
import type { ModelWeights } from "./model.js";
import { openCfae } from "./open-model.js";

/** (I, H), non-negative. The heap is as it was afterwards. */
export function encodeItems(engine: Engine, model: ModelWeights, items: number): Csr {
  return engine.scope(() => {
    const cfae = openCfae(engine, model.config, model.cfae);
    const { sae: config } = model.config;
    // Models of earlier versions do not say itemK.
    const k = Math.min(config.itemK || model.shape.k, model.shape.neurons);
    const sae = openSae(engine, { ...config, refine: 0 }, model.sae, { ...model.shape, k });
    return codesOf(engine, sae, embedAll(engine, cfae, csrIdentity(items)));
  });
}
