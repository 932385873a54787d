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
  const model = Ease.fit(engine, csrFromLists([[0, 1], [0, 1], [0]], 2), { lambda: 1 });
  assertClose(weightsOf(model), [0, 2 / 4, 2 / 3, 0], { absolute: 1e-6 });
});

test("two items whose interactions count differently, by hand", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  // XᵀX = [4+1+9 2+3; 2+3 1+9]; weights as above: G₁₂ / (G_ii + λ).
  const x = { ...csrFromLists([[0, 1], [0], [0, 1]], 2), values: Float32Array.of(2, 1, 1, 3, 1) };
  assertClose(weightsOf(Ease.fit(engine, x, { lambda: 1 })), [0, 5 / 15, 5 / 3, 0], { absolute: 1e-6 });
  const ones = { ...csrFromLists([[0, 1], [0, 1], [0]], 2), values: new Float32Array(5).fill(1) };
  const binary = Ease.fit(engine, { ...ones, values: null }, { lambda: 1, dropout: 0.3, userExponent: 0.5 });
  const weighted = Ease.fit(engine, ones, { lambda: 1, dropout: 0.3, userExponent: 0.5 });
  assertClose(weightsOf(weighted), weightsOf(binary), { absolute: 1e-6 });
});

test("the gradient of ‖X − XB‖² + λ‖B‖² is zero off the diagonal, and the diagonal of B is zero", () => {
  const [users, items, lambda] = [300, 140, 7];
  const lists = columnLists(new Random(2), users, items, 0.1);
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const b = weightsOf(Ease.fit(engine, csrFromLists(lists, items), { lambda }));
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

test("with dropout the gradient of ‖X − XB‖² + ‖√Λ·B‖² is zero off the diagonal, users weigh |x|^−β", () => {
  const [users, items, lambda, dropout, userExponent] = [200, 70, 5, 0.4, 0.5];
  const lists = columnLists(new Random(4), users, items, 0.1);
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const b = weightsOf(Ease.fit(engine, csrFromLists(lists, items), { lambda, dropout, userExponent }));
  const gram = new Float64Array(items * items);
  const counts = new Float64Array(items);
  for (const list of lists) {
    for (const i of list) {
      counts[i]++;
      for (const j of list) gram[i * items + j] += list.length ** -userExponent;
    }
  }
  for (let i = 0; i < items; i++) {
    const ridge = lambda + (dropout / (1 - dropout)) * counts[i];
    for (let j = 0; j < items; j++) {
      if (i === j) continue;
      let gradient = ridge * b[i * items + j] - gram[i * items + j];
      for (let p = 0; p < items; p++) gradient += gram[i * items + p] * b[p * items + j];
      assertClose(gradient, 0, { absolute: 1e-4 }, `(${i}, ${j})`);
    }
  }
});

test("popular outputs are held back by their count, and an item that nobody has stays at 0", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const x = csrFromLists([[0, 1], [0, 1], [0]], 3);
  const plain = weightsOf(Ease.fit(engine, x, { lambda: 1 }));
  const held = weightsOf(Ease.fit(engine, x, { lambda: 1, itemExponent: 0.5 }));
  // n = 3, 2, 0: from item 0 to 1 by √(3/2), and back by √(2/3).
  assertClose(
    held, [0, plain[1] * Math.sqrt(3 / 2), 0, plain[3] * Math.sqrt(2 / 3), 0, 0, 0, 0, 0], { absolute: 1e-6 },
  );
});

test("a limit of 1 or more on the diagonal is a ridge regression", () => {
  const [items, lambda] = [60, 3];
  const lists = columnLists(new Random(6), 150, items, 0.1);
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const b = weightsOf(Ease.fit(engine, csrFromLists(lists, items), { lambda, diagonalLimit: 1 }));
  const gram = new Float64Array(items * items);
  for (const list of lists) for (const i of list) for (const j of list) gram[i * items + j]++;
  // (G + λ)·B = G has no condition on the diagonal, which B holds as 0: column j lacks B_jj times the system's column.
  for (let j = 0; j < items; j++) {
    const system = (i: number, p: number): number => gram[i * items + p] + (i === p ? lambda : 0);
    const missing = (i: number): number => {
      let sum = gram[i * items + j];
      for (let p = 0; p < items; p++) sum -= system(i, p) * b[p * items + j];
      return sum;
    };
    const own = missing(j) / system(j, j);
    for (let i = 0; i < items; i++) assertClose(missing(i), own * system(i, j), { absolute: 1e-4 }, `(${i}, ${j})`);
  }
});

test("progress rises to the end of the arithmetic", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const shares: number[] = [];
  Ease.fit(engine, csrFromLists(columnLists(new Random(7), 40, 200, 0.1), 200), { lambda: 1 }, (s) => shares.push(s));
  assert.ok(shares.length > 4 && shares.every((share, at) => at === 0 || share > shares[at - 1]));
  assertClose(shares[shares.length - 1], 1, { absolute: 1e-12 });
});

test("one thread and two give the same bits", () => {
  const x = csrFromLists(columnLists(new Random(3), 500, 400, 0.05), 400);
  const [one, two] = [1, 2].map((threads) => {
    const engine = openEngine({ threads, memoryBytes: 2 ** 26 });
    const weights = weightsOf(Ease.fit(engine, x, { lambda: 10 }));
    engine.close();
    return weights;
  });
  assert.equal(one, two);
});

test("a regularisation that is not positive, and a catalogue beyond the memory, are refused", () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 24 });
  const x = csrFromLists([[0, 1]], 2000);
  for (const lambda of [0, -1, NaN]) assert.throws(() => Ease.fit(engine, x, { lambda }), /λ > 0/);
  assert.throws(
    () => Ease.fit(engine, x, { lambda: 1 }),
    /EASE of 2000 items needs 0\.0\d GiB.*0\.02 GiB is free.*sparse MRF/,
  );
  for (const wrong of [{ dropout: 1 }, { dropout: -0.1 }, { diagonalLimit: -1 }, { itemExponent: NaN }]) {
    assert.throws(() => Ease.fit(engine, x, { lambda: 1, ...wrong }), new RegExp(Object.keys(wrong)[0]));
  }
});

test.run();
