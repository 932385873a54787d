/** Ranking some items at a time gives the lists of ranking all at once, bit for bit, ties included. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import type { Engine } from "../../src/engine/engine.js";
import { openEngine } from "../../src/engine/open.js";
import { presets } from "../../src/config/presets.js";
import { normalisedRows } from "../../src/models/initialise.js";
import { NestedRecommender } from "../../src/models/nested.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { Popularity } from "../../src/models/recommenders/popularity.js";
import { largestOfRows } from "../../src/models/recommenders/pruning.js";
import { rankAll, type RankOptions } from "../../src/models/recommenders/rank-all.js";
import type { Recommender } from "../../src/models/recommenders/recommender.js";
import { SparseElsa } from "../../src/models/recommenders/sparse-elsa.js";
import { openSae } from "../../src/models/sae/registry.js";
import { startWeights } from "../../src/models/sae/start.js";
import { normals } from "../support/random-floats.js";

const test = suite("tiled");
const D = 24;

/** Unit rows of which some are equal, opposite or zero. */
function vectors(random: Random, items: number): Float32Array {
  const a = normalisedRows(Float32Array.from(normals(random, items * D)), D);
  for (let i = 3; i < items; i += 3) {
    const [from, sign] = [random.below(i) * D, random.below(3) - 1];
    for (let j = 0; j < D; j++) a[i * D + j] = sign * a[from + j];
  }
  return a;
}

function sparse(engine: Engine, a: Float32Array, items: number, n: number): SparseElsa {
  const columns = largestOfRows(a, items, D, n);
  const values = Float32Array.from(columns, (column, q) => a[Math.floor(q / n) * D + column]);
  return new SparseElsa(engine, { columns, values: normalisedRows(values, n), entries: n }, D);
}

function nested(engine: Engine, random: Random, a: Float32Array, items: number): NestedRecommender {
  const sae = { ...presets.paper.sae, kind: "topk", k: 5, expansion: 2 };
  const shape = { factors: D, neurons: 2 * D, k: 5 };
  const weights = startWeights(random, { data: a, rows: items, cols: D }, sae, shape);
  return new NestedRecommender(new Elsa(engine, a, items, D), openSae(engine, sae, weights, shape));
}

function lists(engine: Engine, model: Recommender, x: Csr, options: RankOptions): unknown[] {
  const found: unknown[] = [];
  rankAll(engine, model, x, (row, list, scores) => { found[row] = [[...list], Array.from(scores)]; }, options);
  return found;
}

for (const kernels of ["plain", "auto"] as const) {
  for (const threads of [1, 2]) {
    test(`${kernels} kernels, ${threads} threads: the same lists and scores, whatever the tile`, () => {
      const engine = openEngine({ threads, kernels, memoryBytes: 2 ** 27 });
      const random = new Random(threads);
      for (const [items, users, n] of [[40, 11, 50], [333, 9, 7], [1025, 30, 20], [5000, 64, 20]] as const) {
        const x = csrFromLists(Array.from({ length: users }, (_, u) =>
          Array.from({ length: u % 9 }, () => random.below(items))), items);
        const a = vectors(random, items);
        const models = {
          elsa: new Elsa(engine, a, items, D), sparse: sparse(engine, a, items, 5),
          popularity: new Popularity(engine, x), nested: nested(engine, random, a, items),
        };
        for (const [name, model] of Object.entries(models)) {
          const whole = lists(engine, model, x, { n, tileSize: items });
          for (const tileSize of [16, 1 + random.below(items), 1024]) {
            assert.equal(lists(engine, model, x, { n, tileSize }), whole, `${name}, ${items} items by ${tileSize}`);
          }
          // A batch of one, which sparse ELSA scores whole.
          assert.equal(lists(engine, model, x, { n, tileSize: 16, batchSize: 1 }),
            lists(engine, model, x, { n, tileSize: items, batchSize: 1 }), name);
        }
      }
      engine.close();
    });
  }
}

test("a batch of a large catalogue never takes B × I numbers", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 30 });
  const [items, users] = [100_000, 256];
  const random = new Random(4);
  const model = new Elsa(engine, normalisedRows(Float32Array.from(normals(random, items * 4)), 4), items, 4);
  const x = csrFromLists(Array.from({ length: users }, () => [random.below(items)]), items);
  const before = engine.heap.mark();
  rankAll(engine, model, x, () => undefined);
  assert.ok(engine.heap.peak - before < (4 * items * users) / 5, `${engine.heap.peak - before}`);
  // One that scores all items or none gets fewer rows at once.
  const rows: number[] = [];
  const whole: Recommender = {
    items: 2 ** 22, scores: (tape, { rows: many }) => {
      rows.push(many);
      const out = tape.output(many, 2 ** 22);
      out.data.fill(1);
      return out;
    },
  };
  rankAll(engine, whole, csrFromLists(Array.from({ length: 20 }, () => []), 2 ** 22), () => undefined, { n: 1 });
  assert.equal(rows, [16, 4]);
  engine.close();
});

test.run();
