/**
 * Compressed sparse rows: the one sparse matrix format of unknot.
 *
 * Row r holds the columns indices[q] for q in indptr[r] … indptr[r+1]−1, ascending and without duplicates. `values` is
 * null for a binary matrix (implicit feedback), else values[q] belongs to indices[q]. These are plain functions for
 * building and reshaping; products live in plain/sparse.ts and its SIMD twin.
 */
export interface Csr {
  readonly rows: number;
  readonly cols: number;
  /** (rows + 1) ascending offsets into indices. */
  readonly indptr: Int32Array;
  /** (nnz) column numbers. */
  readonly indices: Int32Array;
  /** (nnz) weights, or null when every stored entry is 1. */
  readonly values: Float32Array | null;
}

/** An empty-valued CSR from lists of columns; each list is sorted and its duplicates dropped. */
export function csrFromLists(lists: readonly (readonly number[])[], cols: number): Csr {
  const indptr = new Int32Array(lists.length + 1);
  const flat: number[] = [];
  lists.forEach((list, r) => {
    for (const c of [...new Set(list)].sort((a, b) => a - b)) flat.push(c);
    indptr[r + 1] = flat.length;
  });
  return { rows: lists.length, cols, indptr, indices: Int32Array.from(flat), values: null };
}

/**
 * The matrix of (row, column[, value]) triples. Counting sort: O(nnz + rows + cols). Values of duplicate pairs add up.
 */
export function csrFromPairs(
  rowOf: Int32Array,
  colOf: Int32Array,
  valueOf: Float32Array | null,
  rows: number,
  cols: number,
): Csr {
  // Two stable passes, by column and then by row, leave every row in ascending column order.
  const byColumn = countingOrder(colOf, cols, null);
  const order = countingOrder(rowOf, rows, byColumn);
  const indptr = new Int32Array(rows + 1);
  const indices = new Int32Array(order.length);
  const values = valueOf ? new Float32Array(order.length) : null;
  let nnz = 0;
  let at = 0;
  for (let r = 0; r < rows; r++) {
    for (; at < order.length && rowOf[order[at]] === r; at++) {
      const q = order[at];
      if (nnz > indptr[r] && indices[nnz - 1] === colOf[q]) {
        if (values && valueOf) values[nnz - 1] += valueOf[q];
        continue;
      }
      indices[nnz] = colOf[q];
      if (values && valueOf) values[nnz] = valueOf[q];
      nnz++;
    }
    indptr[r + 1] = nnz;
  }
  return { rows, cols, indptr, indices: indices.slice(0, nnz), values: values ? values.slice(0, nnz) : null };
}

/** Positions 0…n−1 (or those of `order`) sorted stably by key, keys in [0, buckets). */
function countingOrder(keys: Int32Array, buckets: number, order: Int32Array | null): Int32Array {
  const start = new Int32Array(buckets + 1);
  for (let i = 0; i < keys.length; i++) start[keys[i] + 1]++;
  for (let b = 0; b < buckets; b++) start[b + 1] += start[b];
  const sorted = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const q = order ? order[i] : i;
    sorted[start[keys[q]]++] = q;
  }
  return sorted;
}

/** Xᵀ as CSR. O(nnz + rows + cols). */
export function csrTranspose(x: Csr): Csr {
  const indptr = new Int32Array(x.cols + 1);
  const nnz = x.indptr[x.rows];
  for (let q = 0; q < nnz; q++) indptr[x.indices[q] + 1]++;
  for (let c = 0; c < x.cols; c++) indptr[c + 1] += indptr[c];
  const next = indptr.slice();
  const indices = new Int32Array(nnz);
  const values = x.values ? new Float32Array(nnz) : null;
  for (let r = 0; r < x.rows; r++) {
    for (let q = x.indptr[r]; q < x.indptr[r + 1]; q++) {
      const at = next[x.indices[q]]++;
      indices[at] = r;
      if (values) values[at] = x.values![q];
    }
  }
  return { rows: x.cols, cols: x.rows, indptr, indices, values };
}

/** The rows of X in the given order. */
export function csrSelectRows(x: Csr, rows: ArrayLike<number>): Csr {
  const indptr = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) indptr[i + 1] = indptr[i] + x.indptr[rows[i] + 1] - x.indptr[rows[i]];
  const indices = new Int32Array(indptr[rows.length]);
  const values = x.values ? new Float32Array(indices.length) : null;
  for (let i = 0; i < rows.length; i++) {
    const from = x.indptr[rows[i]];
    const to = x.indptr[rows[i] + 1];
    indices.set(x.indices.subarray(from, to), indptr[i]);
    if (values) values.set(x.values!.subarray(from, to), indptr[i]);
  }
  return { rows: rows.length, cols: x.cols, indptr, indices, values };
}

/** The columns of row r, as a view. */
export function csrRow(x: Csr, r: number): Int32Array {
  return x.indices.subarray(x.indptr[r], x.indptr[r + 1]);
}

/** How often each column occurs: (cols), the popularity of an item when rows are users. */
export function csrColumnCounts(x: Csr): Int32Array {
  const counts = new Int32Array(x.cols);
  for (let q = 0; q < x.indptr[x.rows]; q++) counts[x.indices[q]]++;
  return counts;
}

/** The n×n identity: encoding it row by row encodes every item alone (paper §4.3, one-hot items). */
export function csrIdentity(n: number): Csr {
  return {
    rows: n,
    cols: n,
    indptr: Int32Array.from({ length: n + 1 }, (_, i) => i),
    indices: Int32Array.from({ length: n }, (_, i) => i),
    values: null,
  };
}
