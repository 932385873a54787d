/**
 * Rung 3: nine sums at once, in registers.
 *
 * Shapes as on rung 1, m and n multiples of 3. Nine multiply-adds need six loads and no store, and nine chains of
 * additions run side by side. More sums would not fit into the sixteen registers. This is about as far as scalar
 * TypeScript goes: what V8 makes of it multiplies one number an instruction, in double precision.
 */
export function scalarTile(
  c: Float32Array, a: Float32Array, b: Float32Array, m: number, n: number, k: number,
): void {
  for (let i = 0; i < m; i += 3) {
    for (let j = 0; j < n; j += 3) {
      let c00 = 0, c01 = 0, c02 = 0;
      let c10 = 0, c11 = 0, c12 = 0;
      let c20 = 0, c21 = 0, c22 = 0;
      let row = i * k;
      for (let column = j; column < k * n; column += n) {
        const b0 = b[column], b1 = b[column + 1], b2 = b[column + 2];
        const a0 = a[row], a1 = a[row + k], a2 = a[row + 2 * k];
        c00 += a0 * b0; c01 += a0 * b1; c02 += a0 * b2;
        c10 += a1 * b0; c11 += a1 * b1; c12 += a1 * b2;
        c20 += a2 * b0; c21 += a2 * b1; c22 += a2 * b2;
        row++;
      }
      const [first, second, third] = [i * n + j, (i + 1) * n + j, (i + 2) * n + j];
      c[first] = c00; c[first + 1] = c01; c[first + 2] = c02;
      c[second] = c10; c[second + 1] = c11; c[second + 2] = c12;
      c[third] = c20; c[third + 1] = c21; c[third + 2] = c22;
    }
  }
}
