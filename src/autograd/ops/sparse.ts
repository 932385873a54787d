/**
 * Ops on sparse rows. Nothing here is ever densified: forward and backward touch stored entries only.
 */
import type { Floats } from "../../base/floats.js";
import type { Tape } from "../tape.js";
import { SparseTensor, type Tensor } from "../tensor.js";

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
    engine.run("csrMatmul", dA, t.colStart, t.colEnd, t.rowIndices, weights, dOut, a.cols, accumulate);
  }
}

/** A sparse tensor's entry values in the order of its transpose. */
export function byColumn(tape: Tape, x: SparseTensor, values: Floats): Floats {
  const t = x.transpose();
  const ordered = tape.engine.floats(t.entries);
  tape.engine.run("gather", ordered, values, t.positions);
  return ordered;
}

/** Mean over rows of Σ|e| for a non-negative sparse code (the L1 term of docs/method.md §3). out: (1, 1). */
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

/**
 * The entries of a code in columns from … to − 1: the same lists with other ends, since columns ascend within a row.
 * For dictionaries that are read in nested parts. e: (B, h) sparse with values.
 */
export function columnSlice(tape: Tape, e: SparseTensor, from: number, to: number): SparseTensor {
  const { engine } = tape;
  const rowStart = engine.ints(e.rows);
  const rowEnd = engine.ints(e.rows);
  for (let r = 0; r < e.rows; r++) {
    let q = e.rowStart[r];
    while (q < e.rowEnd[r] && e.indices[q] < from) q++;
    rowStart[r] = q;
    while (q < e.rowEnd[r] && e.indices[q] < to) q++;
    rowEnd[r] = q;
  }
  const out = new SparseTensor(engine, e.rows, e.cols, rowStart, rowEnd, e.indices, e.values, tape.tracks([e]));
  tape.record("columnSlice", out, () => {
    const [dValues, accumulate] = tape.contribution(e);
    const grad = out.grad!;
    for (let r = 0; r < e.rows; r++) {
      for (let q = e.rowStart[r]; q < e.rowEnd[r]; q++) {
        const own = q >= rowStart[r] && q < rowEnd[r] ? grad[q] : 0;
        dValues[q] = accumulate ? dValues[q] + own : own;
      }
    }
  });
  return out;
}

/** Columns from … to − 1 as a matrix of their own, for inference: entries copied, numbered from 0. x: (B, n) binary. */
export function columnRange(tape: Tape, x: SparseTensor, from: number, to: number): SparseTensor {
  const { engine } = tape;
  const [starts, found] = [engine.ints(x.rows + 1), engine.ints(x.indices.length)];
  let many = 0;
  for (let r = 0; r < x.rows; r++) {
    starts[r] = many;
    for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) {
      if (x.indices[q] >= from && x.indices[q] < to) found[many++] = x.indices[q] - from;
    }
  }
  starts[x.rows] = many;
  return new SparseTensor(
    engine, x.rows, to - from, starts.subarray(0, x.rows), starts.subarray(1), found.subarray(0, many), null, false,
  );
}
