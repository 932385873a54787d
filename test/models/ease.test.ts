/** EASE: the conditions that define its solution, a solution by hand, and the limits of memory. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists, csrIdentity } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Ease } from "../../src/models/recommenders/ease.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists } from "../support/random-floats.js";

/** B, read off as the scores of users with one item each. */
function weightsOf(model: Ease): Float64Array {
  const tape = new Tape(model.engine, false);
  return Float64Array.from(model.scores(tape, tape.sparseInput(csrIdentity(model.items))).data);
}

test("two items, by hand", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  // XᵀX = [3 2; 2 2]; with λ = 1 the weights are n₁₂ / (n_i + λ) of the item they start from.
  const model = Ease.fit(engine, csrFromLists([[0, 1], [0, 1], [0]], 2), 1);
  assertClose(weightsOf(model), [0, 2 / 4, 2 / 3, 0], { absolute: 1e-6 });
});

test("the gradient of ‖X − XB‖² + λ‖B‖² is zero off the diagonal, and the diagonal of B is zero", () => {
  const [users, items, lambda] = [300, 140, 7];
  const lists = columnLists(new Random(2), users, items, 0.1);
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const b = weightsOf(Ease.fit(engine, csrFromLists(lists, items), lambda));
  const gram = new Float64Array(items * items);
  for (const list of lists) for (const i of list) for (const j of list) gram[i * items + j]++;
  for (let i = 0; i < items; i++) {
    assert.is(b[i * items + i], 0);
    for (let j = 0; j < items; j++) {
      if (i === j) continue;
      let gradient = lambda * b[i * items + j] - gram[i * items + j];
      for (let p = 0; p < items; p++) gradient += gram[i * items + p] * b[p * items + j];
      assertClose(gradient, 0, { absolute: 1e-4 }, `(${i}, ${j})`);
    }
  }
});

test("one thread and two give the same bits", () => {
  const x = csrFromLists(columnLists(new Random(3), 500, 400, 0.05), 400);
  const [one, two] = [1, 2].map((threads) => {
    const engine = openEngine({ threads, memoryBytes: 2 ** 26 });
    const weights = weightsOf(Ease.fit(engine, x, 10));
    engine.close();
    return weights;
  });
  assert.equal(one, two);
});

test("a regularisation that is not positive, and a catalogue beyond the memory, are refused", () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 24 });
  const x = csrFromLists([[0, 1]], 2000);
  for (const lambda of [0, -1, NaN]) assert.throws(() => Ease.fit(engine, x, lambda), /λ > 0/);
  assert.throws(() => Ease.fit(engine, x, 1), /EASE of 2000 items needs 0\.0\d GiB.*0\.02 GiB is free/);
});

test.run();
