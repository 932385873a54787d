/** What every bench asks before it times anything: is the result right? */

/**
 * Refuses results that are not the expected ones: the largest error may be `bound` times the root mean square of the
 * expected values. Elements where NaN is expected are not looked at (`NOT_COMPUTED`). Integers must be equal.
 */
export function demandEqual(
  what: string, got: ArrayLike<number>, expected: ArrayLike<number>, bound: number,
): void {
  let squares = 0;
  let compared = 0;
  let worst = 0;
  let at = -1;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(expected[i])) continue;
    squares += expected[i] ** 2;
    compared++;
    const error = Math.abs(got[i] - expected[i]);
    if (error <= worst) continue;
    worst = Number.isNaN(error) ? Infinity : error;
    at = i;
  }
  const allowed = expected instanceof Int32Array ? 0 : bound * Math.sqrt(squares / Math.max(1, compared));
  if (got.length !== expected.length || compared === 0 || worst > allowed) {
    throw new Error(
      `${what} is wrong and will not be timed: element ${at} of ${expected.length} is ${got[at]}, expected ` +
      `${expected[at]} (error ${worst.toExponential(1)}, allowed ${allowed.toExponential(1)})`,
    );
  }
}
