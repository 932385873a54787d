/**
 * The assignment problem: rows get distinct columns so that the summed score is as large as it can be (Kuhn, 1955, by
 * shortest augmenting paths with potentials after Jonker & Volgenant, 1987). O(n²·m) for n rows and m columns, n ≤ m.
 */

/**
 * @param score (rows, cols) row-major, finite.
 * @returns (rows) the column of each row; −1 for rows left over when there are more rows than columns.
 */
export function assign(score: ArrayLike<number>, rows: number, cols: number): Int32Array {
  if (rows <= cols) return assignWide((r, c) => -score[r * cols + c], rows, cols);
  const rowOf = assignWide((c, r) => -score[r * cols + c], cols, rows);
  const result = new Int32Array(rows).fill(-1);
  rowOf.forEach((row, column) => { result[row] = column; });
  return result;
}

/** Least cost with rows ≤ cols. */
function assignWide(cost: (row: number, col: number) => number, rows: number, cols: number): Int32Array {
  // Rows and columns count from 1; 0 stands for "none".
  const u = new Float64Array(rows + 1);
  const v = new Float64Array(cols + 1);
  const rowAt = new Int32Array(cols + 1);
  const before = new Int32Array(cols + 1);
  for (let r = 1; r <= rows; r++) {
    rowAt[0] = r;
    const least = new Float64Array(cols + 1).fill(Infinity);
    const done = new Uint8Array(cols + 1);
    let at = 0;
    do {
      done[at] = 1;
      const row = rowAt[at];
      let [delta, next] = [Infinity, 0];
      for (let c = 1; c <= cols; c++) {
        if (done[c] === 1) continue;
        const reduced = cost(row - 1, c - 1) - u[row] - v[c];
        if (reduced < least[c]) {
          least[c] = reduced;
          before[c] = at;
        }
        if (least[c] < delta) [delta, next] = [least[c], c];
      }
      for (let c = 0; c <= cols; c++) {
        if (done[c] === 1) {
          u[rowAt[c]] += delta;
          v[c] -= delta;
        } else least[c] -= delta;
      }
      at = next;
    } while (rowAt[at] !== 0);
    for (; at !== 0; at = before[at]) rowAt[at] = rowAt[before[at]];
  }
  const columnOf = new Int32Array(rows).fill(-1);
  for (let c = 1; c <= cols; c++) if (rowAt[c] > 0) columnOf[rowAt[c] - 1] = c - 1;
  return columnOf;
}
