/**
 * Compares numbers with those of a golden file and keeps the worst error of each quantity.
 *
 * Tolerance: |got − expected| ≤ 1e-6 · max(1, |expected|). Where a file states the reference's own rounding error for a
 * quantity (`f32_vs_f64_max_abs`), that much is allowed on top: the expected values are not more exact than that.
 */
import type { Golden } from "../support/goldens.js";

export interface Comparison {
  what: string;
  /** Largest |got − expected|. */
  absolute: number;
  /** Largest |got − expected| / max(1, |expected|): what the tolerance is about. */
  scaled: number;
  /** Position of the largest error. */
  index: number;
  /** What `scaled` may reach. */
  allowed: number;
  /** What a reader of the result should know about it. */
  note?: string;
}

export const TOLERANCE = 1e-6;

/** Collects comparisons of one file. */
export class Checker {
  readonly comparisons: Comparison[] = [];

  constructor(readonly golden: Golden) {}

  /** @param rounding the key of f32_vs_f64_max_abs that speaks of this quantity, where the file has it. */
  compare(what: string, got: ArrayLike<number> | number, expectedPath: string, rounding?: string): void {
    const a = typeof got === "number" ? [got] : got;
    this.same(what, a, this.expected(expectedPath), TOLERANCE + this.stated(rounding));
  }

  /**
   * Rows of scores, each a matrix product whose terms may be far larger than what is left of them: an error counts by
   * the largest |expected| of its row, in units of which single precision rounds.
   */
  compareRows(what: string, got: ArrayLike<number>, expectedPath: string): void {
    const { shape, data } = this.golden.shaped(expectedPath);
    this.same(what, got, data, TOLERANCE, shape[shape.length - 1]);
  }

  /**
   * Ranked lists. Another item at a place counts by how far apart the scores of the two are: within the tolerance it is
   * rounding that decides which comes first.
   * @param scores (rows, cols), the file's or worked out from its inputs; −∞ for what may not be listed.
   */
  lists(what: string, got: ArrayLike<number>, expectedPath: string, scores: ArrayLike<number>, cols: number): void {
    const { shape, data: expected } = this.golden.shaped(expectedPath);
    const n = shape[shape.length - 1];
    const errors = Array.from(expected, (item, q) => {
      const start = Math.floor(q / n) * cols;
      return item === got[q] ? 0 : Math.abs(scores[start + got[q]] - scores[start + item]);
    });
    for (let start = 0; start < expected.length; start += n) {
      if (new Set(Array.from(got).slice(start, start + n)).size < n) errors[start] = Infinity;
    }
    this.same(what, got.length === expected.length ? errors : [], expected.map(() => 0));
  }

  /** What the file says its own float32 numbers are off by; 0 where it says nothing. */
  stated(rounding: string | undefined): number {
    const path = `f32_vs_f64_max_abs.${rounding}`;
    return rounding !== undefined && this.golden.has(path) ? this.golden.number(path) : 0;
  }

  /** The numbers at a path, one or many. */
  expected(path: string): ArrayLike<number> {
    return typeof this.golden.value(path) === "number" ? [this.golden.number(path)] : this.golden.array64(path);
  }

  /** @param row numbers whose largest gives the scale of an error. */
  same(
    what: string, got: ArrayLike<number>, expected: ArrayLike<number>, allowed = TOLERANCE, row = 1,
  ): Comparison {
    const worst: Comparison = { what, absolute: 0, scaled: 0, index: -1, allowed };
    if (got.length !== expected.length) worst.absolute = worst.scaled = Infinity;
    let scale = 1;
    for (let i = 0; i < expected.length; i++) {
      if (i % row === 0) {
        scale = 1;
        for (let j = i; j < Math.min(i + row, expected.length); j++) scale = Math.max(scale, Math.abs(expected[j]));
      }
      const error = Math.abs(got[i] - expected[i]);
      const scaled = error / scale;
      if (!(scaled <= worst.scaled)) {
        worst.scaled = Number.isNaN(scaled) ? Infinity : scaled;
        worst.absolute = Number.isNaN(error) ? Infinity : error;
        worst.index = i;
      }
    }
    this.comparisons.push(worst);
    return worst;
  }
}
