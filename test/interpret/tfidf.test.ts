/** TF-IDF: the reference's numbers, a matrix worked by hand, and what must hold for any matrix. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  aliveNeurons, bestCharacterises, mostUnique, tagActivity, tfidf, topNeurons, topTagOfNeuron,
} from "../../src/interpret/tfidf.js";
import { assertClose } from "../support/assert-close.js";
import { csrFromDense } from "../support/csr-from-dense.js";
import { loadGolden } from "../support/goldens.js";

const golden = loadGolden("tfidf");
const counts = csrFromDense(golden.array("inputs.tag_item_counts"), 8, 20);
const codes = csrFromDense(golden.array("inputs.sparse_item_embeddings"), 20, 24);
const T = 8;
const H = 24;

/** A (rows, cols) matrix turned on its side. */
function flip(x: Float64Array, rows: number, cols: number): Float64Array {
  return Float64Array.from({ length: rows * cols }, (_, i) => x[(i % rows) * cols + Math.floor(i / rows)]);
}

test("golden: activity and both orientations", () => {
  const activity = tagActivity(counts, codes);
  assertClose(activity, golden.array64("expected.tag_neuron_activity"), { absolute: 1e-6 }, "activity");
  const character = bestCharacterises(activity, T, H);
  const unique = mostUnique(activity, T, H);
  const neuronTerms = golden.array64("expected.tfidf_neuron_term_tag_doc");
  const tagTerms = golden.array64("expected.tfidf_tag_term_neuron_doc");
  assertClose(flip(character, T, H), neuronTerms, { absolute: 1e-6 }, "neurons as terms");
  assertClose(unique, tagTerms, { absolute: 1e-6 }, "tags as terms");
});

test("golden: top neurons of a tag, top tag of a neuron, dead neurons", () => {
  const activity = tagActivity(counts, codes);
  const alive = aliveNeurons(codes);
  const character = bestCharacterises(activity, T, H);
  const unique = mostUnique(activity, T, H);
  assert.equal(Array.from(alive), Array.from(golden.ints("expected.neuron_alive")));
  assert.is(alive.filter((a) => a === 0).length, golden.number("expected.dead_neuron_count"));
  assert.equal(topNeurons(character, alive, T, 3), golden.ints("expected.best_characterizes_top3"));
  assert.equal(topNeurons(unique, alive, T, 3), golden.ints("expected.most_unique_top3"));
  const tagsOrNone = (path: string): Int32Array =>
    Int32Array.from(golden.array64(path), (t) => (Number.isNaN(t) ? -1 : t));
  assert.equal(topTagOfNeuron(character, alive, T), tagsOrNone("expected.top_tag_per_neuron"));
  assert.equal(topTagOfNeuron(unique, alive, T), tagsOrNone("expected.characteristic_tag_per_neuron"));
});

test("two terms, two documents, by hand", () => {
  // Term 0 is in both documents (idf = ln(3/3) + 1 = 1), term 1 in the second only (idf = ln(3/2) + 1).
  const got = tfidf(Float64Array.of(2, 1, 0, 3), 2, 2);
  assertClose(got, [1, 0.25, 0, 0.75 * (Math.log(1.5) + 1)], { absolute: 1e-12 });
});

test("an empty document has no NaN, a shortage of neurons is marked", () => {
  assert.equal(tfidf(Float64Array.of(0, 1, 0, 2), 2, 2).every(Number.isFinite), true);
  assert.equal(topNeurons(Float64Array.of(1, 2, 3), Uint8Array.of(1, 0, 1), 1, 4), Int32Array.of(2, 0, -1, -1));
});

test("counts and codes of different data sets are refused", () => {
  assert.throws(() => tagActivity(counts, csrFromDense(new Float32Array(6), 3, 2)), /20 columns.*3 rows/);
});

test("tf-idf does not change when a document is repeated louder", () => {
  const matrix = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 });
  fc.assert(fc.property(matrix, fc.integer({ min: 1, max: 50 }), (cells, factor) => {
    const louder = cells.map((cell, i) => (i % 4 === 2 ? cell * factor : cell));
    assertClose(tfidf(Float64Array.from(louder), 3, 4), tfidf(Float64Array.from(cells), 3, 4), { absolute: 1e-12 });
  }));
});

test.run();
