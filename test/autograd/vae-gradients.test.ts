/** The ops of MultVAE and TEASER: each backward pass against central differences in double precision. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  diagonalResidual, diagonalResidualLoss, gaussianKl, l2Loss, matmul, offDiagonalPenalty, sampleGaussian, softmax,
  softmaxNllLoss, sparseMatmul, tanh, type Tape, type Tensor,
} from "../../src/autograd/index.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";
import { checkGradients, type Leaf } from "../support/gradient-check.js";
import { columnLists, normals } from "../support/random-floats.js";

const random = new Random(13);
const [B, D, H, I] = [6, 5, 8, 9];

function leaf(rows: number, cols: number): Leaf {
  return { rows, cols, values: normals(random, rows * cols) };
}

/** A loss with a different weight for every element. */
function toLoss(tape: Tape, x: Tensor): Tensor {
  return l2Loss(tape, x, tape.input(normals(new Random(4), x.rows * x.cols), x.rows, x.cols));
}

test("tanh: made in its input's place", () => {
  checkGradients({ x: leaf(B, D), a: leaf(D, H) }, (tape, { x, a }) => toLoss(tape, tanh(tape, matmul(tape, x, a))));
});

test("sampleGaussian: the noise is a constant", () => {
  const noise = normals(random, B * D);
  checkGradients({ mu: leaf(B, D), logvar: leaf(B, D) }, (tape, { mu, logvar }) =>
    toLoss(tape, sampleGaussian(tape, mu, logvar, tape.input(noise, B, D))));
});

test("gaussianKl: mean over rows and dimensions", () => {
  checkGradients({ mu: leaf(B, D), logvar: leaf(B, D) }, (tape, { mu, logvar }) => gaussianKl(tape, mu, logvar));
});

test("softmax: made in its input's place", () => {
  checkGradients({ x: leaf(B, D), a: leaf(D, H) }, (tape, { x, a }) => toLoss(tape, softmax(tape, matmul(tape, x, a))));
});

test("softmaxNllLoss: with rows that have no items", () => {
  const x = csrFromLists(columnLists(random, B, I, 0.4), I);
  const found = checkGradients({ g: leaf(B, D), w: leaf(I, D), b: leaf(1, I) }, (tape, { g, w, b }) =>
    softmaxNllLoss(tape, g, w, b, tape.sparseInput(x)).loss);
  assertClose(found.g.subarray(3 * D, 4 * D), new Float64Array(D), { absolute: 0 }, "the row without items");
});

test("softmaxNllLoss: an item below the floor has no gradient, alone or beside others", () => {
  const b = leaf(1, I);
  b.values[2] = -60;
  const x = csrFromLists([[2], [0, 2, 5], [1, 4]], I);
  const g = leaf(3, D);
  const found = checkGradients({ g, w: leaf(I, D), b }, (tape, leaves) =>
    softmaxNllLoss(tape, leaves.g, leaves.w, leaves.b, tape.sparseInput(x)).loss);
  assertClose(found.g.subarray(0, D), new Float64Array(D), { absolute: 0 }, "the row with that item alone");
  assert.ok(Math.abs(found.b[2]) < 1e-15 && Math.abs(found.b[5]) > 1e-4);
});

test("diagonalResidual: scores of profiles without what an item says about itself", () => {
  const x = csrFromLists(columnLists(random, B, I, 0.4), I);
  const tags = normals(random, I * D);
  checkGradients({ p: leaf(B, D), e: leaf(I, D) }, (tape, { p, e }) =>
    toLoss(tape, diagonalResidual(tape, p, e, tape.input(tags, I, D), tape.sparseInput(x))));
});

test("diagonalResidualLoss: against the input, the profile made from the same weights", () => {
  const x = csrFromLists(columnLists(random, B, I, 0.4), I);
  const tags = normals(random, I * D);
  checkGradients({ e: leaf(I, D) }, (tape, { e }) => {
    const input = tape.sparseInput(x);
    return diagonalResidualLoss(tape, sparseMatmul(tape, input, e), e, tape.input(tags, I, D), input);
  });
});

test("offDiagonalPenalty: without the I × I matrix", () => {
  const tags = normals(random, I * D);
  checkGradients({ e: leaf(I, D) }, (tape, { e }) => {
    const g = tape.input(tags, I, D);
    const gram = tape.input(new Float64Array(D * D), D, D);
    tape.engine.run("matmulAtB", gram.data, g.data, g.data, D, D, I, 0);
    return offDiagonalPenalty(tape, e, g, gram);
  });
});

test.run();
