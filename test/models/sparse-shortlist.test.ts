/** Shortlists among sparse item vectors: the list of a full scan, bit for bit, whatever the vectors; few are scored. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { constant, Tape, type Tensor } from "../../src/autograd/index.js";
import { Random } from "../../src/base/random.js";
import type { Engine } from "../../src/engine/engine.js";
import { openEngine } from "../../src/engine/open.js";
import { byteSumsReach } from "../../src/kernels/plain/byte-sums.js";
import { codeSumsReach } from "../../src/kernels/plain/code-sums.js";
import { BestItems } from "../../src/models/best-items.js";
import type { RankedItems } from "../../src/models/recommenders/recommender.js";
import { SparseElsa } from "../../src/models/recommenders/sparse-elsa.js";
import type { SparseItemVectors } from "../../src/models/recommenders/sparse-item-vectors.js";
import { SparseShortlist } from "../../src/models/sparse-shortlist.js";
import { normals } from "../support/random-floats.js";

const engines: [string, Engine][] = [
  ["plain", openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 25 })],
  ["the machine's best", openEngine({ threads: 1, memoryBytes: 2 ** 25 })],
];

/** Rows of many kinds: equal and nearly equal ones, of wild scales, zeros, all of one value. */
function vectorsOf(random: Random, items: number, factors: number, entries: number): SparseItemVectors {
  const columns = new Int32Array(items * entries);
  const values = Float32Array.from(normals(random, items * entries));
  for (let i = 0; i < items; i++) {
    const all = random.shuffle(Int32Array.from({ length: factors }, (_, j) => j));
    columns.set(all.slice(0, entries).sort(), i * entries);
    const row = values.subarray(i * entries, (i + 1) * entries);
    const other = random.below(i + 1) * entries;
    const kind = random.below(7);
    if (kind === 0) row.fill(0);
    if (kind === 1) row.forEach((x, k) => { row[k] = x * 10 ** (6 * random.uniform() - 3); });
    if (kind === 2 || kind === 3) {
      columns.copyWithin(i * entries, other, other + entries);
      row.set(values.slice(other, other + entries));
    }
    if (kind === 3) row[0] *= 1 + 2 ** -22;
    if (kind === 4) row.fill(random.normal());
  }
  return { columns, values, entries };
}

/** The whole way: all scores along inverted lists, the seen at −∞, the n best. */
function fullScan(model: SparseElsa, u: Tensor, seen: readonly number[], n: number): RankedItems {
  const { engine, items } = model;
  return engine.scope(() => {
    const scores = model.logits(new Tape(engine, false), u).data;
    for (const item of seen) scores[item] = -Infinity;
    const [list, found] = [engine.ints(n), engine.floats(n)];
    engine.run("rankRows", list, found, scores, items, n);
    return { items: list.slice(), scores: found.slice() };
  });
}

for (const [name, engine] of engines) {
  test(`${name}: lists are those of all inverted lists, bit for bit`, () => {
    let answered = 0;
    for (let round = 0; round < 60; round++) {
      engine.scope(() => {
        const random = new Random(round);
        // Some of more dimensions than a byte can name: the other filter.
        const factors = 1 + random.below(60) + (round % 4 === 3 ? 256 : 0);
        const entries = 1 + random.below(Math.min(factors, 24));
        const items = 30 + random.below(round % 10 === 0 ? 6000 : 900);
        const vectors = vectorsOf(random, items, factors, entries);
        const model = new SparseElsa(engine, vectors, factors);
        const shortlist = SparseShortlist.of(engine, vectors, factors)!;
        for (const size of [1, 1e-3, 1e4, 0]) {
          const some = normals(random, factors).map((x) => (random.uniform() < 0.3 ? 0 : size * x));
          const u = constant(engine, some, 1, factors);
          const seen = Array.from({ length: items }, (_, i) => i).filter(() => random.uniform() < 0.1);
          for (const n of [1, 5, 20]) {
            const got = shortlist.best(u, seen, n);
            if (!got) continue;
            answered++;
            const expected = fullScan(model, u, seen, n);
            const said = `round ${round}, ${items} × ${entries} of ${factors}, n ${n}`;
            assert.equal([...got.items], [...expected.items], said);
            assert.equal([...got.scores], [...expected.scores]);
          }
        }
      });
    }
    assert.ok(answered > 400, `${answered} answered`);
  });

  test(`${name}: nothing can be said of a person without an embedding, nor of long lists`, () => {
    engine.scope(() => {
      const shortlist = SparseShortlist.of(engine, vectorsOf(new Random(1), 500, 20, 6), 20)!;
      assert.is(shortlist.best(constant(engine, new Float32Array(20), 1, 20), [], 5), null);
      assert.is(shortlist.best(constant(engine, new Float32Array(20).fill(NaN), 1, 20), [], 5), null);
      assert.is(shortlist.best(constant(engine, new Float32Array(20).fill(1), 1, 20), [], 400), null);
      assert.is(SparseShortlist.of(engine, { columns: new Int32Array(1), values: [1], entries: 1 }, 10_000), null);
    });
  });

  test(`${name}: sums of bytes are those of their formula, for groups of any length`, () => {
    for (const tables of [1, 2, 3, 4]) {
      engine.scope(() => {
        const random = new Random(tables);
        const blocks = 1 + random.below(12);
        const shapes = Int32Array.from({ length: blocks }, () => random.uint32() & 0x03070105);
        const starts = new Int32Array(blocks + 1);
        shapes.forEach((shape, b) => {
          const slots = [0, 8, 16, 24].reduce((sum, shift) => sum + ((shape >>> shift) & 255), 0);
          starts[b + 1] = starts[b] + 16 * slots;
        });
        const codes = engine.ints(starts[blocks]);
        const bytes = new Uint8Array(codes.buffer, codes.byteOffset, 4 * codes.length);
        bytes.set(bytes.map((_, at) => at % 64 < 32 ? random.below(16 * tables) : random.below(81) - 40));
        const p = engine.ints(16 * tables);
        new Int8Array(p.buffer, p.byteOffset, 4 * p.length).forEach((_, j, all) => { all[j] = random.below(81) - 40; });
        for (const bar of [-9000, -500, 0, 700, 9000]) {
          const [got, expected] = [engine.ints(blocks), new Int32Array(blocks)];
          engine.run("byteSumsReach", got, codes, engine.intsFrom(shapes), engine.intsFrom(starts), p, bar);
          byteSumsReach(expected, codes, shapes, starts, p, bar, 0, blocks);
          assert.equal([...got], [...expected]);
        }
      });
    }
  });

  test(`${name}: the kernel's bits are those of its formula, for rows of any number of words`, () => {
    for (let words = 1; words < 11; words++) {
      engine.scope(() => {
        const random = new Random(words);
        const [rows, tailWords] = [1 + random.below(200), random.below(4)];
        const codes = (many: number): Int32Array =>
          engine.intsFrom(Int32Array.from({ length: many }, () => random.below(64) | (random.below(64) << 16)));
        const table = engine.intsFrom(Int32Array.from({ length: 64 }, () => random.below(200) - 100));
        const [head, tail] = [codes(rows * words), codes(rows * tailWords)];
        const [got, expected] = [engine.ints(Math.ceil(rows / 32)), new Int32Array(Math.ceil(rows / 32))];
        engine.run("codeSumsReach", got, head, tail, table, words, tailWords, 20, rows);
        codeSumsReach(expected, head, tail, table, words, tailWords, 20, rows, 0, expected.length);
        assert.equal([...got], [...expected]);
      });
    }
  });
}

test("the n best of what is offered: by score, then by number; twice is once", () => {
  const best = new BestItems(3);
  assert.is(best.bar, -Infinity);
  for (const [item, score] of [[7, 1], [3, 1], [9, 2], [9, 2], [1, 0], [5, 1], [3, 1]]) best.offer(item, score);
  assert.equal([...best.items], [9, 3, 5]);
  assert.equal([...best.scores], [2, 1, 1]);
  assert.is(best.bar, 1);
});

test.run();
