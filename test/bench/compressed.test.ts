/** Item vectors compressed after training (bench/backbones/compressed.ts), on cases whose codes are known. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compressItems } from "../../bench/backbones/compressed.js";
import { Random } from "../../src/base/random.js";
import { openEngine } from "../../src/engine/open.js";
import type { SparseItemVectors } from "../../src/models/recommenders/sparse-item-vectors.js";

const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });

/** ⟨i, j⟩ of two items' codes. */
function product({ columns, values, entries }: SparseItemVectors, i: number, j: number): number {
  let sum = 0;
  for (let p = i * entries; p < (i + 1) * entries; p++) {
    for (let q = j * entries; q < (j + 1) * entries; q++) if (columns[p] === columns[q]) sum += values[p] * values[q];
  }
  return sum;
}

async function codesOf(
  data: Float32Array, rows: number, nonZeros: number, epochs = 400,
): Promise<{ codes: SparseItemVectors; loss: number }> {
  let last: { codes: SparseItemVectors; loss: number } | null = null;
  await compressItems(engine, { data, rows, cols: data.length / rows }, { neurons: 24, nonZeros, epochs }, 3,
    (epoch, loss, codes) => { if (epoch === epochs) last = { codes: codes(), loss }; });
  return last!;
}

test("items along a few directions, either way: one entry each, and its sign tells the way", async () => {
  // Item 2k + s of each block of eight points along the k-th of four axes, s: the other way.
  const data = new Float32Array(64 * 4);
  for (let i = 0; i < 64; i++) data[4 * i + ((i >> 1) % 4)] = i % 2 === 0 ? 1 : -1;
  const { codes, loss } = await codesOf(data, 64, 1, 1000);
  assert.is(codes.entries, 1);
  assert.ok(loss < 1e-3, `the loss is still ${loss}`);
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 64; j++) {
      const same = (i >> 1) % 4 === (j >> 1) % 4;
      // Opposite ways may also be two neurons; the same way never is.
      if (same && i % 2 === j % 2) assert.is(Math.round(product(codes, i, j)), 1);
      else assert.ok(product(codes, i, j) <= 1e-6, `${i} and ${j}: ${product(codes, i, j)}`);
    }
  }
});

test("mixtures of directions: codes keep who is near whom, and have unit length and distinct columns", async () => {
  const random = new Random(4);
  const data = new Float32Array(200 * 8);
  for (let i = 0; i < 200; i++) {
    const [a, b] = [random.below(8), random.below(8)];
    data[8 * i + a] += random.uniform() < 0.5 ? 1 : -1;
    data[8 * i + b] += 0.5;
    const norm = Math.hypot(...data.subarray(8 * i, 8 * i + 8));
    for (let j = 8 * i; j < 8 * i + 8; j++) data[j] /= norm || 1;
  }
  const { codes } = await codesOf(data, 200, 3);
  let [along, ours, theirs] = [0, 0, 0];
  for (let i = 0; i < 200; i++) {
    assert.ok(Math.abs(product(codes, i, i) - 1) < 1e-5);
    assert.is(new Set(codes.columns.subarray(3 * i, 3 * i + 3)).size, 3);
    for (let j = 0; j < i; j++) {
      let dense = 0;
      for (let k = 0; k < 8; k++) dense += data[8 * i + k] * data[8 * j + k];
      const own = product(codes, i, j);
      along += dense * own;
      ours += own * own;
      theirs += dense * dense;
    }
  }
  const agreement = along / Math.sqrt(ours * theirs);
  assert.ok(agreement > 0.8, `the products agree by ${agreement}`);
});

test.run();
