/** Item-kNN against its formula, pair by pair. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { ItemKnn, similarities } from "../../src/models/recommenders/item-knn.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists } from "../support/random-floats.js";

const [USERS, ITEMS] = [60, 23];
const lists = columnLists(new Random(5), USERS, ITEMS, 0.2);
const x = csrFromLists(lists, ITEMS);

/** s_ij of the neighbours only, from all pairs. */
function byFormula(k: number, shrinkage: number): Float64Array {
  const has = lists.map((list) => new Set(list));
  const count = (i: number, j: number): number => has.filter((set) => set.has(i) && set.has(j)).length;
  const s = new Float64Array(ITEMS * ITEMS);
  for (let j = 0; j < ITEMS; j++) {
    const near = Array.from({ length: ITEMS }, (_, i) => i)
      .filter((i) => i !== j && count(i, j) > 0)
      .map((i) => ({ i, value: count(i, j) / (Math.sqrt(count(i, i) * count(j, j)) + shrinkage) }))
      .sort((a, b) => b.value - a.value || a.i - b.i);
    for (const { i, value } of near.slice(0, k)) s[i * ITEMS + j] = value;
  }
  return s;
}

test("entries that count differently: the cosine of columns", () => {
  const values = Float32Array.from(x.indices, (_, q) => 0.5 + (q % 7) / 3);
  const s = similarities({ ...x, values }, { neighbours: ITEMS, shrinkage: 0 });
  const dense = new Float64Array(USERS * ITEMS);
  for (let u = 0; u < USERS; u++) {
    for (let q = x.indptr[u]; q < x.indptr[u + 1]; q++) dense[u * ITEMS + x.indices[q]] = values[q];
  }
  const dot = (i: number, j: number): number =>
    Array.from({ length: USERS }, (_, u) => dense[u * ITEMS + i] * dense[u * ITEMS + j]).reduce((a, b) => a + b);
  for (let i = 0; i < ITEMS; i++) {
    for (let q = s.indptr[i]; q < s.indptr[i + 1]; q++) {
      const j = s.indices[q];
      assertClose(s.values![q], dot(i, j) / Math.sqrt(dot(i, i) * dot(j, j)), { absolute: 1e-6 });
    }
  }
});

for (const [k, shrinkage] of [[1, 0], [4, 0], [4, 10], [ITEMS, 3]] as const) {
  test(`${k} neighbours, shrinkage ${shrinkage}`, () => {
    const expected = byFormula(k, shrinkage);
    const s = similarities(x, { neighbours: k, shrinkage });
    const dense = new Float64Array(ITEMS * ITEMS);
    for (let i = 0; i < ITEMS; i++) {
      for (let q = s.indptr[i]; q < s.indptr[i + 1]; q++) dense[i * ITEMS + s.indices[q]] = s.values![q];
    }
    assertClose(dense, expected, { absolute: 1e-7 });
    const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
    const tape = new Tape(engine, false);
    const scores = ItemKnn.fit(engine, x, { neighbours: k, shrinkage }).scores(tape, tape.sparseInput(x));
    const byHand = lists.flatMap((list) =>
      Array.from({ length: ITEMS }, (_, j) => list.reduce((sum, i) => sum + expected[i * ITEMS + j], 0)));
    assertClose(scores.data, byHand, { absolute: 1e-5 });
  });
}

test("settings that make no sense are refused", () => {
  assert.throws(() => similarities(x, { neighbours: 0, shrinkage: 0 }), /neighbours/);
  assert.throws(() => similarities(x, { neighbours: 2, shrinkage: -1 }), /shrinkage/);
});

test.run();
