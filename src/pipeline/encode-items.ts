/** Item codes S (METHOD.md §4): every item encoded alone, as a user who has only this item would be. */
import type { Engine } from "../engine/engine.js";
import { csrIdentity, type Csr } from "../kernels/csr.js";
import { codesOf, embedAll } from "../models/encode-all.js";
import type { ModelWeights } from "./model.js";
import { openNested } from "./open-nested.js";

/** (I, H), non-negative. The heap is as it was afterwards. */
export function encodeItems(engine: Engine, model: ModelWeights, items: number): Csr {
  const mark = engine.heap.mark();
  try {
    const { cfae, sae } = openNested(engine, model);
    return codesOf(engine, sae, embedAll(engine, cfae, csrIdentity(items)));
  } finally {
    engine.heap.release(mark);
  }
}
