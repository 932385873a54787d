/**
 * Rung 3: find a bound first, then look only at what reaches it.
 *
 *   deal a row into k groups; t = the smallest of their maxima
 *
 * Each group has an entry ≥ t, so at least k entries reach t and the k-th largest is no smaller. Of cols entries in
 * random order about k·ln k reach it, and those few are sorted. Shapes and order as on rung 1; cols a multiple of k.
 * Both passes are plain comparisons whose outcome nothing waits for.
 */
export function threshold(
  indices: Int32Array, values: Float32Array, x: Float32Array, rows: number, cols: number, k: number,
): void {
  const candidates = new Int32Array(cols);
  const group = cols / k;
  for (let r = 0; r < rows; r++) {
    const start = r * cols;
    let bound = Infinity;
    for (let from = start; from < start + cols; from += group) {
      let top = -Infinity;
      for (let j = from; j < from + group; j++) if (x[j] > top) top = x[j];
      if (top < bound) bound = top;
    }

    let count = 0;
    for (let j = 0; j < cols; j++) if (x[start + j] >= bound) candidates[count++] = j;
    const best = candidates.subarray(0, count).sort((a, b) => x[start + b] - x[start + a] || a - b);
    for (let i = 0; i < k; i++) {
      indices[r * k + i] = best[i];
      values[r * k + i] = x[start + best[i]];
    }
  }
}
