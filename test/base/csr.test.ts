/** CSR matrices: every operation against the same operation on a dense one. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  csrColumnCounts, csrFromLists, csrFromPairs, csrIdentity, csrRow, csrSelectRows, csrTranspose, type Csr,
} from "../../src/base/csr.js";

/** Rows of numbers, and a check that the form is right: ascending, in range, without duplicates. */
function dense(x: Csr): number[][] {
  assert.is(x.indptr.length, x.rows + 1);
  assert.is(x.indptr[0], 0);
  assert.is(x.indices.length, x.indptr[x.rows]);
  if (x.values) assert.is(x.values.length, x.indices.length);
  return Array.from({ length: x.rows }, (_, r) => {
    const row = new Array<number>(x.cols).fill(0);
    for (let q = x.indptr[r]; q < x.indptr[r + 1]; q++) {
      assert.ok(x.indices[q] >= 0 && x.indices[q] < x.cols);
      if (q > x.indptr[r]) assert.ok(x.indices[q] > x.indices[q - 1], "columns ascend");
      row[x.indices[q]] = x.values ? x.values[q] : 1;
    }
    return row;
  });
}

const size = fc.integer({ min: 1, max: 8 });
/** Pairs with duplicates and small whole values, whose sums are exact. */
const triples = fc.tuple(size, size).chain(([rows, cols]) => fc.record({
  rows: fc.constant(rows), cols: fc.constant(cols),
  pairs: fc.array(fc.tuple(fc.nat(rows - 1), fc.nat(cols - 1), fc.integer({ min: 1, max: 9 })), { maxLength: 40 }),
}));
type Triples = typeof triples extends fc.Arbitrary<infer T> ? T : never;

function matrix({ rows, cols, pairs }: Triples, weighted: boolean): Csr {
  const [r, c, v] = [0, 1, 2].map((at) => Int32Array.from(pairs, (pair) => pair[at]));
  return csrFromPairs(r, c, weighted ? Float32Array.from(v) : null, rows, cols);
}

test("from pairs: values of duplicates add up, binary duplicates count once", () => {
  fc.assert(fc.property(triples, fc.boolean(), (t, weighted) => {
    const expected = Array.from({ length: t.rows }, () => new Array<number>(t.cols).fill(0));
    for (const [r, c, v] of t.pairs) expected[r][c] = weighted ? expected[r][c] + v : 1;
    assert.equal(dense(matrix(t, weighted)), expected);
  }));
});

test("from lists: sorted, duplicates dropped", () => {
  assert.equal(dense(csrFromLists([[3, 1, 3], [], [0]], 4)), [[0, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]]);
  fc.assert(fc.property(fc.array(fc.array(fc.nat(5), { maxLength: 12 }), { maxLength: 6 }), (lists) => {
    const expected = lists.map((list) => Array.from({ length: 6 }, (_, c) => (list.includes(c) ? 1 : 0)));
    assert.equal(dense(csrFromLists(lists, 6)), expected);
  }));
});

test("transpose, and twice is the same matrix", () => {
  fc.assert(fc.property(triples, fc.boolean(), (t, weighted) => {
    const x = matrix(t, weighted);
    const rows = dense(x);
    assert.equal(dense(csrTranspose(x)), Array.from({ length: t.cols }, (_, c) => rows.map((row) => row[c])));
    assert.equal(csrTranspose(csrTranspose(x)), x);
  }));
});

test("selecting rows: any order, repeated, none", () => {
  fc.assert(fc.property(triples, fc.boolean(), fc.array(fc.nat(100), { maxLength: 12 }), (t, weighted, picks) => {
    const x = matrix(t, weighted);
    const rows = picks.map((n) => n % t.rows);
    assert.equal(dense(csrSelectRows(x, rows)), rows.map((r) => dense(x)[r]));
  }));
});

test("rows, column counts and the identity", () => {
  fc.assert(fc.property(triples, (t) => {
    const x = matrix(t, false);
    const rows = dense(x);
    rows.forEach((row, r) => assert.equal([...csrRow(x, r)], [...row.keys()].filter((c) => row[c] === 1)));
    assert.equal(
      [...csrColumnCounts(x)], Array.from({ length: t.cols }, (_, c) => rows.filter((row) => row[c]).length),
    );
  }));
  assert.equal(dense(csrIdentity(3)), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
  assert.equal(dense(csrIdentity(0)), []);
});

test.run();
