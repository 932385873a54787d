/**
 * A smooth histogram: kernel density estimate with a Gaussian kernel, its width by Silverman's rule,
 * h = 0.9·min(σ, IQR/1.34)·n^(−1/5). The area under it is 1 wherever it is cut.
 */
const STEPS = 160;

/** Points of the curve, over the values' range and 3 h beyond. Empty without values; NaN is left out. */
export function density(values: ArrayLike<number>): { x: number; y: number }[] {
  const sorted = Float64Array.from(values).filter((value) => Number.isFinite(value)).sort();
  const n = sorted.length;
  if (n === 0) return [];
  const width = bandwidth(sorted);
  const from = sorted[0] - 3 * width;
  const step = (sorted[n - 1] + 3 * width - from) / STEPS;
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const x = from + i * step;
    let sum = 0;
    for (const value of sorted) sum += Math.exp(-0.5 * ((x - value) / width) ** 2);
    return { x, y: sum / (n * width * Math.sqrt(2 * Math.PI)) };
  });
}

function bandwidth(sorted: Float64Array): number {
  const n = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1));
  const quartiles = sorted[Math.floor(0.75 * (n - 1))] - sorted[Math.floor(0.25 * (n - 1))];
  const spread = Math.min(deviation, quartiles > 0 ? quartiles / 1.34 : deviation);
  // Equal values have no width of their own.
  return 0.9 * spread * n ** -0.2 || 0.01 * Math.max(1, Math.abs(mean));
}
