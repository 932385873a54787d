/**
 * The same concepts in two trainings on the same items, found by what they do: each concept's effect on the score of
 * every item, Σ_n w_n·⟨A_j, W_dec,n⟩, centred over items; correlations of all pairs; one to one so that their sum is
 * largest (hungarian.ts). A pair is matched from a correlation of `least` on. Names are not looked at: they are what a
 * match may carry over.
 */
import { nameKey } from "../../base/folded.js";
import { assign } from "../meaning/hungarian.js";

/** A concept of one training and its partner of another. */
export interface ConceptPair {
  readonly a: number;
  readonly b: number;
  /** Pearson correlation of the two effects over items. */
  readonly correlation: number;
}

/** Which concepts two trainings have in common. */
export interface ConceptMatch {
  /** Matched pairs, by a. */
  readonly pairs: readonly ConceptPair[];
  /** Share of a's concepts that have a partner. */
  readonly share: number;
  /** Mean correlation of the best one-to-one assignment, matched or not. */
  readonly correlation: number;
}

/** From this correlation on two concepts count as one. */
const LEAST = 0.5;

/**
 * Which concepts of two trainings do the same to the scores, by Hungarian matching.
 *
 * @param a (C, I) effects of one training's concepts; b: (C′, I) of the other's. @param items I.
 */
export function matchConcepts(a: Float32Array, b: Float32Array, items: number, least = LEAST): ConceptMatch {
  const [unitA, unitB] = [standardised(a, items), standardised(b, items)];
  const [n, m] = [a.length / items, b.length / items];
  const correlation = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < m; k++) {
      let dot = 0;
      for (let j = 0; j < items; j++) dot += unitA[i * items + j] * unitB[k * items + j];
      correlation[i * m + k] = dot;
    }
  }
  const pairs: ConceptPair[] = [];
  let sum = 0;
  assign(correlation, n, m).forEach((k, i) => {
    if (k < 0) return;
    const found = correlation[i * m + k];
    sum += found;
    if (found >= least) pairs.push({ a: i, b: k, correlation: found });
  });
  return { pairs, share: n > 0 ? pairs.length / n : 0, correlation: sum / Math.max(1, Math.min(n, m)) };
}

/**
 * The names of new concepts, each matched one called as it was before. A name that stays elsewhere in the new training
 * is not taken twice: the old owner's partner has it, the other gets what comes free.
 */
export function keptNames(
  before: readonly string[], now: readonly string[], { pairs }: Pick<ConceptMatch, "pairs">,
): string[] {
  const names = [...now];
  const ownerOf = new Map<string, number>();
  for (const { a, b } of pairs) {
    ownerOf.set(nameKey(before[a]), b);
    names[b] = before[a];
  }
  const taken = new Set(ownerOf.keys());
  return names.map((name, c) => {
    if (ownerOf.get(nameKey(name)) === c) return name;
    let free = name;
    for (let number = 2; taken.has(nameKey(free)); number++) free = `${name} (${number})`;
    taken.add(nameKey(free));
    return free;
  });
}

/** Rows centred and of unit length. */
function standardised(x: Float32Array, items: number): Float32Array {
  const out = Float32Array.from(x);
  for (let from = 0; from < out.length; from += items) {
    let [mean, squares] = [0, 0];
    for (let j = from; j < from + items; j++) mean += x[j] / items;
    for (let j = from; j < from + items; j++) squares += (x[j] - mean) ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let j = from; j < from + items; j++) out[j] = (x[j] - mean) / length;
  }
  return out;
}
