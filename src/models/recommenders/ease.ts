/**
 * EASE, the shallow autoencoder in closed form (Steck, WWW 2019), and the models that differ from it by one number:
 *
 *   G = Xᵀ·diag(|x_u|^−β)·X      Λ_i = λ + p/(1−p)·n_i      P = (G + diag Λ)⁻¹
 *   B_ij = −P_ij·d_j off the diagonal, 0 on it      d_j = max(Λ_j, (1−ξ)/P_jj)
 *   W_ij = B_ij·(n_i/n_j)^α      scores = xW
 *
 * All numbers at their defaults, d_j = 1/P_jj: EASE minimises ‖X − XB‖² + λ‖B‖² among all matrices with a zero
 * diagonal. `dropout` p is EDLAE (Steck, NeurIPS 2020), where each user's items are hidden with probability p and only
 * hidden ones count. α and β are the normalisations of DAN (Park et al., SIGIR 2025). `diagonalLimit` ξ lets an item
 * say so much about itself while the others are fitted (RLAE, Moon et al., SIGIR 2023); from 1 on it is a plain ridge
 * regression, LAE. Formulas: docs/method.md §9.1–9.2.
 *
 * W is dense, (I, I): the method is for catalogues of up to some ten thousand items, and has no hidden vector for an
 * SAE. SparseMrf keeps what matters of such a matrix; LowRankEdlae has a hidden vector.
 */
import { constant, sparseMatmul, type SparseTensor, Tape, Tensor } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import { gib } from "../../engine/heap.js";
import { csrColumnCounts, csrTranspose, type Csr } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import { UserError } from "../../base/user-error.js";
import type { ScorerRecord } from "./record.js";
import { ScoringModel } from "./scoring-model.js";
import { invertSpd, invertSpdFloats } from "./spd-inverse.js";

/** EASE's penalty and its relatives' settings (docs/method.md §9.1, §9.2). */
export interface EaseOptions {
  /** λ > 0, in interactions: how many users an item must have to be trusted. 200 … 1000 on small data. */
  readonly lambda: number;
  /** p in [0, 1): the share of a user's items that is hidden in thought. Default 0, EASE. */
  readonly dropout?: number;
  /** α: how much what is popular is held back. Default 0. */
  readonly itemExponent?: number;
  /** β: how much users with many items are held back. Default 0. */
  readonly userExponent?: number;
  /** ξ ≥ 0. Default 0: nothing says anything about itself. */
  readonly diagonalLimit?: number;
}

export class Ease extends ScoringModel {
  /** W: (I, I) */
  private readonly weights: Tensor;

  /** @param weights W, (I, I); copied unless it already lives in the engine's heap. */
  constructor(readonly engine: Engine, weights: ArrayLike<number> | Tensor, readonly items: number) {
    super();
    this.weights = weights instanceof Tensor ? weights : constant(engine, weights, items, items);
  }

  /**
   * Solves for W. The weights stay in the engine's heap.
   * @param train (U, I) binary, or with positive values where interactions count differently.
   * @param onProgress is told the share of the work that is done, now and then.
   * @throws UserError when an option makes no sense, or the catalogue is too large for the engine's memory.
   */
  static fit(engine: Engine, train: Csr, options: EaseOptions, onProgress?: (share: number) => void): Ease {
    checkOptions(options);
    const items = train.cols;
    const needed = easeBytes(engine, train);
    const free = engine.heap.free;
    if (needed > free) {
      throw new UserError(
        `EASE of ${items} items needs ${gib(needed)} of engine memory for its ${items} × ${items} matrices, ` +
        `${gib(free)} is free: keep fewer items, or take sparse MRF, item-kNN or ELSA, which have no such matrix`,
      );
    }
    const counts = csrColumnCounts(train);
    const { lambda, dropout = 0, itemExponent = 0, userExponent = 0, diagonalLimit = 0 } = options;
    const diagonal = train.values ? squaresOf(train) : counts;
    const ridge = Float64Array.from(diagonal, (n) => lambda + (dropout / (1 - dropout)) * n);
    const p = engine.floats(items * items);
    const tape = new Tape(engine, false);
    gram(tape, train, userExponent, p);
    for (let i = 0; i < items; i++) p[i * items + i] += ridge[i];
    tape.reset();
    invertSpd(engine, p, items, onProgress);
    weightsInPlace(p, items, ridge, diagonalLimit);
    if (itemExponent !== 0) scaleByCounts(p, counts, itemExponent);
    return new Ease(engine, new Tensor(p, items, items, false), items);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return sparseMatmul(tape, x, this.weights);
  }
}

/** Bytes of the engine's heap that a fit needs at its peak. */
export function easeBytes(engine: Engine, train: Csr): number {
  const sparse = (train.values ? 16 : 12) * train.indices.length;
  return engine.heap.floatBytes * (invertSpdFloats(train.cols) + train.cols + train.rows) + sparse;
}

/** Σ_u x_ui², the diagonal of XᵀX: (I), n_i where x is binary. */
function squaresOf({ cols, indices, values }: Csr): Float64Array {
  const squares = new Float64Array(cols);
  values!.forEach((value, q) => { squares[indices[q]] += value ** 2; });
  return squares;
}

function checkOptions(options: EaseOptions): void {
  const { lambda, dropout = 0, itemExponent = 0, userExponent = 0, diagonalLimit = 0 } = options;
  if (!(lambda > 0 && Number.isFinite(lambda))) {
    throw new UserError(`EASE needs a regularisation λ > 0, got ${lambda}: try 200`);
  }
  if (!(dropout >= 0 && dropout < 1)) throw new UserError(`EASE's dropout must be in [0, 1), got ${dropout}`);
  if (!(diagonalLimit >= 0)) throw new UserError(`EASE's diagonalLimit must be 0 or more, got ${diagonalLimit}`);
  for (const [name, value] of Object.entries({ itemExponent, userExponent })) {
    if (!Number.isFinite(value)) throw new UserError(`EASE's ${name} must be a number, got ${value}`);
  }
}

/** g = Xᵀ·diag(|x_u|^−β)·X; its workspace is on the tape. */
export function gram(tape: Tape, train: Csr, userExponent: number, g: Floats): void {
  const { engine } = tape;
  if (train.values) {
    weightedGram(tape, train, userExponent, g);
    return;
  }
  const x = tape.sparseInput(train);
  const weights = userExponent === 0 ? null : engine.floatsFrom(
    Float64Array.from({ length: train.rows }, (_, u) =>
      Math.max(1, train.indptr[u + 1] - train.indptr[u]) ** -userExponent),
  );
  const { colStart, colEnd, rowIndices } = x.transpose();
  engine.run("csrGram", g, colStart, colEnd, rowIndices, x.rowStart, x.rowEnd, x.indices, weights, train.cols);
}

/** The same of entries that count differently: G_ij = Σ_u |x_u|^−β·x_ui·x_uj. */
function weightedGram({ engine }: Tape, train: Csr, userExponent: number, g: Floats): void {
  const scaled = Float32Array.from(train.values!);
  for (let u = 0; u < train.rows; u++) {
    const factor = Math.max(1, train.indptr[u + 1] - train.indptr[u]) ** -userExponent;
    for (let q = train.indptr[u]; q < train.indptr[u + 1]; q++) scaled[q] *= factor;
  }
  const t = csrTranspose({ ...train, values: scaled });
  const [starts, rows] = [engine.intsFrom(t.indptr), engine.intsFrom(train.indptr)];
  engine.run(
    "csrCsrMatmul", g, starts.subarray(0, t.rows), starts.subarray(1), engine.intsFrom(t.indices),
    engine.floatsFrom(t.values!), rows.subarray(0, train.rows), rows.subarray(1), engine.intsFrom(train.indices),
    engine.floatsFrom(train.values!), train.cols,
  );
}

/** P becomes B: column j is multiplied by −d_j, and the diagonal is 0. */
function weightsInPlace(p: Floats, n: number, ridge: Float64Array, diagonalLimit: number): void {
  const scale = Float64Array.from({ length: n }, (_, j) =>
    -Math.max(ridge[j], Math.max(0, 1 - diagonalLimit) / p[j * n + j]));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) p[i * n + j] *= scale[j];
    p[i * n + i] = 0;
  }
}

/** B becomes W. What nobody has correlates with nothing: its entries are 0 already, and its count is taken as 1. */
function scaleByCounts(b: Floats, counts: Int32Array, exponent: number): void {
  const n = counts.length;
  const popularity = Float64Array.from(counts, (count) => Math.max(1, count) ** exponent);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) b[i * n + j] *= popularity[i] / popularity[j];
}

/** The record of one of the models that are EASE but for a number or two. */
function recordOf(
  name: string, settings: readonly EaseOptions[], describe: (one: EaseOptions) => string,
): ScorerRecord {
  return {
    name, weighted: true,
    candidates: () => settings.map((options) => ({
      setting: describe(options),
      training: { fit: (engine, train, onProgress) => Ease.fit(engine, train, options, onProgress) },
    })),
    work: ({ items, users, interactions }) =>
      settings.length * (items ** 3 + interactions * (interactions / users)),
    bytes: ({ items }) => 4 * (invertSpdFloats(items) + items),
  };
}

// ml-1m is best near 400.
export const ease = recordOf(
  "EASE", [100, 200, 400, 800].map((lambda) => ({ lambda })), ({ lambda }) => `λ = ${lambda}`,
);

export const edlae = recordOf(
  "EDLAE", [100, 200, 400].flatMap((lambda) => [0.33, 0.5].map((dropout) => ({ lambda, dropout }))),
  ({ lambda, dropout }) => `λ = ${lambda}, p = ${dropout}`,
);

export const dan = recordOf(
  "DAN", [20, 50].flatMap((lambda) => [0.2, 0.3].flatMap((userExponent) => [0.1, 0.2].map((itemExponent) =>
    ({ lambda, dropout: 0.33, itemExponent, userExponent })))),
  ({ lambda, dropout, itemExponent, userExponent }) =>
    `λ = ${lambda}, p = ${dropout}, α = ${itemExponent}, β = ${userExponent}`,
);
