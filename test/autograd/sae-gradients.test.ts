/** The ops that the sparse autoencoders are made of: gradients against central differences in double precision. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add, addLoss, batchTopkEncode, columnSlice, jumpReluEncode, l2Loss, linear, matmul, relativeSquare, reluResidualLoss,
  softmaxKlLoss, sparseL1, sparseMatmul, thresholdEncode, topkEncode, topkEncodeAmong, Tape, parameter,
  type SparseTensor, type Tensor,
} from "../../src/autograd/index.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";
import { checkGradients, doubleEngine, type Leaf, type LossOf } from "../support/gradient-check.js";
import { columnLists, normals } from "../support/random-floats.js";

const random = new Random(7);
const [B, D, H, I] = [6, 5, 8, 9];

function leaf(rows: number, cols: number): Leaf {
  return { rows, cols, values: normals(random, rows * cols) };
}

function toLoss(tape: Tape, x: Tensor): Tensor {
  return l2Loss(tape, x, tape.input(normals(new Random(4), x.rows * x.cols), x.rows, x.cols));
}

type EncoderLeaf = "x" | "c" | "w" | "b" | "decoder";
const encoderLeaves = (): Record<EncoderLeaf, Leaf> =>
  ({ x: leaf(B, D), c: leaf(1, D), w: leaf(H, D), b: leaf(1, H), decoder: leaf(H, D) });

/** The code decoded against fixed numbers, plus a little of its sum. */
function decoded(encode: (tape: Tape, leaves: Record<EncoderLeaf, Tensor>) => SparseTensor): LossOf<EncoderLeaf> {
  return (tape, leaves) => {
    const code = encode(tape, leaves);
    return addLoss(tape, toLoss(tape, sparseMatmul(tape, code, leaves.decoder)), sparseL1(tape, code), 0.1);
  };
}

for (const count of [1, 2 * B, B * H]) {
  test(`batchTopkEncode: the ${count} largest of a batch`, () => {
    checkGradients(encoderLeaves(), decoded((tape, inputs) => batchTopkEncode(tape, inputs, count).code));
  });
}

test("batchTopkEncode keeps exactly that many, and its smallest one as a threshold keeps the same", () => {
  const engine = doubleEngine();
  const tape = new Tape(engine, false);
  const inputs = { x: input(tape, B, D), c: input(tape, 1, D), w: input(tape, H, D), b: input(tape, 1, H) };
  const { code, smallest } = batchTopkEncode(tape, inputs, 2 * B);
  const entries = Array.from({ length: B }, (_, r) => code.rowEnd[r] - code.rowStart[r]);
  assert.is(entries.reduce((a, b) => a + b), 2 * B);
  assert.ok(new Set(entries).size > 1, "rows should differ in this test");
  assertClose(Math.min(...code.values!), smallest, { relative: 1e-6 });
  const again = thresholdEncode(tape, inputs, engine.floatsFrom([smallest]));
  assert.equal([...again.indices], [...code.indices]);
});

function input(tape: Tape, rows: number, cols: number): Tensor {
  return tape.input(normals(random, rows * cols), rows, cols);
}

test("thresholdEncode: one threshold for all neurons, or one each", () => {
  for (const threshold of [[0.5], normals(random, H)]) {
    checkGradients(encoderLeaves(), decoded((tape, inputs) =>
      thresholdEncode(tape, inputs, tape.engine.floatsFrom(threshold))));
  }
});

test("topkEncodeAmong: only the listed neurons may fire", () => {
  const neurons = Int32Array.of(1, 4, 6);
  const found = checkGradients(encoderLeaves(), decoded((tape, inputs) => topkEncodeAmong(tape, inputs, 2, neurons)));
  found.b.forEach((g, n) => assert.ok(neurons.includes(n) || g === 0, `neuron ${n} took part`));
  // All neurons listed: the ordinary TopK.
  const leaves = encoderLeaves();
  const all = Int32Array.from({ length: H }, (_, n) => n);
  const among = checkGradients(leaves, decoded((tape, inputs) => topkEncodeAmong(tape, inputs, 3, all)));
  const plain = checkGradients(leaves, decoded((tape, { x, c, w, b }) => topkEncode(tape, { x, c, w, b }, 3)));
  assertClose(among.w, plain.w, { absolute: 1e-12 });
});

test("jumpReluEncode: weights by differences, with thresholds fixed", () => {
  const logTheta = normals(random, H).map((t) => 0.5 * t - 0.5);
  checkGradients(encoderLeaves(), decoded((tape, inputs) =>
    jumpReluEncode(tape, inputs, tape.input(logTheta, 1, H), 0.2).code));
});

test("jumpReluEncode: thresholds by the straight-through estimator, in closed form", () => {
  const engine = doubleEngine();
  const tape = new Tape(engine);
  // Pre-activations are x itself: three rows of two neurons, θ = 1 and 2, bandwidth 1.
  const x = tape.input([1.2, 0.5, 0.7, 2.4, 3, 1.6], 3, 2);
  const zero = (rows: number, cols: number): Tensor => tape.input(new Float64Array(rows * cols), rows, cols);
  const w = tape.input([1, 0, 0, 1], 2, 2);
  const logTheta = parameter(engine, [0, Math.log(2)], 1, 2);
  const { code, l0 } = jumpReluEncode(tape, { x, c: zero(1, 2), w, b: zero(1, 2) }, logTheta, 1);
  // Entries within ½ of θ are stored with value 0 when they are below it.
  assert.equal([...code.indices], [0, 0, 1, 0, 1]);
  assert.equal([...code.values!], [1.2, 0, 2.4, 3, 0]);
  assert.is(l0.data[0], 1);
  // loss = Σe·decoder + 5·l0, with decoder 10 for neuron 0 and 20 for neuron 1, over one column.
  const out = sparseMatmul(tape, code, tape.input([10, 20], 2, 1));
  const sum = matmul(tape, tape.input([1, 1, 1], 1, 3), out);
  tape.backward(addLoss(tape, sum, l0, 5));
  // ∂e/∂lnθ = −θ²/ε per entry in the band, times the entry's gradient; ∂l0/∂lnθ = −θ/(ε·B).
  const perNeuron = (theta: number, inBand: number, decoder: number): number =>
    inBand * (-theta * theta * decoder - (5 * theta) / 3);
  assertClose(logTheta.grad!, [perNeuron(1, 2, 10), perNeuron(2, 2, 20)], { absolute: 1e-9 });
});

test("columnSlice: the parts of a code are the code", () => {
  for (const [cut, next] of [[0, 3], [3, 3], [2, 7], [5, H]]) {
    checkGradients(encoderLeaves(), decoded((tape, { x, c, w, b }) =>
      columnSlice(tape, topkEncode(tape, { x, c, w, b }, 4), cut, Math.max(next, cut + 1))));
  }
  const leaves = encoderLeaves();
  const parts = checkGradients(leaves, (tape, { x, c, w, b, decoder }) => {
    const code = topkEncode(tape, { x, c, w, b }, 4);
    const part = (from: number, to: number): Tensor => sparseMatmul(tape, columnSlice(tape, code, from, to), decoder);
    const [low, high] = [part(0, 3), part(3, H)];
    return toLoss(tape, add(tape, low, high));
  });
  const whole = checkGradients(leaves, (tape, { x, c, w, b, decoder }) =>
    toLoss(tape, sparseMatmul(tape, topkEncode(tape, { x, c, w, b }, 4), decoder)));
  assertClose(parts.w, whole.w, { absolute: 1e-12 });
  assertClose(parts.decoder, whole.decoder, { absolute: 1e-12 });
});

test("add: also of a tensor with itself", () => {
  checkGradients({ x: leaf(B, D), y: leaf(B, D) }, (tape, { x, y }) => toLoss(tape, add(tape, add(tape, x, y), x)));
});

test("relativeSquare", () => {
  checkGradients({ x: leaf(B, D) }, (tape, { x }) => relativeSquare(tape, toLoss(tape, x), 0.3));
});

test("softmaxKlLoss: against fixed teacher scores, seen items left out", () => {
  const x = csrFromLists(columnLists(random, B, I, 0.3), I);
  const teacher = normals(random, B * I);
  for (const temperature of [0.5, 1, 3]) {
    checkGradients({ e: leaf(B, D), a: leaf(I, D) }, (tape, { e, a }) =>
      softmaxKlLoss(tape, linear(tape, e, a, null), tape.input(teacher, B, I), tape.sparseInput(x), temperature));
  }
});

test("reluResidualLoss with entries that the encoder did not see", () => {
  const lists = columnLists(random, B, I, 0.6);
  const x = csrFromLists(lists, I);
  const hidden = csrFromLists(lists.map((list) => list.filter((_, i) => i % 2 === 1)), I);
  assert.ok(hidden.indices.length > 0);
  const leaves = { e: leaf(B, D), a: leaf(I, D) };
  checkGradients(leaves, (tape, { e, a }) =>
    reluResidualLoss(tape, e, a, tape.sparseInput(x), tape.sparseInput(hidden)).loss);
  // Scores in closed form: only what was seen is subtracted.
  const engine = doubleEngine();
  const tape = new Tape(engine, false);
  const [e, a] = [leaves.e, leaves.a].map(({ values, rows, cols }) => tape.input(values, rows, cols));
  const { scores } = reluResidualLoss(tape, e, a, tape.sparseInput(x), tape.sparseInput(hidden));
  const expected = linear(tape, e, a, null).data.map((s, at) => {
    const [r, j] = [Math.floor(at / I), at % I];
    return Math.max(0, s - (lists[r].indexOf(j) % 2 === 0 ? 1 : 0));
  });
  assertClose(scores, expected, { absolute: 1e-12 });
});

test.run();
