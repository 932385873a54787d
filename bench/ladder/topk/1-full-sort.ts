/**
 * Rung 1: sort the whole row, take its head.
 *
 * x: (rows, cols); indices, values: (rows, k), best first, ties to the lowest column. A comparison function is called
 * about cols·log₂ cols times a row, to order thousands of numbers that nobody asked about.
 */
export function fullSort(
  indices: Int32Array, values: Float32Array, x: Float32Array, rows: number, cols: number, k: number,
): void {
  for (let r = 0; r < rows; r++) {
    const row = x.subarray(r * cols, (r + 1) * cols);
    const order = Uint32Array.from(row.keys()).sort((a, b) => row[b] - row[a] || a - b);
    for (let i = 0; i < k; i++) {
      indices[r * k + i] = order[i];
      values[r * k + i] = row[order[i]];
    }
  }
}
