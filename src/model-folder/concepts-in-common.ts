/**
 * The concepts that two trainings have in common, by what they do to the items that both have, and the names that go
 * from one to the next. For trainings and comparisons: a session that is opened has no need of it.
 */
import type { Engine } from "../engine/engine.js";
import type { Concept } from "../interpret/concepts/concepts.js";
import {
  keptNames, matchConcepts, type ConceptMatch, type ConceptPair,
} from "../interpret/concepts/match-concepts.js";
import { encodeItems } from "./encode-items.js";
import { conceptsOf, itemVectors } from "./find-concepts.js";
import type { Model } from "./model.js";
import { checkMatchable, sharedItems } from "./shared-items.js";

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
