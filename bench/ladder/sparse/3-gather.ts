/**
 * Rung 3: a code is a list of its K neurons and their values; the zeros are not even there.
 *
 *   out[r] = Σ_q values[q] · decoder[indices[q]]
 *
 * indices, values: (B, K) row by row; decoder: (H, D), out: (B, D). This is the library's specification of the kernel
 * (src/kernels/plain/sparse.ts) for rows of one length.
 */
export function gather(
  out: Float32Array, indices: Int32Array, values: Float32Array, decoder: Float32Array, batch: number, active: number,
  factors: number,
): void {
  out.fill(0, 0, batch * factors);
  for (let r = 0; r < batch; r++) {
    for (let q = r * active; q < (r + 1) * active; q++) {
      const value = values[q];
      const from = indices[q] * factors;
      for (let d = 0; d < factors; d++) out[r * factors + d] += value * decoder[from + d];
    }
  }
}
