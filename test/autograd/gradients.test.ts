/** The ops of ELSA and the SAEs: each backward pass against central differences in double precision. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  addLoss, addRow, cosineLoss, destandardise, l1, l2Loss, linear, matmul, relu, reluResidual,
  reluResidualLoss, signedTopkEncode, sparseL1, sparseMatmul, subtractRow, Tape, topkEncode, weightedResidualLoss,
  type Tensor,
} from "../../src/autograd/index.js";
import { largestResidualLoss } from "../../src/autograd/ops/largest-residual.js";
import { csrFromLists, csrFromPairs, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { openEngine } from "../../src/engine/open.js";
import { assertClose } from "../support/assert-close.js";
import { checkGradients, type Leaf } from "../support/gradient-check.js";
import { columnLists, normals } from "../support/random-floats.js";

const random = new Random(3);
const [B, D, H, I] = [6, 5, 8, 9];

function leaf(rows: number, cols: number): Leaf {
  return { rows, cols, values: normals(random, rows * cols) };
}

/** Values at least 0.1 away from 0, where relu has its kink. */
function awayFromZero(rows: number, cols: number): Leaf {
  return { rows, cols, values: normals(random, rows * cols).map((x) => x + (x < 0 ? -0.1 : 0.1)) };
}

/** A loss with a different weight for every element: ½·mean (x − target)² against fixed numbers. */
function toLoss(tape: Tape, x: Tensor): Tensor {
  return l2Loss(tape, x, tape.input(normals(new Random(4), x.rows * x.cols), x.rows, x.cols));
}

for (const [B_, D_, H_] of [[B, D, H], [1, 1, 1], [1, 3, 2], [3, 1, 4]] as const) {
  test(`linear: with and without bias, ${B_}×${D_} → ${H_}`, () => {
    const leaves = { x: leaf(B_, D_), w: leaf(H_, D_), b: leaf(1, H_) };
    checkGradients(leaves, (tape, { x, w, b }) => toLoss(tape, linear(tape, x, w, b)));
    checkGradients({ x: leaves.x, w: leaves.w }, (tape, { x, w }) => toLoss(tape, linear(tape, x, w, null)));
  });

  test(`matmul: ${B_}×${D_} by ${D_}×${H_}`, () => {
    checkGradients({ x: leaf(B_, D_), a: leaf(D_, H_) }, (tape, { x, a }) => toLoss(tape, matmul(tape, x, a)));
  });

  test(`addRow: ${B_}×${D_}`, () => {
    checkGradients({ x: leaf(B_, D_), row: leaf(1, D_) }, (tape, { x, row }) => toLoss(tape, addRow(tape, x, row)));
  });

  test(`subtractRow: ${B_}×${D_}`, () => {
    checkGradients(
      { x: leaf(B_, D_), row: leaf(1, D_) }, (tape, { x, row }) => toLoss(tape, subtractRow(tape, x, row)),
    );
  });
}

test("relu: on both sides of its kink", () => {
  checkGradients({ x: awayFromZero(B, D) }, (tape, { x }) => toLoss(tape, relu(tape, x)));
});

test("destandardise: mean and std are constants", () => {
  const mean = normals(random, B);
  const std = normals(random, B).map((s) => Math.abs(s) + 0.1);
  checkGradients({ x: leaf(B, D) }, (tape, { x }) =>
    toLoss(tape, destandardise(tape, x, tape.engine.floatsFrom(mean), tape.engine.floatsFrom(std))));
});

test("l1: of a non-negative code", () => {
  checkGradients({ x: awayFromZero(B, D) }, (tape, { x }) => l1(tape, relu(tape, x)));
});

test("addLoss: either side may be a constant", () => {
  const target = normals(random, B * D);
  checkGradients({ x: leaf(B, D), y: leaf(B, D) }, (tape, { x, y }) =>
    addLoss(tape, toLoss(tape, x), cosineLoss(tape, y, tape.input(target, B, D)), 0.3));
  checkGradients({ x: leaf(B, D) }, (tape, { x }) => {
    const fixed = tape.input([2], 1, 1);
    return addLoss(tape, addLoss(tape, fixed, toLoss(tape, x), -0.7), fixed, 4);
  });
});

test("l2Loss: against a fixed target", () => {
  const target = normals(random, B * D);
  checkGradients({ x: leaf(B, D) }, (tape, { x }) => l2Loss(tape, x, tape.input(target, B, D)));
});

test("cosineLoss: against a fixed target; a zero target row has no gradient", () => {
  const target = normals(random, B * D).fill(0, D, 2 * D);
  const { x } = checkGradients(
    { x: leaf(B, D) }, (tape, leaves) => cosineLoss(tape, leaves.x, tape.input(target, B, D)),
  );
  assertClose(x.subarray(D, 2 * D), new Float64Array(D), { absolute: 0 });
});

/** A (B, I) matrix with values, some rows empty. */
function weighted(): Csr {
  const lists = columnLists(random, B, I, 0.4);
  const rows = lists.flatMap((list, r) => list.map(() => r));
  const cols = lists.flat();
  return csrFromPairs(
    Int32Array.from(rows), Int32Array.from(cols), Float32Array.from(cols, () => random.normal()), B, I,
  );
}

test("sparseMatmul: a binary and a weighted input", () => {
  const binary = csrFromLists(columnLists(random, B, I, 0.4), I);
  for (const x of [binary, weighted()]) {
    checkGradients({ a: leaf(I, D) }, (tape, { a }) => toLoss(tape, sparseMatmul(tape, tape.sparseInput(x), a)));
  }
});

for (const k of [1, 3, H, H + 4]) {
  test(`topkEncode: k = ${k} of ${H}, decoded again`, () => {
    checkGradients(
      { x: leaf(B, D), c: leaf(1, D), w: leaf(H, D), b: leaf(1, H), decoder: leaf(H, D) },
      (tape, { x, c, w, b, decoder }) => {
        const code = topkEncode(tape, { x, c, w, b }, k);
        return addLoss(tape, toLoss(tape, sparseMatmul(tape, code, decoder)), sparseL1(tape, code), 0.1);
      },
    );
  });
}

test("topkEncode: rows in which nothing fires", () => {
  const b = { rows: 1, cols: H, values: new Float64Array(H).fill(-3) };
  const x = leaf(B, D);
  x.values.fill(0, 0, 2 * D);
  const found = checkGradients(
    { x, c: { rows: 1, cols: D, values: new Float64Array(D) }, w: leaf(H, D), b },
    (tape, leaves) => addLoss(
      tape, sparseL1(tape, topkEncode(tape, leaves, 3)), toLoss(tape, leaves.x), 0.1,
    ),
  );
  assert.ok(found.b.some((g) => g === 0), "some neuron should stay silent in this test");
});

for (const k of [1, 3, H, H + 4]) {
  test(`signedTopkEncode: k = ${k} of ${H}, decoded again`, () => {
    checkGradients(
      { x: leaf(B, D), c: leaf(1, D), w: leaf(H, D), b: leaf(1, H), decoder: leaf(H, D) },
      (tape, { x, c, w, b, decoder }) =>
        toLoss(tape, sparseMatmul(tape, signedTopkEncode(tape, { x, c, w, b }, k), decoder)),
    );
  });
}

test("signedTopkEncode: the largest sizes with their signs, ascending by column", () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 22 });
  const tape = new Tape(engine, false);
  const [x, c] = [tape.input([1, -1, 0, 0], 2, 2), tape.input([0, 0], 1, 2)];
  // Pre-activations: ±(1, −5, 3, −2, −4) and zeros, none of which is larger than 0.
  const w = tape.input([1, 0, -5, 0, 0, -3, -2, 0, 0, 4], 5, 2);
  const b = tape.input([0, 0, 0, 0, 0], 1, 5);
  const { rowStart, rowEnd, indices, values } = signedTopkEncode(tape, { x, c, w, b }, 3);
  assert.equal([...indices.subarray(rowStart[0], rowEnd[0])], [1, 2, 4]);
  assert.equal([...values!.subarray(rowStart[0], rowEnd[0])], [-5, 3, -4]);
  assert.is(rowStart[1], rowEnd[1]);
});

test("sparseL1: mean over rows of the sum of a code", () => {
  checkGradients({ x: leaf(B, D), c: leaf(1, D), w: leaf(H, D), b: leaf(1, H) }, (tape, { x, c, w, b }) =>
    sparseL1(tape, topkEncode(tape, { x, c, w, b }, 2)));
});

test("reluResidualLoss: ELSA's loss, with rows that have no items", () => {
  const lists = columnLists(random, B, I, 0.4);
  assert.ok(lists.some((list) => list.length === 0));
  const x = csrFromLists(lists, I);
  checkGradients({ e: leaf(B, D), a: leaf(I, D) }, (tape, { e, a }) =>
    reluResidualLoss(tape, e, a, tape.sparseInput(x)).loss);
});

test("weightedResidualLoss: entries that count differently; with ones it is reluResidualLoss", () => {
  const lists = columnLists(new Random(8), B, I, 0.5);
  lists[0] = [];
  const x = csrFromLists(lists, I);
  const leaves = { e: leaf(B, D), a: leaf(I, D) };
  const weights = Float32Array.from(normals(new Random(9), x.indices.length), (v) => 0.3 + Math.abs(v));
  checkGradients(leaves, (tape, { e, a }) =>
    weightedResidualLoss(tape, e, a, tape.sparseInput({ ...x, values: weights })));
  const hidden = csrFromLists(lists.map((list) => list.filter((i) => i % 2 === 1)), I);
  assert.ok(hidden.indices.length > 0);
  const of = (part: Csr, value: number): Csr =>
    ({ ...part, values: new Float32Array(part.indices.length).fill(value) });
  const separate = leaf(B, D);
  checkGradients({ e: separate, a: leaves.a }, (tape, { e, a }) =>
    weightedResidualLoss(tape, e, a, tape.sparseInput(of(x, 0.7)), tape.sparseInput(of(hidden, 0.7))));
  const ones = of(x, 1);
  const same = checkGradients(leaves, (tape, { e, a }) => weightedResidualLoss(tape, e, a, tape.sparseInput(ones)));
  const plain = checkGradients(leaves, (tape, { e, a }) => reluResidualLoss(tape, e, a, tape.sparseInput(x)).loss);
  for (const name of ["e", "a"] as const) assertClose(same[name], plain[name], { absolute: 1e-12 });
});

test("reluResidualLoss: a row without scores counts 1 and has no gradient", () => {
  const e = leaf(3, 2);
  const a = { rows: 4, cols: 2, values: Float64Array.of(1, 0.5, 0.5, 1, 2, 0.1, 0.3, 0.7) };
  // Row 0 scores every item below 0, row 1 only items, row 2 both.
  e.values.set([-1, -1, 0.2, 0.3, 1.5, 2]);
  const x = csrFromLists([[1, 2], [], [0, 3]], 4);
  const found = checkGradients({ e, a }, (tape, leaves) =>
    reluResidualLoss(tape, leaves.e, leaves.a, tape.sparseInput(x)).loss);
  assertClose(found.e.subarray(0, 4), [0, 0, 0, 0], { absolute: 0 });
  assert.ok(found.e[4] !== 0);
});

test("largestResidualLoss: the gradient of what it says, weights and hidden entries too; with no cutoff ELSA's", () => {
  const lists = columnLists(new Random(12), B, I, 0.5);
  lists[0] = [];
  const x = csrFromLists(lists, I);
  const hidden = csrFromLists(lists.map((list) => list.filter((i) => i % 2 === 1)), I);
  const values = Float32Array.from(normals(new Random(13), x.indices.length), (v) => 0.3 + Math.abs(v));
  const leaves = { e: leaf(B, D), a: leaf(I, D) };
  const at = (cutoff: number, weights: Float32Array | null, parts: Csr | null): Record<"e" | "a", Float64Array> =>
    checkGradients(leaves, (tape, { e, a }) => largestResidualLoss(
      tape, e, a, tape.sparseInput({ ...x, values: weights }), parts && tape.sparseInput(parts), cutoff));
  const [all, some] = [at(1e-9, null, hidden), at(1, null, hidden)];
  assert.ok(all.a.some((v, i) => Math.abs(v - some.a[i]) > 1e-3), "the cutoff counts");
  at(0.8, values, null);
  const exact = checkGradients(leaves, (tape, { e, a }) =>
    reluResidualLoss(tape, e, a, tape.sparseInput(x), tape.sparseInput(hidden)).loss);
  for (const name of ["e", "a"] as const) assertClose(all[name], exact[name], { absolute: 1e-12 });
  const none = at(100, null, null);
  assert.ok([...none.e, ...none.a].every((v) => v === 0), "a limit that nothing reaches");
});

test("reluResidual: relu(p − x), made in p's place", () => {
  const x = csrFromLists(columnLists(random, B, I, 0.4), I);
  checkGradients({ e: leaf(B, D), a: leaf(I, D) }, (tape, { e, a }) =>
    toLoss(tape, reluResidual(tape, linear(tape, e, a, null), tape.sparseInput(x))));
});

test("the ELSA loss in one op is the loss of its separate ops", () => {
  const lists = columnLists(random, B, I, 0.4).map((list) => (list.length ? list : [2]));
  const x = csrFromLists(lists, I);
  const unit = new Float64Array(B * I);
  lists.forEach((list, r) => list.forEach((j) => { unit[r * I + j] = 1; }));
  const leaves = { e: leaf(B, D), a: leaf(I, D) };
  const fused = checkGradients(leaves, (tape, { e, a }) => reluResidualLoss(tape, e, a, tape.sparseInput(x)).loss);
  // ‖ŷ − x̂‖² = 2·(1 − cos(y, x)).
  const separate = checkGradients(leaves, (tape, { e, a }) => {
    const y = reluResidual(tape, linear(tape, e, a, null), tape.sparseInput(x));
    return addLoss(tape, tape.input([0], 1, 1), cosineLoss(tape, y, tape.input(unit, B, I)), 2);
  });
  assertClose(fused.e, separate.e, { absolute: 1e-12 });
  assertClose(fused.a, separate.a, { absolute: 1e-12 });
});

test("a tensor used twice receives the sum, in every op that it enters", () => {
  checkGradients({ x: leaf(D, D) }, (tape, { x }) => toLoss(tape, matmul(tape, x, x)));
  checkGradients({ x: leaf(D, D) }, (tape, { x }) => toLoss(tape, linear(tape, x, x, null)));
  checkGradients({ x: leaf(1, D) }, (tape, { x }) => toLoss(tape, subtractRow(tape, addRow(tape, x, x), x)));
  const target = normals(random, B * D);
  const scale = Float64Array.from({ length: B }, (_, r) => r + 1);
  checkGradients({ x: awayFromZero(B, D) }, (tape, { x }) => {
    const fixed = tape.input(target, B, D);
    const [mean, std] = [tape.engine.floatsFrom(scale), tape.engine.floatsFrom(scale)];
    return [cosineLoss(tape, x, fixed), l1(tape, relu(tape, x)), toLoss(tape, destandardise(tape, x, mean, std))]
      .reduce((sum, loss) => addLoss(tape, sum, loss, 0.1), l2Loss(tape, x, fixed));
  });
});

test("a code used twice, and weights shared between encoder and decoder", () => {
  checkGradients({ x: leaf(B, D), c: leaf(1, D), w: leaf(H, D), b: leaf(1, H) }, (tape, { x, c, w, b }) => {
    const code = topkEncode(tape, { x, c, w, b }, 3);
    const decoded = addRow(tape, addRow(tape, sparseMatmul(tape, code, w), c), c);
    return addLoss(tape, toLoss(tape, decoded), toLoss(tape, sparseMatmul(tape, code, w)), 1);
  });
});

test.run();
