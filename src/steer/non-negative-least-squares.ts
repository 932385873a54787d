/**
 * Non-negative least squares with a limit on the number of variables: Lawson and Hanson's active-set method (Solving
 * Least Squares Problems, 1974, ch. 23), which adds one variable at a time and refits, stopped at n of them. The next
 * one is that which alone would lower the objective most, as in orthogonal matching pursuit.
 *
 *   min over w ≥ 0:  ½·wᵀ(Q + λI)w − wᵀb,    Q = L·Rᵀ,  b = L·t      L, R: (size, dimensions), t: (dimensions)
 *
 * Q stays in factors: a step costs one pass over L. Stopped early the result is a good set of n, not the best one.
 */
import { dot } from "../base/dense.js";

export interface FactoredProblem {
  /** Variables. */
  readonly size: number;
  /** Columns of both factors. */
  readonly dimensions: number;
  /** L: (size, dimensions) */
  readonly left: ArrayLike<number>;
  /** R: (size, dimensions), such that L·Rᵀ is symmetric and positive semi-definite */
  readonly right: ArrayLike<number>;
  /** λ > 0 */
  readonly ridge: number;
  /** t: (dimensions) */
  readonly target: ArrayLike<number>;
  /** Variables that may become positive. */
  readonly allowed: (variable: number) => boolean;
}

/**
 * The positive variables and their values, at most n. The last to enter is the one before the first that lowers the
 * objective by less than `leastShare` of what all together lower it.
 */
export function sparseNonNegative(problem: FactoredProblem, n: number, leastShare = 0): Map<number, number> {
  const { size, dimensions: D, left, right, ridge, target, allowed } = problem;
  const diagonal = Float64Array.from({ length: size }, (_, i) => dot(left, right, i * D, i * D, D));
  const rest = new Float64Array(D);
  let active: number[] = [];
  let values: number[] = [];
  let lowered = 0;
  const known = new Map<number, number>();
  const gram = (i: number, k: number): number => {
    if (i === k) return diagonal[i] + ridge;
    const pair = i * size + k;
    let value = known.get(pair);
    if (value === undefined) known.set(pair, value = dot(left, right, i * D, k * D, D));
    return value;
  };
  // A variable that was added and fell out again may return; the bound ends a cycle that rounding might cause.
  for (let step = 0; active.length < n && step < 3 * n; step++) {
    for (let d = 0; d < D; d++) {
      rest[d] = target[d];
      for (let i = 0; i < active.length; i++) rest[d] -= values[i] * right[active[i] * D + d];
    }
    const entering = steepest(problem, diagonal, rest, active, allowed);
    if (entering < 0) break;
    const ofTarget = (i: number): number => dot(left, target, i * D, 0, D);
    const [next, at] = refit([...active, entering], [...values, 0], gram, ofTarget);
    // At a solution the objective is −½·wᵀb.
    const now = next.reduce((sum, i, k) => sum + (at[k] * ofTarget(i)) / 2, 0);
    if (active.length > 0 && now - lowered < leastShare * now) break;
    [active, values, lowered] = [next, at, now];
    if (!active.includes(entering)) break;
  }
  return new Map(active.map((variable, i) => [variable, values[i]]));
}

/** The inactive variable with a positive gradient and the largest g²/(2·Q_ii), −1 when there is none. */
function steepest(
  { size, dimensions: D, left, ridge }: FactoredProblem, diagonal: Float64Array, rest: Float64Array,
  active: readonly number[], allowed: (variable: number) => boolean,
): number {
  const taken = new Set(active);
  let [best, gain] = [-1, 0];
  for (let i = 0; i < size; i++) {
    if (taken.has(i) || !allowed(i)) continue;
    let gradient = 0;
    // Not `dot`: this loop is all of a large model's time, and sees one type of array.
    for (let d = 0, at = i * D; d < D; d++) gradient += left[at + d] * rest[d];
    if (gradient <= 0) continue;
    const decrease = gradient ** 2 / (diagonal[i] + ridge);
    if (decrease > gain) [best, gain] = [i, decrease];
  }
  return best;
}

/**
 * The least-squares solution on the active variables. While one of them would become negative, goes only as far as all
 * stay feasible and lets the first that reaches 0 go.
 */
function refit(
  active: number[], values: number[], gram: (i: number, k: number) => number, right: (i: number) => number,
): [active: number[], values: number[]] {
  let [set, at] = [active, values];
  while (set.length > 0) {
    const wanted = solve(set.map((i) => set.map((k) => gram(i, k))), set.map(right));
    if (wanted.every((value) => value > 0)) return [set, wanted];
    // How far each variable can go before it reaches 0; the first to do so leaves, so every round is shorter.
    const reach = wanted.map((value, i) => (value > 0 ? Infinity : at[i] > 0 ? at[i] / (at[i] - value) : 0));
    const way = Math.min(...reach);
    const moved = at.map((value, i) => value + way * (wanted[i] - value));
    [set, at] = [set.filter((_, i) => reach[i] > way), moved.filter((_, i) => reach[i] > way)];
  }
  return [set, at];
}

/** Solves the symmetric positive definite G·x = b by Cholesky's factorisation. */
function solve(gram: number[][], b: readonly number[]): number[] {
  const n = b.length;
  const lower = gram.map((row) => [...row]);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = gram[i][k];
      for (let j = 0; j < k; j++) sum -= lower[i][j] * lower[k][j];
      lower[i][k] = i === k ? Math.sqrt(sum) : sum / lower[k][k];
    }
  }
  const x = [...b];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i][k] * x[k];
    x[i] /= lower[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= lower[k][i] * x[k];
    x[i] /= lower[i][i];
  }
  return x;
}
