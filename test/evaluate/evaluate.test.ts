/** Evaluation of recommenders and SAEs whose answers are known. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { SparseTensor, Tape, Tensor } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { evaluateFidelity, evaluateRanking } from "../../src/evaluate/evaluate.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { codesOf, embedAll } from "../../src/models/encode-all.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { NestedRecommender } from "../../src/models/nested.js";
import { rankAll } from "../../src/models/recommenders/rank-all.js";
import type { Recommender } from "../../src/models/recommenders/recommender.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { TopKSae } from "../../src/models/sae/topk-sae.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists } from "../support/random-floats.js";

const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });

/** Scores −0, −1, −2 … for everyone: the list is 0, 1, 2 … without what was seen. */
const byNumber: Recommender = {
  items: 6,
  scores(tape: Tape, x: SparseTensor): Tensor {
    const out = tape.output(x.rows, 6);
    for (let i = 0; i < out.data.length; i++) out.data[i] = -(i % 6);
    return out;
  },
};

test("lists, scores and metrics of a known ranking", () => {
  const input = csrFromLists([[0, 1], [], [5]], 6);
  const seen: [number, number[], number[]][] = [];
  rankAll(engine, byNumber, input, (row, list, scores) => seen.push([row, [...list], Array.from(scores)]), { n: 2 });
  assert.equal(seen.map(([row, list]) => [row, list]), [[0, [2, 3]], [1, [0, 1]], [2, [0, 1]]]);
  assert.equal(seen[0][2], [-2, -3]);
  const target = csrFromLists([[3], [], [0, 4]], 6);
  const heldOut = { users: Int32Array.of(0, 1, 2), input, target };
  const { recall, ndcg, ndcgPerUser } = evaluateRanking(engine, byNumber, heldOut, { n: 2 });
  assertClose([recall.mean, recall.n], [0.75, 2], { absolute: 1e-12 });
  const each = [1 / Math.log2(3), 1 / (1 + 1 / Math.log2(3))];
  assertClose(ndcg.mean, (each[0] + each[1]) / 2, { absolute: 1e-12 });
  assert.ok(Number.isNaN(ndcgPerUser[1]));
});

const [ITEMS, FACTORS] = [40, 6];
const random = new Random(21);
const elsa = new Elsa(engine, Elsa.initialise(random, ITEMS, FACTORS), ITEMS, FACTORS);
const x = csrFromLists(columnLists(random, 30, ITEMS, 0.2), ITEMS);
const shape = { factors: FACTORS, neurons: 20, k: 3 };

test("metrics do not depend on the evaluation batch", () => {
  const heldOut = {
    users: new Int32Array(30), input: x, target: csrFromLists(columnLists(random, 30, ITEMS, 0.1), ITEMS),
  };
  const perUser = (batchSize?: number): string[] => {
    const { recallPerUser, ndcgPerUser } = evaluateRanking(engine, elsa, heldOut, { batchSize });
    return [...recallPerUser, ...ndcgPerUser].map(String);
  };
  for (const batchSize of [1, 7, 30]) assert.equal(perUser(batchSize), perUser());
});

test("fidelity: an SAE that can rebuild everything", () => {
  // Neurons come in pairs ±unit vector, so û = Σ relu(û_j)·(+1_j) + relu(−û_j)·(−1_j).
  const neurons = 2 * FACTORS;
  const w = new Float32Array(neurons * FACTORS);
  for (let j = 0; j < FACTORS; j++) {
    w[j * FACTORS + j] = 1;
    w[(FACTORS + j) * FACTORS + j] = -1;
  }
  const weights = {
    encoderW: w, encoderB: new Float32Array(neurons), decoderW: w, decoderB: new Float32Array(FACTORS),
  };
  const perfect = new TopKSae(engine, weights, { factors: FACTORS, neurons, k: FACTORS });
  const full = csrFromLists(columnLists(random, 25, ITEMS, 0.3).map((list) => (list.length ? list : [1])), ITEMS);
  const { cosine, l0, dead } = evaluateFidelity(engine, elsa, perfect, full);
  assertClose([cosine.mean, l0.mean], [1, FACTORS], { absolute: 1e-5 });
  assert.is(dead, 0);
  assert.is(cosine.n, 25);
  const nested = new NestedRecommender(elsa, perfect);
  const plain: number[][] = [];
  rankAll(engine, elsa, full, (_, list) => plain.push([...list]), { n: 5 });
  rankAll(engine, nested, full, (row, list) => assert.equal([...list], plain[row]), { n: 5 });
});

test("fidelity: neurons that cannot fire are dead, of all H", () => {
  const weights = SparseAutoencoder.initialise(random, shape);
  weights.encoderB.fill(-1e6, 12);
  const { dead, neurons, l0 } = evaluateFidelity(engine, elsa, new TopKSae(engine, weights, shape), x);
  assert.ok(dead >= 8 && dead < 20);
  assert.is(neurons, 20);
  assert.ok(l0.mean <= 3);
  weights.encoderB.fill(-1e6);
  const all = evaluateFidelity(engine, elsa, new TopKSae(engine, weights, shape), x);
  assert.is(all.dead, 20);
  assertClose(all.l0.mean, 0, { absolute: 0 });
});

test("codes of whole matrices are the codes of their rows", () => {
  const sae = new TopKSae(engine, SparseAutoencoder.initialise(random, shape), shape);
  const u = embedAll(engine, elsa, x);
  const codes = codesOf(engine, sae, u);
  assert.equal([codes.rows, codes.cols], [30, 20]);
  for (let r = 0; r < 30; r++) {
    const one = codesOf(engine, sae, { data: u.data.slice(r * FACTORS, (r + 1) * FACTORS), rows: 1, cols: FACTORS });
    const [from, to] = [codes.indptr[r], codes.indptr[r + 1]];
    assert.equal(codes.indices.slice(from, to), one.indices);
    assertClose(codes.values!.subarray(from, to), one.values!, { absolute: 1e-6 });
    assert.ok(to - from <= 3 && one.values!.every((value) => value > 0));
  }
});

test("more rows than a batch", () => {
  const many = csrFromLists(Array.from({ length: 1100 }, (_, r) => [r % ITEMS]), ITEMS);
  const u = embedAll(engine, elsa, many);
  assertClose(u.data.subarray(1040 * FACTORS, 1041 * FACTORS), u.data.subarray(0, FACTORS), { absolute: 0 });
  const sae = new TopKSae(engine, SparseAutoencoder.initialise(random, shape), shape);
  const codes = codesOf(engine, sae, u);
  assert.equal(codes.indices.slice(codes.indptr[1040], codes.indptr[1041]), codes.indices.slice(0, codes.indptr[1]));
});

test("an SAE of another width is refused", () => {
  const wide = { factors: FACTORS + 1, neurons: 4, k: 2 };
  const sae = new TopKSae(engine, SparseAutoencoder.initialise(random, wide), wide);
  assert.throws(() => new NestedRecommender(elsa, sae), /takes embeddings of 7 factors, the model makes 6/);
});

test.run();
