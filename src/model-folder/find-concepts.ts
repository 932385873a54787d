/**
 * The concepts of a trained model (interpret/concepts/concepts.ts): worked out when it is trained, or when
 * it is opened and has none.
 */
import type { Engine } from "../engine/engine.js";
import { csrIdentity, type Csr } from "../base/csr.js";
import { findConcepts, type Concept, type ConceptOptions } from "../interpret/concepts/concepts.js";
import { cosines } from "../interpret/concepts/group-neurons.js";
import { principalComponents, project } from "../interpret/components/pca.js";
import type { DenseCodes } from "../interpret/meaning/recovery.js";
import { embedAll } from "../models/encode-all.js";
import type { Model } from "./model.js";
import { openCfae } from "./open-model.js";

/**
 * A model's concepts (interpret/concepts/concepts.ts).
 *
 * @param itemCodes S, (I, H). The heap is as it was afterwards.
 */
export function conceptsOf(
  engine: Engine, model: Pick<Model, "config" | "cfae" | "sae" | "shape" | "items" | "tags" | "seed">, itemCodes: Csr,
  options: ConceptOptions = {},
): Concept[] {
  const { shape, items, tags, seed } = model;
  const I = items.ids.length;
  const vectors = itemVectors(engine, model, I);
  const D = shape.factors;
  const axes = (some: Int32Array): DenseCodes =>
    ({ rows: some.length, cols: D, data: project(principalComponents(vectors, I, D), vectors, I, some) });
  return findConcepts({
    codes: itemCodes, effects: effectCosines(engine, model.sae.decoderW, vectors, I, shape.neurons),
    axes, tags, titles: items.titles, seed,
  }, options);
}

/** (I, D): each item embedded alone; the rows of A for ELSA. */
export function itemVectors(engine: Engine, model: Pick<Model, "config" | "cfae">, items: number): Float32Array {
  return engine.scope(() => {
    const cfae = openCfae(engine, model.config, model.cfae);
    return Float32Array.from(embedAll(engine, cfae, csrIdentity(items)).data);
  });
}

/**
 * (H, H) cosines of what neurons do to the scores, W·AᵀA·Wᵀ with centred item vectors A: exact for a linear decoder,
 * else as near as directions of item embeddings come to it.
 */
function effectCosines(
  engine: Engine, decoderW: Float32Array, vectors: Float32Array, items: number, H: number,
): Float32Array {
  const D = decoderW.length / H;
  return engine.scope(() => {
    const centred = engine.floatsFrom(vectors);
    for (let d = 0; d < D; d++) {
      let mean = 0;
      for (let i = 0; i < items; i++) mean += centred[i * D + d] / items;
      for (let i = 0; i < items; i++) centred[i * D + d] -= mean;
    }
    const moment = engine.floats(D * D);
    engine.run("matmulAtB", moment, centred, centred, D, D, items, 0);
    const half = engine.floats(H * D);
    const w = engine.floatsFrom(decoderW);
    engine.run("matmul", half, w, moment, H, D, D, 0);
    const gram = engine.floats(H * H);
    engine.run("matmulABt", gram, half, w, H, H, D, 0);
    return cosines(Float32Array.from(gram), H);
  });
}
