/**
 * One strength for everybody: the point of a curve that shows most of the segment among those that keep enough personal
 * accuracy. It is chosen on validation users; what it is worth is then measured on test users.
 */
import type { SteeringQuality } from "./evaluate-steering.js";

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
