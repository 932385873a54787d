/**
 * Items halved for honest measures: whatever is chosen is chosen on one half and scored on the other.
 *
 * Every item of a concept goes to one half or the other so that both get as many of each concept as can be: concepts
 * are dealt out rarest first (iterative stratification after Sechidis, Tsoumakas, Vlahavas, 2011), since what is left
 * of a large concept can be balanced later, what is left of a small one cannot.
 */
import { csrTranspose, type Csr } from "../../base/csr.js";
import type { Random } from "../../base/random.js";

/** (I) 0 or 1: the half of an item; −1: left out. */
export type ItemHalves = Int8Array;

/**
 * Halves items at random, stratified by concept where that is possible (docs/method.md §15.2).
 *
 * @param truth (I, T) which item has which concept.
 * @param scored (I) 0 leaves an item out. Default: all take part.
 */
export function halveItems(truth: Csr, random: Random, scored?: ArrayLike<number>): ItemHalves {
  const members = csrTranspose(truth);
  const UNDECIDED = -2;
  const half = new Int8Array(truth.rows).fill(UNDECIDED);
  for (let i = 0; scored && i < half.length; i++) if (!scored[i]) half[i] = -1;
  const deal = (items: number[], ahead: number): void => {
    // `ahead`: how many more the first half has so far; the next item goes where fewer are, a tie is tossed.
    for (const item of random.shuffle(items)) {
      const to = ahead > 0 || (ahead === 0 && random.uniform() < 0.5) ? 1 : 0;
      half[item] = to;
      ahead += to === 0 ? 1 : -1;
    }
  };
  const size = (c: number): number => members.indptr[c + 1] - members.indptr[c];
  for (const c of Array.from({ length: members.rows }, (_, t) => t).sort((a, b) => size(a) - size(b) || a - b)) {
    const items = Array.from(members.indices.subarray(members.indptr[c], members.indptr[c + 1]));
    const count = (h: number): number => items.filter((item) => half[item] === h).length;
    deal(items.filter((item) => half[item] === UNDECIDED), count(0) - count(1));
  }
  deal(Array.from(half.keys()).filter((item) => half[item] === UNDECIDED), 0);
  return half;
}

/** Items with at least one entry in `x`, (I, T) or, transposed, any (·, I): 1, else 0. */
export function itemsWithEntries(x: Csr): Uint8Array {
  return Uint8Array.from({ length: x.rows }, (_, i) => (x.indptr[i + 1] > x.indptr[i] ? 1 : 0));
}

/** The items that take part, ascending: what is left out need not be carried along. */
export function itemsOfHalves(half: ItemHalves): Int32Array {
  const items = new Int32Array(half.reduce((sum, h) => sum + (h >= 0 ? 1 : 0), 0));
  let at = 0;
  for (let i = 0; i < half.length; i++) if (half[i] >= 0) items[at++] = i;
  return items;
}

/** The items of either half, ascending. */
export function eachHalf(half: ItemHalves): readonly [Int32Array, Int32Array] {
  const of = (h: number): Int32Array => Int32Array.from(half.keys()).filter((i) => half[i] === h);
  return [of(0), of(1)];
}
