/** CSR operations against the same done naively on lists and dense arrays. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  csrColumnCounts, csrFromLists, csrFromPairs, csrIdentity, csrRow, csrSelectRows, csrTranspose,
} from "../../src/kernels/csr.js";
import type { Csr } from "../../src/kernels/csr.js";

interface Triples {
  rows: number;
  cols: number;
  entries: [number, number, number][];
}

/** Row, column, value; duplicates and empty rows and columns included; values are small integers, so sums are exact. */
const triples: fc.Arbitrary<Triples> = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }))
  .chain(([rows, cols]) => fc.record({
    rows: fc.constant(rows),
    cols: fc.constant(cols),
    entries: rows * cols === 0 ? fc.constant([]) : fc.array(
      fc.tuple(fc.nat(rows - 1), fc.nat(cols - 1), fc.integer({ min: 1, max: 9 })), { maxLength: 40 },
    ),
  }));

const build = ({ rows, cols, entries }: Triples, binary: boolean): Csr => csrFromPairs(
  Int32Array.from(entries, (e) => e[0]), Int32Array.from(entries, (e) => e[1]),
  binary ? null : Float32Array.from(entries, (e) => e[2]), rows, cols,
);

function dense(x: Csr): number[][] {
  const out = Array.from({ length: x.rows }, () => new Array<number>(x.cols).fill(0));
  for (let r = 0; r < x.rows; r++) {
    for (let q = x.indptr[r]; q < x.indptr[r + 1]; q++) out[r][x.indices[q]] += x.values ? x.values[q] : 1;
  }
  return out;
}

/** Ascending, distinct columns in range, and offsets that fit. */
function checkForm(x: Csr): void {
  assert.is(x.indptr.length, x.rows + 1);
  assert.is(x.indptr[0], 0);
  assert.is(x.indptr[x.rows], x.indices.length);
  if (x.values) assert.is(x.values.length, x.indices.length);
  for (let r = 0; r < x.rows; r++) {
    csrRow(x, r).forEach((c, i, row) => assert.ok(c >= 0 && c < x.cols && (i === 0 || row[i - 1] < c)));
  }
}

for (const binary of [true, false]) {
  const kind = binary ? "binary" : "valued";
  test(`from pairs: what a dense array holds (${kind})`, () => {
    fc.assert(fc.property(triples, (t) => {
      const x = build(t, binary);
      checkForm(x);
      const naive = Array.from({ length: t.rows }, () => new Array<number>(t.cols).fill(0));
      for (const [r, c, v] of t.entries) naive[r][c] = binary ? 1 : naive[r][c] + v;
      assert.equal(dense(x), naive);
    }));
  });

  test(`transposed: rows and columns change places; twice: as before (${kind})`, () => {
    fc.assert(fc.property(triples, (t) => {
      const x = build(t, binary);
      const back = csrTranspose(x);
      checkForm(back);
      assert.equal(csrTranspose(back), x);
      const naive = dense(x);
      assert.equal(dense(back), Array.from({ length: t.cols }, (_, c) => naive.map((row) => row[c])));
    }));
  });

  test(`selected rows: in the given order, repeats allowed (${kind})`, () => {
    fc.assert(fc.property(triples.filter((t) => t.rows > 0), fc.array(fc.nat(100), { maxLength: 12 }), (t, picks) => {
      const x = build(t, binary);
      const rows = picks.map((p) => p % t.rows);
      const picked = csrSelectRows(x, rows);
      checkForm(picked);
      const naive = dense(x);
      assert.equal(dense(picked), rows.map((r) => naive[r]));
    }));
  });
}

test("from lists: the same as from pairs", () => {
  fc.assert(fc.property(triples, (t) => {
    const lists = Array.from({ length: t.rows }, (_, r) => t.entries.filter((e) => e[0] === r).map((e) => e[1]));
    assert.equal(csrFromLists(lists, t.cols), build(t, true));
  }));
});

test("column counts are the sums of the columns", () => {
  fc.assert(fc.property(triples, (t) => {
    const x = build(t, true);
    const naive = dense(x);
    const sums = Array.from({ length: t.cols }, (_, c) => naive.reduce((sum, row) => sum + row[c], 0));
    assert.equal([...csrColumnCounts(x)], sums);
  }));
});

test("identity", () => {
  assert.equal(dense(csrIdentity(3)), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
  assert.is(csrIdentity(0).indices.length, 0);
});

test.run();
