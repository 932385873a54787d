/**
 * Ridge regression with an intercept, in double precision, for as many targets as one likes at one factorisation:
 *
 *   W = (X̃ᵀX̃ + λI)⁻¹ X̃ᵀỸ      X̃, Ỹ centred      (D, T)
 *
 * and what each row would have been predicted had it not taken part, in closed form (Allen, 1974): with the leverage
 * h_i = 1/n + x̃_iᵀ(X̃ᵀX̃ + λI)⁻¹x̃_i, ŷ_i without i = y_i − (y_i − ŷ_i)/(1 − h_i). That is what λ and thresholds are
 * chosen by: on its own rows a fit flatters itself.
 */
import type { Floats } from "../../base/floats.js";

export interface Ridge {
  /** (D) mean of the rows of X, (T) of Y. */
  readonly xMean: Float64Array;
  readonly yMean: Float64Array;
  /** (T, D) one row a target. */
  readonly weights: Float64Array;
  readonly dims: number;
}

/** A = X̃ᵀX̃ and B = X̃ᵀỸ of some rows, ready to be solved for several λ. */
export class RidgeSystem {
  readonly xMean: Float64Array;
  readonly yMean: Float64Array;
  private readonly gram: Float64Array;
  /** (T, D) */
  private readonly cross: Float64Array;

  /**
   * @param x (·, dims) row-major; @param rows those that take part, in the order of y.
   * @param y (rows, targets) row-major.
   */
  constructor(
    private readonly x: Floats, readonly dims: number, private readonly rows: Int32Array,
    private readonly y: Floats, readonly targets: number,
  ) {
    const [n, D, T] = [rows.length, dims, targets];
    this.xMean = new Float64Array(D);
    this.yMean = new Float64Array(T);
    for (let r = 0; r < n; r++) {
      for (let d = 0; d < D; d++) this.xMean[d] += x[rows[r] * D + d] / n;
      for (let t = 0; t < T; t++) this.yMean[t] += y[r * T + t] / n;
    }
    this.gram = new Float64Array(D * D);
    this.cross = new Float64Array(T * D);
    const centred = new Float64Array(D);
    for (let r = 0; r < n; r++) {
      this.centre(r, centred);
      for (let p = 0; p < D; p++) {
        const xp = centred[p];
        if (xp === 0) continue;
        for (let q = p; q < D; q++) this.gram[p * D + q] += xp * centred[q];
      }
      for (let t = 0; t < T; t++) {
        const target = y[r * T + t];
        if (target === 0) continue;
        // Σ x̃ ỹ = Σ x̃ y, since Σ x̃ = 0.
        for (let d = 0; d < D; d++) this.cross[t * D + d] += target * centred[d];
      }
    }
  }

  private centre(row: number, into: Float64Array): void {
    const { x, dims: D, rows, xMean } = this;
    for (let d = 0; d < D; d++) into[d] = x[rows[row] * D + d] - xMean[d];
  }

  /** @param lambda positive; in units of X's squares. */
  solve(lambda: number): Ridge & { readonly leverage: Float64Array } {
    const { dims: D, targets: T, rows, xMean, yMean } = this;
    const factor = cholesky(this.gram, D, lambda);
    const weights = this.cross.slice();
    for (let t = 0; t < T; t++) solveInPlace(factor, D, weights.subarray(t * D, (t + 1) * D));
    const leverage = new Float64Array(rows.length);
    const half = new Float64Array(D);
    for (let r = 0; r < rows.length; r++) {
      this.centre(r, half);
      forward(factor, D, half);
      leverage[r] = 1 / rows.length + half.reduce((sum, v) => sum + v * v, 0);
    }
    return { xMean, yMean, weights, dims: D, leverage };
  }

  /** (rows) predictions of target t, each row predicted by the others. */
  leaveOneOut(fit: Ridge & { readonly leverage: Float64Array }, t: number): Float64Array {
    const { x, rows, y, targets: T } = this;
    return Float64Array.from(rows, (row, r) => {
      const truth = y[r * T + t];
      return truth - (truth - predict(fit, x, row, t)) / Math.max(1e-9, 1 - fit.leverage[r]);
    });
  }
}

/** The prediction of target t for one row of x: (·, dims). */
export function predict({ xMean, yMean, weights, dims: D }: Ridge, x: Floats, row: number, t: number): number {
  let sum = yMean[t];
  for (let d = 0; d < D; d++) sum += (x[row * D + d] - xMean[d]) * weights[t * D + d];
  return sum;
}

/** L, lower triangular (D, D), of A + λI = L·Lᵀ; of A (symmetric) only the upper half is read. */
export function cholesky(a: Float64Array, D: number, lambda: number): Float64Array {
  const l = new Float64Array(D * D);
  for (let p = 0; p < D; p++) {
    for (let q = 0; q <= p; q++) {
      let sum = a[q * D + p] + (p === q ? lambda : 0);
      for (let k = 0; k < q; k++) sum -= l[p * D + k] * l[q * D + k];
      if (p !== q) l[p * D + q] = sum / l[q * D + q];
      else if (sum > 0) l[p * D + p] = Math.sqrt(sum);
      else throw new RangeError(`the matrix is not positive definite: pivot ${p} is ${sum}`);
    }
  }
  return l;
}

/** b ← L⁻¹b */
function forward(l: Float64Array, D: number, b: Float64Array): void {
  for (let p = 0; p < D; p++) {
    let sum = b[p];
    for (let k = 0; k < p; k++) sum -= l[p * D + k] * b[k];
    b[p] = sum / l[p * D + p];
  }
}

/** b ← (L·Lᵀ)⁻¹b */
export function solveInPlace(l: Float64Array, D: number, b: Float64Array): void {
  forward(l, D, b);
  for (let p = D - 1; p >= 0; p--) {
    let sum = b[p];
    for (let k = p + 1; k < D; k++) sum -= l[k * D + p] * b[k];
    b[p] = sum / l[p * D + p];
  }
}
