/**
 * The concepts of a trained model (interpret/concepts/concepts.ts): worked out when it is trained, or when
 * it is opened and has none.
 */
import type { Engine } from "../engine/engine.js";
import { csrIdentity, type Csr } from "../base/csr.js";
import { findConcepts, type Concept, type ConceptOptions } from "../interpret/concepts/concepts.js";
import { cosines } from "../interpret/concepts/group-neurons.js";
import { principalComponents, project } from "../interpret/components/pca.js";
import { embedAll } from "../models/encode-all.js";
import { UserError } from "../base/user-error.js";
import { keptNames, matchConcepts, type ConceptMatch } from "../interpret/concepts/match-concepts.js";
import { encodeItems } from "./encode-items.js";
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
  const axes = project(principalComponents(vectors, I, shape.factors), vectors, I);
  return findConcepts({
    codes: itemCodes, effects: effectCosines(engine, model.sae.decoderW, vectors, I, shape.neurons),
    axes: { rows: I, cols: shape.factors, data: axes }, tags, titles: items.titles, seed,
  }, options);
}

/**
 * (C, I) what each concept does to the score of every item, for matching two trainings (match-concepts.ts): exact for a
 * linear decoder, else as near as directions of item embeddings come to it. The heap is as it was afterwards.
 */
export function conceptEffects(
  engine: Engine, model: Pick<Model, "config" | "cfae" | "sae" | "shape" | "items">,
  concepts: readonly Pick<Concept, "neurons" | "weights">[],
): Float32Array {
  const [I, D, C] = [model.items.ids.length, model.shape.factors, concepts.length];
  const vectors = itemVectors(engine, model, I);
  const directions = new Float32Array(C * D);
  concepts.forEach(({ neurons, weights }, c) => {
    neurons.forEach((n, i) => {
      for (let d = 0; d < D; d++) directions[c * D + d] += weights[i] * model.sae.decoderW[n * D + d];
    });
  });
  return engine.scope(() => {
    const effects = engine.floats(C * I);
    engine.run("matmulABt", effects, engine.floatsFrom(directions), engine.floatsFrom(vectors), C, I, D, 0);
    return Float32Array.from(effects);
  });
}

/** (I, D): each item embedded alone; the rows of A for ELSA. */
function itemVectors(engine: Engine, model: Pick<Model, "config" | "cfae">, items: number): Float32Array {
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

/** An earlier training's concepts, and which of a new one's do the same (match-concepts.ts): a is before, b now. */
export interface ConceptsInCommon {
  readonly before: readonly Concept[];
  readonly match: ConceptMatch;
}

/**
 * The concepts of two trainings matched by what they do to the items that both have.
 * @throws UserError when the two have not half of their items in common.
 */
export function conceptsInCommon(
  engine: Engine, earlier: Parameters<typeof conceptsOf>[1] & Pick<Model, "concepts">,
  model: Parameters<typeof conceptEffects>[1], concepts: readonly Concept[],
): ConceptsInCommon {
  const { items } = model;
  const place = new Map(earlier.items.ids.map((id, i) => [id, i]));
  const shared = Array.from(items.ids.keys()).filter((i) => place.has(items.ids[i]));
  if (2 * shared.length < Math.max(earlier.items.ids.length, items.ids.length)) {
    throw new UserError(
      `names cannot be kept: the earlier model has ${earlier.items.ids.length} items, this one ${items.ids.length}, ` +
      `only ${shared.length} are the same: concepts are matched by what they do to items`,
    );
  }
  const before = earlier.concepts ?? conceptsOf(engine, earlier, encodeItems(engine, earlier, place.size));
  const of = (effects: Float32Array, I: number, kept: readonly number[]): Float32Array =>
    Float32Array.from({ length: effects.length / I * kept.length }, (_, q) =>
      effects[Math.floor(q / kept.length) * I + kept[q % kept.length]]);
  const match = matchConcepts(
    of(conceptEffects(engine, earlier, before), place.size, shared.map((i) => place.get(items.ids[i])!)),
    of(conceptEffects(engine, model, concepts), items.ids.length, shared), shared.length,
  );
  return { before, match };
}

/** A new training's concepts with the names that the earlier one gave those that are found again. */
export function namedAsBefore(concepts: readonly Concept[], { before, match }: ConceptsInCommon): Concept[] {
  const names = keptNames(before.map(({ name }) => name), concepts.map(({ name }) => name), match);
  return concepts.map((concept, c) => ({ ...concept, name: names[c] }));
}
