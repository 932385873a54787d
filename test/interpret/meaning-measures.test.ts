/** The measures of meaning beside held-out F1, each on cases whose figure is known. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { absorption } from "../../src/interpret/meaning/absorption.js";
import { fitTable, scoreBest } from "../../src/interpret/meaning/held-out-f1.js";
import { assign } from "../../src/interpret/meaning/hungarian.js";
import { independentComponents } from "../../src/interpret/components/ica.js";
import {
  keptRows, matchedCosine, plantedDirections, randomCosine,
} from "../../src/interpret/meaning/match-directions.js";
import { nonNegativeParts } from "../../src/interpret/components/nmf.js";
import { correlationMatch, oneToOne } from "../../src/interpret/meaning/one-to-one.js";
import { splitting } from "../../src/interpret/meaning/splitting.js";
import { userTastes } from "../../src/interpret/meaning/user-tastes.js";
import { assertClose } from "../support/assert-close.js";
import { csrFromDense } from "../support/csr-from-dense.js";

const one = { minItems: 1 };

test("the assignment is the best of all permutations", () => {
  const size = fc.integer({ min: 1, max: 5 });
  const sizes = fc.record({ rows: size, cols: size, seed: fc.integer() });
  fc.assert(fc.property(sizes, ({ rows, cols, seed }) => {
    const random = new Random(seed);
    const score = Float64Array.from({ length: rows * cols }, () => random.normal());
    const given = assign(score, rows, cols);
    const used = Array.from(given).filter((c) => c >= 0);
    assert.is(new Set(used).size, used.length);
    assert.is(used.length, Math.min(rows, cols));
    const total = Array.from(given).reduce((sum, c, r) => sum + (c < 0 ? 0 : score[r * cols + c]), 0);
    const best = (r: number, free: number[]): number => {
      if (r === rows) return 0;
      const takes = free.map((c) => score[r * cols + c] + best(r + 1, free.filter((other) => other !== c)));
      const skips = rows - r > free.length ? [best(r + 1, free)] : [];
      return Math.max(...takes, ...skips);
    };
    assertClose([total], [best(0, Array.from({ length: cols }, (_, c) => c))], { absolute: 1e-9 });
  }), { numRuns: 100 });
});

/** Eight items a half; concepts 0 and 1 share items 0 and 1 of each half. */
const HALF = Int8Array.from({ length: 16 }, (_, i) => (i < 8 ? 0 : 1));
const inBoth = (lists: number[][]): number[][] => [...lists, ...lists];

test("one to one: two concepts cannot share the neuron that is best for both", () => {
  const truth = csrFromLists(inBoth([[0, 1], [0, 1], [0], [], [], [], [], []]), 2);
  // Neuron 0 is concept 0; neuron 1 fires on item 0 only.
  const codes = csrFromDense(inBoth([[1, 1], [1, 0], [1, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0]]).flat(), 16, 2);
  const table = fitTable(codes, truth, HALF);
  const shared = scoreBest(table, truth, HALF, one);
  assert.equal([shared.concepts[1].ways[0].neuron, shared.concepts[1].f1, shared.uniqueness], [0, 0.8, 0.5]);
  const own = oneToOne(table, truth, HALF, one);
  assert.equal(own.concepts.map(({ ways }) => ways[0].neuron), [0, 1]);
  assertClose(own.concepts.map(({ f1 }) => f1), [1, 2 / 3]);
  assert.is(own.uniqueness, 1);
});

test("correlation match: a neuron as strong as the concept is present has r 1, an axis also turned round", () => {
  const grades = inBoth([[0.4], [0.8], [1], [0], [0], [0], [0.2], [0]]).flat();
  const present = csrFromDense(grades, 16, 1);
  const twice = csrFromDense(grades.flatMap((g) => [2 * g, g > 0 ? 1 : 0]), 16, 2);
  assertClose([correlationMatch(twice, present, HALF, one)], [1], { absolute: 1e-6 });
  const turned = { rows: 16, cols: 1, data: Float64Array.from(grades, (g) => 3 - g) };
  assertClose([correlationMatch(turned, present, HALF, one)], [1], { absolute: 1e-6 });
});

test("directions: a shuffled, flipped and stretched copy matches with cosine 1; random ones make the floor", () => {
  const random = new Random(1);
  const [n, D] = [12, 6];
  const a = Float64Array.from({ length: n * D }, () => random.normal());
  const order = random.shuffle(Array.from({ length: n }, (_, i) => i));
  const b = Float64Array.from(order.flatMap((r) => Array.from(a.subarray(r * D, (r + 1) * D), (v) => -3 * v)));
  assertClose([matchedCosine(a, b, D)], [1]);
  const floor = randomCosine(n, n, D, new Random(2));
  assert.ok(floor > 0.4 && floor < 0.9, `${floor}`);
  assert.equal(keptRows(Float64Array.of(1, 2, 3, 4), 2, [0, 1]), Float64Array.of(3, 4));
});

test("planted directions are found again from embeddings that were made of them", () => {
  const random = new Random(3);
  const [I, T, D] = [400, 5, 8];
  const all = Array.from({ length: T }, (_, t) => t);
  const lists = Array.from({ length: I }, () => all.filter(() => random.uniform() < 0.3));
  const grades = { ...csrFromLists(lists, T), values: null };
  const planted = Float64Array.from({ length: T * D }, () => random.normal());
  const x = new Float64Array(I * D);
  lists.forEach((list, i) => list.forEach((t) => { for (let d = 0; d < D; d++) x[i * D + d] += planted[t * D + d]; }));
  assertClose([matchedCosine(plantedDirections(x, D, grades), planted, D)], [1], { absolute: 1e-3 });
});

test("absorption: a parent's neuron that is silent on its child is absorbed, one that is not is not", () => {
  // Concept 0 is the parent of 1. Of each half: items 0–3 parent alone, 4–7 child and parent, 8–11 neither.
  const half = Int8Array.from({ length: 24 }, (_, i) => (i < 12 ? 0 : 1));
  const lists = Array.from({ length: 12 }, (_, i) => (i < 4 ? [0] : i < 8 ? [0, 1] : []));
  const truth = csrFromLists(inBoth(lists), 2);
  const children = csrFromLists([[1], []], 2);
  const everywhere = (): Uint8Array => new Uint8Array(24).fill(1);
  const measure = (parent: (i: number) => number): ReturnType<typeof absorption> => {
    const rows = lists.map((_, i) => [parent(i), i >= 4 && i < 8 ? 1 : 0]);
    const table = fitTable(csrFromDense(inBoth(rows).flat(), 24, 2), truth, half);
    return absorption(table, scoreBest(table, truth, half, one), truth, children, half, everywhere);
  };
  const whole = measure((i) => (i < 8 ? 1 : 0));
  assert.equal([whole.rate, whole.hidden, whole.pairs], [0, 0, 2]);
  const absorbed = measure((i) => (i < 4 || i === 4 ? 1 : 0));
  assert.equal([absorbed.rate, absorbed.hidden], [0.75, 0.75]);
});

test("splitting: a concept of two halves has F1 2/3 by one neuron and 1 by their union", () => {
  const truth = csrFromLists(inBoth([[0], [0], [0], [0], [], [], [], []]), 1);
  const rows = inBoth([[1, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0, 0], [0, 0], [0, 0]]);
  const table = fitTable(csrFromDense(rows.flat(), 16, 2), truth, HALF);
  const found = splitting(table, scoreBest(table, truth, HALF, one), truth, HALF);
  assertClose([found.single, found.union, found.neurons, found.split], [2 / 3, 1, 2, 1]);
});

test("users: neurons that are the tastes have AUC 1, and all of a user's activation is on the user's own", () => {
  const tastes = csrFromLists([[0], [1], [0], [1]], 2);
  const codes = csrFromDense([2, 0, 0, 1, 1, 0, 0, 3], 4, 2);
  const found = userTastes(codes, tastes, new Map([[0, 0], [1, 1]]), new Random(1));
  assert.equal([found.auc, found.own], [1, 1]);
  assert.ok(found.other < 1);
  assert.is(userTastes(codes, tastes, new Map([[0, -1]]), new Random(1)).own, 0);
});

test("ICA turns a mixture of independent sources back, where PCA cannot", () => {
  const random = new Random(4);
  const rows = 3000;
  const sources = Float64Array.from({ length: rows * 2 }, () => (random.uniform() < 0.1 ? 3 * random.normal() : 0));
  const x = new Float64Array(rows * 2);
  for (let r = 0; r < rows; r++) {
    const [a, b] = [sources[r * 2], sources[r * 2 + 1]];
    [x[r * 2], x[r * 2 + 1]] = [a + 0.6 * b, 0.8 * b - 0.5 * a];
  }
  const { data, cols } = independentComponents(x, rows, 2, new Random(5));
  assert.is(cols, 2);
  const columns = (v: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: 2 * rows }, (_, k) => v[(k % rows) * 2 + Math.floor(k / rows)]);
  assert.ok(matchedCosine(columns(data), columns(sources), rows) > 0.99);
});

test("NMF finds the two blocks of a block matrix", () => {
  const lists = Array.from({ length: 40 }, (_, u) => (u % 2 === 0 ? [0, 1, 2] : [3, 4, 5]));
  const parts = nonNegativeParts(csrFromLists(lists, 6), 2, new Random(1), 100);
  for (const [i, j] of [[0, 1], [1, 2], [3, 4], [4, 5]]) {
    assertClose([parts[i * 2], parts[i * 2 + 1]], [parts[j * 2], parts[j * 2 + 1]], { absolute: 1e-3 });
  }
  const overlap = parts[0] * parts[6] + parts[1] * parts[7];
  assert.ok(overlap < 1e-3, `${overlap}`);
});

test.run();
