/**
 * ELSA's loss for profiles whose entries count differently: reluResidualLoss (losses.ts) with x's own values in place
 * of ones.
 *
 *   y = relu(eAᵀ − x)      loss = mean over rows ‖ y/‖y‖ − x/‖x‖ ‖² = 2 − 2⟨y,x⟩/(‖y‖‖x‖)
 *   ∂loss/∂(eAᵀ) = diag(α)·ŝ      ŝ = y − (‖y‖²/⟨y,x⟩)·x on y's support      α = 2⟨y,x⟩/(‖x‖·‖y‖³·B)
 *
 * The kernel subtracts ones; what a value differs from one by is taken off before, and ⟨y,x⟩ is added up anew: both are
 * work on x's few entries.
 */
import type { Floats } from "../../base/floats.js";
import type { Tape } from "../tape.js";
import type { SparseTensor, Tensor } from "../tensor.js";
import { exactProducts, type ScoreProducts } from "./score-products.js";

/**
 * e: (B, d), a: (I, d), x: (B, I) sparse with positive values. Loss: (1, 1). Rows without direction as in losses.ts.
 * @param hidden entries of x that e was made without: they say nothing about themselves and are not subtracted.
 */
export function weightedResidualLoss(
  tape: Tape, e: Tensor, a: Tensor, x: SparseTensor, hidden: SparseTensor | null = null,
  products: ScoreProducts = exactProducts,
): Tensor {
  const { engine } = tape;
  const [B, I] = [e.rows, a.rows];
  const { rowStart, rowEnd, indices } = x;
  const values = x.values!;
  const loss = tape.output(1, 1, e, a);
  const { scores, backward } = products(tape, e, a);
  const [squares, dots] = [engine.floats(B), engine.floats(B)];
  /** ‖x‖² */
  const norms = new Float64Array(B);
  subtractBeforehand(scores, x, hidden, I);
  engine.run("reluResidual", scores, squares, dots, rowStart, rowEnd, indices, I);
  let total = 0;
  for (let r = 0; r < B; r++) {
    let dot = 0;
    for (let q = rowStart[r]; q < rowEnd[r]; q++) {
      dot += values[q] * scores[r * I + indices[q]];
      norms[r] += values[q] ** 2;
    }
    dots[r] = dot;
    if (squares[r] > 0 && norms[r] > 0) total += 2 - (2 * dot) / Math.sqrt(squares[r] * norms[r]);
    else if (squares[r] > 0 || norms[r] > 0) total += 1;
  }
  loss.data[0] = total / B;

  tape.record("weightedResidualLoss", loss, () => {
    const alpha = engine.floats(B);
    const weight = loss.grad![0] / B;
    for (let r = 0; r < B; r++) {
      const defined = squares[r] > 0 && dots[r] > 0;
      alpha[r] = defined ? (2 * weight * dots[r]) / (Math.sqrt(norms[r] * squares[r]) * squares[r]) : 0;
      if (!defined) continue;
      const ratio = squares[r] / dots[r];
      for (let q = rowStart[r]; q < rowEnd[r]; q++) {
        const at = r * I + indices[q];
        if (scores[at] > 0) scores[at] -= ratio * values[q];
      }
    }
    backward(scores, alpha);
  });
  return loss;
}

/**
 * What the kernel, which subtracts ones at x's entries, would get wrong: where entries weigh something else, and where
 * the encoder did not see them. scores: (B, I).
 */
export function subtractBeforehand(scores: Floats, x: SparseTensor, hidden: SparseTensor | null, I: number): void {
  for (let r = 0; r < x.rows; r++) {
    if (x.values) {
      for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) scores[r * I + x.indices[q]] -= x.values[q] - 1;
    }
    if (!hidden) continue;
    const [from, to] = [hidden.rowStart[r], hidden.rowEnd[r]];
    for (let q = from; q < to; q++) scores[r * I + hidden.indices[q]] += hidden.values?.[q] ?? 1;
  }
}
