/** The kernels of sparse ELSA against their formulas, in any partition. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists, csrTranspose, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { csrCsrGradient } from "../../src/kernels/plain/item-item.js";
import {
  cappedResidual, cappedResidualGradient, transpose, unitRows, unitRowsGradient,
} from "../../src/kernels/plain/sparse-items.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists, normals } from "../support/random-floats.js";

const [USERS, ITEMS] = [21, 13];
const lists = columnLists(new Random(2), USERS, ITEMS, 0.3);
const x = csrFromLists(lists, ITEMS);
const starts = (m: Csr): [Int32Array, Int32Array] => [m.indptr.subarray(0, m.rows), m.indptr.subarray(1)];
const cutsOf = (n: number): number[][] => [[0, n], [0, 1, 4, n], [0, 0, n, n]];
const inPieces = (n: number, call: (begin: number, end: number) => void): void => {
  for (const cuts of cutsOf(n)) for (let c = 1; c < cuts.length; c++) call(cuts[c - 1], cuts[c]);
};

test("scores less x, clamped at both ends, with their squares and dots", () => {
  const raw = normals(new Random(3), ITEMS * USERS).map((v) => 2 * v);
  for (const cuts of cutsOf(USERS)) {
    const s = raw.slice();
    const [squares, dots] = [new Float64Array(USERS).fill(9), new Float64Array(USERS).fill(9)];
    for (let c = 1; c < cuts.length; c++) {
      cappedResidual(s, squares, dots, ...starts(x), x.indices, ITEMS, USERS, 1.5, cuts[c - 1], cuts[c]);
    }
    for (let u = 0; u < USERS; u++) {
      let [square, dot] = [0, 0];
      for (let i = 0; i < ITEMS; i++) {
        const has = lists[u].includes(i);
        const value = Math.min(1.5, Math.max(0, raw[i * USERS + u] - (has ? 1 : 0)));
        assert.is(s[i * USERS + u], value);
        square += value ** 2;
        if (has) dot += value;
      }
      assertClose([squares[u], dots[u]], [square, dot], { absolute: 1e-13 });
    }
  }
});

test("their gradient: scaled, shifted at x, 0 where clamped", () => {
  const s = normals(new Random(4), ITEMS * USERS).map((v) => Math.min(1, Math.max(0, v)));
  const [scale, shift] = [normals(new Random(5), USERS), normals(new Random(6), USERS)];
  const expected = s.map((value, at) => {
    const [i, u] = [Math.floor(at / USERS), at % USERS];
    return value > 0 && value < 1 ? scale[u] * value - (lists[u].includes(i) ? shift[u] : 0) : 0;
  });
  for (const cuts of cutsOf(USERS)) {
    const got = s.slice();
    for (let c = 1; c < cuts.length; c++) {
      cappedResidualGradient(got, scale, shift, ...starts(x), x.indices, ITEMS, USERS, 1, cuts[c - 1], cuts[c]);
    }
    assertClose(got, expected, { absolute: 1e-15 });
  }
});

test("the gradient of a sparse product's values", () => {
  const d = 7;
  const rows = csrFromLists(columnLists(new Random(7), ITEMS, d, 0.4), d);
  const dOut = normals(new Random(8), USERS * d);
  const t = csrTranspose(x);
  const before = normals(new Random(9), rows.indices.length);
  for (const accumulate of [0, 1]) {
    const got = before.slice();
    const cuts = [0, 3, 3, ITEMS];
    for (let c = 1; c < cuts.length; c++) {
      csrCsrGradient(
        got, ...starts(rows), rows.indices, ...starts(t), t.indices, dOut, d, accumulate, cuts[c - 1], cuts[c],
      );
    }
    for (let i = 0; i < ITEMS; i++) {
      for (let p = rows.indptr[i]; p < rows.indptr[i + 1]; p++) {
        let sum = accumulate ? before[p] : 0;
        lists.forEach((list, u) => { if (list.includes(i)) sum += dOut[u * d + rows.indices[p]]; });
        assertClose(got[p], sum, { absolute: 1e-13 });
      }
    }
  }
});

test("a transpose at sizes around its tiles", () => {
  for (const [rows, cols] of [[1, 1], [15, 17], [16, 16], [33, 2]]) {
    const from = normals(new Random(rows), rows * cols);
    const out = new Float64Array(rows * cols);
    inPieces(cols, (begin, end) => { transpose(out, from, rows, cols, begin, Math.min(end, cols)); });
    from.forEach((value, at) => assert.is(out[(at % cols) * rows + Math.floor(at / cols)], value));
  }
});

test("unit rows and their gradient; a row of zeros stays", () => {
  const out = new Float64Array(6);
  const norms = new Float64Array(2);
  unitRows(out, norms, Float64Array.of(3, 0, 4, 0, 0, 0), 3, 0, 2);
  assertClose(out, [0.6, 0, 0.8, 0, 0, 0], { absolute: 1e-15 });
  assertClose(norms, [5, 1e-12], { absolute: 1e-15 });
  const dx = Float64Array.of(1, 1, 1);
  unitRowsGradient(dx, out, norms, Float64Array.of(1, 2, 3), 3, 1, 0, 1);
  // ⟨out, d⟩ = 3; (d − 3·out)/5 is added.
  assertClose(dx, [1 + (1 - 1.8) / 5, 1 + 2 / 5, 1 + (3 - 2.4) / 5], { absolute: 1e-15 });
});

test.run();
