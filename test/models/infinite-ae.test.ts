/** ∞-AE: its kernel, the system that defines its solution, and the limits of memory. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { openEngine } from "../../src/engine/open.js";
import { InfiniteAe, tangentKernel } from "../../src/models/recommenders/infinite-ae.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists } from "../support/random-floats.js";

/**
 * 2·E[relu(a)·relu(b)] + ρ·2·P(a > 0, b > 0) of normal a and b with correlation ρ, by the midpoint rule over their
 * direction φ: a = r·cos φ, b = r·cos(φ − θ), ρ = cos θ, E r² = 2.
 */
function overDirections(cosine: number, steps: number): number {
  const theta = Math.acos(cosine);
  let [products, both] = [0, 0];
  for (let i = 0; i < steps; i++) {
    const phi = (2 * Math.PI * (i + 0.5)) / steps;
    const [a, b] = [Math.cos(phi), Math.cos(phi - theta)];
    if (!(a > 0 && b > 0)) continue;
    products += a * b;
    both++;
  }
  return (4 * products + 2 * cosine * both) / steps;
}

test("the kernel is what a wide layer of ReLUs comes to", () => {
  assertClose(tangentKernel(0), 1 / Math.PI, { absolute: 1e-12 });
  assertClose(tangentKernel(1), 2, { absolute: 1e-12 });
  for (const cosine of [0.1, 0.5, 0.9]) {
    assertClose(tangentKernel(cosine), overDirections(cosine, 100_000), { absolute: 1e-4 }, `ρ = ${cosine}`);
  }
});

/** K of x's rows and train's, in double precision, straight from the definition. */
function kernelOf(x: readonly number[][], train: readonly number[][], exponent: number): number[][] {
  return x.map((a) => train.map((b) => {
    const common = a.filter((item) => b.includes(item)).length;
    const [m, n] = [Math.sqrt(a.length), Math.sqrt(b.length)];
    return tangentKernel(Math.min(1, common / (m * n))) * (m * n) ** exponent;
  }));
}

test("scores of the training users are X − λ·mean(diag K)·A, and of others K(x, X)·A", () => {
  const [users, items, lambda, lengthExponent] = [40, 30, 0.5, 0.7];
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const random = new Random(5);
  const lists = columnLists(random, users, items, 0.3).map((list) => [...list]).filter(({ length }) => length > 0);
  const train = csrFromLists(lists, items);
  const model = InfiniteAe.fit(engine, train, { lambda, lengthExponent });
  const scoresOf = (x: Csr): Float64Array => {
    const tape = new Tape(engine, false);
    return Float64Array.from(model.scores(tape, tape.sparseInput(x)).data);
  };
  const own = scoresOf(train);
  const k = kernelOf(lists, lists, lengthExponent);
  const ridge = lambda * k.reduce((sum, row, u) => sum + row[u], 0) / lists.length;
  // (K + ridge)·A = X and own = K·A give A = (X − own)/ridge.
  const a = lists.map((list, u) => Array.from({ length: items }, (_, i) =>
    ((list.includes(i) ? 1 : 0) - own[u * items + i]) / ridge));
  const times = (rows: number[][]): number[] => rows.flatMap((row) => Array.from({ length: items }, (_, i) =>
    row.reduce((sum, value, u) => sum + value * a[u][i], 0)));
  assertClose(own, times(k), { absolute: 2e-3 });
  const strangers = columnLists(random, 8, items, 0.2).map((list) => [...list]).filter(({ length }) => length > 0);
  assertClose(scoresOf(csrFromLists(strangers, items)), times(kernelOf(strangers, lists, lengthExponent)),
    { absolute: 2e-3 });
  engine.close();
});

test("what makes no sense or does not fit is refused by name", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 17 });
  const train = csrFromLists([[0, 1], [1]], 2);
  assert.throws(() => InfiniteAe.fit(engine, train, { lambda: 0 }), /∞-AE needs λ > 0, got 0/);
  assert.throws(() => InfiniteAe.fit(engine, train, { lambda: 1, lengthExponent: -1 }), /lengthExponent must be 0/);
  const many = csrFromLists(Array.from({ length: 400 }, (_, u) => [u % 2]), 2);
  assert.throws(() => InfiniteAe.fit(engine, many, { lambda: 1 }), /∞-AE of 400 users needs \d+\.\d\d GiB/);
  engine.close();
});

test.run();
