/**
 * One matrix against a few vectors: one user, or the few that wait together, against all items.
 *
 *   y[v] (+)= W·x[v]        W (rows, cols)   x (vectors, cols)   y (vectors, rows)
 *
 * 2·vectors·rows·cols FLOPs over 4·rows·cols bytes of W, each read once: for one vector bound by memory. A vector has
 * the bits that it has alone, which the blocked product (matmul.ts) does not promise.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, kernel } from "../family.js";

/** y (+)= W·x for each of `vectors` vectors. y: (vectors, rows), w: (rows, cols), x: (vectors, cols). Owns rows. */
export function matvec(
  y: Floats, w: Floats, x: Floats, vectors: number, cols: number, accumulate: number, begin: number, end: number,
): void {
  const rows = y.length / vectors;
  for (let v = 0; v < vectors; v++) {
    for (let r = begin; r < end; r++) {
      let sum = accumulate ? y[v * rows + r] : 0;
      for (let j = 0; j < cols; j++) sum += w[r * cols + j] * x[v * cols + j];
      y[v * rows + r] = sum;
    }
  }
}

export const plainMatvec = {
  matvec: kernel(matvec, ([y, , , vectors, cols]) => byRows(y.length / Math.max(1, vectors), 2 * cols * (1 + vectors))),
};
