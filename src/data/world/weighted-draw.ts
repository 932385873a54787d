/** Draws in proportion to weights: running sums once, then a uniform number and a binary search a draw. */
import type { Random } from "../../base/random.js";

/** (n) weights (rank + shift)^−exponent, with ranks 1 … n dealt out at random. */
export function powerWeights(n: number, shift: number, exponent: number, random: Random): Float64Array {
  const rank = random.shuffle(Int32Array.from({ length: n }, (_, i) => i + 1));
  return Float64Array.from(rank, (r) => (r + shift) ** -exponent);
}

/** Running sums, so that a draw in proportion to the weights is one uniform number and a binary search. */
export function runningSums(weights: Float64Array): Float64Array {
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) sums[i] = total += weights[i];
  return sums;
}

/** The first position in [from, to) whose running sum exceeds `base` + uniform·(mass of the range). */
export function drawFrom(sums: Float64Array, from: number, to: number, random: Random): number {
  const base = from > 0 ? sums[from - 1] : 0;
  const point = base + random.uniform() * (sums[to - 1] - base);
  let low = from;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > point) high = middle;
    else low = middle + 1;
  }
  return low;
}
