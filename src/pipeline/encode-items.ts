/** Item codes S (METHOD.md §4): every item encoded alone, as a user who has only this item would be. */
import type { Engine } from "../engine/engine.js";
import { csrIdentity, type Csr } from "../kernels/csr.js";
import { codesOf, embedAll } from "../models/encode-all.js";
import { openSae } from "../train/open-sae.js";
import { openCfae } from "./open-cfae.js";
import type { ModelWeights } from "./evaluate-model.js";

/** (I, H), non-negative. The heap is as it was afterwards. */
export function encodeItems(engine: Engine, model: ModelWeights, items: number): Csr {
  const mark = engine.heap.mark();
  try {
    const cfae = openCfae(engine, model.config, model.cfae);
    const sae = openSae(engine, model.config.sae, model.sae, model.shape);
    return codesOf(engine, sae, embedAll(engine, cfae, csrIdentity(items)));
  } finally {
    engine.heap.release(mark);
  }
}
