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
