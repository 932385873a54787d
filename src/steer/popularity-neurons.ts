/**
 * Neurons that tell popular histories from unpopular ones, and damping them (PopSteer, arXiv 2601.15122; docs/method.md
 * §11.4). For every user a history of head items and one of tail items; by neuron
 *
 *   d = (mean_head − mean_tail) / √((σ_head² + σ_tail²)/2)       population deviations; NaN for neurons that never fire
 *   w = α·(|d| − min|d|) / (max|d| − min|d|)
 *   d > 0:  a ← a − w·σ_head        d < 0:  a ← a + w·σ_tail     before TopK
 *
 * The authors' code loads the two deviations under each other's names; here each is its own.
 */
export interface PopularityNeurons {
  /** (H) Cohen's d; NaN for dead neurons. */
  readonly effect: Float64Array;
  /** (H) */
  readonly headDeviation: Float64Array;
  readonly tailDeviation: Float64Array;
}

/**
 * Which neurons tell histories of popular items from those of the long tail.
 * @param head (H, N) activations on histories of head items, @param tail likewise.
 */
export function popularityNeurons(
  head: ArrayLike<number>, tail: ArrayLike<number>, neurons: number,
): PopularityNeurons {
  const [a, b] = [head, tail].map((values) => moments(values, neurons));
  const effect = a.mean.map((mean, n) =>
    (mean - b.mean[n]) / Math.sqrt((a.deviation[n] ** 2 + b.deviation[n] ** 2) / 2));
  return { effect, headDeviation: a.deviation, tailDeviation: b.deviation };
}

/** The n neurons with the largest |d|, and how far each is moved. @param strength α; negative: towards the popular. */
export function popularityShifts(
  { effect, headDeviation, tailDeviation }: PopularityNeurons, n: number, strength: number,
): { readonly neurons: number[]; readonly weights: number[]; readonly shifts: number[] } {
  const alive = Array.from(effect.keys()).filter((neuron) => !Number.isNaN(effect[neuron]));
  const sizes = alive.map((neuron) => Math.abs(effect[neuron]));
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const neurons = alive.sort((a, b) => Math.abs(effect[b]) - Math.abs(effect[a]) || a - b).slice(0, n);
  const weights = neurons.map((neuron) =>
    strength * (high > low ? (Math.abs(effect[neuron]) - low) / (high - low) : 0));
  const shifts = neurons.map((neuron, i) =>
    (effect[neuron] > 0 ? -weights[i] * headDeviation[neuron] : weights[i] * tailDeviation[neuron]));
  return { neurons, weights, shifts };
}

function moments(values: ArrayLike<number>, rows: number): { mean: Float64Array; deviation: Float64Array } {
  const cols = values.length / rows;
  const [mean, deviation] = [new Float64Array(rows), new Float64Array(rows)];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) mean[r] += values[r * cols + c] / cols;
    let squares = 0;
    for (let c = 0; c < cols; c++) squares += (values[r * cols + c] - mean[r]) ** 2;
    deviation[r] = Math.sqrt(squares / cols);
  }
  return { mean, deviation };
}
