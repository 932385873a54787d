/**
 * Rung 2: the same sums with the two inner loops exchanged.
 *
 *   C[i, ·] += A[i, k]·B[k, ·]
 *
 * Shapes as on rung 1. Everything is read and written in the order in which it lies in memory, and the additions of a
 * row do not wait for each other. The price: each needs a load and a store of C.
 */
export function rowsInOrder(
  c: Float32Array, a: Float32Array, b: Float32Array, m: number, n: number, k: number,
): void {
  c.fill(0, 0, m * n);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p];
      for (let j = 0; j < n; j++) c[i * n + j] += x * b[p * n + j];
    }
  }
}
