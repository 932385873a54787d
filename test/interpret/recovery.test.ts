/** Recovery: small cases by hand, and the sweep against a search over every threshold. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { recovery } from "../../src/interpret/meaning/recovery.js";
import { csrFromLists } from "../../src/base/csr.js";
import { assertClose } from "../support/assert-close.js";
import { csrFromDense } from "../support/csr-from-dense.js";

test("a neuron that is the concept", () => {
  const found = recovery(csrFromDense([0, 2, 0, 1, 3, 0, 0, 0], 4, 2), csrFromLists([[0], [0], [], []], 1), ["sea"]);
  const [sea] = found.concepts;
  assert.equal([sea.neuron, sea.f1, sea.auc, sea.precision, sea.recall, sea.threshold], [1, 1, 1, 1, 1, 1]);
  assert.is(found.recovered, 1);
});

test("the threshold cuts off weak misfires", () => {
  // Items 0 and 1 have the concept; item 2 fires weakly and wrongly.
  const [c] = recovery(csrFromDense([5, 4, 1, 0], 4, 1), csrFromLists([[0], [0], [], []], 1), ["x"]).concepts;
  assert.equal([c.f1, c.threshold, c.auc], [1, 4, 1]);
});

test("nothing fires: F1 0, AUC ½, no neuron; a concept without items is left out", () => {
  const found = recovery(csrFromDense([0, 0, 0], 3, 1), csrFromLists([[0], [], []], 2), ["x", "empty"]);
  assert.is(found.concepts.length, 1);
  assert.equal([found.concepts[0].neuron, found.concepts[0].f1, found.concepts[0].bestAuc], [-1, 0, 0.5]);
});

test("dense axes count in both directions", () => {
  const data = Float64Array.of(-3, -2, 1, 4);
  const [c] = recovery({ rows: 4, cols: 1, data }, csrFromLists([[0], [0], [], []], 1), ["x"]).concepts;
  assert.equal([c.f1, c.sign, c.threshold, c.auc], [1, -1, 2, 1]);
});

test("different numbers of items are refused", () => {
  assert.throws(() => recovery(csrFromDense([1], 1, 1), csrFromLists([[0], [0]], 1), ["x"]), /1 rows.*2 items/);
});

test("agrees with trying every threshold and every pair", () => {
  const items = 8;
  const activations = fc.array(fc.nat(4), { minLength: 3 * items, maxLength: 3 * items });
  const memberships = fc.array(fc.subarray([0, 1]), { minLength: items, maxLength: items });
  fc.assert(fc.property(activations, memberships, (cells, lists) => {
    const found = recovery(csrFromDense(cells, items, 3), csrFromLists(lists, 2), ["a", "b"]);
    for (const concept of found.concepts) {
      const has = lists.map((list) => list.includes(concept.concept));
      let bestF1 = 0;
      let bestAuc = 0.5;
      for (let n = 0; n < 3; n++) {
        const a = lists.map((_, i) => cells[i * 3 + n]);
        for (let t = 1; t <= 4; t++) {
          const fires = a.map((v) => v >= t);
          const tp = fires.filter((f, i) => f && has[i]).length;
          bestF1 = Math.max(bestF1, (2 * tp) / (fires.filter(Boolean).length + has.filter(Boolean).length));
        }
        let won = 0;
        let pairs = 0;
        a.forEach((x, i) => a.forEach((y, j) => {
          if (!has[i] || has[j]) return;
          pairs++;
          won += x > y ? 1 : x === y ? 0.5 : 0;
        }));
        if (pairs > 0) bestAuc = Math.max(bestAuc, won / pairs);
        if (n === concept.neuron) assertClose(concept.auc, pairs > 0 ? won / pairs : 0.5, { absolute: 1e-12 });
      }
      assertClose(concept.f1, bestF1, { absolute: 1e-12 }, "F1");
      assertClose(concept.bestAuc, bestAuc, { absolute: 1e-12 }, "AUC");
      const { precision: p, recall: r } = concept;
      if (concept.f1 > 0) assertClose((2 * p * r) / (p + r), concept.f1, { absolute: 1e-12 }, "precision and recall");
    }
  }));
});

test.run();
