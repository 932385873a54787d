/** The kernels of the item-item models against dense arithmetic. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrCsrMatmul, csrGram, csrSubtractRow } from "../../src/kernels/plain/item-item.js";
import { rowDots } from "../../src/kernels/plain/rows.js";
import { csrFromLists, csrTranspose, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists, normals } from "../support/random-floats.js";

const [ROWS, COLS] = [23, 17];
const lists = columnLists(new Random(1), ROWS, COLS, 0.3);
const x = csrFromLists(lists, COLS);
const starts = (m: Csr): [Int32Array, Int32Array] => [m.indptr.subarray(0, m.rows), m.indptr.subarray(1)];

for (const weights of [null, Float32Array.from({ length: ROWS }, (_, r) => r / 8)]) {
  test(`XᵀX ${weights ? "weighs" : "counts"} the rows with both columns, in any partition`, () => {
    const expected = new Float64Array(COLS * COLS);
    lists.forEach((list, r) => {
      for (const i of list) for (const j of list) expected[i * COLS + j] += weights ? weights[r] : 1;
    });
    const t = csrTranspose(x);
    for (const cuts of [[0, COLS], [0, 1, 5, COLS], [0, 0, COLS, COLS]]) {
      const got = new Float32Array(COLS * COLS).fill(7);
      for (let c = 1; c < cuts.length; c++) {
        csrGram(got, ...starts(t), t.indices, ...starts(x), x.indices, weights, COLS, cuts[c - 1], cuts[c]);
      }
      assert.equal([...got], [...expected]);
    }
  });
}

for (const weights of [null, Float32Array.from(normals(new Random(4), x.indices.length))]) {
  test(`a product of two sparse matrices, the first ${weights ? "weighted" : "binary"}`, () => {
    const s = csrFromLists(columnLists(new Random(2), COLS, COLS, 0.4), COLS);
    const values = Float32Array.from(normals(new Random(3), s.indices.length));
    const expected = lists.flatMap((list, r) => {
      const row = new Array<number>(COLS).fill(0);
      list.forEach((i, at) => {
        const weight = weights ? weights[x.indptr[r] + at] : 1;
        for (let q = s.indptr[i]; q < s.indptr[i + 1]; q++) row[s.indices[q]] += weight * values[q];
      });
      return row;
    });
    const got = new Float32Array(ROWS * COLS).fill(7);
    csrCsrMatmul(got, ...starts(x), x.indices, weights, ...starts(s), s.indices, values, COLS, 0, ROWS);
    assertClose(got, expected);
  });
}

test("a row taken off at the entries, and nowhere else", () => {
  const s = new Float32Array(ROWS * COLS).fill(1);
  const row = Float32Array.from({ length: COLS }, (_, j) => j);
  csrSubtractRow(s, row, ...starts(x), x.indices, COLS, 1, ROWS);
  const expected = lists.flatMap((list, r) => Array.from(row, (v, j) => (r > 0 && list.includes(j) ? 1 - v : 1)));
  assert.equal([...s], expected);
});

test("dots of rows", () => {
  const got = Float32Array.of(9, 9, 9);
  rowDots(got, Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, 1, 2, 2, 0, 1), 2, 1, 3);
  assert.equal([...got], [9, 14, 6]);
});

test.run();
