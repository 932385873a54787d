/** The seeded generator: its published sequence, its distributions, and state that can be kept. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";

test("xoshiro128** from state 1, 2, 3, 4, computed with 64-bit arithmetic", () => {
  const random = new Random(0);
  random.restore([1, 2, 3, 4]);
  const mask = (1n << 32n) - 1n;
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  let s = [1n, 2n, 3n, 4n];
  for (let i = 0; i < 1000; i++) {
    const expected = (rotl((s[1] * 5n) & mask, 7n) * 9n) & mask;
    const t = (s[1] << 9n) & mask;
    let [a, b, c, d] = s;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11n);
    s = [a, b, c, d];
    assert.is(random.uint32(), Number(expected));
  }
});

test("the same seed gives the same numbers, another seed others, a restored state continues", () => {
  const draws = (random: Random): number[] => Array.from({ length: 20 }, () => random.uniform());
  assert.equal(draws(new Random(7)), draws(new Random(7)));
  assert.not.equal(draws(new Random(7)), draws(new Random(8)));
  assert.not.equal(draws(new Random(0)), draws(new Random(1)));
  const random = new Random(3);
  draws(random);
  const kept = random.state();
  const next = draws(random);
  const other = new Random(99);
  other.restore(kept);
  assert.equal(draws(other), next);
});

test("a fork is a sequence of its own", () => {
  const [a, b] = [new Random(5), new Random(5)];
  const fork = a.fork();
  b.fork();
  for (let i = 0; i < 10; i++) fork.uint32();
  assert.is(a.uint32(), b.uint32());
});

test("uniform and normal have the right mean and variance", () => {
  const random = new Random(1);
  const n = 100_000;
  for (const [draw, mean, variance] of [
    [() => random.uniform(), 0.5, 1 / 12], [() => random.normal(), 0, 1],
  ] as const) {
    const values = Float64Array.from({ length: n }, draw);
    const m = values.reduce((sum, x) => sum + x, 0) / n;
    assertClose(m, mean, { absolute: 4 * Math.sqrt(variance / n) });
    assertClose(values.reduce((sum, x) => sum + (x - m) ** 2, 0) / n, variance, { relative: 0.02 });
    assert.ok(values.every(Number.isFinite));
  }
});

test("below: every value, evenly", () => {
  const random = new Random(2);
  const counts = new Int32Array(7);
  for (let i = 0; i < 70_000; i++) counts[random.below(7)]++;
  assert.ok(counts.every((count) => Math.abs(count - 10_000) < 500));
  assert.is(random.below(1), 0);
});

test("shuffle: a permutation, each order as likely as any other", () => {
  const random = new Random(4);
  const orders = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const key = random.shuffle([0, 1, 2, 3]).join("");
    orders.set(key, (orders.get(key) ?? 0) + 1);
  }
  assert.is(orders.size, 24);
  assert.ok([...orders.values()].every((count) => Math.abs(count - 1000) < 200));
  assert.equal(random.shuffle(new Int32Array(0)), new Int32Array(0));
});

test.run();
