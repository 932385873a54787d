/** A kind of SAE, from outside of src: half of the k that is asked for. */
import type { SaeRecord } from "../../src/models/sae/record.js";
import { TopKSae } from "../../src/models/sae/topk-sae.js";

export const toySae: SaeRecord = {
  name: "half-topk", title: "Half TopK", k: "row", sparse: true,
  open: (engine, weights, shape, _design, { trainable }) =>
    new TopKSae(engine, weights, { ...shape, k: Math.ceil(shape.k / 2) }, trainable),
  rowFloats: (_config, { neurons }) => 2 * neurons,
};
