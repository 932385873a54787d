/** The ops of sparse item vectors: gradients against central differences in double precision, and values by hand. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  asSparseRows, cappedResidualLoss, equalRows, l2Loss, pickEntries, sparseProduct, sparseRowsAt, Tape, unitSparseRows,
  writtenOut, type SparseTensor, type Tensor,
} from "../../src/autograd/index.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";
import { checkGradients, doubleEngine, type Leaf } from "../support/gradient-check.js";
import { columnLists, normals } from "../support/random-floats.js";

const [B, I, D] = [9, 8, 11];
const x = csrFromLists(columnLists(new Random(1), B, I, 0.4), I);

function leaf(seed: number, rows: number, cols: number): Leaf {
  return { rows, cols, values: normals(new Random(seed), rows * cols) };
}

/** n ascending columns of D for each row. */
function columnsOf(rows: number, n: number): Int32Array {
  const random = new Random(n);
  return Int32Array.from(Array.from({ length: rows }, () =>
    [...random.shuffle(Array.from({ length: D }, (_, c) => c)).slice(0, n)].sort((a, b) => a - b)).flat());
}

function toLoss(tape: Tape, t: Tensor): Tensor {
  return l2Loss(tape, t, tape.input(normals(new Random(4), t.rows * t.cols), t.rows, t.cols));
}

function sparse(tape: Tape, a: Tensor): SparseTensor {
  return asSparseRows(tape, a, tape.engine.intsFrom(columnsOf(a.rows, a.cols)), D);
}

test("asSparseRows, sparseProduct: users from sparse items", () => {
  checkGradients({ a: leaf(2, I, 3) }, (tape, { a }) =>
    toLoss(tape, sparseProduct(tape, tape.sparseInput(x), sparse(tape, a))));
});

test("pickEntries: what is not picked gets no gradient", () => {
  const places = Int32Array.from({ length: I * 2 }, (_, q) => (q % 2 === 0 ? Math.floor(q / 2) % 2 : 3));
  const { a } = checkGradients({ a: leaf(3, I, 4) }, (tape, leaves) =>
    toLoss(tape, sparseProduct(tape, tape.sparseInput(x), pickEntries(tape, leaves.a, places, columnsOf(I, 2), 2, D))));
  for (let i = 0; i < I; i++) {
    for (let j = 0; j < 4; j++) {
      const picked = places.subarray(2 * i, 2 * i + 2).includes(j);
      assert.ok(picked || a[i * 4 + j] === 0);
    }
  }
});

test("unitSparseRows, sparseRowsAt: rows of length 1, some twice and some not at all", () => {
  checkGradients({ a: leaf(5, I, 4) }, (tape, { a }) => {
    const unit = sparseRowsAt(tape, unitSparseRows(tape, sparse(tape, a)), Int32Array.of(3, 0, 3, 7));
    return toLoss(tape, sparseProduct(tape, tape.sparseInput(csrFromLists([[0, 1], [2], [0, 2, 3]], 4)), unit));
  });
});

// More than a quarter of D entries goes by dense products, less by sparse ones.
for (const n of [2, 3, 7]) {
  test(`cappedResidualLoss with ${n} of ${D} entries, and a cap that some scores reach`, () => {
    const scores: number[] = [];
    checkGradients({ e: leaf(6, B, D), a: leaf(7, I, n) }, (tape, { e, a }) => {
      const result = cappedResidualLoss(tape, e, sparse(tape, a), tape.sparseInput(x), 2);
      scores.push(...result.scores);
      return result.loss;
    });
    assert.ok(scores.includes(2) && scores.includes(0) && scores.some((s) => s > 0 && s < 2));
  });
}

test("the loss and the scores by their formula", () => {
  const engine = doubleEngine();
  const tape = new Tape(engine);
  const n = 3;
  const rows = equalRows(
    engine, D, engine.intsFrom(columnsOf(I, n)), engine.floatsFrom(leaf(8, I, n).values), n, false,
  );
  const dense = writtenOut(engine, rows);
  const e = tape.input(leaf(9, B, D).values, B, D);
  const { loss, scores } = cappedResidualLoss(tape, e, rows, tape.sparseInput(x), 6);
  let total = 0;
  for (let u = 0; u < B; u++) {
    const has = (i: number): number => (x.indices.subarray(x.indptr[u], x.indptr[u + 1]).includes(i) ? 1 : 0);
    const s = Array.from({ length: I }, (_, i) => {
      let sum = -has(i);
      for (let d = 0; d < D; d++) sum += e.data[u * D + d] * dense[i * D + d];
      return Math.min(6, Math.max(0, sum));
    });
    const unit = (v: number[]): number[] => v.map((value) => value / Math.max(1e-12, Math.hypot(...v)));
    const target = unit(Array.from({ length: I }, (_, i) => has(i)));
    unit(s).forEach((value, i) => { total += (value - target[i]) ** 2 / (B * I); });
    s.forEach((value, i) => assertClose(scores[i * B + u], value, { absolute: 1e-14 }));
  }
  assertClose(loss.data[0], total, { absolute: 1e-14 });
});

test("a user without items, and one whose scores are rounding noise, count as before and get no gradient", () => {
  const tape = new Tape(doubleEngine());
  const { engine } = tape;
  const n = equalRows(engine, 2, engine.intsFrom([0, 1]), engine.floatsFrom([1, 1]), 1, false);
  // The third user's own item is 1e-7 above what is subtracted.
  const e = tape.input([0.5, 0, 0, 0, 1 + 1e-7, 0], 3, 2);
  const users = tape.sparseInput(csrFromLists([[], [1], [0]], 2));
  const { loss } = cappedResidualLoss(tape, e, n, users, 6);
  assertClose(loss.data[0], (1 + 1 + 1) / (3 * 2), { absolute: 1e-15 });
});

test.run();
