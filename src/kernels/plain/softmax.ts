/**
 * Softmax over rows and the multinomial likelihood on top of it: the output layer of MultVAE (docs/method.md §2).
 *
 *   p = softmax(logits)     nll[r] = Σ_{j ∈ x_r} −log(max(p_j, FLOOR))
 *
 * The likelihood and its gradient touch only the entries of x: of a B×I matrix of probabilities, 1 % or less.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, entriesPerRow, EXPONENTIAL, kernel, plainOnly } from "../family.js";

/** Probabilities are held at this or above inside the logarithm, as the reference does; below it the gradient is 0. */
export const PROBABILITY_FLOOR = 1e-7;

/** out[r] = softmax(x[r]), shifted by the row's maximum; out may be x. x, out: (rows, cols). Owns rows. */
export function softmaxRows(out: Floats, x: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) {
    const from = r * cols;
    const to = from + cols;
    let max = -Infinity;
    for (let j = from; j < to; j++) if (x[j] > max) max = x[j];
    let sum = 0;
    for (let j = from; j < to; j++) {
      const e = Math.exp(x[j] - max);
      out[j] = e;
      sum += e;
    }
    const scale = 1 / sum;
    for (let j = from; j < to; j++) out[j] *= scale;
  }
}

/** dx (+)= y ⊙ (dy − ⟨dy, y⟩) with y = softmax(x). dx, dy, y: (rows, cols). Owns rows. */
export function softmaxRowsGradient(
  dx: Floats, dy: Floats, y: Floats, cols: number, accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const from = r * cols;
    const to = from + cols;
    let dot = 0;
    for (let j = from; j < to; j++) dot += dy[j] * y[j];
    for (let j = from; j < to; j++) dx[j] = (accumulate ? dx[j] : 0) + y[j] * (dy[j] - dot);
  }
}

/** nll[r] = Σ_{j ∈ x_r} −log(max(p[r, j], FLOOR)). p: (rows, cols), x binary by row lists, nll: (rows). Owns rows. */
export function softmaxNll(
  nll: Floats, p: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, cols: number,
  begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let sum = 0;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      sum -= Math.log(Math.max(p[r * cols + indices[q]], PROBABILITY_FLOOR));
    }
    nll[r] = sum;
  }
}

/**
 * The gradient of Σ_r weight·nll[r] with respect to the logits is diag(α)·p̂, where n counts the entries of a row whose
 * probability is not below the floor, α = weight·n, and
 *   p̂ = p − 1/n at those entries, p elsewhere.
 * Only the entries of p change, in place: the scale is left to the products that follow, where it acts on a narrow
 * matrix instead of on B×I. A row without such entries has α = 0. p: (rows, cols), alpha: (rows). Owns rows.
 */
export function softmaxNllGradient(
  p: Floats, alpha: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, cols: number,
  weight: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let count = 0;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) if (p[r * cols + indices[q]] >= PROBABILITY_FLOOR) count++;
    alpha[r] = weight * count;
    if (count === 0) continue;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      const j = r * cols + indices[q];
      if (p[j] >= PROBABILITY_FLOOR) p[j] -= 1 / count;
    }
  }
}

export const plainSoftmax = {
  softmaxRows: kernel(softmaxRows, ([out, , cols]) => byRows(out.length / cols, (8 + EXPONENTIAL) * cols)),
  softmaxRowsGradient: kernel(softmaxRowsGradient, ([dx, , , cols]) => byRows(dx.length / cols, 12 * cols)),
  softmaxNll: plainOnly(softmaxNll, ([nll, , , rowEnd, indices]) =>
    byRows(nll.length, 80 * entriesPerRow(rowEnd, indices)), "reads the few entries of x alone, at scattered places"),
  softmaxNllGradient: plainOnly(softmaxNllGradient, ([, alpha, , rowEnd, indices]) =>
    byRows(alpha.length, 16 * entriesPerRow(rowEnd, indices)),
  "changes the few entries of x alone, at scattered places"),
};
