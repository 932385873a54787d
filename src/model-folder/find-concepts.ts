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
import {
  keptNames, matchConcepts, type ConceptMatch, type ConceptPair,
} from "../interpret/concepts/match-concepts.js";
import { encodeItems } from "./encode-items.js";
import type { Model } from "./model.js";
import { openCfae } from "./open-model.js";
import { checkMatchable, sharedItems } from "./shared-items.js";

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
  /** Those of the matched pairs that both trainings prove for one tag. */
  readonly sameTag: readonly ConceptPair[];
}

/**
 * The concepts of two trainings matched by what they do to the items that both have.
 * @throws UserError when the two have not half of their items in common.
 */
export function conceptsInCommon(
  engine: Engine, earlier: Parameters<typeof conceptsOf>[1] & Pick<Model, "concepts">,
  model: Parameters<typeof conceptEffects>[1] & Pick<Model, "tags">, concepts: readonly Concept[],
): ConceptsInCommon {
  checkMatchable(earlier.items, model.items);
  const shared = sharedItems(earlier.items, model.items);
  const [was, is] = [earlier.items.ids.length, model.items.ids.length];
  const before = earlier.concepts ?? conceptsOf(engine, earlier, encodeItems(engine, earlier, was));
  const of = (effects: Float32Array, I: number, kept: readonly number[]): Float32Array =>
    Float32Array.from({ length: effects.length / I * kept.length }, (_, q) =>
      effects[Math.floor(q / kept.length) * I + kept[q % kept.length]]);
  const match = matchConcepts(
    of(conceptEffects(engine, earlier, before), was, shared.earlier),
    of(conceptEffects(engine, model, concepts), is, shared.now), shared.now.length,
  );
  const tagOf = ({ tags }: Pick<Model, "tags">, { tag, proven }: Concept): string | null =>
    (proven && tag >= 0 ? tags!.names[tag] : null);
  const sameTag = match.pairs.filter(({ a, b }) =>
    before[a].proven && tagOf(earlier, before[a]) === tagOf(model, concepts[b]));
  return { before, match, sameTag };
}

/**
 * A new training's concepts with the names that the earlier one gave those that are found again. One that is proven for
 * another tag now is called by that: no name says what its proof does not.
 */
export function namedAsBefore(concepts: readonly Concept[], { before, match, sameTag }: ConceptsInCommon): Concept[] {
  const pairs = match.pairs.filter((pair) => !concepts[pair.b].proven || sameTag.includes(pair));
  const names = keptNames(before.map(({ name }) => name), concepts.map(({ name }) => name), { pairs });
  return concepts.map((concept, c) => ({ ...concept, name: names[c] }));
}
