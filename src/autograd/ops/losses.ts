/**
 * Losses: (1, 1) tensors. Row values are added up in row order on one thread, so a loss has the same bits for any
 * number of threads.
 */
import type { Floats } from "../../base/floats.js";
import type { Tape } from "../tape.js";
import { Tensor, type SparseTensor } from "../tensor.js";
import { exactProducts, type ScoreProducts } from "./score-products.js";

/** Row values added up in row order. */
export function sum(values: Floats): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** Mean squared error over all elements. x: (B, d), target: (B, d) without a gradient. */
export function l2Loss(tape: Tape, x: Tensor, target: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(1, 1, x);
  const rows = engine.floats(x.rows);
  const elements = x.rows * x.cols;
  engine.run("squaredError", rows, x.data, target.data, x.cols);
  out.data[0] = sum(rows) / elements;
  tape.record("l2Loss", out, () => {
    const [dX, accumulate] = tape.contribution(x);
    engine.run("squaredErrorGradient", dX, x.data, target.data, out.grad![0] / elements, accumulate);
  });
  return out;
}

/** Mean over rows of 1 − cos(x, target). x: (B, d), target: (B, d) without a gradient. */
export function cosineLoss(tape: Tape, x: Tensor, target: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(1, 1, x);
  const rows = engine.floats(x.rows);
  engine.run("cosineDistance", rows, x.data, target.data, x.cols);
  out.data[0] = sum(rows) / x.rows;
  tape.record("cosineLoss", out, () => {
    const [dX, accumulate] = tape.contribution(x);
    engine.run("cosineDistanceGradient", dX, x.data, target.data, x.cols, out.grad![0] / x.rows, accumulate);
  });
  return out;
}

/**
 * Mean over rows of KL(softmax(teacher) ‖ softmax(student)) at a temperature relative to the spread of a row's teacher
 * scores (kernels/plain/softmax-kl.ts). Items of x take no part: they are masked in both, in place, so neither tensor
 * may be used afterwards. student: (B, I), teacher: (B, I) without a gradient, x: (B, I) sparse. out: (1, 1).
 */
export function softmaxKlLoss(
  tape: Tape, student: Tensor, teacher: Tensor, x: SparseTensor, temperature: number,
): Tensor {
  const { engine } = tape;
  const [B, I] = [student.rows, student.cols];
  const out = tape.output(1, 1, student);
  for (const { data } of [student, teacher]) engine.run("maskRows", data, x.rowStart, x.rowEnd, x.indices, I);
  const rows = engine.floats(B);
  const difference = engine.floats(B * I);
  engine.run("softmaxKl", rows, difference, teacher.data, student.data, I, temperature);
  out.data[0] = sum(rows) / B;
  tape.record("softmaxKlLoss", out, () => {
    const [dStudent, accumulate] = tape.contribution(student);
    engine.run("addScaled", dStudent, difference, out.grad![0] / B, accumulate);
  });
  return out;
}

/**
 * ELSA's objective in one op (docs/method.md §2): y = relu(eAᵀ − x), loss = mean over rows of ‖ y/‖y‖ − x/‖x‖ ‖².
 * e: (B, d), a: (I, d), x: (B, I) binary sparse, out: (1, 1). Also returns y, valid until backward.
 *
 * With `hidden`, entries of x that the encoder did not see, y is relu(eAᵀ − (x − hidden)): what an item says about
 * itself is subtracted only where it was said. The target stays x.
 *
 * ‖y/‖y‖ − x/‖x‖‖² = 2 − 2⟨y,x⟩/(‖y‖‖x‖). A row whose scores are all zero has no direction: its y/‖y‖ counts as 0, its
 * loss as 1 and its gradient as 0 (the reference divides by zero). The gradient with respect to eAᵀ is diag(α)·ŝ with ŝ
 * equal to y but for x's few entries, so it is formed inside y, and the step is three dense products in all
 * (score-products.ts).
 */
export function reluResidualLoss(
  tape: Tape, e: Tensor, a: Tensor, x: SparseTensor, hidden: SparseTensor | null = null,
  products: ScoreProducts = exactProducts,
): { loss: Tensor; scores: Floats } {
  const { engine } = tape;
  const [B, I] = [e.rows, a.rows];
  const loss = tape.output(1, 1, e, a);
  const { scores, backward } = products(tape, e, a);
  const squares = engine.floats(B);
  const dots = engine.floats(B);
  // The kernel subtracts all of x.
  if (hidden) {
    for (let r = 0; r < B; r++) {
      for (let q = hidden.rowStart[r]; q < hidden.rowEnd[r]; q++) scores[r * I + hidden.indices[q]] += 1;
    }
  }
  engine.run("reluResidual", scores, squares, dots, x.rowStart, x.rowEnd, x.indices, I);
  let total = 0;
  for (let r = 0; r < B; r++) {
    const items = x.rowEnd[r] - x.rowStart[r];
    if (squares[r] > 0 && items > 0) total += 2 - (2 * dots[r]) / Math.sqrt(squares[r] * items);
    else if (squares[r] > 0 || items > 0) total += 1;
  }
  loss.data[0] = total / B;

  tape.record("reluResidualLoss", loss, () => {
    const alpha = engine.floats(B);
    const weight = loss.grad![0] / B;
    engine.run("reluResidualGradient", scores, alpha, squares, dots, x.rowStart, x.rowEnd, x.indices, I, weight);
    backward(scores, alpha);
  });
  return { loss, scores };
}

/**
 * relu(p − x): ELSA's scores (docs/method.md §2), made in p's place: p must not be used afterwards. p: (B, I), x: (B,
 * I) sparse. out: (B, I).
 */
export function reluResidual(tape: Tape, p: Tensor, x: SparseTensor): Tensor {
  const { engine } = tape;
  // The kernel subtracts 1 for an entry: where it weighs something else, the difference.
  if (x.values) {
    for (let r = 0; r < x.rows; r++) {
      for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) p.data[r * p.cols + x.indices[q]] += 1 - x.values[q];
    }
  }
  const out = new Tensor(p.data, p.rows, p.cols, p.requiresGrad);
  const squares = engine.floats(p.rows);
  const dots = engine.floats(p.rows);
  engine.run("reluResidual", out.data, squares, dots, x.rowStart, x.rowEnd, x.indices, p.cols);
  tape.record("reluResidual", out, () => {
    const [dP, accumulate] = tape.contribution(p);
    engine.run("reluGradient", dP, out.grad!, out.data, accumulate);
  });
  return out;
}
