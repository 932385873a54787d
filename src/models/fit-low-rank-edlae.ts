/**
 * How EDLAE of low rank comes to its weights (Steck, NeurIPS 2020; docs/method.md §9.1): U and V of B = U·Vᵀ, both
 * (I, D), in closed form turn by turn. Three solvers, by what they do about the diagonal of B, which says what an item
 * says about itself:
 *
 *   "admm"   what the diagonal contributes is removed by multipliers (β, γ): the paper's own model
 *   "zero"   an approximation whose diagonal is 0 exactly
 *   "free"   an approximation without a condition
 *
 * All use P = (G + Λ)⁻¹, G = XᵀX, Λ_i = λ + p/(1−p)·n_i, which is (I, I) while they work; G itself is never formed.
 * The result has 2·I·D numbers. What is fitted, recommenders/low-rank-edlae.ts, knows nothing of it.
 */
import { type SparseTensor, Tape } from "../autograd/index.js";
import { csrColumnCounts, type Csr } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import type { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import { EDLAE, type EdlaeConfig } from "../config/edlae.js";
import type { Engine } from "../engine/engine.js";
import { gib } from "../engine/heap.js";
import { LowRankEdlae, type LowRankWeights } from "./recommenders/low-rank-edlae.js";
import { invertSpd, invertSpdFloats } from "./recommenders/spd-inverse.js";

const SOLVERS = EDLAE.solver.words;

/** Settings of low-rank EDLAE (docs/method.md §9.1). */
export interface LowRankEdlaeOptions {
  /** D: length of the user embedding. */
  readonly factors: number;
  /** λ > 0, in interactions. */
  readonly lambda: number;
  /** p in [0, 1): the share of a user's items that is hidden in thought. */
  readonly dropout: number;
  /** Default "admm". */
  readonly solver?: EdlaeConfig["solver"];
  /**
   * ω > 0, weight of the penalty on the diagonal ("admm" only). U's own turn leaves it out, as the reference does, so
   * that many times λ makes the turns diverge. Default λ.
   */
  readonly omega?: number;
  /** Turns. Default 10. */
  readonly iterations?: number;
}

/**
 * @param train (U, I) binary. @param random draws the start.
 * @throws UserError when an option makes no sense, or the catalogue is too large for the engine's memory.
 */
export function fitLowRankEdlae(
  engine: Engine, train: Csr, options: LowRankEdlaeOptions, random: Random, onProgress?: (share: number) => void,
): LowRankEdlae {
  const start = lowRankStart(random, train.cols * options.factors);
  const weights = solveLowRankEdlae(engine, train, options, start, onProgress);
  return new LowRankEdlae(engine, weights, train.cols, options.factors);
}

/** U or V before the first turn: small normal numbers. */
export function lowRankStart(random: Random, length: number): Float64Array {
  return Float64Array.from({ length }, () => 1e-4 * random.normal());
}

/** Bytes of the engine's heap that the solver needs at its peak. */
export function lowRankEdlaeBytes(engine: Engine, train: Csr, factors: number, solver: string): number {
  const { cols: items, rows: users } = train;
  const inverses = solver === "zero" ? items * items + invertSpdFloats(items) : invertSpdFloats(items);
  const floats = inverses + (8 * items + users) * factors + 4 * invertSpdFloats(factors) + 8 * items + 4096;
  return engine.heap.floatBytes * floats + 20 * train.indices.length;
}

/**
 * The weights from a start, as ordinary arrays in the engine's precision; the heap is as it was afterwards.
 * @param start (I, D): U of "admm", V of the approximations. Only U·Vᵀ is determined, not U and V.
 */
export function solveLowRankEdlae(
  engine: Engine, train: Csr, options: LowRankEdlaeOptions, start: ArrayLike<number>,
  onProgress?: (share: number) => void,
): LowRankWeights {
  const { factors, solver = "admm", omega = options.lambda, iterations = 10 } = options;
  checkOptions(options);
  const needed = lowRankEdlaeBytes(engine, train, factors, solver);
  const free = engine.heap.free;
  if (needed > free) {
    throw new UserError(
      `EDLAE of ${train.cols} items needs ${gib(needed)} of engine memory for its ${train.cols} × ${train.cols} ` +
      `matrices, ${gib(free)} is free: keep fewer items, or take ELSA, which has no such matrix`,
    );
  }
  return engine.scope(() => {
    const solve = new Turns(engine, train, options, (share) => onProgress?.(share / 2));
    const [u, v] = [engine.floats(start.length), engine.floats(start.length)];
    (solver === "admm" ? u : v).set(start);
    const turn = solver === "admm" ? solve.admm(u, v, omega) : solve.approximation(u, v, solver === "zero");
    for (let t = 0; t < iterations; t++) {
      turn();
      onProgress?.(0.5 + (t + 1) / (2 * iterations));
    }
    checkConverged(u, v, factors);
    return { encoder: u.slice(), decoder: v.slice() };
  });
}

/**
 * Factors that hardly differ make a Gram matrix whose smallest eigenvalues drown in single precision's rounding; a few
 * roundings of its largest ones on the diagonal keep it positive definite, and move what is determined by as little.
 */
function steady(gram: Floats, d: number): void {
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, gram[i * d + i]);
  for (let i = 0; i < d; i++) gram[i * d + i] += 2e-6 * largest;
}

function checkOptions(o: LowRankEdlaeOptions): void {
  const { solver = "admm", omega = o.lambda, iterations = 10 } = o;
  const wrong: string[] = [];
  const need = (ok: boolean, what: string): void => { if (!ok) wrong.push(what); };
  const positive = (n: number): boolean => Number.isInteger(n) && n > 0;
  need(positive(o.factors), `factors must be a positive whole number, got ${o.factors}`);
  need(o.lambda > 0 && Number.isFinite(o.lambda), `lambda must be positive, got ${o.lambda}`);
  need(o.dropout >= 0 && o.dropout < 1, `dropout must be in [0, 1), got ${o.dropout}`);
  need(SOLVERS.includes(solver), `solver must be ${SOLVERS.join(", ")}, got ${solver}`);
  need(omega > 0, `omega must be positive, got ${omega}`);
  need(positive(iterations), `iterations must be a positive whole number, got ${iterations}`);
  if (wrong.length > 0) throw new UserError(`EDLAE: ${wrong.join("; ")}`);
}

/** The diagonal of U·Vᵀ is a share of what an item says about itself; where turns diverge it grows without bound. */
function checkConverged(u: Floats, v: Floats, d: number): void {
  for (let at = 0; at < u.length; at += d) {
    let own = 0;
    for (let j = at; j < at + d; j++) own += u[j] * v[j];
    if (!(Math.abs(own) < 10)) {
      throw new UserError(
        `EDLAE diverged (item ${at / d} says ${own} about itself): take a smaller omega, or a larger lambda`,
      );
    }
  }
}

/** What the solvers share: P, products with G by way of X, and the small inverses. Everything lives in the heap. */
class Turns {
  private readonly items: number;
  private readonly d: number;
  private readonly x: SparseTensor;
  private readonly counts: Int32Array;
  /** Λ: (I) */
  private readonly ridge: Floats;
  /** (G + Λ)⁻¹: (I, I) */
  private readonly p: Floats;
  /** X·m of `gramTimes`: (U, D) */
  private readonly ofUsers: Floats;
  /** The last `inverseGram`: (D, D) */
  private readonly small: Floats;

  constructor(
    private readonly engine: Engine, train: Csr, { factors, lambda, dropout }: LowRankEdlaeOptions,
    onProgress: (share: number) => void,
  ) {
    this.items = train.cols;
    this.d = factors;
    this.x = new Tape(engine, false).sparseInput(train);
    this.counts = csrColumnCounts(train);
    this.ridge = engine.floatsFrom(Float64Array.from(this.counts, (n) => lambda + (dropout / (1 - dropout)) * n));
    this.ofUsers = engine.floats(train.rows * factors);
    this.small = engine.floats(factors * factors);
    const { items, x } = this;
    const { colStart, colEnd, rowIndices } = x.transpose();
    this.p = engine.floats(items * items);
    engine.run("csrGram", this.p, colStart, colEnd, rowIndices, x.rowStart, x.rowEnd, x.indices, null, items);
    for (let i = 0; i < items; i++) this.p[i * items + i] += this.ridge[i];
    invertSpd(engine, this.p, items, onProgress);
  }

  /** One turn of ADMM from u; β and γ start at 0. */
  admm(u: Floats, v: Floats, omega: number): () => void {
    const { engine, items, d, ridge, counts } = this;
    const penalty = Float64Array.from(ridge, (r) => r + omega);
    const [beta, gamma] = [new Float64Array(items), new Float64Array(items)];
    const [gu, c] = [engine.floats(items * d), engine.floats(items * d)];
    /** β, γ and Ω as rows of factors for G·m and for m: C = G·diag(1 + β) + diag(Ω·(β − γ)). */
    const combine = (out: Floats, g: Floats, m: Floats, gainOfG: (i: number) => number): void => {
      for (let i = 0; i < items; i++) {
        const [a, b] = [gainOfG(i), penalty[i] * (beta[i] - gamma[i])];
        for (let j = i * d; j < (i + 1) * d; j++) out[j] = a * g[j] + b * m[j];
      }
    };
    this.gramTimes(gu, u);
    return () => {
      // V = Cᵀ·U·(Uᵀ(G + Λ + Ω)U)⁻¹
      combine(c, gu, u, (i) => 1 + beta[i]);
      const small = this.inverseGram(u, gu, (i) => ridge[i] + penalty[i]);
      engine.run("matmul", v, c, small, items, d, d, 0);
      // U = P·C·V·(VᵀV)⁻¹
      const scaled = gu;
      for (let i = 0; i < items; i++) for (let j = i * d; j < (i + 1) * d; j++) scaled[j] = (1 + beta[i]) * v[j];
      this.gramTimes(c, scaled);
      combine(c, c, v, () => 1);
      engine.run("matmul", scaled, this.p, c, items, d, items, 0);
      engine.run("matmul", u, scaled, this.inverseGram(v, null, () => 1), items, d, d, 0);
      this.gramTimes(gu, u);
      for (let i = 0; i < items; i++) {
        let [diagonal, ofGram] = [0, 0];
        for (let j = i * d; j < (i + 1) * d; j++) {
          diagonal += u[j] * v[j];
          ofGram += gu[j] * v[j];
        }
        beta[i] = Math.max(0, (ofGram - counts[i] + penalty[i] * (diagonal + gamma[i])) / (counts[i] + omega));
        gamma[i] += diagonal - beta[i];
      }
    };
  }

  /** One turn of an approximation from v. */
  approximation(u: Floats, v: Floats, zeroDiagonal: boolean): () => void {
    const { engine, items, d, ridge, p } = this;
    const [a, gu] = [engine.floats(items * d), engine.floats(items * d)];
    return () => {
      const inverse = this.inverseGram(v, null, () => 1);
      const weight = zeroDiagonal ? this.multipliers(v, inverse) : ridge;
      // U = (V − P·(weight∘V))·(VᵀV)⁻¹
      for (let i = 0; i < items; i++) for (let j = i * d; j < (i + 1) * d; j++) a[j] = weight[i] * v[j];
      engine.run("matmul", gu, p, a, items, d, items, 0);
      for (let j = 0; j < items * d; j++) a[j] = v[j] - gu[j];
      engine.run("matmul", u, a, inverse, items, d, d, 0);
      // V = G·U·(Uᵀ(G + Λ)U)⁻¹
      this.gramTimes(gu, u);
      const small = this.inverseGram(u, gu, (i) => ridge[i]);
      engine.run("matmul", v, gu, small, items, d, d, 0);
      if (!zeroDiagonal) return;
      const w = a;
      engine.run("matmul", w, u, small, items, d, d, 0);
      for (let i = 0; i < items; i++) {
        let [diagonal, own] = [0, 0];
        for (let j = i * d; j < (i + 1) * d; j++) {
          diagonal += u[j] * v[j];
          own += u[j] * w[j];
        }
        // An item that nobody has has no row in U: there is nothing to take off.
        if (own > 0) for (let j = i * d; j < (i + 1) * d; j++) v[j] -= (w[j] * diagonal) / own;
      }
    };
  }

  /** γ with (P∘K)γ = diag K, K = V(VᵀV)⁻¹Vᵀ: what keeps the diagonal of the next B at 0. (I) */
  private multipliers(v: Floats, inverse: Floats): ArrayLike<number> {
    const { engine, items, d, p } = this;
    return engine.scope(() => {
      const vi = engine.floats(items * d);
      engine.run("matmul", vi, v, inverse, items, d, d, 0);
      const k = engine.floats(items * items);
      engine.run("matmulABt", k, vi, v, items, items, d, 0);
      const diagonal = engine.floats(items);
      for (let i = 0; i < items; i++) diagonal[i] = k[i * items + i];
      for (let at = 0; at < items * items; at++) k[at] *= p[at];
      invertSpd(engine, k, items);
      const solution = engine.floats(items);
      engine.run("matmulABt", solution, diagonal, k, 1, items, items, 0);
      return Float64Array.from(solution);
    });
  }

  /** out = G·m by way of the users: Xᵀ(X·m). m: (I, D). */
  private gramTimes(out: Floats, m: Floats): void {
    const { engine, d, x } = this;
    engine.run("csrMatmul", this.ofUsers, x.rowStart, x.rowEnd, x.indices, null, m, d, 0);
    const { colStart, colEnd, rowIndices } = x.transpose();
    engine.run("csrMatmul", out, colStart, colEnd, rowIndices, null, this.ofUsers, d, 0);
  }

  /** (mᵀ·gm + mᵀ·diag(weight)·m)⁻¹: (D, D), valid until the next call. gm: G·m, or null to leave that term out. */
  private inverseGram(m: Floats, gm: Floats | null, weight: (i: number) => number): Floats {
    const { engine, items, d, small } = this;
    engine.scope(() => {
      const weighted = engine.floats(items * d);
      for (let i = 0; i < items; i++) {
        const w = weight(i);
        for (let j = i * d; j < (i + 1) * d; j++) weighted[j] = w * m[j] + (gm ? gm[j] : 0);
      }
      engine.run("matmulAtB", small, m, weighted, d, d, items, 0);
      if (engine.heap.floatBytes === 4) steady(small, d);
      invertSpd(engine, small, d);
    });
    return small;
  }
}
