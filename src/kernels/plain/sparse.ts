/**
 * Products with a sparse matrix whose rows are slices of one index list: row r holds the entries
 * q = rowStart[r] … rowEnd[r]−1, each at column indices[q] with weight values[q] (1 when values is null).
 *
 * A CSR matrix is the case rowEnd[r] = rowStart[r+1]; a TopK code keeps K slots a row of which the first few are
 * filled. The same kernel therefore encodes users, decodes sparse codes and forms every sparse gradient.
 *
 * 2·nnz·cols FLOPs over nnz·cols·4 bytes read: bound by memory, not by arithmetic.
 * What only moves or counts entries (csrRowSums, gather, transposeLists) is O(nnz) beside that.
 */
import type { Floats } from "../../base/floats.js";
import { byElements, byRows, entriesPerRow, kernel, plainOnly, undivided } from "../family.js";

/** out[r] (+)= Σ_q values[q] · b[indices[q]]. out: (rows, cols), b: (any, cols). Owns rows begin … end−1. */
export function csrMatmul(
  out: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, values: Floats | null, b: Floats,
  cols: number, accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const o = r * cols;
    if (!accumulate) out.fill(0, o, o + cols);
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      const weight = values ? values[q] : 1;
      const from = indices[q] * cols;
      for (let j = 0; j < cols; j++) out[o + j] += weight * b[from + j];
    }
  }
}

/**
 * out[q] (+)= ⟨a[r], b[indices[q]]⟩ for the entries of each row: the gradient of csrMatmul's values. a: (rows, cols).
 * Owns rows.
 */
export function csrDots(
  out: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, a: Floats, b: Floats, cols: number,
  accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const left = r * cols;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      const right = indices[q] * cols;
      let sum = accumulate ? out[q] : 0;
      for (let j = 0; j < cols; j++) sum += a[left + j] * b[right + j];
      out[q] = sum;
    }
  }
}

/** out[r] (+)= Σ_q values[q] over the row's entries. out: (rows). Owns rows. */
export function csrRowSums(
  out: Floats, rowStart: Int32Array, rowEnd: Int32Array, values: Floats, accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let sum = accumulate ? out[r] : 0;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) sum += values[q];
    out[r] = sum;
  }
}

/** out[i] = values[positions[i]]: carries a sparse matrix's values over to its transpose. Owns positions. */
export function gather(out: Floats, values: Floats, positions: Int32Array, begin: number, end: number): void {
  for (let i = begin; i < end; i++) out[i] = values[positions[i]];
}

/**
 * The transpose of a sparse matrix as lists: column c is in the rows rowIndices[i], i = colStart[c] … colStart[c+1]−1,
 * and positions[i] is the entry's position q. Rows ascend within a column, so sums over a column have a fixed order.
 * colStart: (cols + 1). O(rows + cols + nnz), one thread (the range is unused: begin 0, end 1).
 */
export function transposeLists(
  colStart: Int32Array, rowIndices: Int32Array, positions: Int32Array, rowStart: Int32Array, rowEnd: Int32Array,
  indices: Int32Array, rows: number, cols: number, begin: number, end: number,
): void {
  if (begin >= end) return;
  colStart.fill(0, 0, cols + 1);
  for (let r = 0; r < rows; r++) for (let q = rowStart[r]; q < rowEnd[r]; q++) colStart[indices[q] + 1]++;
  for (let c = 0; c < cols; c++) colStart[c + 1] += colStart[c];
  for (let r = 0; r < rows; r++) {
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      const i = colStart[indices[q]]++;
      rowIndices[i] = r;
      positions[i] = q;
    }
  }
  // Filling moved every start to its column's end, which is the next column's start: shift back by one.
  for (let c = cols; c > 0; c--) colStart[c] = colStart[c - 1];
  colStart[0] = 0;
}

export const plainSparse = {
  csrMatmul: kernel(csrMatmul, ([out, , rowEnd, indices, , , cols]) =>
    byRows(out.length / cols, 4 * cols * (1 + entriesPerRow(rowEnd, indices)))),
  csrDots: kernel(csrDots, ([, , rowEnd, indices, , , cols]) =>
    byRows(rowEnd.length, 4 * cols * (1 + entriesPerRow(rowEnd, indices)))),
  csrRowSums: plainOnly(csrRowSums, ([out, , rowEnd, values]) =>
    byRows(out.length, 8 * (1 + entriesPerRow(rowEnd, values))), "adds runs that are too short for four lanes"),
  gather: plainOnly(
    gather, ([out]) => byElements(out.length, 12), "moves single words from the places that a list names"),
  transposeLists: plainOnly(transposeLists, undivided, "counts and moves single words at the places that a list names"),
};
