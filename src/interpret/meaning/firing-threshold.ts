/**
 * One activation read as a classifier: it says "the item has the concept" above a threshold.
 *
 *   F1 = 2·hits/(fired + positives)      hits: items that fire and have the concept
 *
 * `bestThreshold` is for the items that choose, `scoreFiring` for those that judge. A threshold lies midway between
 * neighbouring activations, so it says nothing of the items it was chosen on; an activation of 0 never fires unless
 * the codes are dense.
 */
import { fallingOrder, firstFrom } from "../../base/order.js";

/** How well an activation above a threshold tells the items of a concept. */
export interface FiringScore {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  /** Items that fire and have the concept; that fire; that have the concept. */
  readonly hits: number;
  readonly fired: number;
  readonly positives: number;
}

export function firingScore(hits: number, fired: number, positives: number): FiringScore {
  return {
    f1: fired + positives > 0 ? (2 * hits) / (fired + positives) : 0,
    precision: fired > 0 ? hits / fired : 0,
    recall: positives > 0 ? hits / positives : 0,
    hits, fired, positives,
  };
}

/**
 * The threshold with the best F1 over `items`; the item fires where its value is above it.
 * @param floor values up to here never fire: 0 for sparse codes, −Infinity for dense ones.
 * @returns f1 0 and the threshold Infinity when nothing can fire rightly.
 */
export function bestThreshold(
  values: ArrayLike<number>, positive: ArrayLike<number>, items: Int32Array, floor: number,
): { threshold: number; f1: number } {
  let positives = 0;
  for (const item of items) positives += positive[item] ? 1 : 0;
  const firing = items.filter((i) => values[i] > floor);
  const strength = Float64Array.from(firing, (i) => values[i]);
  const order = fallingOrder(strength);
  let best = { threshold: Infinity, f1: 0 };
  let hits = 0;
  for (let at = 0; at < order.length; at++) {
    hits += positive[firing[order[at]]] ? 1 : 0;
    const [value, next] = [strength[order[at]], at + 1 < order.length ? strength[order[at + 1]] : floor];
    if (at + 1 < order.length && next === value) continue;
    const f1 = (2 * hits) / (at + 1 + positives);
    if (f1 > best.f1) best = { threshold: below(value, next), f1 };
  }
  return best;
}

/** Midway between an activation and the next lower one; below everything where there is none. */
export function below(value: number, next: number): number {
  return next === -Infinity ? -Infinity : (value + next) / 2;
}

/** How well `value > threshold` tells the positive ones among `items`. */
export function scoreFiring(
  values: ArrayLike<number>, threshold: number, positive: ArrayLike<number>, items: Int32Array, floor: number,
): FiringScore {
  let [hits, fired, positives] = [0, 0, 0];
  for (const item of items) {
    const fires = values[item] > threshold && values[item] > floor;
    if (positive[item]) positives++;
    if (fires) fired++;
    if (fires && positive[item]) hits++;
  }
  return firingScore(hits, fired, positives);
}

/**
 * The chance that a random positive item has a higher value than a random other one, ties counting half; NaN without
 * either. O(I·log P) for P positive ones.
 */
export function aucOf(values: ArrayLike<number>, positive: ArrayLike<number>, items: Int32Array): number {
  const ranked = Float64Array.from(items.filter((i) => positive[i]), (i) => values[i]).sort();
  const others = items.length - ranked.length;
  let won = 0;
  let last = { value: NaN, won: 0 };
  for (const item of items) {
    if (positive[item]) continue;
    const value = values[item];
    // Most items of a sparse code are silent alike.
    if (value !== last.value) {
      const from = firstFrom(ranked, value);
      let to = from;
      while (ranked[to] === value) to++;
      last = { value, won: ranked.length - (from + to) / 2 };
    }
    won += last.won;
  }
  return ranked.length > 0 && others > 0 ? won / (ranked.length * others) : NaN;
}
