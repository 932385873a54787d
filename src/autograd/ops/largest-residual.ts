/**
 * ELSA's loss on the largest scores of each user: an approximation of reluResidualLoss (losses.ts) for training.
 *
 *   y = relu(eAᵀ − x)      z = y where y ≥ cutoff·‖y‖/√I, else 0      loss = mean over rows ‖ z/‖z‖ − x/‖x‖ ‖²
 *
 * The limit is the root mean square of a row times the cutoff. z is few entries (at 1 a tenth) with nearly all of y's
 * square sum, so the two backward products run over lists: dE = diag(α)·(ẑ·A), dA = ẑᵀ·(diag(α)·e), with ẑ and α made
 * of z as losses.ts makes ŝ and α of y. The gradient is that of this loss to the last digit, the limits held: they only
 * say which entries count. Leaving small entries out of ŝ but not out of its norms is no gradient of anything and
 * trains to a far worse model (docs/kernels.md).
 */
import type { Floats } from "../../base/floats.js";
import type { Engine } from "../../engine/engine.js";
import type { Tape } from "../tape.js";
import type { SparseTensor, Tensor } from "../tensor.js";
import { exactProducts, type ScoreProducts } from "./score-products.js";
import { subtractBeforehand } from "./weighted-residual.js";

/** z by rows: row r holds columns[q] and values[q], q = start[r] … end[r]−1. */
interface Kept {
  readonly values: Floats;
  readonly columns: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** ‖z‖² of each row. */
  readonly squares: Floats;
  /** Where each entry of x stands among the values; −1 where its score was not kept. */
  readonly places: Int32Array;
}

/**
 * e: (B, d), a: (I, d), x: (B, I) sparse, its values 1 where it has none. Loss: (1, 1). Rows without direction as in
 * losses.ts.
 * @param hidden entries of x that e was made without: they say nothing about themselves and are not subtracted.
 * @param products of which the scores alone are dense here.
 */
export function largestResidualLoss(
  tape: Tape, e: Tensor, a: Tensor, x: SparseTensor, hidden: SparseTensor | null, cutoff: number,
  products: ScoreProducts = exactProducts,
): Tensor {
  const { engine } = tape;
  const loss = tape.output(1, 1, e, a);
  const z = keptScores(engine, products(tape, e, a).scores, x, hidden, cutoff);
  const B = e.rows;
  /** ⟨z, x⟩ and ‖x‖² of each row. */
  const [dots, norms] = [new Float64Array(B), new Float64Array(B)];
  let total = 0;
  for (let r = 0; r < B; r++) {
    for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) {
      const weight = x.values ? x.values[q] : 1;
      norms[r] += weight * weight;
      if (z.places[q] >= 0) dots[r] += weight * z.values[z.places[q]];
    }
    if (z.squares[r] > 0 && norms[r] > 0) total += 2 - (2 * dots[r]) / Math.sqrt(z.squares[r] * norms[r]);
    else if (z.squares[r] > 0 || norms[r] > 0) total += 1;
  }
  loss.data[0] = total / B;

  tape.record("largestResidualLoss", loss, () => {
    const alpha = engine.floats(B);
    const weight = loss.grad![0] / B;
    for (let r = 0; r < B; r++) {
      const defined = z.squares[r] > 0 && dots[r] > 0;
      alpha[r] = defined ? (2 * weight * dots[r]) / (Math.sqrt(norms[r] * z.squares[r]) * z.squares[r]) : 0;
      if (!defined) continue;
      const ratio = z.squares[r] / dots[r];
      for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) {
        if (z.places[q] >= 0) z.values[z.places[q]] -= ratio * (x.values ? x.values[q] : 1);
      }
    }
    keptRowsBackward(tape, e, a, z, alpha);
  });
  return loss;
}

/** @param values eAᵀ, (B, I): overwritten by what is kept. */
function keptScores(
  engine: Engine, values: Floats, x: SparseTensor, hidden: SparseTensor | null, cutoff: number,
): Kept {
  const { rowStart, rowEnd, indices } = x;
  const [B, I] = [x.rows, x.cols];
  const [squares, limits] = [engine.floats(B), engine.floats(B)];
  if (x.values || hidden) subtractBeforehand(values, x, hidden, I);
  // The products with x are z's, later: these go where the limits will stand.
  engine.run("reluResidual", values, squares, limits, rowStart, rowEnd, indices, I);
  for (let r = 0; r < B; r++) limits[r] = cutoff * Math.sqrt(squares[r] / I);
  const start = engine.ints(B);
  for (let r = 0; r < B; r++) start[r] = r * I;
  const [columns, end, places] = [engine.ints(B * I), engine.ints(B), engine.ints(indices.length)];
  engine.run("keepLargest", values, columns, end, squares, limits, I);
  engine.run("findKept", places, columns, end, rowStart, rowEnd, indices, I);
  return { values, columns, start, end, squares, places };
}

/** scaledRowsBackward (score-products.ts) for a gradient diag(α)·ẑ that is given by lists. */
function keptRowsBackward(tape: Tape, e: Tensor, a: Tensor, z: Kept, alpha: Floats): void {
  const { engine } = tape;
  const [B, d, I] = [e.rows, e.cols, a.rows];
  if (a.requiresGrad) {
    const scaled = engine.floats(B * d);
    engine.run("scaleRows", scaled, e.data, alpha, d, 0);
    const [colStart, colEnd] = [engine.ints(I), engine.ints(I)];
    engine.run("countColumns", colEnd, z.end, z.columns, I);
    let listed = 0;
    for (let c = 0; c < I; c++) {
      colStart[c] = listed;
      listed += colEnd[c];
    }
    colEnd.set(colStart);
    const [rowIndices, entries] = [engine.ints(listed), engine.floats(listed)];
    engine.run("listColumns", rowIndices, entries, colEnd, z.end, z.columns, z.values, I);
    const [dA, accumulate] = tape.contribution(a);
    engine.run("csrMatmul", dA, colStart, colEnd, rowIndices, entries, scaled, d, accumulate);
  }
  if (e.requiresGrad) {
    const product = engine.floats(B * d);
    engine.run("csrMatmul", product, z.start, z.end, z.columns, z.values, a.data, d, 0);
    const [dE, accumulate] = tape.contribution(e);
    engine.run("scaleRows", dE, product, alpha, d, accumulate);
  }
}
