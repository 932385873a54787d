/** Figures of lists of several lengths against closed forms, and against the functions that measure one list. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { intraListDistance } from "../../src/evaluate/beyond-accuracy.js";
import { ListFigures, listContext } from "../../src/evaluate/list-figures.js";
import { precision, reciprocalRank } from "../../src/evaluate/metrics.js";
import { assertClose } from "../support/assert-close.js";

const tight = { absolute: 1e-12 };
const targets = (...items: number[]): Int32Array => Int32Array.from(items);

test("precision counts empty places, the reciprocal rank is the first hit's", () => {
  assertClose([precision([4, 1, -1, 2], targets(1, 2, 3))], [1 / 2], tight);
  assertClose([reciprocalRank([4, 1, -1, 2], targets(1, 2, 3)), reciprocalRank([4, 5], targets(1))], [1 / 2, 0], tight);
  assert.ok(Number.isNaN(precision([1], targets())) && Number.isNaN(reciprocalRank([1], targets())));
});

// Items 0 … 3 with 4, 2, 1, 1 of 4 users; two lists that differ in their last place.
const train = csrFromLists([[0, 1], [0, 1], [0, 2], [0, 3]], 4);
const heldOut = { users: targets(4, 5), input: csrFromLists([[0], [0]], 4), target: csrFromLists([[1], [3]], 4) };
const vectors = { shape: [4, 2], data: Float64Array.of(1, 0, 3, 0, 0, 2, -1, 0) };
// Tag 0 on items 0 and 1, tag 1 on item 2; item 3 has none.
const tags = csrFromLists([[0, 1], [2]], 4);

test("two users, lists of one and of two: every figure by hand", () => {
  const lists = new ListFigures([1, 2], heldOut, listContext(train, vectors, tags));
  lists.add(0, Int32Array.of(1, 2));
  lists.add(1, Int32Array.of(1, 3));
  const [one, two] = lists.figures();
  const means = ({ recall, ndcg, precision: p, mrr, hitRate, novelty, calibration }: typeof one): number[] =>
    [recall, ndcg, p, mrr, hitRate, novelty, calibration!].map(({ mean }) => mean);
  // Item 1 alone: 2 of 4 users, 1 bit; the tag of the history, divergence 0.
  assertClose(means(one), [1 / 2, 1 / 2, 1 / 2, 1 / 2, 1 / 2, 1, 0], tight);
  assertClose([one.coverage, one.gini, one.tail], [1 / 4, 3 / 4, 0], tight);
  // Lists (1, 2) and (1, 3): q of tag 0 is a half in both, as an item without tags counts too.
  const kl = Math.log(1 / (0.99 / 2 + 0.01));
  assertClose(means(two), [1, (1 + 1 / Math.log2(3)) / 2, 1 / 2, 3 / 4, 1, 3 / 2, kl], tight);
  // 8 interactions; items 2 and 3 have 1 each, the tail is what stays within a fifth of them: item 2 alone.
  assertClose([two.coverage, two.gini, two.tail], [3 / 4, (-3 * 0 - 1 + 1 + 3 * 2) / (4 * 4), 1 / 4], tight);
  assert.ok(Number.isNaN(one.distance!.mean));
  // cos(1, 2) = 0 and cos(1, 3) = −1.
  assertClose([two.distance!.mean], [(1 + 2) / 2], tight);
});

test("distances of a long list are those of its pairs, empty vectors and places included", () => {
  const random = new Random(5);
  const [items, factors] = [30, 7];
  const data = Float64Array.from({ length: items * factors }, () => random.normal());
  data.fill(0, 3 * factors, 4 * factors);
  const wide = { users: targets(0), input: csrFromLists([[]], items), target: csrFromLists([[0]], items) };
  const context = listContext(csrFromLists([[0]], items), { shape: [items, factors], data }, null);
  const lists = new ListFigures([5, 20], wide, context);
  const list = random.shuffle(Int32Array.from({ length: items }, (_, i) => i)).slice(0, 20);
  list[0] = 3;
  list[18] = -1;
  lists.add(0, list);
  lists.figures().forEach(({ n, distance, calibration }) => {
    assertClose([distance!.mean], [intraListDistance(list.slice(0, n), data, factors)], tight);
    assert.is(calibration, null);
  });
});

test.run();
