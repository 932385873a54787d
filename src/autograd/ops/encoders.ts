/**
 * The encoders of the sparse autoencoders: pre-activations p = (x − c)·Wᵀ + b, of which each kind keeps a few.
 * x: (B, d), c: (1, d), w: (h, d), b: (1, h); the result is a sparse (B, h) code.
 *
 * The forward pass is one dense product; the backward pass sees only the kept entries. Each of them sends its gradient
 * δ to b[n], δ·(x − c) to W[n], and −δ·W[n] to c; summed over rows the last is −(Σδ)ᵀ·W, one vector product.
 */
import type { Floats } from "../../base/floats.js";
import type { Tape } from "../tape.js";
import { SparseTensor, type Tensor } from "../tensor.js";
import { accumulate, timesTransposed } from "./dense.js";
import { codeSlots, screenedLists, worthScreening } from "./screened-lists.js";
import { byColumn } from "./sparse.js";

/** What every encoder is given. */
export interface EncoderInputs {
  /** (B, d) */
  x: Tensor;
  /** (1, d), subtracted from every row of x */
  c: Tensor;
  /** (h, d) */
  w: Tensor;
  /** (1, h) */
  b: Tensor;
}

/** TopK: the k largest positive entries of each row (docs/method.md §3), k slots a row. */
export function topkEncode(tape: Tape, inputs: EncoderInputs, k: number): SparseTensor {
  const { x, c, w, b } = inputs;
  const tracked = tape.tracks([x, c, w, b]);
  // In training alone: the last bits of what is screened are not those of the product, which batches of any size share.
  if (tape.recording && worthScreening(x.rows, x.cols, w.rows, k)) {
    const centred = centredRows(tape, inputs);
    const lists = screenedLists(tape.engine, centred, w, b, k);
    const out = new SparseTensor(
      tape.engine, x.rows, w.rows, lists.starts, lists.rowEnd, lists.indices, lists.values, tracked,
    );
    tape.record("topkEncode", out, () => encoderBackward(tape, inputs, centred, out));
    return out;
  }
  const { centred, pre } = preActivations(tape, inputs);
  const out = largest(tape, pre, x.rows, w.rows, k, tracked);
  tape.record("topkEncode", out, () => encoderBackward(tape, inputs, centred, out));
  return out;
}

/**
 * TopK by size: the k largest |p| of each row with their signs, k slots a row. Half of such a code is negative, so it
 * says how far along a direction an embedding lies, not whether a neuron fires: it compresses, and reads badly.
 */
export function signedTopkEncode(tape: Tape, inputs: EncoderInputs, k: number): SparseTensor {
  const { x, c, w, b } = inputs;
  const { centred, pre } = preActivations(tape, inputs);
  const out = largestBySize(tape, pre, x.rows, w.rows, k, tape.tracks([x, c, w, b]));
  tape.record("signedTopkEncode", out, () => encoderBackward(tape, inputs, centred, out));
  return out;
}

/** TopK among the listed neurons only, ascending; the code still has all h columns. For dead neurons. */
export function topkEncodeAmong(tape: Tape, inputs: EncoderInputs, k: number, neurons: Int32Array): SparseTensor {
  const { engine } = tape;
  const { x, c, w, b } = inputs;
  const [B, d, n] = [x.rows, x.cols, neurons.length];
  const centred = engine.floats(B * d);
  engine.run("subtractRow", centred, x.data, c.data, d);
  const rows = engine.floats(n * d);
  const bias = engine.floats(n);
  neurons.forEach((neuron, i) => {
    rows.set(w.data.subarray(neuron * d, (neuron + 1) * d), i * d);
    bias[i] = b.data[neuron];
  });
  const pre = engine.floats(B * n);
  engine.run("fillRows", pre, bias, n);
  engine.run("matmulABt", pre, centred, rows, B, n, d, 1);
  const few = largest(tape, pre, B, n, Math.min(k, n), false);
  for (let r = 0; r < B; r++) {
    for (let q = few.rowStart[r]; q < few.rowEnd[r]; q++) few.indices[q] = neurons[few.indices[q]];
  }
  const out = new SparseTensor(
    engine, B, w.rows, few.rowStart, few.rowEnd, few.indices, few.values, tape.tracks([x, c, w, b]),
  );
  tape.record("topkEncodeAmong", out, () => encoderBackward(tape, inputs, centred, out));
  return out;
}

/**
 * BatchTopK (Bussmann et al., 2024): the `count` largest positive entries of the whole batch, however many fall on a
 * row. Also returns the smallest of them, from which the threshold for inference is learnt.
 */
export function batchTopkEncode(
  tape: Tape, inputs: EncoderInputs, count: number,
): { code: SparseTensor; smallest: number } {
  const { x, c, w, b } = inputs;
  const { centred, pre } = preActivations(tape, inputs);
  const threshold = tape.engine.floats(1);
  tape.engine.run("nthLargest", threshold, pre, count);
  const out = above(tape, pre, x.rows, w.rows, threshold, 0, tape.tracks([x, c, w, b]));
  tape.record("batchTopkEncode", out, () => encoderBackward(tape, inputs, centred, out));
  return { code: out, smallest: threshold[0] };
}

/**
 * All positive entries at or above a threshold that is not learnt here: (1) for all neurons, or (h).
 * BatchTopK and JumpReLU at inference.
 */
export function thresholdEncode(tape: Tape, inputs: EncoderInputs, threshold: Floats): SparseTensor {
  const { x, c, w, b } = inputs;
  const { centred, pre } = preActivations(tape, inputs);
  const stride = threshold.length === 1 ? 0 : 1;
  const out = above(tape, pre, x.rows, w.rows, threshold, stride, tape.tracks([x, c, w, b]));
  tape.record("thresholdEncode", out, () => encoderBackward(tape, inputs, centred, out));
  return out;
}

/**
 * JumpReLU (Rajamanoharan et al., 2024): e = p·[p > θ] with a learnt θ = exp(logTheta) for each neuron, and the mean
 * number of active neurons l0 = mean over rows of Σ [p > θ]. logTheta: (1, h), l0: (1, 1).
 *
 * A step has no gradient, so θ receives that of the papers' straight-through estimator: with a rectangle of width ε,
 *   ∂e/∂θ = −(θ/ε)·[|p − θ| < ε/2]     ∂[p > θ]/∂θ = −(1/ε)·[|p − θ| < ε/2].
 * The code therefore also stores, with value 0, the entries that are off by less than ε/2.
 */
export function jumpReluEncode(
  tape: Tape, inputs: EncoderInputs, logTheta: Tensor, bandwidth: number,
): { code: SparseTensor; l0: Tensor } {
  const { engine } = tape;
  const { x, c, w, b } = inputs;
  const [B, h] = [x.rows, w.rows];
  const { centred, pre } = preActivations(tape, inputs);
  const theta = engine.floats(h);
  const floor = engine.floats(h);
  for (let n = 0; n < h; n++) {
    theta[n] = Math.exp(logTheta.data[n]);
    floor[n] = theta[n] - bandwidth / 2;
  }
  const code = above(tape, pre, B, h, floor, 1, tape.tracks([x, c, w, b, logTheta]));
  const { rowStart, rowEnd, indices } = code;
  const values = code.values!;
  const entries = engine.floats(values.length);
  entries.set(values);
  const l0 = tape.output(1, 1, logTheta);
  let active = 0;
  for (let q = 0; q < values.length; q++) {
    if (values[q] > theta[indices[q]]) active++;
    else values[q] = 0;
  }
  l0.data[0] = active / B;

  /** Adds scale(q, θ)/ε of every entry in the band to its neuron's ln θ, for which dθ = θ·d(ln θ). */
  const toThreshold = (scale: (q: number, theta: number) => number): void => {
    const sums = engine.floats(h).fill(0);
    for (let r = 0; r < B; r++) {
      for (let q = rowStart[r]; q < rowEnd[r]; q++) {
        const t = theta[indices[q]];
        if (Math.abs(entries[q] - t) < bandwidth / 2) sums[indices[q]] += (t * scale(q, t)) / bandwidth;
      }
    }
    accumulate(tape, logTheta, sums, 1);
  };
  tape.record("jumpReluEncode", code, () => {
    const grad = code.grad!;
    if (logTheta.requiresGrad) toThreshold((q, t) => -t * grad[q]);
    for (let q = 0; q < values.length; q++) if (values[q] === 0) grad[q] = 0;
    encoderBackward(tape, inputs, centred, code);
  });
  tape.record("jumpReluL0", l0, () => {
    if (logTheta.requiresGrad) toThreshold(() => -l0.grad![0] / B);
  });
  return { code, l0 };
}

/** x − c, (B, d) */
function centredRows({ engine }: Tape, { x, c }: EncoderInputs): Floats {
  const centred = engine.floats(x.rows * x.cols);
  engine.run("subtractRow", centred, x.data, c.data, x.cols);
  return centred;
}

function preActivations(tape: Tape, inputs: EncoderInputs): { centred: Floats; pre: Floats } {
  const { engine } = tape;
  const { x, w, b } = inputs;
  const [B, d, h] = [x.rows, x.cols, w.rows];
  const centred = centredRows(tape, inputs);
  const pre = engine.floats(B * h);
  engine.run("fillRows", pre, b.data, h);
  timesTransposed(tape, pre, centred, w.data, B, h, d, 1);
  return { centred, pre };
}

function largest(tape: Tape, pre: Floats, rows: number, h: number, k: number, tracked: boolean): SparseTensor {
  const { engine } = tape;
  const { starts, indices, values, rowEnd } = codeSlots(engine, rows, k);
  engine.run("topkRelu", indices, values, rowEnd, pre, h, k);
  return new SparseTensor(engine, rows, h, starts, rowEnd, indices, values, tracked);
}

/** [p, −p] has the sizes of p among its positive entries: what is found there is put back, in order of columns. */
function largestBySize(tape: Tape, pre: Floats, rows: number, h: number, k: number, tracked: boolean): SparseTensor {
  const { engine } = tape;
  const both = engine.floats(rows * 2 * h);
  for (let r = 0; r < rows; r++) {
    const row = pre.subarray(r * h, (r + 1) * h);
    both.set(row, 2 * r * h);
    for (let n = 0, at = (2 * r + 1) * h; n < h; n++, at++) both[at] = -row[n];
  }
  const { rowStart, rowEnd, indices, values } = largest(tape, both, rows, 2 * h, k, tracked);
  for (let r = 0; r < rows; r++) {
    const [from, to] = [rowStart[r], rowEnd[r]];
    const found = Array.from(indices.subarray(from, to), (column) => column % h).sort((one, other) => one - other);
    found.forEach((n, at) => {
      indices[from + at] = n;
      values![from + at] = pre[r * h + n];
    });
  }
  return new SparseTensor(engine, rows, h, rowStart, rowEnd, indices, values, tracked);
}

function above(
  tape: Tape, pre: Floats, rows: number, h: number, threshold: Floats, stride: 0 | 1, tracked: boolean,
): SparseTensor {
  const { engine } = tape;
  const counts = engine.ints(rows);
  engine.run("countAbove", counts, pre, threshold, stride, h);
  const starts = engine.ints(rows + 1);
  starts[0] = 0;
  for (let r = 0; r < rows; r++) starts[r + 1] = starts[r] + counts[r];
  const indices = engine.ints(starts[rows]);
  const values = engine.floats(starts[rows]);
  const rowStart = starts.subarray(0, rows);
  engine.run("compressAbove", indices, values, rowStart, pre, threshold, stride, h);
  return new SparseTensor(engine, rows, h, rowStart, starts.subarray(1), indices, values, tracked);
}

/** From the gradient of a code's values to b, W, c and x. */
function encoderBackward(tape: Tape, { x, c, w, b }: EncoderInputs, centred: Floats, out: SparseTensor): void {
  const { engine } = tape;
  const [d, h] = [x.cols, w.rows];
  const t = out.transpose();
  const delta = byColumn(tape, out, out.grad!);
  const sums = engine.floats(h);
  engine.run("csrRowSums", sums, t.colStart, t.colEnd, delta, 0);
  if (b.requiresGrad) accumulate(tape, b, sums, 1);
  if (w.requiresGrad) {
    const [dW, accumulate] = tape.contribution(w);
    engine.run("csrMatmul", dW, t.colStart, t.colEnd, t.rowIndices, delta, centred, d, accumulate);
  }
  if (c.requiresGrad) {
    // (Σδ)ᵀ·W as one sparse row with all h entries: W streams through once, where a dense product would pack it first.
    const along = engine.floats(d);
    const everyNeuron = engine.ints(h);
    for (let n = 0; n < h; n++) everyNeuron[n] = n;
    engine.run("csrMatmul", along, engine.intsFrom([0]), engine.intsFrom([h]), everyNeuron, sums, w.data, d, 0);
    accumulate(tape, c, along, -1);
  }
  if (x.requiresGrad) {
    const [dX, accumulate] = tape.contribution(x);
    engine.run("csrMatmul", dX, out.rowStart, out.rowEnd, out.indices, out.grad, w.data, d, accumulate);
  }
}
