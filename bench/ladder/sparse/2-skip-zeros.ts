/**
 * Rung 2: the dense matrix still, but a zero costs a comparison instead of a row of multiplications.
 *
 * Shapes as on rung 1. Plain TypeScript, one number at a time, and already faster than the best dense product when few
 * entries count: the cheapest arithmetic is the one left out.
 */
export function skipZeros(
  out: Float32Array, code: Float32Array, decoder: Float32Array, batch: number, neurons: number, factors: number,
): void {
  out.fill(0, 0, batch * factors);
  for (let r = 0; r < batch; r++) {
    for (let h = 0; h < neurons; h++) {
      const x = code[r * neurons + h];
      if (x === 0) continue;
      for (let d = 0; d < factors; d++) out[r * factors + d] += x * decoder[h * factors + d];
    }
  }
}
