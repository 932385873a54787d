/** The largest entries of rows as lists, against filtering. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { countColumns, findKept, keepLargest, listColumns } from "../../src/kernels/plain/largest.js";

type Listed = readonly (readonly [column: number, value: number])[];

/** What each row's list should be. */
function filtered(x: Float64Array, limits: Float64Array, cols: number): Listed[] {
  return [...limits].map((limit, r) => [...x.subarray(r * cols, (r + 1) * cols)]
    .map((v, c) => [c, v] as const).filter(([, v]) => v > 0 && v >= limit));
}

const cases = fc.record({
  rows: fc.integer({ min: 0, max: 5 }), cols: fc.integer({ min: 1, max: 9 }), half: fc.integer({ min: 0, max: 9 }),
  numbers: fc.infiniteStream(fc.integer({ min: -2, max: 4 })),
});

test("rows and columns of what reaches the limits, whatever the ranges", () => {
  fc.assert(fc.property(cases, ({ rows, cols, half, numbers }) => {
    const take = (n: number): Float64Array => Float64Array.from({ length: n }, () => numbers.next().value as number);
    const [x, limits] = [take(rows * cols), take(rows)];
    const wanted = filtered(x, limits, cols);
    const [columns, rowEnd, squares] = [new Int32Array(rows * cols), new Int32Array(rows), new Float64Array(rows)];
    const cut = Math.min(half, rows);
    keepLargest(x, columns, rowEnd, squares, limits, cols, cut, rows);
    keepLargest(x, columns, rowEnd, squares, limits, cols, 0, cut);
    assert.equal([...rowEnd].map((end, r) =>
      Array.from({ length: end - r * cols }, (_, i) => [columns[r * cols + i], x[r * cols + i]])), wanted);
    assert.equal([...squares], wanted.map((row) => row.reduce((sum, [, v]) => sum + v * v, 0)));

    const [counts, cutAt] = [new Int32Array(cols), Math.min(half, cols)];
    countColumns(counts, rowEnd, columns, cols, cutAt, cols);
    countColumns(counts, rowEnd, columns, cols, 0, cutAt);
    const starts = counts.map((_, c) => counts.subarray(0, c).reduce((a, b) => a + b, 0));
    const [colEnd, listed] = [starts.slice(), counts.reduce((a, b) => a + b, 0)];
    const [rowIndices, entries] = [new Int32Array(listed), new Float64Array(listed)];
    listColumns(rowIndices, entries, colEnd, rowEnd, columns, x, cols, cutAt, cols);
    listColumns(rowIndices, entries, colEnd, rowEnd, columns, x, cols, 0, cutAt);
    const byColumn = [...starts].map((from, c) =>
      Array.from({ length: colEnd[c] - from }, (_, i) => [rowIndices[from + i], entries[from + i]]));
    assert.equal(byColumn, [...starts].map((_, c) =>
      wanted.flatMap((row, r) => row.filter(([column]) => column === c).map(([, v]) => [r, v]))));
  }));
});

test("findKept: where x's entries stand in the lists", () => {
  // Row 0 keeps columns 1 and 3 of 4, row 1 none.
  const columns = Int32Array.of(1, 3, 0, 0, 0, 0, 0, 0);
  const places = new Int32Array(4);
  findKept(
    places, columns, Int32Array.of(2, 4), Int32Array.of(0, 3), Int32Array.of(3, 4), Int32Array.of(0, 1, 3, 2), 4, 0, 2);
  assert.equal([...places], [-1, 0, 1, -1]);
});

test.run();
