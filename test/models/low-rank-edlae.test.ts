/** EDLAE of low rank: what it comes to at full rank, what each solver promises, float against double. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { csrFromLists, csrIdentity } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { openEngine } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/engine.js";
import { Ease, type EaseOptions } from "../../src/models/recommenders/ease.js";
import { fitLowRankEdlae, solveLowRankEdlae, type LowRankEdlaeOptions } from "../../src/models/fit-low-rank-edlae.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists, normals } from "../support/random-floats.js";

const [USERS, ITEMS] = [120, 20];
const x = csrFromLists(columnLists(new Random(5), USERS, ITEMS, 0.2), ITEMS);
const double = (): Engine => openEngine({ precision: "f64", memoryBytes: 2 ** 24 });

function product(engine: Engine, options: LowRankEdlaeOptions, start: Float64Array): Float64Array {
  const { encoder: u, decoder: v } = solveLowRankEdlae(engine, x, options, start);
  const { factors } = options;
  return Float64Array.from({ length: ITEMS ** 2 }, (_, at) => {
    let sum = 0;
    for (let f = 0; f < factors; f++) sum += u[Math.floor(at / ITEMS) * factors + f] * v[(at % ITEMS) * factors + f];
    return sum;
  });
}

function fullRank(options: EaseOptions): Float64Array {
  const engine = double();
  const tape = new Tape(engine, false);
  return Float64Array.from(Ease.fit(engine, x, options).scores(tape, tape.sparseInput(csrIdentity(ITEMS))).data);
}

const offDiagonal = (m: Float64Array): Float64Array => m.map((v, at) => (at % (ITEMS + 1) === 0 ? 0 : v));
const start = (factors: number): Float64Array => normals(new Random(9), ITEMS * factors).map((v) => 0.01 * v);

test("at full rank, the free diagonal is the ridge regression", () => {
  const [lambda, dropout] = [4, 0.3];
  const got = product(double(), { factors: ITEMS, lambda, dropout, solver: "free", iterations: 2 }, start(ITEMS));
  assertClose(offDiagonal(got), fullRank({ lambda, dropout, diagonalLimit: 1 }), { absolute: 1e-7 });
});

test("at full rank, a zero diagonal is EDLAE in closed form", () => {
  const [lambda, dropout] = [4, 0.3];
  const expected = fullRank({ lambda, dropout });
  const zero = product(double(), { factors: ITEMS, lambda, dropout, solver: "zero", iterations: 3 }, start(ITEMS));
  assertClose(zero, expected, { absolute: 1e-7 });
});

test("a zero diagonal is zero at any rank", () => {
  for (const factors of [3, 7]) {
    const b = product(double(), { factors, lambda: 2, dropout: 0.5, solver: "zero", iterations: 4 }, start(factors));
    for (let i = 0; i < ITEMS; i++) assertClose(b[i * (ITEMS + 1)], 0, { absolute: 1e-12 });
  }
});

for (const solver of ["admm", "free", "zero"] as const) {
  test(`${solver}: single precision is near double, and the heap is given back`, () => {
    const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
    const options = { factors: 5, lambda: 3, dropout: 0.4, omega: 5, solver, iterations: 4 };
    const mark = engine.heap.mark();
    const single = product(engine, options, start(5));
    assert.is(engine.heap.mark(), mark);
    assertClose(single, product(double(), options, start(5)), { absolute: 1e-4 });
  });
}

test("the loss is the mean squared error of the scores", () => {
  const engine = double();
  const model = fitLowRankEdlae(engine, x, { factors: 4, lambda: 2, dropout: 0.3 }, new Random(1));
  const tape = new Tape(engine, false);
  const input = tape.sparseInput(x);
  const scores = model.scores(tape, input).data;
  let total = 0;
  for (let r = 0; r < USERS; r++) {
    const has = new Set(x.indices.subarray(x.indptr[r], x.indptr[r + 1]));
    for (let i = 0; i < ITEMS; i++) total += (scores[r * ITEMS + i] - (has.has(i) ? 1 : 0)) ** 2;
  }
  assertClose(model.loss(tape, input).data[0], total / (USERS * ITEMS), { absolute: 1e-12 });
});

test("turns that diverge are noticed", () => {
  const options = { factors: 4, lambda: 2, dropout: 0.3, omega: 500 };
  assert.throws(() => fitLowRankEdlae(double(), x, options, new Random(1)), /diverged .* smaller omega/);
});

test("what makes no sense, and what does not fit, is refused", () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 22 });
  const good = { factors: 4, lambda: 2, dropout: 0.3 };
  for (const wrong of [
    { factors: 0 }, { lambda: 0 }, { dropout: 1 }, { omega: 0 }, { iterations: 0 }, { solver: "best" as "admm" },
  ]) {
    const options = { ...good, ...wrong };
    assert.throws(() => fitLowRankEdlae(engine, x, options, new Random(1)), new RegExp(Object.keys(wrong)[0]));
  }
  const wide = csrFromLists([[0, 1]], 2000);
  assert.throws(() => fitLowRankEdlae(engine, wide, good, new Random(1)), /EDLAE of 2000 items needs .* GiB.*ELSA/);
});

test.run();
