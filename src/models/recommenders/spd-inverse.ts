/**
 * The inverse of a symmetric positive definite matrix by blocked Cholesky, on the engine's matrix products:
 *
 *   A = L·Lᵀ        M = L⁻¹        A⁻¹ = Mᵀ·M
 *
 * The blocks are halves of halves. With A = [A₁₁ ·; A₂₁ A₂₂] and M₁₁ known from A₁₁,
 *   L₂₁ = A₂₁·M₁₁ᵀ      M₂₂ from A₂₂ − L₂₁·L₂₁ᵀ      M₂₁ = −M₂₂·L₂₁·M₁₁,
 * so all work but that of the smallest blocks is products. Those blocks, on the diagonal, where rounding would spread
 * to everything after them, are factorised in double precision. About 2n³ FLOPs.
 *
 * Scratch comes from the engine's heap: at its peak about ⁴⁄₃·n² floats beside the matrix itself.
 */
import type { Engine } from "../../engine/engine.js";
import type { Floats } from "../../base/floats.js";
import { UserError } from "../../base/user-error.js";

/** Blocks of at most this many rows are factorised directly. */
const DIRECT = 64;

/** Floats that `invertSpd` needs on the heap, the matrix included. */
export function invertSpdFloats(n: number): number {
  return n * n + scratch(n);
}

/**
 * The blocks of one level are a copy of the matrix, on top comes the larger half; alignment takes 32 floats an array.
 */
function scratch(n: number): number {
  return n * n + 128 + (n > DIRECT ? scratch(halves(n)[0]) : 0);
}

/**
 * Overwrites a: (n, n), symmetric positive definite, in the engine's heap, with its inverse.
 * @param onProgress is told the share of the arithmetic that is done, after every few blocks.
 * @throws UserError when a is not positive definite to working precision.
 */
export function invertSpd(engine: Engine, a: Floats, n: number, onProgress?: (share: number) => void): void {
  const all = factorWork(n) + gramWork(n);
  let done = 0;
  const worked: Worked = (multiplications) => {
    done += multiplications;
    onProgress?.(done / all);
  };
  invertFactor(engine, a, n, worked);
  gramOfLower(engine, a, n, worked);
}

/** Told how many multiplications were just done. */
type Worked = (multiplications: number) => void;

/** Multiplications of the two halves of the work, as the functions below do them. */
function factorWork(n: number): number {
  if (n <= DIRECT) return n ** 3;
  const [h, t] = halves(n);
  return factorWork(h) + factorWork(t) + 2 * t * h * (h + t);
}

function gramWork(n: number): number {
  if (n <= DIRECT) return n ** 3;
  const [h, t] = halves(n);
  return gramWork(h) + gramWork(t) + t * h * (h + t);
}

/** Overwrites a with M, where a = L·Lᵀ and M = L⁻¹, lower triangular with zeros above. */
function invertFactor(engine: Engine, a: Floats, n: number, worked: Worked): void {
  if (n <= DIRECT) {
    invertFactorDirectly(a, n);
    worked(n ** 3);
    return;
  }
  engine.scope(() => {
    const [h, t] = halves(n);
    const m11 = block(engine, a, n, 0, 0, h, h);
    const a21 = block(engine, a, n, h, 0, t, h);
    const m22 = block(engine, a, n, h, h, t, t);
    invertFactor(engine, m11, h, worked);
    const l21 = engine.floats(t * h);
    engine.run("matmulABt", l21, a21, m11, t, h, h, 0);
    const minusL21 = a21;
    engine.run("addScaled", minusL21, l21, -1, 0);
    engine.run("matmulABt", m22, minusL21, l21, t, t, h, 1);
    worked(t * h * (h + t));
    invertFactor(engine, m22, t, worked);
    const product = l21;
    engine.run("matmul", product, minusL21, m11, t, h, h, 0);
    const m21 = minusL21;
    engine.run("matmul", m21, m22, product, t, h, t, 0);
    worked(t * h * (h + t));
    place(a, n, 0, 0, m11, h, h);
    place(a, n, h, 0, m21, t, h);
    place(a, n, h, h, m22, t, t);
    for (let r = 0; r < h; r++) a.fill(0, r * n + h, (r + 1) * n);
  });
}

/** Overwrites a lower triangular m with mᵀ·m, both triangles, by halves: the zeros above are never multiplied. */
function gramOfLower(engine: Engine, m: Floats, n: number, worked: Worked): void {
  engine.scope(() => {
    if (n <= DIRECT) {
      const copy = engine.floatsFrom(m);
      engine.run("matmulAtB", m, copy, copy, n, n, n, 0);
      worked(n ** 3);
      return;
    }
    const [h, t] = halves(n);
    const p11 = block(engine, m, n, 0, 0, h, h);
    const m21 = block(engine, m, n, h, 0, t, h);
    const p22 = block(engine, m, n, h, h, t, t);
    const p21 = engine.floats(t * h);
    engine.run("matmulAtB", p21, p22, m21, t, h, t, 0);
    gramOfLower(engine, p11, h, worked);
    engine.run("matmulAtB", p11, m21, m21, h, h, t, 1);
    worked(t * h * (h + t));
    gramOfLower(engine, p22, t, worked);
    place(m, n, 0, 0, p11, h, h);
    place(m, n, h, 0, p21, t, h);
    place(m, n, h, h, p22, t, t);
    for (let r = 0; r < t; r++) for (let c = 0; c < h; c++) m[c * n + h + r] = p21[r * h + c];
  });
}

/** Cholesky and the inverse of the factor in double precision, row by row. */
function invertFactorDirectly(a: Floats, n: number): void {
  const l = Float64Array.from(a);
  for (let j = 0; j < n; j++) {
    let pivot = l[j * n + j];
    for (let p = 0; p < j; p++) pivot -= l[j * n + p] ** 2;
    if (!(pivot > 0)) {
      throw new UserError(`the matrix is not positive definite (pivot ${pivot}): use a larger regularisation`);
    }
    const root = Math.sqrt(pivot);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = l[i * n + j];
      for (let p = 0; p < j; p++) sum -= l[i * n + p] * l[j * n + p];
      l[i * n + j] = sum / root;
    }
  }
  // Column c of L⁻¹ by forward substitution.
  const inverse = new Float64Array(n * n);
  for (let c = 0; c < n; c++) {
    inverse[c * n + c] = 1 / l[c * n + c];
    for (let i = c + 1; i < n; i++) {
      let sum = 0;
      for (let p = c; p < i; p++) sum -= l[i * n + p] * inverse[p * n + c];
      inverse[i * n + c] = sum / l[i * n + i];
    }
  }
  a.set(inverse);
}

/** Two halves, the first a multiple of DIRECT, so that tiles stay whole. */
function halves(n: number): [number, number] {
  const h = DIRECT * Math.ceil(n / (2 * DIRECT));
  return [h, n - h];
}

/** A contiguous copy of the block at (row, col) of a: (n, n). */
function block(engine: Engine, a: Floats, n: number, row: number, col: number, rows: number, cols: number): Floats {
  const copy = engine.floats(rows * cols);
  for (let r = 0; r < rows; r++) {
    const from = (row + r) * n + col;
    copy.set(a.subarray(from, from + cols), r * cols);
  }
  return copy;
}

/** The inverse of `block`. */
function place(a: Floats, n: number, row: number, col: number, values: Floats, rows: number, cols: number): void {
  for (let r = 0; r < rows; r++) a.set(values.subarray(r * cols, (r + 1) * cols), (row + r) * n + col);
}
