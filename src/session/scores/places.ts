/**
 * Places of a few items when all are ranked by score, from 1; equal scores go to the lower number, as in rankRows.
 *
 * One pass over all scores: what lies below the lowest of the few is passed by with one comparison, and the rest is
 * counted where it falls among them.
 */
import type { Floats } from "../../base/floats.js";

/** @param scores (I); @param items distinct; the result is in their order. */
export function placesOf(scores: Floats, items: readonly number[]): number[] {
  const order = items.map((_, at) => at).sort((a, b) =>
    scores[items[b]] - scores[items[a]] || items[a] - items[b]);
  const ranked = order.map((at) => items[at]);
  const count = ranked.length;
  if (count === 0) return [];
  const lowest = scores[ranked[count - 1]];
  /** How many of all items come just before the one that is here, and after the one above it. */
  const between = new Int32Array(count + 1);
  for (let j = 0; j < scores.length; j++) {
    const score = scores[j];
    if (!(score >= lowest)) continue;
    // The first of the few that is not before j.
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = scores[ranked[middle]];
      if (other > score || (other === score && ranked[middle] < j)) low = middle + 1;
      else high = middle;
    }
    between[low]++;
  }
  const places: number[] = [];
  let before = 0;
  order.forEach((at, i) => {
    before += between[i];
    // The item itself is among those that are counted here.
    places[at] = before;
  });
  return places;
}
