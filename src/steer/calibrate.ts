/**
 * Knobs that act as their scale says. What a strength does to a list depends on the profile and on the knob: the same
 * α leaves one list as it is and fills another. A calibrated knob has a *position* instead, and the strength is found
 * for it:
 *
 *   up, 0 … 1      α such that this share of the list of 20 has changed
 *   down, 0 … −1   β such that this share of the tag's items has left the list (suppression.ts)
 *
 * The response is sampled where it changes: halving intervals of strength until neighbours differ by little, or the
 * sampling is used up. Its running maximum is what is inverted, so a position never acts less than a lower one. A share
 * that no strength reaches gets the least strength that comes nearest.
 */

/** Sampled response: strengths ascending from 0, shares never falling. */
export interface Response {
  readonly strengths: readonly number[];
  readonly shares: readonly number[];
}

/** Strengths that are looked at to find one for a position, at most. */
export const SAMPLES = 24;

/** How closely a response is sampled. */
export interface SampleOptions {
  /** Strengths to look at, at most. Default 24. */
  readonly samples?: number;
  /** Neighbours that differ by no more are not halved. Default 0.05: one item of a list of 20. */
  readonly step?: number;
}

/**
 * How a share answers to a strength, sampled where it changes most.
 *
 * @param shareAt share at a strength, 0 at 0.
 */
export function sampleResponse(
  shareAt: (strength: number) => number, most: number, { samples = SAMPLES, step = 0.05 }: SampleOptions = {},
): Response {
  const points = [{ strength: 0, share: 0 }, { strength: most, share: shareAt(most) }];
  while (points.length < samples + 1) {
    // The widest gap in share first; among equals the one at the least strength.
    let [at, gap] = [-1, step];
    for (let i = 0; i + 1 < points.length; i++) {
      const rise = Math.abs(points[i + 1].share - points[i].share);
      if (rise > gap + 1e-9) [at, gap] = [i, rise];
    }
    if (at < 0) break;
    const strength = (points[at].strength + points[at + 1].strength) / 2;
    if (strength === points[at].strength || strength === points[at + 1].strength) break;
    points.splice(at + 1, 0, { strength, share: shareAt(strength) });
  }
  let highest = 0;
  return {
    strengths: points.map((point) => point.strength),
    shares: points.map(({ share }) => { highest = Math.max(highest, share); return highest; }),
  };
}

/** The strength for a position, 0 … 1: interpolated where the response passes it. */
export function strengthAt({ strengths, shares }: Response, position: number): number {
  if (position <= 0) return 0;
  const last = shares[shares.length - 1];
  if (position >= last) return strengths[shares.indexOf(last)];
  const above = shares.findIndex((share) => share >= position);
  const [low, high] = [shares[above - 1], shares[above]];
  const way = high > low ? (position - low) / (high - low) : 1;
  return strengths[above - 1] + way * (strengths[above] - strengths[above - 1]);
}
