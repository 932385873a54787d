/**
 * The dense matrix products, as their formulas read. Row-major and contiguous, C is overwritten or added to.
 *
 *   matmul     C (+)= A·B      A (m,k)  B (k,n)
 *   matmulABt  C (+)= A·Bᵀ     A (m,k)  B (n,k)
 *   matmulAtB  C (+)= Aᵀ·B     A (k,m)  B (k,n)
 *
 * 2·m·n·k FLOPs. A thread owns the outputs begin … end−1: columns of C when C is wider than tall, else rows
 * (`splitsColumns`). This is the specification; simd/matmul.ts shows how to make it fast. Loop orders keep the inner
 * loop contiguous, nothing more.
 */
import type { Floats } from "../../base/floats.js";
import { byTiles, kernel } from "../family.js";

/** Whether the begin … end range of a product counts columns of C (else rows). */
export function splitsColumns(m: number, n: number): boolean {
  return n > m;
}

/** C (+)= A·B. c: (m, n), a: (m, k), b: (k, n). */
export function matmul(
  c: Floats, a: Floats, b: Floats, m: number, n: number, k: number, accumulate: number, begin: number, end: number,
): void {
  const byColumns = splitsColumns(m, n);
  const [i0, i1, j0, j1] = byColumns ? [0, m, begin, end] : [begin, end, 0, n];
  for (let i = i0; i < i1; i++) {
    if (!accumulate) c.fill(0, i * n + j0, i * n + j1);
    for (let p = 0; p < k; p++) {
      const aip = a[i * k + p];
      for (let j = j0; j < j1; j++) c[i * n + j] += aip * b[p * n + j];
    }
  }
}

/** C (+)= A·Bᵀ. c: (m, n), a: (m, k), b: (n, k). */
export function matmulABt(
  c: Floats, a: Floats, b: Floats, m: number, n: number, k: number, accumulate: number, begin: number, end: number,
): void {
  const byColumns = splitsColumns(m, n);
  const [i0, i1, j0, j1] = byColumns ? [0, m, begin, end] : [begin, end, 0, n];
  for (let i = i0; i < i1; i++) {
    for (let j = j0; j < j1; j++) {
      let sum = accumulate ? c[i * n + j] : 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[j * k + p];
      c[i * n + j] = sum;
    }
  }
}

/** C (+)= Aᵀ·B. c: (m, n), a: (k, m), b: (k, n). */
export function matmulAtB(
  c: Floats, a: Floats, b: Floats, m: number, n: number, k: number, accumulate: number, begin: number, end: number,
): void {
  const byColumns = splitsColumns(m, n);
  const [i0, i1, j0, j1] = byColumns ? [0, m, begin, end] : [begin, end, 0, n];
  for (let i = i0; i < i1; i++) {
    if (!accumulate) c.fill(0, i * n + j0, i * n + j1);
    for (let p = 0; p < k; p++) {
      const api = a[p * m + i];
      for (let j = j0; j < j1; j++) c[i * n + j] += api * b[p * n + j];
    }
  }
}

export const plainMatmul = {
  matmul: kernel(matmul, ([, , , m, n, k]) => byTiles(m, n, k)),
  matmulABt: kernel(matmulABt, ([, , , m, n, k]) => byTiles(m, n, k)),
  matmulAtB: kernel(matmulAtB, ([, , , m, n, k]) => byTiles(m, n, k)),
};
