/**
 * Directions matched one to one by |cosine|: do decoder rows point where the concepts are (MCC), and do two trainings
 * with other seeds find the same (PW-MCC; Paulo & Belrose, 2025; Song et al., 2025)?
 *
 * Many directions are never all orthogonal, so a matching of random ones has a figure, too: it is the floor, and
 * reported beside.
 */
import type { Csr } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import type { Random } from "../../base/random.js";
import { assign } from "./hungarian.js";
import { RidgeSystem } from "../components/ridge.js";

/** Mean |cosine| of the best one-to-one matching of the rows of a, (n, dims), with those of b, (m, dims). */
export function matchedCosine(a: Floats, b: Floats, dims: number): number {
  const [n, m] = [a.length / dims, b.length / dims];
  const [unitA, unitB] = [unitRows(a, dims), unitRows(b, dims)];
  const cosine = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let d = 0; d < dims; d++) sum += unitA[i * dims + d] * unitB[j * dims + d];
      cosine[i * m + j] = sum;
    }
  }
  return matchedMean(cosine, n, m);
}

/** Mean of the best one-to-one matching by |value|; @param cosine (n, m). NaN without rows or columns. */
export function matchedMean(cosine: Floats, n: number, m: number): number {
  if (n === 0 || m === 0) return NaN;
  const size = Float64Array.from(cosine, Math.abs);
  let sum = 0;
  assign(size, n, m).forEach((j, i) => { if (j >= 0) sum += size[i * m + j]; });
  return sum / Math.min(n, m);
}

/** matchedCosine of as many random directions: the floor. */
export function randomCosine(n: number, m: number, dims: number, random: Random): number {
  const rows = (count: number): Float64Array => Float64Array.from({ length: count * dims }, () => random.normal());
  return matchedCosine(rows(n), rows(m), dims);
}

/** (T, dims) planted directions: ridge (λ 1) of centred item embeddings x, (I, dims), on grades, (I, T). */
export function plantedDirections(x: Floats, dims: number, grades: Csr): Float64Array {
  const { rows: I, cols: T } = grades;
  const g = new Float64Array(I * T);
  for (let i = 0; i < I; i++) {
    for (let q = grades.indptr[i]; q < grades.indptr[i + 1]; q++) {
      g[i * T + grades.indices[q]] = grades.values ? grades.values[q] : 1;
    }
  }
  // Weights come as one row a target, (dims, T); a direction is a column of them.
  const { weights } = new RidgeSystem(g, T, Int32Array.from({ length: I }, (_, i) => i), x, dims).solve(1);
  return Float64Array.from({ length: T * dims }, (_, k) => weights[(k % dims) * T + Math.floor(k / dims)]);
}

/** The rows that `keep` marks. */
export function keptRows(x: Floats, dims: number, keep: ArrayLike<number>): Float64Array {
  const kept: number[] = [];
  for (let r = 0; r < x.length / dims; r++) if (keep[r]) for (let d = 0; d < dims; d++) kept.push(x[r * dims + d]);
  return Float64Array.from(kept);
}

function unitRows(x: Floats, dims: number): Float64Array {
  const unit = Float64Array.from(x);
  for (let r = 0; r < x.length; r += dims) {
    let squares = 0;
    for (let d = 0; d < dims; d++) squares += unit[r + d] ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let d = 0; d < dims; d++) unit[r + d] *= scale;
  }
  return unit;
}
