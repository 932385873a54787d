/**
 * The largest entries of each row of a dense matrix as lists, by row and by column: what a backward pass needs of a
 * matrix most of whose entries count for nothing.
 *
 * A list of row r starts where the row does, at r·cols: it is made in the row's own place, and a row without room
 * beyond its entries needs no counting beforehand. By columns the lists are packed, so counting comes first.
 */
import type { Floats } from "../../base/floats.js";
import { byColumns, byRows, entriesPerRow, kernel, plainOnly } from "../family.js";

/**
 * Moves the entries of each row that are positive and at least the row's limit to the row's front, in order; their
 * columns go to the same places of `columns`. rowEnd[r] = one past the last, counted from the matrix's start; what lies
 * behind it is undefined. squares[r] = the sum of their squares. s, columns: (rows, cols), the rest (rows). Owns rows.
 */
export function keepLargest(
  s: Floats, columns: Int32Array, rowEnd: Int32Array, squares: Floats, limits: Floats, cols: number, begin: number,
  end: number,
): void {
  for (let r = begin; r < end; r++) {
    const start = r * cols;
    let q = start;
    let sum = 0;
    for (let j = 0; j < cols; j++) {
      const v = s[start + j];
      if (!(v > 0 && v >= limits[r])) continue;
      s[q] = v;
      columns[q++] = j;
      sum += v * v;
    }
    rowEnd[r] = q;
    squares[r] = sum;
  }
}

/**
 * places[q] = where x's entry q stands in its row's list, −1 if it was not kept. columns: (rows, cols) with lists from
 * each row's start to rowEnd[r]; x by row lists; places: as long as its indices. Owns rows.
 */
export function findKept(
  places: Int32Array, columns: Int32Array, rowEnd: Int32Array, xStart: Int32Array, xEnd: Int32Array,
  indices: Int32Array, cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    for (let q = xStart[r]; q < xEnd[r]; q++) {
      const at = firstFrom(columns, r * cols, rowEnd[r], indices[q]);
      places[q] = at < rowEnd[r] && columns[at] === indices[q] ? at : -1;
    }
  }
}

/**
 * counts[c] = entries of column c in rows' lists. rowEnd: (rows), columns: (rows, cols), counts: (cols). Owns columns.
 */
export function countColumns(
  counts: Int32Array, rowEnd: Int32Array, columns: Int32Array, cols: number, begin: number, end: number,
): void {
  counts.fill(0, begin, end);
  for (let r = 0; r < rowEnd.length; r++) {
    let q = firstFrom(columns, r * cols, rowEnd[r], begin);
    for (; q < rowEnd[r] && columns[q] < end; q++) counts[columns[q]]++;
  }
}

/**
 * The lists by column: colEnd[c] says where column c starts, and afterwards where it ends; its rows, ascending, and
 * their entries of s go between. rowIndices, entries: as many as are listed. Owns columns.
 */
export function listColumns(
  rowIndices: Int32Array, entries: Floats, colEnd: Int32Array, rowEnd: Int32Array, columns: Int32Array, s: Floats,
  cols: number, begin: number, end: number,
): void {
  for (let r = 0; r < rowEnd.length; r++) {
    let q = firstFrom(columns, r * cols, rowEnd[r], begin);
    for (; q < rowEnd[r] && columns[q] < end; q++) {
      const at = colEnd[columns[q]]++;
      rowIndices[at] = r;
      entries[at] = s[q];
    }
  }
}

/** The first place of an ascending stretch whose value is not below `value`. */
function firstFrom(sorted: Int32Array, from: number, to: number, value: number): number {
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

export const plainLargest = {
  keepLargest: kernel(keepLargest, ([, , rowEnd, , , cols]) => byRows(rowEnd.length, 6 * cols)),
  findKept: plainOnly(findKept, ([, , rowEnd, , xEnd, indices]) =>
    byRows(rowEnd.length, 100 * entriesPerRow(xEnd, indices)), "searches lists for the few entries of x"),
  countColumns: plainOnly(countColumns, ([counts, rowEnd]) => byColumns(counts.length, 2 * rowEnd.length),
    "counts single words at the places that a list names"),
  listColumns: plainOnly(listColumns, ([, , colEnd, rowEnd]) => byColumns(colEnd.length, 4 * rowEnd.length),
    "moves single words to the places that a list names"),
};
