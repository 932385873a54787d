/**
 * Ops on dense tensors, each with its backward pass beside it.
 */
import type { Floats } from "../../base/floats.js";
import type { Tape } from "../tape.js";
import { type Tensor } from "../tensor.js";

/** Adds scale·x to a tensor's gradient: the usual last line of a backward pass. */
export function accumulate(tape: Tape, t: Tensor, x: Floats, scale: number): void {
  const [grad, adds] = tape.contribution(t);
  tape.engine.run("addScaled", grad, x, scale, adds);
}

/** So many rows are few: for them, packing W for the blocked product costs more than that saves. */
export const FEW_ROWS = 16;

/**
 * out (+)= x·Wᵀ, forward only. One row, a user asking for a list, is a matrix–vector product, bound by reading W once;
 * a few rows of a tape of `rowsAlone` are as many that share those reads. All others are a blocked product, whose bits
 * do not depend on how many rows there are.
 */
export function timesTransposed(
  { engine, rowsAlone }: Tape, out: Floats, x: Floats, w: Floats, B: number, h: number, d: number, accumulate: 0 | 1,
): void {
  if (B === 1 || (rowsAlone && B <= FEW_ROWS)) engine.run("matvec", out, w, x, B, d, accumulate);
  else engine.run("matmulABt", out, x, w, B, h, d, accumulate);
}

/** x·Wᵀ (+ b): a linear layer whose weights are [out, in]. x: (B, d), w: (h, d), b: (1, h) or null, out: (B, h). */
export function linear(tape: Tape, x: Tensor, w: Tensor, b: Tensor | null): Tensor {
  const { engine } = tape;
  const [B, d, h] = [x.rows, x.cols, w.rows];
  const out = tape.output(B, h, x, w, ...(b ? [b] : []));
  if (b) engine.run("fillRows", out.data, b.data, h);
  timesTransposed(tape, out.data, x.data, w.data, B, h, d, b ? 1 : 0);
  tape.record("linear", out, () => {
    const dOut = out.grad!;
    if (x.requiresGrad) {
      const [dX, accumulate] = tape.contribution(x);
      engine.run("matmul", dX, dOut, w.data, B, d, h, accumulate);
    }
    if (w.requiresGrad) {
      const [dW, accumulate] = tape.contribution(w);
      engine.run("matmulAtB", dW, dOut, x.data, h, d, B, accumulate);
    }
    if (b?.requiresGrad) {
      const [dB, accumulate] = tape.contribution(b);
      engine.run("columnSums", dB, dOut, B, h, accumulate);
    }
  });
  return out;
}

/** x·A. x: (B, n), a: (n, d), out: (B, d). */
export function matmul(tape: Tape, x: Tensor, a: Tensor): Tensor {
  const { engine } = tape;
  const [B, n, d] = [x.rows, x.cols, a.cols];
  const out = tape.output(B, d, x, a);
  engine.run("matmul", out.data, x.data, a.data, B, d, n, 0);
  tape.record("matmul", out, () => {
    const dOut = out.grad!;
    if (x.requiresGrad) {
      const [dX, accumulate] = tape.contribution(x);
      engine.run("matmulABt", dX, dOut, a.data, B, n, d, accumulate);
    }
    if (a.requiresGrad) {
      const [dA, accumulate] = tape.contribution(a);
      engine.run("matmulAtB", dA, x.data, dOut, n, d, B, accumulate);
    }
  });
  return out;
}

/** x + y. x, y: (B, d). */
export function add(tape: Tape, x: Tensor, y: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(x.rows, x.cols, x, y);
  out.data.set(x.data);
  engine.run("addScaled", out.data, y.data, 1, 1);
  tape.record("add", out, () => {
    if (x.requiresGrad) accumulate(tape, x, out.grad!, 1);
    if (y.requiresGrad) accumulate(tape, y, out.grad!, 1);
  });
  return out;
}

/** x + row, the row repeated. x: (B, d), row: (1, d). */
export function addRow(tape: Tape, x: Tensor, row: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(x.rows, x.cols, x, row);
  engine.run("fillRows", out.data, row.data, x.cols);
  engine.run("addScaled", out.data, x.data, 1, 1);
  tape.record("addRow", out, () => {
    if (x.requiresGrad) accumulate(tape, x, out.grad!, 1);
    if (row.requiresGrad) {
      const [dRow, accumulate] = tape.contribution(row);
      engine.run("columnSums", dRow, out.grad!, x.rows, x.cols, accumulate);
    }
  });
  return out;
}

/** x − row, the row repeated. x: (B, d), row: (1, d). */
export function subtractRow(tape: Tape, x: Tensor, row: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(x.rows, x.cols, x, row);
  engine.run("subtractRow", out.data, x.data, row.data, x.cols);
  tape.record("subtractRow", out, () => {
    if (x.requiresGrad) accumulate(tape, x, out.grad!, 1);
    if (row.requiresGrad) {
      const sums = engine.floats(x.cols);
      engine.run("columnSums", sums, out.grad!, x.rows, x.cols, 0);
      accumulate(tape, row, sums, -1);
    }
  });
  return out;
}

/** max(x, 0). */
export function relu(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(x.rows, x.cols, x);
  engine.run("relu", out.data, x.data);
  tape.record("relu", out, () => {
    const [dX, accumulate] = tape.contribution(x);
    engine.run("reluGradient", dX, out.grad!, out.data, accumulate);
  });
  return out;
}

/** mean[r] + std[r]·x[r]: back to the scale of the embeddings. mean and std: (B) constants. */
export function destandardise(tape: Tape, x: Tensor, mean: Floats, std: Floats): Tensor {
  const { engine } = tape;
  const out = tape.output(x.rows, x.cols, x);
  engine.run("destandardiseRows", out.data, x.data, mean, std, x.cols);
  tape.record("destandardise", out, () => {
    const [dX, accumulate] = tape.contribution(x);
    engine.run("scaleRows", dX, out.grad!, std, x.cols, accumulate);
  });
  return out;
}

/** Mean over rows of Σ|e| for a non-negative dense code. out: (1, 1). */
export function l1(tape: Tape, e: Tensor): Tensor {
  const out = tape.output(1, 1, e);
  let sum = 0;
  for (let i = 0; i < e.data.length; i++) sum += e.data[i];
  out.data[0] = sum / e.rows;
  tape.record("l1", out, () => {
    const [dE, accumulate] = tape.contribution(e);
    const weight = out.grad![0] / e.rows;
    for (let i = 0; i < dE.length; i++) dE[i] = (accumulate ? dE[i] : 0) + (e.data[i] > 0 ? weight : 0);
  });
  return out;
}

/** a + weight·b for losses. a, b: (1, 1). */
export function addLoss(tape: Tape, a: Tensor, b: Tensor, weight: number): Tensor {
  const out = tape.output(1, 1, a, b);
  out.data[0] = a.data[0] + weight * b.data[0];
  tape.record("addLoss", out, () => {
    if (a.requiresGrad) accumulate(tape, a, out.grad!, 1);
    if (b.requiresGrad) accumulate(tape, b, out.grad!, weight);
  });
  return out;
}

/** (x/target − 1)²: holds a quantity at a value whatever its scale. x: (1, 1). */
export function relativeSquare(tape: Tape, x: Tensor, target: number): Tensor {
  const out = tape.output(1, 1, x);
  const excess = x.data[0] / target - 1;
  out.data[0] = excess * excess;
  tape.record("relativeSquare", out, () => accumulate(tape, x, out.grad!, (2 * excess) / target));
  return out;
}
