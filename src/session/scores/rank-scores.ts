/**
 * The best of scores, ranked where they lie when that is the engine's memory. What a list leaves out is hidden while it
 * is made and put back afterwards, so nobody copies a catalogue's scores to leave a few out.
 */
import type { Floats } from "../../base/floats.js";
import type { Engine } from "../../engine/engine.js";
import { placesOf } from "./places.js";

/** Of more items, places are found by one pass. */
const FEW = 64;

export interface RankedScores {
  /** Best first. */
  readonly items: readonly number[];
  /** In their order. */
  readonly scores: readonly number[];
}

/** Runs `use` while some items' scores are −∞. @param items distinct */
export function hiding<T>(scores: Floats, items: Int32Array, use: () => T): T {
  const kept: number[] = [];
  for (let i = 0; i < items.length; i++) {
    kept.push(scores[items[i]]);
    scores[items[i]] = -Infinity;
  }
  try {
    return use();
  } finally {
    for (let i = 0; i < items.length; i++) scores[items[i]] = kept[i];
  }
}

/** The n best of (I) scores; those at −∞ are left out, and so are the `hidden` items. */
export function rankScores(engine: Engine, scores: Floats, n: number, hidden: Int32Array): RankedScores {
  return engine.scope(() => {
    const x = engine.heap.owns(scores) ? scores : engine.floatsFrom(scores);
    const length = Math.min(n, x.length);
    const [list, found] = [engine.ints(length), engine.floats(length)];
    return hiding(x, hidden, () => {
      engine.run("rankRows", list, found, x, x.length, length);
      return listed(list, found);
    });
  });
}

/** The same of the items `among` alone, ascending. */
export function rankAmong(engine: Engine, scores: Floats, n: number, among: Int32Array): RankedScores {
  return engine.scope(() => {
    const x = engine.heap.owns(scores) ? scores : engine.floatsFrom(scores);
    const length = Math.min(n, among.length);
    const [list, found] = [engine.ints(length), engine.floats(length)];
    engine.run("rankListed", list, found, x, engine.intsFrom(among), x.length, length);
    return listed(list, found);
  });
}

/** Places of some items when all are ranked, from 1. @param scores (I); @param items distinct, none of them NaN */
export function placesInScores(engine: Engine, scores: Floats, items: readonly number[]): number[] {
  if (items.length > FEW) return placesOf(scores, items);
  return engine.scope(() => {
    const x = engine.heap.owns(scores) ? scores : engine.floatsFrom(scores);
    const places = engine.ints(items.length);
    engine.run("placesInRow", places, x, engine.intsFrom(items));
    return Array.from(places);
  });
}

/** A kernel's list as ordinary numbers, up to the first −1. */
function listed(list: Int32Array, found: Floats): RankedScores {
  const items: number[] = [];
  const scores: number[] = [];
  for (let i = 0; i < list.length && list[i] >= 0; i++) {
    items.push(list[i]);
    scores.push(found[i]);
  }
  return { items, scores };
}
