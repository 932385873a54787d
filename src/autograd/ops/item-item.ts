/**
 * The ops of TEASER (docs/method.md §2), a linear item-item model whose matrix E·Gᵀ is never formed. Its diagonal
 * d_i = ⟨E_i, G_i⟩ is what an item says about itself; G is fixed.
 */
import type { Floats } from "../../base/floats.js";
import type { Tape } from "../tape.js";
import type { SparseTensor, Tensor } from "../tensor.js";
import { sum } from "./losses.js";

/** The diagonal of E·Gᵀ plus `shift`. e, g: (I, T), result: (I). */
function diagonal(tape: Tape, e: Tensor, g: Tensor, shift: number): Floats {
  const d = tape.engine.floats(e.rows);
  tape.engine.run("rowDots", d, e.data, g.data, e.cols);
  if (shift !== 0) for (let i = 0; i < d.length; i++) d[i] += shift;
  return d;
}

/** dE[i] += dDiagonal[i]·G[i]. */
function diagonalBackward(tape: Tape, e: Tensor, g: Tensor, dDiagonal: Floats): void {
  if (!e.requiresGrad) return;
  const [dE, accumulate] = tape.contribution(e);
  tape.engine.run("scaleRows", dE, g.data, dDiagonal, e.cols, accumulate);
}

/** −scale·Σ_r dS[r, j] over the rows that have item j: what reaches the diagonal. dS: (B, I), result: (I). */
function columnSumsAt(tape: Tape, dS: Floats, x: SparseTensor, scale: number): Floats {
  const sums = tape.engine.floats(x.cols).fill(0);
  for (let r = 0; r < x.rows; r++) {
    for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) sums[x.indices[q]] -= scale * dS[r * x.cols + x.indices[q]];
  }
  return sums;
}

/** p·Gᵀ − x·diag(E·Gᵀ): scores of profiles p. p: (B, T), e: (I, T), g: (I, T) fixed, x: (B, I) binary. out: (B, I). */
export function diagonalResidual(tape: Tape, p: Tensor, e: Tensor, g: Tensor, x: SparseTensor): Tensor {
  const { engine } = tape;
  const [B, T, I] = [p.rows, p.cols, g.rows];
  const out = tape.output(B, I, p, e);
  engine.run("matmulABt", out.data, p.data, g.data, B, I, T, 0);
  engine.run("csrSubtractRow", out.data, diagonal(tape, e, g, 0), x.rowStart, x.rowEnd, x.indices, I);
  tape.record("diagonalResidual", out, () => {
    if (p.requiresGrad) {
      const [dP, accumulate] = tape.contribution(p);
      engine.run("matmul", dP, out.grad!, g.data, B, T, I, accumulate);
    }
    diagonalBackward(tape, e, g, columnSumsAt(tape, out.grad!, x, 1));
  });
  return out;
}

/** Mean over elements of (p·Gᵀ − x·diag(E·Gᵀ) − x)²: the scores against the input they came from. Shapes as above. */
export function diagonalResidualLoss(tape: Tape, p: Tensor, e: Tensor, g: Tensor, x: SparseTensor): Tensor {
  const { engine } = tape;
  const [B, T, I] = [p.rows, p.cols, g.rows];
  const loss = tape.output(1, 1, p, e);
  const residual = engine.floats(B * I);
  engine.run("matmulABt", residual, p.data, g.data, B, I, T, 0);
  engine.run("csrSubtractRow", residual, diagonal(tape, e, g, 1), x.rowStart, x.rowEnd, x.indices, I);
  const squares = engine.floats(B);
  engine.run("rowDots", squares, residual, residual, I);
  loss.data[0] = sum(squares) / (B * I);
  tape.record("diagonalResidualLoss", loss, () => {
    const scale = (2 * loss.grad![0]) / (B * I);
    if (p.requiresGrad) {
      const product = engine.floats(B * T);
      engine.run("matmul", product, residual, g.data, B, T, I, 0);
      const [dP, accumulate] = tape.contribution(p);
      engine.run("addScaled", dP, product, scale, accumulate);
    }
    diagonalBackward(tape, e, g, columnSumsAt(tape, residual, x, scale));
  });
  return loss;
}

/**
 * offdiag ‖E·Gᵀ‖² / I², without the I×I matrix: ‖E·Gᵀ‖² = ⟨E·(GᵀG), E⟩, less the squares of the diagonal.
 * e, g: (I, T), gram: (T, T) = GᵀG, both fixed. out: (1, 1).
 */
export function offDiagonalPenalty(tape: Tape, e: Tensor, g: Tensor, gram: Tensor): Tensor {
  const { engine } = tape;
  const [I, T] = [e.rows, e.cols];
  const out = tape.output(1, 1, e);
  const product = engine.floats(I * T);
  engine.run("matmul", product, e.data, gram.data, I, T, T, 0);
  const squares = engine.floats(I);
  engine.run("rowDots", squares, product, e.data, T);
  const d = diagonal(tape, e, g, 0);
  let total = 0;
  for (let i = 0; i < I; i++) total += squares[i] - d[i] * d[i];
  out.data[0] = total / I ** 2;
  tape.record("offDiagonalPenalty", out, () => {
    const scale = (2 * out.grad![0]) / I ** 2;
    const [dE, accumulate] = tape.contribution(e);
    engine.run("addScaled", dE, product, scale, accumulate);
    for (let i = 0; i < I; i++) d[i] *= -scale;
    diagonalBackward(tape, e, g, d);
  });
  return out;
}
