/** Held-out F1: small cases by hand, and the sweep against a search over every threshold. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { aucOf, bestThreshold, scoreFiring } from "../../src/interpret/meaning/firing-threshold.js";
import { fitTable, heldOutF1 } from "../../src/interpret/meaning/held-out-f1.js";
import { halveItems, itemsWithEntries } from "../../src/interpret/meaning/item-halves.js";
import { assertClose } from "../support/assert-close.js";
import { csrFromDense } from "../support/csr-from-dense.js";

const one = { minItems: 1 };
/** Items 0 … 3 choose, 4 … 7 judge, and the other way round. */
const HALF = Int8Array.of(0, 0, 0, 0, 1, 1, 1, 1);
const SEA = csrFromLists([[0], [0], [], [], [0], [0], [], []], 1);

test("a neuron that is the concept has F1 1 on both halves", () => {
  const found = heldOutF1(csrFromDense([3, 2, 0, 0, 2, 1.5, 0, 0], 8, 1), SEA, HALF, one);
  assert.equal([found.f1, found.fit, found.precision, found.recall, found.auc, found.recovered], [1, 1, 1, 1, 1, 1]);
  // Midway to silence: the weakest firing item of the choosing half has 2, of the other one 1.5.
  assert.equal(found.concepts[0].ways.map((way) => way.threshold), [1, 0.75]);
});

test("what fits one half by chance is not what is reported", () => {
  // Neuron 0 is right on the first half and wrong on the second, neuron 1 the other way round.
  const codes = csrFromDense([1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0], 8, 2);
  const found = heldOutF1(codes, SEA, HALF, one);
  assert.equal(found.concepts[0].ways.map((way) => way.neuron), [0, 1]);
  assert.equal([found.fit, found.f1], [1, 0]);
});

test("the threshold lies midway between neighbours and cuts weak misfires on the other half", () => {
  // Chosen on 5, 4 against 2: threshold 3. On the other half 4 and 3.5 are right, 2.9 a misfire that it cuts.
  const found = heldOutF1(csrFromDense([5, 4, 2, 0, 4, 3.5, 2.9, 0], 8, 1), SEA, HALF, one);
  assert.equal([found.concepts[0].ways[0].threshold, found.concepts[0].ways[0].f1], [3, 1]);
});

test("nothing fires: F1 0, no neuron, AUC ½; small concepts are left out and counted", () => {
  const silent = heldOutF1(csrFromDense(new Array<number>(8).fill(0), 8, 1), SEA, HALF, one);
  assert.equal([silent.concepts[0].ways[0].neuron, silent.f1, silent.auc], [-1, 0, 0.5]);
  const small = heldOutF1(csrFromDense(new Array<number>(8).fill(1), 8, 1), SEA, HALF, { minItems: 5 });
  assert.equal([small.concepts.length, small.leftOut], [0, 1]);
});

test("axes of dense codes compete in both directions", () => {
  const data = Float64Array.of(-3, -2, 1, 4, -3, -2, 1, 4);
  const [sea] = heldOutF1({ rows: 8, cols: 1, data }, SEA, HALF, one).concepts;
  assert.equal([sea.f1, sea.ways[0].sign, sea.ways[0].threshold], [1, -1, 0.5]);
});

test("items of another number are refused", () => {
  assert.throws(() => heldOutF1(csrFromDense([1], 1, 1), SEA, HALF), /codes have 1 rows, the truth 8 items/);
});

test("the sweep finds for every concept and neuron what trying each threshold finds", () => {
  const sizes = fc.record({ items: fc.integer({ min: 2, max: 12 }), seed: fc.integer() });
  fc.assert(fc.property(sizes, ({ items, seed }) => {
    const random = new Random(seed);
    const [T, H] = [3, 4];
    const dense = Float64Array.from({ length: items * H }, () => Math.max(0, Math.round(3 * random.normal())));
    const lists = Array.from({ length: items }, () => [0, 1, 2].filter(() => random.uniform() < 0.4));
    const truth = csrFromLists(lists, T);
    const half = Int8Array.from({ length: items }, () => random.below(3) - 1);
    const table = fitTable(csrFromDense(dense, items, H), truth, half);
    for (const way of [0, 1] as const) {
      const chosen = Int32Array.from(half.keys()).filter((i) => half[i] === way);
      for (let t = 0; t < T; t++) {
        const positive = lists.map((list) => (list.includes(t) ? 1 : 0));
        for (let n = 0; n < H; n++) {
          const values = Float64Array.from({ length: items }, (_, i) => dense[i * H + n]);
          const best = Math.max(0, ...[0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]
            .map((threshold) => scoreFiring(values, threshold, positive, chosen, 0).f1));
          assertClose([table.f1[way][t * H + n]], [best], { absolute: 1e-6 });
          const single = bestThreshold(values, positive, chosen, 0);
          assertClose([single.f1], [best], { absolute: 1e-12 });
          assert.is(single.threshold, table.threshold[way][t * H + n]);
          assertClose([scoreFiring(values, single.threshold, positive, chosen, 0).f1], [best], { absolute: 1e-12 });
        }
      }
    }
  }), { numRuns: 60 });
});

test("AUC is the share of pairs in the right order, ties counting half", () => {
  assert.is(aucOf([3, 1, 1, 0], [1, 1, 0, 0], Int32Array.of(0, 1, 2, 3)), 3.5 / 4);
  const random = new Random(8);
  const values = Float64Array.from({ length: 60 }, () => random.below(9) - 4);
  const positive = Uint8Array.from(values, () => (random.uniform() < 0.3 ? 1 : 0));
  const items = Int32Array.from(values.keys()).filter((i) => i % 7 !== 3);
  const pairs = Array.from(items).flatMap((a) => Array.from(items).filter((b) => positive[a] && !positive[b])
    .map((b) => (values[a] > values[b] ? 1 : values[a] === values[b] ? 0.5 : 0)));
  assert.is(aucOf(values, positive, items), pairs.reduce((sum: number, won) => sum + won, 0) / pairs.length);
});

test("halves balance every concept to within one, as far as overlaps allow, and leave out what is not scored", () => {
  const random = new Random(3);
  const lists = Array.from({ length: 400 }, () => Array.from({ length: 20 }, (_, c) => c)
    .filter((c) => random.uniform() < 0.2 / (1 + c)));
  const truth: Csr = csrFromLists(lists, 20);
  const half = halveItems(truth, new Random(1), itemsWithEntries(truth));
  assert.equal(halveItems(truth, new Random(1), itemsWithEntries(truth)), half);
  lists.forEach((list, i) => { assert.is(half[i] === -1, list.length === 0); });
  for (let c = 0; c < 20; c++) {
    const count = (h: number): number => lists.filter((list, i) => list.includes(c) && half[i] === h).length;
    assert.ok(Math.abs(count(0) - count(1)) <= 3, `concept ${c}: ${count(0)} and ${count(1)}`);
  }
  const sizes = [0, 1].map((h) => half.filter((v) => v === h).length);
  assert.ok(Math.abs(sizes[0] - sizes[1]) <= 20, `${sizes}`);
});

test.run();
