/**
 * From what is said of items to their vectors, in closed form (docs/method.md §12, "Ridge map"): F (I×T) is side
 * information, V (I×D) what training made of the items that have interactions,
 *
 *   P = (FᵀF + λI)⁻¹      W = P·FᵀV      v̂ = fW for an item of features f
 *
 * and for more features than items the same by the dual, Q = (FFᵀ + λI)⁻¹, W = FᵀQV. How far such a vector can be
 * trusted is known without a second fit: leaving item i out changes its prediction to v̂ᵢ − (h/(1−h))(vᵢ − v̂ᵢ), where
 * h is its own weight in it, fPfᵀ (by the dual 1 − λQᵢᵢ). It is no model of interactions: it copies what V knows.
 */
import { dot } from "../../base/dense.js";
import type { Floats } from "../../base/floats.js";
import { UserError } from "../../base/user-error.js";
import type { Engine } from "../../engine/engine.js";
import { gib } from "../../engine/heap.js";
import { invertSpd, invertSpdFloats } from "../recommenders/spd-inverse.js";

/** A dense matrix in either precision. */
export interface Rows {
  /** (rows, cols) row-major */
  readonly data: Floats;
  readonly rows: number;
  readonly cols: number;
}

/** A ridge regression on the features of known items. */
export class RidgeMap {
  private constructor(
    private readonly engine: Engine,
    /** F: (I, T) */
    private readonly features: Rows,
    readonly lambda: number,
    /** P (T, T), or Q (I, I) where there are more features than items. */
    private readonly inverse: Floats,
  ) {}

  /**
   * The inverse is made once, for any targets. The heap is as it was afterwards.
   * @param features F, (I, T) of the known items. @param lambda λ > 0.
   * @param gram gramOf(engine, features), for who fits several λ.
   * @throws UserError when λ makes no sense or the matrices do not fit the engine's memory.
   */
  static fit(engine: Engine, features: Rows, lambda: number, gram = gramOf(engine, features)): RidgeMap {
    if (!(lambda > 0 && Number.isFinite(lambda))) throw new UserError(`λ must be greater than 0, got ${lambda}`);
    const n = Math.min(features.rows, features.cols);
    const inverse = engine.scope(() => {
      const regularised = engine.floatsFrom(gram);
      for (let i = 0; i < n; i++) regularised[i * n + i] += lambda;
      invertSpd(engine, regularised, n);
      return regularised.slice();
    });
    return new RidgeMap(engine, features, lambda, inverse);
  }

  /** W, (T, D), that leads from features to these vectors. vectors: (I, D) of the known items. */
  weights(vectors: Rows): Floats {
    const { engine, features: { rows: I, cols: T, data }, inverse } = this;
    const D = vectors.cols;
    if (vectors.rows !== I) throw new RangeError(`${vectors.rows} vectors for the features of ${I} items`);
    return engine.scope(() => {
      const [f, v, by] = [data, vectors.data, inverse].map((values) => engine.floatsFrom(values));
      const [w, between] = [engine.floats(T * D), engine.floats(Math.min(I, T) * D)];
      if (T <= I) {
        engine.run("matmulAtB", between, f, v, T, D, I, 0);
        engine.run("matmul", w, by, between, T, D, T, 0);
      } else {
        engine.run("matmul", between, by, v, I, D, I, 0);
        engine.run("matmulAtB", w, f, between, T, D, I, 0);
      }
      return w.slice();
    });
  }

  /** v̂ = fW for each row of `more`, (n, T): (n, D). */
  predict(vectors: Rows, more: Rows): Rows {
    return timesWeights(this.engine, more, this.weights(vectors), vectors.cols);
  }

  /** What each known item's vector is predicted to be by all the others: (I, D). */
  leftOut(vectors: Rows): Rows {
    const D = vectors.cols;
    const { data, rows } = this.predict(vectors, this.features);
    const own = this.ownWeights();
    for (let i = 0; i < rows; i++) {
      // Below 1 in exact arithmetic.
      const share = own[i] / Math.max(1e-6, 1 - own[i]);
      for (let d = 0; d < D; d++) data[i * D + d] -= share * (vectors.data[i * D + d] - data[i * D + d]);
    }
    return { data, rows, cols: D };
  }

  /** (I) h: how much each known item says in its own prediction, from 0 to 1. */
  private ownWeights(): Float64Array {
    const { engine, features: { rows: I, cols: T, data }, inverse, lambda } = this;
    if (T > I) return Float64Array.from({ length: I }, (_, i) => 1 - lambda * inverse[i * I + i]);
    const own = Array.from({ length: I }, (_, i) => nonZeros(data, i * T, T));
    // Rows of tags are nearly empty: pairs of what is there are far fewer than a product's multiplications.
    if (own.reduce((sum, { length }) => sum + length ** 2, 0) < SPARSE * I * T ** 2) {
      return Float64Array.from(own, (at, i) => quadratic(data, i * T, at, inverse, T));
    }
    const { data: fp } = timesWeights(engine, this.features, inverse, T);
    return Float64Array.from({ length: I }, (_, i) => dot(fp, data, i * T, i * T, T));
  }
}

/** Below this share of all pairs of features a row's weight is summed pair by pair. */
const SPARSE = 1 / 64;

/** Columns of a row of n that starts at `from` and are not 0. */
function nonZeros(data: Floats, from: number, n: number): number[] {
  const found: number[] = [];
  for (let t = 0; t < n; t++) if (data[from + t] !== 0) found.push(t);
  return found;
}

/** fPfᵀ of the row that starts at `from`, over its columns `at`. P: (n, n), symmetric. */
function quadratic(data: Floats, from: number, at: readonly number[], p: Floats, n: number): number {
  let sum = 0;
  for (let a = 0; a < at.length; a++) {
    const [row, f] = [at[a] * n, data[from + at[a]]];
    let others = 0;
    for (let b = 0; b < a; b++) others += p[row + at[b]] * data[from + at[b]];
    sum += f * (2 * others + p[row + at[a]] * f);
  }
  return sum;
}

/**
 * FᵀF, (T, T), or FFᵀ, (I, I), where there are more features than items: what ridge maps of every λ start from. The
 * heap is as it was afterwards.
 * @throws UserError when the matrices of a fit do not fit the engine's memory.
 */
export function gramOf(engine: Engine, features: Rows): Floats {
  const { rows: I, cols: T } = features;
  const n = Math.min(I, T);
  const needed = engine.heap.floatBytes * (invertSpdFloats(n) + 2 * I * T);
  if (needed > engine.heap.free) {
    throw new UserError(
      `the features of ${I} items, ${T} each, need ${gib(needed)} of engine memory, ${gib(engine.heap.free)} is ` +
      "free: use fewer features, rarer tags left out",
    );
  }
  return engine.scope(() => {
    const f = engine.floatsFrom(features.data);
    const gram = engine.floats(n * n);
    if (T <= I) engine.run("matmulAtB", gram, f, f, T, T, I, 0);
    else engine.run("matmulABt", gram, f, f, I, I, T, 0);
    return gram.slice();
  });
}

/** features·weights: (n, T)·(T, D). */
function timesWeights(engine: Engine, { data, rows, cols: T }: Rows, weights: Floats, D: number): Rows {
  return engine.scope(() => {
    const out = engine.floats(rows * D);
    engine.run("matmul", out, engine.floatsFrom(data), engine.floatsFrom(weights), rows, D, T, 0);
    return { data: out.slice(), rows, cols: D };
  });
}

/** (I) cosines between rows of two matrices of one shape; 0 where a row is zero. */
export function rowCosines(a: Rows, b: Rows): Float64Array {
  const D = a.cols;
  return Float64Array.from({ length: a.rows }, (_, i) => {
    const at = i * D;
    const norms = Math.sqrt(dot(a.data, a.data, at, at, D) * dot(b.data, b.data, at, at, D));
    return norms > 0 ? dot(a.data, b.data, at, at, D) / norms : 0;
  });
}

/** λ to choose from. */
export const LAMBDAS: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];

/**
 * The ridge map whose predictions, each item left out of its own, have the largest mean cosine with what training
 * found, with these predictions, (I, D), and their cosines, (I).
 */
export function chooseRidgeMap(
  engine: Engine, features: Rows, vectors: Rows, lambdas: readonly number[] = LAMBDAS,
): { readonly map: RidgeMap; readonly leftOut: Rows; readonly cosines: Float64Array } {
  let best: ReturnType<typeof chooseRidgeMap> | null = null;
  let worth = -Infinity;
  const gram = gramOf(engine, features);
  for (const lambda of lambdas) {
    const map = RidgeMap.fit(engine, features, lambda, gram);
    const leftOut = map.leftOut(vectors);
    const cosines = rowCosines(leftOut, vectors);
    const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
    if (!(mean > worth)) continue;
    [worth, best] = [mean, { map, leftOut, cosines }];
  }
  if (!best) throw new UserError("there is no item to learn from what features mean: no vector is known");
  return best;
}
