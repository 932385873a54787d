/**
 * Ops on sparse rows. Nothing here is ever densified: forward and backward touch stored entries only.
 */
import type { Floats } from "../../kernels/floats.js";
import type { Tape } from "../tape.js";
import { SparseTensor, type Tensor } from "../tensor.js";
import { add } from "./dense.js";

/**
 * x·A for a sparse x: out[r] = Σ_q values[q]·A[indices[q]]. x: (B, n) sparse, a: (n, d), out: (B, d).
 * Encodes users (e = xA) and decodes sparse codes (e·W_dec).
 */
export function sparseMatmul(tape: Tape, x: SparseTensor, a: Tensor): Tensor {
  const { engine } = tape;
  const d = a.cols;
  const out = tape.output(x.rows, d, x, a);
  engine.run("csrMatmul", out.data, x.rowStart, x.rowEnd, x.indices, x.values, a.data, d, 0);
  tape.record("sparseMatmul", out, () => sparseMatmulBackward(tape, x, a, out.grad!));
  return out;
}

/** dA += xᵀ·dOut, and for a code with a gradient dvalues[q] += ⟨dOut[r], A[indices[q]]⟩. */
export function sparseMatmulBackward(tape: Tape, x: SparseTensor, a: Tensor, dOut: Floats): void {
  const { engine } = tape;
  if (x.requiresGrad) {
    const [dValues, accumulate] = tape.contribution(x);
    engine.run("csrDots", dValues, x.rowStart, x.rowEnd, x.indices, dOut, a.data, a.cols, accumulate);
  }
  if (a.requiresGrad) {
    const t = x.transpose();
    const weights = x.values ? byColumn(tape, x, x.values) : null;
    const [dA, accumulate] = tape.contribution(a);
    engine.run("csrMatmul", dA, t.colStart, t.colEnd, t.entryRow, weights, dOut, a.cols, accumulate);
  }
}

/** A sparse tensor's entry values in the order of its transpose. */
function byColumn(tape: Tape, x: SparseTensor, values: Floats): Floats {
  const t = x.transpose();
  const ordered = tape.engine.floats(t.entries);
  tape.engine.run("gather", ordered, values, t.entryAt);
  return ordered;
}

/**
 * The TopK encoder (METHOD.md §3): the k largest positive entries of (x − c)·Wᵀ + b in each row.
 * x: (B, d), c: (1, d), w: (h, d), b: (1, h); the result is a sparse (B, h) with k slots a row.
 *
 * The forward pass is one dense product; the backward pass sees only the B·k active entries. Each of them sends its
 * gradient δ to b[n], δ·(x − c) to W[n], and −δ·W[n] to c; summed over rows the last is −(Σδ)ᵀ·W, one vector product.
 */
export function topkEncode(tape: Tape, x: Tensor, c: Tensor, w: Tensor, b: Tensor, k: number): SparseTensor {
  const { engine } = tape;
  const [B, d, h] = [x.rows, x.cols, w.rows];
  const centred = engine.floats(B * d);
  engine.run("subtractRow", centred, x.data, c.data, d);
  const pre = engine.floats(B * h);
  engine.run("fillRows", pre, b.data, h);
  engine.run("matmulABt", pre, centred, w.data, B, h, d, 1);

  const starts = engine.ints(B);
  for (let r = 0; r < B; r++) starts[r] = r * k;
  const indices = engine.ints(B * k);
  const values = engine.floats(B * k);
  const rowEnd = engine.ints(B);
  engine.run("topkRelu", indices, values, rowEnd, pre, h, k);
  const out = new SparseTensor(engine, B, h, starts, rowEnd, indices, values, tape.tracks([x, c, w, b]));

  tape.record("topkEncode", out, () => {
    const t = out.transpose();
    const delta = byColumn(tape, out, out.grad!);
    const sums = engine.floats(h);
    engine.run("csrRowSums", sums, t.colStart, t.colEnd, delta, 0);
    if (b.requiresGrad) add(tape, b, sums, 1);
    if (w.requiresGrad) {
      const [dW, accumulate] = tape.contribution(w);
      engine.run("csrMatmul", dW, t.colStart, t.colEnd, t.entryRow, delta, centred, d, accumulate);
    }
    if (c.requiresGrad) {
      const along = engine.floats(d);
      engine.run("matmul", along, sums, w.data, 1, d, h, 0);
      add(tape, c, along, -1);
    }
    if (x.requiresGrad) {
      const [dX, accumulate] = tape.contribution(x);
      engine.run("csrMatmul", dX, out.rowStart, out.rowEnd, out.indices, out.grad, w.data, d, accumulate);
    }
  });
  return out;
}

/** Mean over rows of Σ|e| for a non-negative sparse code (the L1 term of METHOD.md §3). out: (1, 1). */
export function sparseL1(tape: Tape, e: SparseTensor): Tensor {
  const out = tape.output(1, 1, e);
  const values = e.values!;
  let sum = 0;
  for (let r = 0; r < e.rows; r++) for (let q = e.rowStart[r]; q < e.rowEnd[r]; q++) sum += values[q];
  out.data[0] = sum / e.rows;
  tape.record("sparseL1", out, () => {
    const [dValues, accumulate] = tape.contribution(e);
    const weight = out.grad![0] / e.rows;
    for (let r = 0; r < e.rows; r++) {
      for (let q = e.rowStart[r]; q < e.rowEnd[r]; q++) dValues[q] = (accumulate ? dValues[q] : 0) + weight;
    }
  });
  return out;
}
