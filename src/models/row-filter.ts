/** What a shortlist among sparse rows asks (sparse-shortlist.ts): which may have a product that reaches a bar. */
import type { Floats } from "../base/floats.js";

export interface RowFilter {
  /** (I) which item the row of an answer's bit is; null where they stand in order. */
  readonly order: Int32Array | null;
  /**
   * Takes from the engine's heap what the question needs; the caller has a scope around it.
   * @param u (D) @returns null where u is 0 or not finite.
   */
  ask(u: Floats): RowQuestion | null;
}

/**
 * Sets the bits of all rows whose product with u may be `bar` or more as single precision adds it up, and of as few
 * others as it can tell. out: one word for 32 rows, the first one's bit the lowest; the first word is that of rows
 * 32·from and on. Bits of rows that there are not mean nothing.
 */
export type RowQuestion = (out: Int32Array, from: number, bar: number) => void;

/** Bounds are enlarged by this, far more than their own rounding in double precision. */
export const SLACK = 1 + 1e-6;

export function lengthOf(v: ArrayLike<number>): number {
  let squares = 0;
  for (let j = 0; j < v.length; j++) squares += v[j] * v[j];
  return Math.sqrt(squares);
}

/** What n products that are added up in single precision may be off by, over ‖u‖·‖v‖. */
export function roundingOf(n: number): number {
  return (n * 2 ** -24) / (1 - n * 2 ** -24);
}
