/** Selectivity: the reference's numbers, and distributions whose entropy is known. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  entropy, klDivergence, neuronSelectivity, selectivityTable, tagSelectivity, uniqueMatches, type Selectivity,
} from "../../src/interpret/selectivity.js";
import { bestCharacterises, mostUnique, tagActivity } from "../../src/interpret/tfidf.js";
import { assertClose } from "../support/assert-close.js";
import { csrFromDense } from "../support/csr-from-dense.js";
import { loadGolden } from "../support/goldens.js";

const golden = loadGolden("tfidf");
const activity = tagActivity(
  csrFromDense(golden.array("inputs.tag_item_counts"), 8, 20),
  csrFromDense(golden.array("inputs.sparse_item_embeddings"), 20, 24),
);

function compare(got: Selectivity, path: string, mean: string): void {
  assert.equal(got.ids, golden.ints(`${path}.ids`));
  assertClose(got.entropy, golden.array64(`${path}.entropy`), { absolute: 1e-6 }, "entropy");
  assertClose(got.divergence, golden.array64(`${path}.kl_div`), { absolute: 1e-5 }, "divergence");
  assertClose(got.decrease, golden.array64(`${path}.norm_entropy_diff`), { absolute: 1e-6 }, "decrease");
  assertClose(got.mean, golden.array64(`${path}.${mean}`), { absolute: 1e-6 }, "mean");
  assertClose(got.entropyOfMean, golden.number(`${path}.entropy_of_mean`), { absolute: 1e-6 }, "entropy of mean");
}

test("golden: neurons→tags", () => {
  compare(neuronSelectivity(bestCharacterises(activity, 8, 24), 8, 24), "expected.neuron_tag", "mean_neuron_activity");
});

test("golden: tags→neurons", () => {
  compare(tagSelectivity(mostUnique(activity, 8, 24), 8, 24), "expected.tag_neuron", "mean_tag_activity");
});

test("closed forms", () => {
  assertClose(entropy(Float64Array.of(2, 2, 2, 2)), Math.log(4), { absolute: 1e-12 });
  assert.is(entropy(Float64Array.of(0, 7, 0)), 0);
  assertClose(klDivergence(Float64Array.of(1, 0), Float64Array.of(1, 3)), Math.log(4), { absolute: 1e-12 });
});

test("KL is 0 for equal shapes and never negative", () => {
  const weights = fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(fc.property(weights, weights, (p, q) => {
    assert.ok(klDivergence(Float64Array.from(p), Float64Array.from(q)) >= -1e-12);
    assertClose(klDivergence(Float64Array.from(p), Float64Array.from(p, (v) => 3 * v)), 0, { absolute: 1e-12 });
  }));
});

test("a row without mass is left out; the table goes from selective to broad", () => {
  // Tag 0 sits on one neuron, tag 1 is dead, tag 2 is everywhere.
  const s = tagSelectivity(Float64Array.of(4, 0, 0, 0, 0, 0, 1, 1, 1), 3, 3);
  assert.equal(Array.from(s.ids), [0, 2]);
  const table = selectivityTable(s, ["narrow", "dead", "broad"], 1);
  assert.is(table.most[0].name, "narrow");
  assert.is(table.least[0].name, "broad");
  assert.ok(table.most[0].decrease > table.least[0].decrease);
});

test("unique matches", () => {
  // Tags 0 and 1 share neuron 2, which calls itself tag 1; neuron 0 is unlabelled.
  const counts = uniqueMatches(Int32Array.of(2, 2, 1, -1), Int32Array.of(-1, 2, 1));
  assert.equal(counts, { neurons: 2, tags: 2, mutual: 2 });
});

test.run();
