/** Sparse MRF: its dense limit, its graph against all pairs, blocks of one, and items without variance. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { openEngine } from "../../src/engine/open.js";
import { mrfWeights, type SparseMrfOptions } from "../../src/models/recommenders/sparse-mrf.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists } from "../support/random-floats.js";

const engine = openEngine({ precision: "f64", memoryBytes: 2 ** 25 });

function dense(w: Csr): Float64Array {
  const out = new Float64Array(w.rows * w.cols);
  for (let i = 0; i < w.rows; i++) {
    for (let q = w.indptr[i]; q < w.indptr[i + 1]; q++) out[i * w.cols + w.indices[q]] = w.values![q];
  }
  return out;
}

/** s and C from all pairs. */
function covariance(lists: readonly number[][], items: number, alpha: number): { c: Float64Array; s: Float64Array } {
  const users = lists.length;
  const n = new Float64Array(items);
  const c = new Float64Array(items * items);
  for (const list of lists) {
    for (const i of list) {
      n[i]++;
      for (const j of list) c[i * items + j]++;
    }
  }
  const s = n.map((count) => (count * (1 - count / users)) ** (alpha / 2));
  for (let i = 0; i < items; i++) {
    for (let j = 0; j < items; j++) c[i * items + j] = (c[i * items + j] - (n[i] * n[j]) / users) / (s[i] * s[j]);
  }
  return { c, s };
}

/** P of the items in a block, by elimination; column d of B on them. */
function columnOf(c: Float64Array, items: number, block: readonly number[], d: number, lambda: number): number[] {
  const m = block.length;
  const rows = block.map((i) => [...block.map((j) => c[i * items + j] + (i === j ? lambda : 0)), i === d ? 1 : 0]);
  for (let p = 0; p < m; p++) {
    for (let r = 0; r < m; r++) {
      if (r === p) continue;
      const factor = rows[r][p] / rows[p][p];
      for (let q = 0; q <= m; q++) rows[r][q] -= factor * rows[p][q];
    }
  }
  const solution = rows.map((row, p) => row[m] / row[p]);
  return solution.map((value) => -value / solution[block.indexOf(d)]);
}

const [USERS, ITEMS] = [90, 30];
const lists = columnLists(new Random(3), USERS, ITEMS, 0.15);

for (const [options, name] of [
  [{ threshold: 0, blockShare: 0, lambda: 2 }, "no threshold: the dense inverse"],
  [{ threshold: 0.2, blockShare: 0, lambda: 1.5 }, "a block of its own for every item"],
  [{ threshold: 0.2, blockShare: 0, alpha: 1, maxNeighbours: 5 }, "correlations, five neighbours at most"],
] as [SparseMrfOptions, string][]) {
  test(`${name}, against all pairs`, () => {
    const { alpha = 0.75, lambda = 1, threshold, maxNeighbours = 1000 } = options;
    const { c, s } = covariance(lists, ITEMS, alpha);
    const expected = new Float64Array(ITEMS * ITEMS);
    for (let j = 0; j < ITEMS; j++) {
      const block = Array.from({ length: ITEMS }, (_, i) => i).filter(
        (i) => i !== j && (threshold === 0 || Math.abs(c[i * ITEMS + j]) > threshold),
      )
        .sort((a, b) => Math.abs(c[b * ITEMS + j]) - Math.abs(c[a * ITEMS + j]) || a - b).slice(0, maxNeighbours);
      columnOf(c, ITEMS, [j, ...block], j, lambda).forEach((value, at) => {
        if (at > 0) expected[block[at - 1] * ITEMS + j] = (value * s[j]) / s[block[at - 1]];
      });
    }
    const got = mrfWeights(engine, csrFromLists(lists, ITEMS), options);
    assertClose(dense(got), expected, { absolute: 2e-7 });
    if (threshold > 0) assert.ok(got.indices.length < ITEMS * (ITEMS - 1) / 2, "sparse");
  });
}

test("without a threshold, items that chance keeps apart are tied through a third", () => {
  // Item 0 and item 1 are independent, C₀₁ = 0 exactly; item 2 is had by those who have both.
  const both = csrFromLists([[0, 1, 2], [0], [1], []], 3);
  const options = { alpha: 1, lambda: 1, blockShare: 1 };
  const w = dense(mrfWeights(engine, both, { ...options, threshold: 0 }));
  // Correlations: C₀₂ = C₁₂ = 1/√3, so (C + I)⁻¹₀₁ : (C + I)⁻¹₀₀ is 1/3 : 11/3, and both items have the same s.
  assertClose([w[0 * 3 + 1], w[1 * 3 + 0]], [-1 / 11, -1 / 11], { absolute: 1e-7 });
  assert.is(dense(mrfWeights(engine, both, { ...options, threshold: 1e-12 }))[0 * 3 + 1], 0);
});

test("two popular items that nobody has together repel each other", () => {
  const apart = Array.from({ length: 20 }, (_, u) => [u % 2, 2 + (u % 3)]);
  const w = dense(mrfWeights(engine, csrFromLists(apart, 5), { threshold: 0.3, blockShare: 0 }));
  assert.ok(w[0 * 5 + 1] < -0.1 && w[1 * 5 + 0] < -0.1);
});

test("items that nobody or everybody has stay out; no data at all is no weights", () => {
  const x = csrFromLists([[0, 1, 4], [0, 1, 4], [2, 4], [0, 2, 4]], 5);
  const w = dense(mrfWeights(engine, x, { threshold: 0.1 }));
  assert.ok(w.every(Number.isFinite));
  for (let i = 0; i < 5; i++) for (const j of [3, 4]) assert.equal([w[i * 5 + j], w[j * 5 + i]], [0, 0]);
  assert.ok(w[0 * 5 + 1] > 0);
  assert.is(mrfWeights(engine, csrFromLists([[], []], 4), { threshold: 0.1 }).indices.length, 0);
});

test("the heap is given back, progress ends at 1, options that make no sense are refused", () => {
  const mark = engine.heap.mark();
  let last = 0;
  mrfWeights(engine, csrFromLists(lists, ITEMS), { threshold: 0.2 }, (share) => {
    assert.ok(share >= last);
    last = share;
  });
  assert.is(last, 1);
  assert.is(engine.heap.mark(), mark);
  for (const wrong of [{ threshold: -1 }, { alpha: 2 }, { lambda: 0 }, { maxNeighbours: 0 }, { blockShare: 1.5 }]) {
    const options = { threshold: 0.2, ...wrong };
    assert.throws(() => mrfWeights(engine, csrFromLists(lists, ITEMS), options), new RegExp(Object.keys(wrong)[0]));
  }
});

test.run();
