/**
 * Rung 1: the product as its formula reads.
 *
 *   C[i, j] = Σ_k A[i, k]·B[k, j]
 *
 * c: (m, n), a: (m, k), b: (k, n), row-major. One multiply-add waits for the one before it (four cycles), and b is
 * walked down a column: every number of it comes from another cache line, of which fifteen sixteenths are not used.
 */
export function tripleLoop(
  c: Float32Array, a: Float32Array, b: Float32Array, m: number, n: number, k: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
  }
}
