/**
 * Adam (Kingma & Ba, 2015), one pass, as torch.optim.Adam computes it:
 *
 *   m = β₁m + (1−β₁)g     v = β₂v + (1−β₂)g²     p −= stepSize · m / (√v · invSqrtBias2 + eps)
 *
 * with stepSize = lr/(1−β₁ᵗ) and invSqrtBias2 = 1/√(1−β₂ᵗ) worked out by the optimiser. Reads p, m, v, g and writes
 * p, m, v: 28 bytes an element, bound by memory.
 */
import type { Floats } from "../../base/floats.js";
import { byElements, byRows, kernel } from "../family.js";

/** Owns elements begin … end−1. */
export function adam(
  p: Floats, m: Floats, v: Floats, g: Floats, stepSize: number, beta1: number, beta2: number, eps: number,
  invSqrtBias2: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    p[i] -= (stepSize * m[i]) / (Math.sqrt(v[i]) * invSqrtBias2 + eps);
  }
}

/**
 * Adam for a matrix whose rows live on the unit sphere (docs/method.md §2): first each row of p is normalised and its
 * gradient made orthogonal to it, g −= ⟨g, p⟩p, then the Adam update leaves the sphere by one small step.
 * p, m, v, g: (rows, cols); g is left projected. Fused by row, so p and g come from memory once. Owns rows.
 */
export function adamUnitRows(
  p: Floats, m: Floats, v: Floats, g: Floats, cols: number, stepSize: number, beta1: number, beta2: number, eps: number,
  invSqrtBias2: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const from = r * cols;
    const to = from + cols;
    let squares = 0;
    for (let j = from; j < to; j++) squares += p[j] * p[j];
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    let along = 0;
    for (let j = from; j < to; j++) {
      p[j] *= scale;
      along += p[j] * g[j];
    }
    for (let j = from; j < to; j++) g[j] -= along * p[j];
    adam(p, m, v, g, stepSize, beta1, beta2, eps, invSqrtBias2, from, to);
  }
}

/**
 * Nadam (Dozat, 2016) as Keras computes it: Adam with Nesterov's look ahead, p −= (a·m + b·g) / (√v · invSqrtBias2 +
 * eps). The weights a of the average and b of the gradient come from the schedule (train/nadam.ts). Owns elements.
 */
export function nadam(
  p: Floats, m: Floats, v: Floats, g: Floats, a: number, b: number, beta1: number, beta2: number, eps: number,
  invSqrtBias2: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    m[i] += (g[i] - m[i]) * (1 - beta1);
    v[i] += (g[i] * g[i] - v[i]) * (1 - beta2);
    p[i] -= (a * m[i] + b * g[i]) / (Math.sqrt(v[i]) * invSqrtBias2 + eps);
  }
}

export const plainAdam = {
  adam: kernel(adam, ([p]) => byElements(p.length, 28)),
  adamUnitRows: kernel(adamUnitRows, ([p, , , , cols]) => byRows(p.length / cols, 40 * cols)),
  nadam: kernel(nadam, ([p]) => byElements(p.length, 28)),
};
