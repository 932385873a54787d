/** Labels and their confidence: against Pearson's r computed densely, and on codes whose right names are obvious. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tagNeuronCorrelation } from "../../src/interpret/correlation.js";
import { labelAccuracy } from "../../src/interpret/label-truth.js";
import { labelMethods, labelNeurons } from "../../src/interpret/labels.js";
import { recovery } from "../../src/interpret/meaning/recovery.js";
import { csrTranspose } from "../../src/base/csr.js";
import { assertClose } from "../support/assert-close.js";
import { csrFromDense } from "../support/csr-from-dense.js";

function pearson(x: number[], y: number[]): number {
  const mean = (v: number[]): number => v.reduce((s, e) => s + e, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const cov = mean(x.map((e, i) => (e - mx) * (y[i] - my)));
  return cov / Math.sqrt(mean(x.map((e) => (e - mx) ** 2)) * mean(y.map((e) => (e - my) ** 2)));
}

test("point-biserial correlation is Pearson's r of presence and activation", () => {
  const items = 9;
  const presence = fc.array(fc.nat(3), { minLength: items, maxLength: items });
  const strength = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 }));
  const activation = fc.array(strength, { minLength: items, maxLength: items });
  fc.assert(fc.property(presence, activation, (tag, neuron) => {
    const got = tagNeuronCorrelation(csrFromDense(tag, 1, items), csrFromDense(neuron, items, 1))[0];
    const constant = (v: number[]): boolean => v.every((e) => e === v[0]);
    const present = tag.map((count) => (count > 0 ? 1 : 0));
    if (constant(present) || constant(neuron)) assert.ok(Number.isNaN(got));
    else assertClose(got, pearson(present, neuron), { absolute: 1e-6 });
  }));
});

// Six items; tag "sea" on 0–2, "war" on 3–5, "rare" on item 0 only. Neuron 0 fires on the sea, 1 on war, 2 never.
const codes = csrFromDense([3, 0, 0, 2, 0, 0, 2, 0, 0, 0, 1, 0, 0, 2, 0, 0, 1, 0], 6, 3);
const tags = {
  names: ["sea", "war", "rare"],
  counts: csrFromDense([1, 4, 1, 0, 0, 0, 0, 0, 0, 2, 1, 1, 1, 0, 0, 0, 0, 0], 3, 6),
};

test("every method finds the obvious names and leaves the dead neuron unnamed", () => {
  for (const method of labelMethods) {
    const labels = labelNeurons(codes, tags, { method, minSupport: 2 });
    assert.equal(labels.map((l) => l.label), ["sea", "war", null], method);
    assert.ok(labels[0].confidence > 0.9, method);
    assert.ok(Number.isNaN(labels[2].confidence) && labels[2].tag === -1 && labels[2].density === 0);
    assertClose(labels[0].density, 0.5);
  }
});

test("support decides who may name; runners-up come in order", () => {
  const strict = labelNeurons(codes, tags, { minSupport: 2 })[0];
  assert.equal(strict.runnersUp, []);
  const open = labelNeurons(codes, tags, { minSupport: 1 })[0];
  assert.equal(open.runnersUp.map((r) => r.label), ["rare"]);
  assert.ok(open.runnersUp[0].confidence < open.confidence);
  assert.is(labelNeurons(codes, tags, { minSupport: 4 })[0].label, null);
});

test("label accuracy counts recovered concepts only", () => {
  const truth = csrTranspose({ ...tags.counts, values: null });
  const found = recovery(codes, truth, tags.names);
  const labels = labelNeurons(codes, tags, { minSupport: 2 });
  // "rare" is recovered too, by the threshold 3 of the sea neuron, which is called "sea".
  const score = labelAccuracy(labels, found);
  assert.equal([score.concepts, score.right], [3, 2]);
  assert.equal(score.wrong, [{ concept: "rare", neuron: 0, label: "sea" }]);
});

test.run();
