/** Sparse products against the same sums over a dense matrix, and the transpose of row lists. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrDots, csrMatmul, csrRowSums, gather, transposeLists } from "../../src/kernels/plain/sparse.js";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists, normals } from "../support/random-floats.js";

/** Row lists with gaps between the rows, as a TopK code has them. */
function slots(lists: readonly (readonly number[])[], slack: number): {
  rowStart: Int32Array; rowEnd: Int32Array; indices: Int32Array;
} {
  const rowStart = new Int32Array(lists.length);
  const rowEnd = new Int32Array(lists.length);
  const indices: number[] = [];
  lists.forEach((list, r) => {
    rowStart[r] = indices.length;
    indices.push(...list);
    rowEnd[r] = indices.length;
    // What stands in unused slots must not matter: a column that does not exist.
    for (let i = 0; i < slack; i++) indices.push(1 << 20);
  });
  return { rowStart, rowEnd, indices: Int32Array.from(indices) };
}

const [ROWS, N, COLS] = [9, 11, 5];
const random = new Random(2);
const lists = columnLists(random, ROWS, N, 0.4);
const { rowStart, rowEnd, indices } = slots(lists, 2);
const values = normals(random, indices.length);
const b = normals(random, N * COLS);

test("csrMatmul: values or ones, overwriting or adding, in pieces", () => {
  for (const weights of [values, null]) {
    for (const accumulate of [0, 1]) {
      const start = normals(random, ROWS * COLS);
      const expected = start.map((x) => x * accumulate);
      lists.forEach((list, r) => list.forEach((n, i) => {
        for (let j = 0; j < COLS; j++) {
          expected[r * COLS + j] += (weights ? weights[rowStart[r] + i] : 1) * b[n * COLS + j];
        }
      }));
      const out = start.slice();
      csrMatmul(out, rowStart, rowEnd, indices, weights, b, COLS, accumulate, 0, 4);
      csrMatmul(out, rowStart, rowEnd, indices, weights, b, COLS, accumulate, 4, ROWS);
      assertClose(out, expected, { absolute: 1e-12 });
    }
  }
});

test("csrDots: one inner product an entry, unused slots untouched", () => {
  const a = normals(random, ROWS * COLS);
  const start = normals(random, indices.length);
  for (const accumulate of [0, 1]) {
    const out = start.slice();
    csrDots(out, rowStart, rowEnd, indices, a, b, COLS, accumulate, 0, ROWS);
    const expected = start.slice();
    lists.forEach((list, r) => list.forEach((n, i) => {
      let dot = 0;
      for (let j = 0; j < COLS; j++) dot += a[r * COLS + j] * b[n * COLS + j];
      expected[rowStart[r] + i] = accumulate * start[rowStart[r] + i] + dot;
    }));
    assertClose(out, expected, { absolute: 1e-12 });
  }
});

test("csrRowSums and gather", () => {
  const out = new Float64Array(3).fill(10);
  csrRowSums(out, Int32Array.of(0, 2, 5), Int32Array.of(2, 2, 6), Float64Array.of(1, 2, 9, 9, 9, 4), 0, 0, 3);
  assertClose(out, [3, 0, 4], { absolute: 0 });
  csrRowSums(out, Int32Array.of(0, 2, 5), Int32Array.of(2, 2, 6), Float64Array.of(1, 2, 9, 9, 9, 4), 1, 1, 3);
  assertClose(out, [3, 0, 8], { absolute: 0 });
  const picked = new Float64Array(3);
  gather(picked, Float64Array.of(7, 8, 9), Int32Array.of(2, 0, 1), 0, 2);
  assertClose(picked, [9, 7, 0], { absolute: 0 });
});

test("transposeLists: every entry once, rows ascending within a column, for any lists", () => {
  fc.assert(fc.property(
    fc.array(fc.uniqueArray(fc.nat(6), { maxLength: 7 }), { maxLength: 8 }), fc.nat(2),
    (rows, slack) => {
      const x = slots(rows, slack);
      const cols = 7;
      const starts = new Int32Array(cols + 1).fill(-5);
      const rowIndices = new Int32Array(x.indices.length);
      const positions = new Int32Array(x.indices.length);
      transposeLists(starts, rowIndices, positions, x.rowStart, x.rowEnd, x.indices, rows.length, cols, 0, 1);
      assert.is(starts[0], 0);
      assert.is(starts[cols], rows.flat().length);
      for (let c = 0; c < cols; c++) {
        const from = [...rows.keys()].filter((r) => rows[r].includes(c));
        assert.equal([...rowIndices.subarray(starts[c], starts[c + 1])], from);
        for (let i = starts[c]; i < starts[c + 1]; i++) {
          assert.is(x.indices[positions[i]], c);
          assert.ok(positions[i] >= x.rowStart[rowIndices[i]] && positions[i] < x.rowEnd[rowIndices[i]]);
        }
      }
    },
  ));
});

test("transposeLists: an empty range does nothing", () => {
  const starts = Int32Array.of(4, 5);
  transposeLists(
    starts, new Int32Array(0), new Int32Array(0), new Int32Array(0), new Int32Array(0), new Int32Array(0), 0, 1, 0, 0,
  );
  assert.equal(starts, Int32Array.of(4, 5));
});

test.run();
