/** Exact shortlists: the list of a full scan, bit for bit, whatever the vectors; bounds that hold; few candidates. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { constant, linear, Tape, type Tensor } from "../../src/autograd/index.js";
import { Random } from "../../src/base/random.js";
import type { Engine } from "../../src/engine/engine.js";
import { openEngine } from "../../src/engine/open.js";
import { enableRelaxedSimd } from "../../src/engine/relaxed-simd.js";
import { int8Dots } from "../../src/kernels/plain/int8.js";
import { ExactShortlist, quantise } from "../../src/models/exact-shortlist.js";
import type { RankedItems } from "../../src/models/recommenders/recommender.js";
import { normals } from "../support/random-floats.js";

enableRelaxedSimd();
const engines: [string, Engine][] = [
  ["plain", openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 25 })],
  ["portable", openEngine({ threads: 1, numerics: "portable", memoryBytes: 2 ** 25 })],
  ["the machine's best", openEngine({ threads: 1, memoryBytes: 2 ** 25 })],
];

/** The whole way: all scores, the seen at −∞, the n best. */
function fullScan(engine: Engine, u: Tensor, vectors: Tensor, seen: readonly number[], n: number): RankedItems {
  return engine.scope(() => {
    const scores = linear(new Tape(engine, false), u, vectors, null).data;
    for (const item of seen) scores[item] = -Infinity;
    const length = Math.min(n, vectors.rows);
    const [items, found] = [engine.ints(length), engine.floats(length)];
    engine.run("rankRows", items, found, scores, vectors.rows, length);
    const many = items.filter((item) => item >= 0).length;
    return { items: items.slice(0, many), scores: found.slice(0, many) };
  });
}

/** Vectors of many kinds: dense, sparse, of wild scales, equal, nearly equal, zero, all the same. */
function vectorsOf(random: Random, items: number, d: number): Float64Array {
  const v = normals(random, items * d);
  for (let i = 0; i < items; i++) {
    const row = v.subarray(i * d, (i + 1) * d);
    const kind = random.below(8);
    const other = random.below(i + 1) * d;
    if (kind === 0) row.fill(0);
    if (kind === 1) row.forEach((_, j) => { if (random.uniform() < 0.9) row[j] = 0; });
    if (kind === 2) row.forEach((x, j) => { row[j] = x * 10 ** (6 * random.uniform() - 3); });
    if (kind === 3) row.set(v.slice(other, other + d));
    if (kind === 4) row.set(v.slice(other, other + d).map((x, j) => (j === 0 ? x * (1 + 2 ** -22) : x)));
    if (kind === 5) row.fill(random.normal());
  }
  return v;
}

for (const [name, engine] of engines) {
  test(`${name}: lists are those of a full scan, bit for bit`, () => {
    for (let round = 0; round < 60; round++) {
      engine.scope(() => {
        const random = new Random(round);
        const [items, d] = [1 + random.below(600), 1 + random.below(70)];
        const vectors = constant(engine, vectorsOf(random, items, d), items, d);
        const shortlist = new ExactShortlist(engine, vectors);
        for (const size of [1, 1e-3, 1e4, 0]) {
          const u = constant(engine, normals(random, d).map((x) => size * x), 1, d);
          const seen = Array.from({ length: items }, (_, i) => i).filter(() => random.uniform() < 0.1);
          for (const n of [1, 5, 20, items, items + 3]) {
            const expected = fullScan(engine, u, vectors, seen, n);
            const got = shortlist.best(u, seen, n);
            assert.equal([...got.items], [...expected.items], `round ${round}, ${items} × ${d}, n ${n}`);
            assert.equal([...got.scores], [...expected.scores]);
          }
        }
      });
    }
  });

  test(`${name}: every score is within its bound`, () => {
    engine.scope(() => {
      const random = new Random(77);
      const [items, d] = [300, 48];
      const vectors = constant(engine, vectorsOf(random, items, d), items, d);
      const shortlist = new ExactShortlist(engine, vectors);
      for (let round = 0; round < 20; round++) {
        const u = constant(engine, normals(random, d), 1, d);
        const scores = linear(new Tape(engine, false), u, vectors, null).data;
        const { approximations, bounds } = shortlist.approximate(u.data);
        for (let i = 0; i < items; i++) assert.ok(Math.abs(scores[i] - approximations[i]) <= bounds[i], `item ${i}`);
      }
    });
  });

  test(`${name}: of many ordinary vectors few are scored`, () => {
    engine.scope(() => {
      const [items, d] = [20_000, 64];
      const vectors = constant(engine, normals(new Random(5), items * d), items, d);
      const shortlist = new ExactShortlist(engine, vectors);
      const u = constant(engine, normals(new Random(6), d), 1, d);
      const candidates = shortlist.candidates(u.data, [], 20)!;
      assert.ok(candidates.length >= 20 && candidates.length < 200, `${candidates.length} candidates`);
    });
  });

  test(`${name}: 8-bit products are exact`, () => {
    for (const [rows, bytes] of [[1, 16], [4, 32], [7, 48], [13, 1024]]) {
      engine.scope(() => {
        const random = new Random(rows);
        const q = engine.ints((rows * bytes) / 4);
        const p = engine.ints(bytes / 2);
        const small = new Int8Array(q.buffer, q.byteOffset, rows * bytes).map(() => random.below(255) - 127);
        new Int8Array(q.buffer, q.byteOffset, rows * bytes).set(small);
        const query = Int16Array.from({ length: bytes }, () => random.below(255) - 127);
        new Int16Array(p.buffer, p.byteOffset, bytes).set(query);
        const out = engine.ints(rows);
        engine.run("int8Dots", out, q, p, bytes);
        const expected = Array.from({ length: rows }, (_, r) =>
          query.reduce((sum, x, j) => sum + x * small[r * bytes + j], 0));
        assert.equal([...out], expected);
        out.fill(0);
        for (const [from, to] of [[0, 1], [1, rows]]) int8Dots(out, q, p, bytes, from, to);
        assert.equal([...out], expected, "in pieces, plain");
      });
    }
  });
}

test("quantised vectors: rounding half to even, the largest entry at 127, zeros as zeros", () => {
  const { scale, q, residual } = quantise([127, 0.5, 1.5, -2.5, -63.4]);
  assert.equal([scale, ...q], [1, 127, 0, 2, -2, -63]);
  assert.ok(Math.abs(residual - Math.hypot(0.5, 0.5, 0.5, 0.4)) < 1e-12);
  assert.equal(quantise([0, 0]), { scale: 0, q: new Int8Array(2), residual: 0 });
});

test.run();
