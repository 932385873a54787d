/** A dense row-major matrix as CSR with values, zeros left out: small inputs of tests. */
import type { Csr } from "../../src/base/csr.js";

export function csrFromDense(x: ArrayLike<number>, rows: number, cols: number): Csr {
  if (x.length !== rows * cols) throw new Error(`csrFromDense: ${x.length} numbers for ${rows}×${cols}`);
  const indptr = new Int32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      if (x[r * cols + c] === 0) continue;
      indices.push(c);
      values.push(x[r * cols + c]);
    }
    indptr[r + 1] = indices.length;
  }
  return { rows, cols, indptr, indices: Int32Array.from(indices), values: Float32Array.from(values) };
}
