/**
 * One strength for everybody: the point of a curve that shows most of the segment among those that keep enough personal
 * accuracy. It is chosen on validation users; what it is worth is then measured on test users.
 */
import type { SteeringQuality } from "./evaluate-steering.js";

/** Strengths that validation users choose among, unless others are named. */
const COARSE: readonly number[] = Array.from({ length: 18 }, (_, i) => i / 20);

/**
 * The same among 0, .01 … .89: first of every twentieth, then of the hundredths around the best of them. Quality falls
 * fast near the end of what keeps enough, and steps of a twentieth would decide between methods there.
 * @param measure the curve at these strengths.
 */
export function chooseStrengthFinely<P extends SteeringQuality>(
  measure: (strengths: readonly number[]) => readonly P[], plainNdcg: number, keep = 0.98,
): P | null {
  const coarse = chooseStrength(measure(COARSE), plainNdcg, keep);
  if (!coarse) return null;
  const hundredths = [-4, -3, -2, -1, 1, 2, 3, 4].map((step) => Math.round(100 * coarse.strength + step) / 100);
  return chooseStrength([coarse, ...measure(hundredths.filter((strength) => strength >= 0))], plainNdcg, keep);
}

/**
 * @param plainNdcg personal nDCG@20 of the plain CFAE on the same users.
 * @param keep share of it that has to remain, default 0.98.
 * @returns the point with the highest segment nDCG@20, the weaker strength among equals; null when none keeps enough.
 */
export function chooseStrength<P extends SteeringQuality>(
  curve: readonly P[], plainNdcg: number, keep = 0.98,
): P | null {
  let best: P | null = null;
  for (const point of curve) {
    if (point.personal.ndcg.mean < keep * plainNdcg) continue;
    const gain = best ? point.segment.ndcg.mean - best.segment.ndcg.mean : 1;
    if (!best || gain > 0 || (gain === 0 && point.strength < best.strength)) best = point;
  }
  return best;
}
