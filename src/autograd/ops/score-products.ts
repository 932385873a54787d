/**
 * The three products of a step on scores eAᵀ whose gradient is diag(α)·ŝ: the scores, and from ŝ
 *
 *   dA = ŝᵀ·(diag(α)·e)      dE = diag(α)·(ŝ·A)
 *
 * Scaling the narrow sides leaves ŝ, the wide one, untouched. A loss is given one of two: in single precision, or of
 * numbers rounded to 16 bits (rounded-products.ts). e: (B, d), a: (I, d), ŝ: (B, I), α: (B).
 */
import type { Floats } from "../../base/floats.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

/** Scores, and the way back from their gradient. */
export interface Scores {
  /** eAᵀ: (B, I), the caller's to overwrite. */
  readonly scores: Floats;
  /** Adds the gradients of e and a. */
  backward(s: Floats, alpha: Floats): void;
}

/** How a loss gets its scores eAᵀ from e: (B, d) and a: (I, d). */
export type ScoreProducts = (tape: Tape, e: Tensor, a: Tensor) => Scores;

/** In single precision. */
export const exactProducts: ScoreProducts = (tape, e, a) => {
  const { engine } = tape;
  const [B, d, I] = [e.rows, e.cols, a.rows];
  const scores = engine.floats(B * I);
  engine.run("matmulABt", scores, e.data, a.data, B, I, d, 0);
  return { scores, backward: (s, alpha) => scaledRowsBackward(tape, e, a, s, alpha) };
};

/** The backward pass alone, for scores that were made otherwise. */
export function scaledRowsBackward(tape: Tape, e: Tensor, a: Tensor, s: Floats, alpha: Floats): void {
  const { engine } = tape;
  const [B, d, I] = [e.rows, e.cols, a.rows];
  if (a.requiresGrad) {
    const scaled = engine.floats(B * d);
    engine.run("scaleRows", scaled, e.data, alpha, d, 0);
    const [dA, accumulate] = tape.contribution(a);
    engine.run("matmulAtB", dA, s, scaled, I, d, B, accumulate);
  }
  if (e.requiresGrad) {
    const product = engine.floats(B * d);
    engine.run("matmul", product, s, a.data, B, d, I, 0);
    const [dE, accumulate] = tape.contribution(e);
    engine.run("scaleRows", dE, product, alpha, d, accumulate);
  }
}
