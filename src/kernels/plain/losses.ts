/**
 * The losses, each as a forward kernel and its gradient. A forward kernel writes one number a row, which the caller
 * adds up in row order, so a loss does not depend on the number of threads.
 */
import type { Floats } from "../../base/floats.js";
import { byElements, byRows, entriesPerRow, kernel, plainOnly } from "../family.js";

/**
 * ELSA's scores and the three sums its loss needs (docs/method.md §2). s holds eAᵀ and becomes y = relu(eAᵀ − x) in
 * place; squares[r] = Σ y², dots[r] = ⟨y, x⟩. s: (rows, cols), x binary by row lists, squares, dots: (rows). Owns rows.
 */
export function reluResidual(
  s: Floats, squares: Floats, dots: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array,
  cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const o = r * cols;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) s[o + indices[q]] -= 1;
    let sum = 0;
    for (let j = o; j < o + cols; j++) {
      const y = s[j] > 0 ? s[j] : 0;
      s[j] = y;
      sum += y * y;
    }
    let dot = 0;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) dot += s[o + indices[q]];
    squares[r] = sum;
    dots[r] = dot;
  }
}

/**
 * The gradient of Σ_r weight · ‖y/‖y‖ − x/‖x‖‖² before the relu is diag(α)·ŝ, where ŝ = y − (β/α)·x on the support of
 * y and
 *   α = 2·weight·⟨y,x⟩ / (‖x‖·‖y‖³)     β = 2·weight / (‖x‖·‖y‖).
 * Only the few entries of x differ from y, so ŝ is formed in place and α kept apart: (rows). If ⟨y,x⟩ = 0, no entry of
 * x is in y's support and the x term vanishes. A row without scores or without items has no direction: α = 0. Owns
 * rows.
 */
export function reluResidualGradient(
  s: Floats, alpha: Floats, squares: Floats, dots: Floats, rowStart: Int32Array, rowEnd: Int32Array,
  indices: Int32Array, cols: number, weight: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const items = rowEnd[r] - rowStart[r];
    const squareSum = squares[r];
    const dot = dots[r];
    if (!(squareSum > 0 && items > 0 && dot > 0)) {
      alpha[r] = 0;
      continue;
    }
    alpha[r] = (2 * weight * dot) / (Math.sqrt(items) * squareSum * Math.sqrt(squareSum));
    const ratio = squareSum / dot;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      const j = r * cols + indices[q];
      if (s[j] > 0) s[j] -= ratio;
    }
  }
}

/** loss[r] = Σ_j (x − y)². x, y: (rows, cols). Owns rows. */
export function squaredError(loss: Floats, x: Floats, y: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) {
    let sum = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) sum += (x[j] - y[j]) ** 2;
    loss[r] = sum;
  }
}

/** dx (+)= 2·weight·(x − y): the gradient of weight·Σ(x − y)² with respect to x. Owns elements. */
export function squaredErrorGradient(
  dx: Floats, x: Floats, y: Floats, weight: number, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) dx[i] = (accumulate ? dx[i] : 0) + 2 * weight * (x[i] - y[i]);
}

/**
 * loss[r] = 1 − cos(x[r], y[r]), with each norm held at 1e-8 or above as torch.cosine_similarity does.
 * x, y: (rows, cols). Owns rows.
 */
export function cosineDistance(loss: Floats, x: Floats, y: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) {
    let xy = 0;
    let xx = 0;
    let yy = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) {
      xy += x[j] * y[j];
      xx += x[j] * x[j];
      yy += y[j] * y[j];
    }
    loss[r] = 1 - xy / (Math.max(Math.sqrt(xx), 1e-8) * Math.max(Math.sqrt(yy), 1e-8));
  }
}

/** dx (+)= weight · ∂(1 − cos(x, y))/∂x = weight · (cos·x/‖x‖² − y/(‖x‖‖y‖)). Owns rows. */
export function cosineDistanceGradient(
  dx: Floats, x: Floats, y: Floats, cols: number, weight: number, accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let xy = 0;
    let xx = 0;
    let yy = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) {
      xy += x[j] * y[j];
      xx += x[j] * x[j];
      yy += y[j] * y[j];
    }
    const nx = Math.max(Math.sqrt(xx), 1e-8);
    const ny = Math.max(Math.sqrt(yy), 1e-8);
    const toX = (weight * xy) / (nx * nx * nx * ny);
    const toY = weight / (nx * ny);
    for (let j = r * cols; j < (r + 1) * cols; j++) dx[j] = (accumulate ? dx[j] : 0) + toX * x[j] - toY * y[j];
  }
}

export const plainLosses = {
  reluResidual: kernel(reluResidual, ([s, , , , , , cols]) => byRows(s.length / cols, 8 * cols)),
  reluResidualGradient: plainOnly(reluResidualGradient, ([, alpha, , , , rowEnd, indices]) =>
    byRows(alpha.length, 16 * entriesPerRow(rowEnd, indices)),
  "changes only the entries of x, 1 % or less of s, at scattered places"),
  squaredError: kernel(squaredError, ([, x, , cols]) => byRows(x.length / cols, 8 * cols)),
  squaredErrorGradient: kernel(squaredErrorGradient, ([dx]) => byElements(dx.length, 12)),
  cosineDistance: kernel(cosineDistance, ([, x, , cols]) => byRows(x.length / cols, 8 * cols)),
  cosineDistanceGradient: kernel(cosineDistanceGradient, ([dx, , , cols]) => byRows(dx.length / cols, 20 * cols)),
};
