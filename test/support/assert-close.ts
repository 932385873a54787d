/**
 * The one numeric assertion of the tests: |got − expected| ≤ absolute + relative·|expected| for every element.
 * NaN never passes, lengths must agree, and a failure names the worst element.
 */
export interface Tolerance {
  /** Allowed absolute error, default 1e-6. */
  absolute?: number;
  /** Allowed error relative to the expected value, default 0. */
  relative?: number;
}

export interface WorstError {
  absolute: number;
  relative: number;
  index: number;
}

/** The largest absolute error, where it is, and its size relative to the expected value. */
export function worstError(got: ArrayLike<number>, expected: ArrayLike<number>): WorstError {
  const worst: WorstError = { absolute: 0, relative: 0, index: -1 };
  for (let i = 0; i < expected.length; i++) {
    const error = got[i] === expected[i] ? 0 : Math.abs(got[i] - expected[i]);
    if (Number.isNaN(error)) return { absolute: NaN, relative: NaN, index: i };
    if (error > worst.absolute) {
      worst.absolute = error;
      worst.index = i;
    }
    if (error > 0) worst.relative = Math.max(worst.relative, error / Math.max(Math.abs(expected[i]), 1e-12));
  }
  return worst;
}

export function assertClose(
  got: ArrayLike<number> | number, expected: ArrayLike<number> | number, tolerance: Tolerance = {}, what = "value",
): void {
  const a = typeof got === "number" ? [got] : got;
  const e = typeof expected === "number" ? [expected] : expected;
  if (a.length !== e.length) throw new Error(`${what}: ${a.length} elements, expected ${e.length}`);
  const absolute = tolerance.absolute ?? 1e-6;
  const relative = tolerance.relative ?? 0;
  for (let i = 0; i < e.length; i++) {
    if (a[i] === e[i]) continue;
    // Nothing but itself is close to an infinity, however large the relative tolerance makes the bound.
    if (!(Number.isFinite(e[i]) && Math.abs(a[i] - e[i]) <= absolute + relative * Math.abs(e[i]))) {
      const worst = worstError(a, e);
      throw new Error(
        `${what}: first beyond tolerance at [${i}]: got ${a[i]}, expected ${e[i]}; ` +
        `worst absolute error ${worst.absolute} at [${worst.index}], worst relative error ${worst.relative}`,
      );
    }
  }
}
