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
}

export const TOLERANCE = 1e-6;

/** Collects comparisons of one file. */
export class Checker {
  readonly comparisons: Comparison[] = [];

  constructor(readonly golden: Golden) {}

  /** @param rounding the key of f32_vs_f64_max_abs that speaks of this quantity. */
  compare(what: string, got: ArrayLike<number> | number, expectedPath: string, rounding?: string): void {
    const a = typeof got === "number" ? [got] : got;
    const e = typeof this.golden.value(expectedPath) === "number"
      ? [this.golden.number(expectedPath)]
      : this.golden.array64(expectedPath);
    const stated = rounding === undefined ? 0 : this.golden.number(`f32_vs_f64_max_abs.${rounding}`);
    this.same(what, a, e, TOLERANCE + stated);
  }

  same(what: string, got: ArrayLike<number>, expected: ArrayLike<number>, allowed = TOLERANCE): void {
    const worst: Comparison = { what, absolute: 0, scaled: 0, index: -1, allowed };
    if (got.length !== expected.length) worst.absolute = worst.scaled = Infinity;
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs(got[i] - expected[i]);
      const scaled = error / Math.max(1, Math.abs(expected[i]));
      if (!(scaled <= worst.scaled)) {
        worst.scaled = Number.isNaN(scaled) ? Infinity : scaled;
        worst.absolute = Number.isNaN(error) ? Infinity : error;
        worst.index = i;
      }
    }
    this.comparisons.push(worst);
  }
}
