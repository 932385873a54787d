/**
 * A map of the neurons: two coordinates each, near each other where decoder rows are, so that neurons with like effects
 * on the scores lie together. The first two principal components, by subspace iteration (Golub & Van Loan, Matrix
 * Computations, §8.2) on the rows themselves: the full decomposition of pca.ts takes O(D³), and only two are wanted.
 *
 * A flat picture of a space of many dimensions: distances are a hint, `neighbours` of neuron-profile.ts are exact.
 */
import type { Floats } from "../base/floats.js";

/** Enough for a picture: the third component fades by the ratio of the variances with every one. */
const ITERATIONS = 50;

/**
 * (H, 2) coordinates in −1 … 1, both on the same scale.
 * @param decoderW (H, D)
 * @param alive (H) 1 for neurons that the components are fitted to; the others are placed by them all the same.
 */
export function neuronMap(decoderW: Floats, neurons: number, alive: Uint8Array): Float64Array {
  const D = decoderW.length / neurons;
  const rows = Array.from(alive.keys()).filter((h) => alive[h] === 1);
  const mean = new Float64Array(D);
  for (const h of rows) for (let d = 0; d < D; d++) mean[d] += decoderW[h * D + d] / rows.length;
  // A fixed start that no direction of the data is likely to be orthogonal to: the same map every time.
  const first = Float64Array.from({ length: D }, (_, d) => Math.cos(1 + d * d));
  const second = Float64Array.from({ length: D }, (_, d) => Math.sin(2 + 3 * d * d));
  orthonormalise(first, second);
  for (let pass = 0; pass < ITERATIONS; pass++) {
    const [p, q] = [new Float64Array(D), new Float64Array(D)];
    for (const h of rows) {
      const [x, y] = coordinates(decoderW, h * D, mean, first, second);
      for (let d = 0; d < D; d++) {
        const centred = decoderW[h * D + d] - mean[d];
        p[d] += x * centred;
        q[d] += y * centred;
      }
    }
    first.set(p);
    second.set(q);
    orthonormalise(first, second);
  }
  const map = new Float64Array(2 * neurons);
  for (let h = 0; h < neurons; h++) map.set(coordinates(decoderW, h * D, mean, first, second), 2 * h);
  const reach = map.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return map.map((value) => (reach > 0 ? value / reach : 0));
}

function coordinates(
  w: Floats, at: number, mean: Float64Array, first: Float64Array, second: Float64Array,
): [x: number, y: number] {
  let [x, y] = [0, 0];
  for (let d = 0; d < mean.length; d++) {
    const centred = w[at + d] - mean[d];
    x += centred * first[d];
    y += centred * second[d];
  }
  return [x, y];
}

/** Gram–Schmidt in place. A vector that vanishes stays 0. */
function orthonormalise(first: Float64Array, second: Float64Array): void {
  scaleToUnit(first);
  let along = 0;
  for (let d = 0; d < first.length; d++) along += first[d] * second[d];
  for (let d = 0; d < first.length; d++) second[d] -= along * first[d];
  scaleToUnit(second);
}

function scaleToUnit(v: Float64Array): void {
  const length = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
  for (let d = 0; d < v.length; d++) v[d] = length > 0 ? v[d] / length : 0;
}
