/**
 * ∞-AE, an autoencoder of infinite width in closed form (Sachdeva et al., "Infinite Recommendation Networks", NeurIPS
 * 2022): kernel ridge regression of people on people, with the neural tangent kernel of one hidden layer of ReLUs,
 *
 *   K_uv = κ(cos(x_u, x_v))·(|x_u|·|x_v|)^s        A = (K + λ·mean(diag K)·I)⁻¹·X        scores = K(x, X)·A
 *   κ(ρ) = κ₁(ρ) + ρ·κ₀(ρ),  κ₀ = (π − arccos ρ)/π,  κ₁ = (ρ·(π − arccos ρ) + √(1 − ρ²))/π
 *
 * |x| is the Euclidean length, and the network has no biases. The authors' kernel has s = 1; below it people with many
 * items weigh less, as with β of DAN. It is not linear in x, unlike EASE and its relatives, and errs where they do not.
 *
 * It remembers the training users: a (U, U) matrix while fitting, (I, U) afterwards. No hidden vector for an SAE.
 */
import { sparseMatmul, Tape, Tensor, type SparseTensor } from "../../autograd/index.js";
import { csrTranspose, type Csr } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import { UserError } from "../../base/user-error.js";
import type { Engine } from "../../engine/engine.js";
import { gib } from "../../engine/heap.js";
import { gram } from "./ease.js";
import type { ScorerRecord } from "./record.js";
import { ScoringModel } from "./scoring-model.js";
import { invertSpd, invertSpdFloats } from "./spd-inverse.js";

/** ∞-AE's settings. */
export interface InfiniteAeOptions {
  /** λ > 0, as a multiple of the kernel's mean diagonal. */
  readonly lambda: number;
  /** s ≥ 0: how much more people with many items weigh. Default 1, the authors'. */
  readonly lengthExponent?: number;
}

export class InfiniteAe extends ScoringModel {
  /** X: user u has the items indices[start[u] … stop[u]−1]. */
  private readonly start: Int32Array;
  private readonly stop: Int32Array;
  private readonly indices: Int32Array;
  private readonly lengths: Float64Array;

  private constructor(
    readonly engine: Engine, across: Csr, train: Csr, private readonly exponent: number,
    /** Aᵀ: (I, U) */
    private readonly weights: Tensor,
  ) {
    super();
    // Item i is in the rows of these users.
    const bounds = engine.intsFrom(across.indptr);
    [this.start, this.stop] = [bounds.subarray(0, across.rows), bounds.subarray(1)];
    this.indices = engine.intsFrom(across.indices);
    this.lengths = lengthsOf(train);
  }

  get items(): number {
    return this.weights.rows;
  }

  /**
   * Solves for A, which stays in the engine's heap.
   * @param train (U, I) binary.
   * @param onProgress is told the share of the work that is done, now and then.
   * @throws UserError when an option makes no sense, or there are too many users for the engine's memory.
   */
  static fit(
    engine: Engine, train: Csr, { lambda, lengthExponent = 1 }: InfiniteAeOptions,
    onProgress?: (share: number) => void,
  ): InfiniteAe {
    checkOptions(lambda, lengthExponent);
    const { rows: U, cols: I } = train;
    const needed = engine.heap.floatBytes * infiniteAeFloats(U, I);
    if (needed > engine.heap.free) {
      throw new UserError(
        `∞-AE of ${U} users needs ${gib(needed)} of engine memory for its ${U} × ${U} kernel, ` +
        `${gib(engine.heap.free)} is free: take fewer users, or EASE, whose matrix is of items`,
      );
    }
    const across = csrTranspose(train);
    const weights = engine.floats(I * U);
    engine.scope(() => {
      const tape = new Tape(engine, false);
      const kernel = engine.floats(U * U);
      gram(tape, across, 0, kernel);
      const lengths = lengthsOf(train);
      asKernel(kernel, lengths, lengths, lengthExponent);
      addRidge(kernel, U, lambda);
      invertSpd(engine, kernel, U, onProgress);
      weights.set(sparseMatmul(tape, tape.sparseInput(across), new Tensor(kernel, U, U, false)).data);
    });
    return new InfiniteAe(engine, across, train, lengthExponent, new Tensor(weights, I, U, false));
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    const { engine, weights, lengths } = this;
    const U = lengths.length;
    const kernel = tape.output(x.rows, U);
    const ones = engine.floats(this.indices.length);
    ones.fill(1);
    engine.run(
      "csrCsrMatmul", kernel.data, x.rowStart, x.rowEnd, x.indices, null, this.start, this.stop, this.indices, ones, U,
    );
    const own = Float64Array.from({ length: x.rows }, (_, r) => Math.sqrt(x.rowEnd[r] - x.rowStart[r]));
    asKernel(kernel.data, own, lengths, this.exponent);
    const out = tape.output(x.rows, this.items);
    engine.run("matmulABt", out.data, kernel.data, weights.data, x.rows, this.items, U, 0);
    return out;
  }
}

/** Floats of the engine's heap that a fit needs at its peak. */
function infiniteAeFloats(users: number, items: number): number {
  return invertSpdFloats(users) + 2 * items * users + 64;
}

function checkOptions(lambda: number, lengthExponent: number): void {
  if (!(lambda > 0 && Number.isFinite(lambda))) throw new UserError(`∞-AE needs λ > 0, got ${lambda}: try 2`);
  if (!(lengthExponent >= 0 && Number.isFinite(lengthExponent))) {
    throw new UserError(`∞-AE's lengthExponent must be 0 or more, got ${lengthExponent}`);
  }
}

/** |x_u|: (U), 1 where there is nothing. */
function lengthsOf({ rows, indptr }: Csr): Float64Array {
  return Float64Array.from({ length: rows }, (_, u) => Math.sqrt(Math.max(1, indptr[u + 1] - indptr[u])));
}

/** Items in common become the kernel, in place. common: (a.length, b.length). */
function asKernel(common: Floats, a: Float64Array, b: Float64Array, exponent: number): void {
  const [left, right] = [a, b].map((lengths) => lengths.map((length) => length ** exponent));
  for (let r = 0; r < a.length; r++) {
    for (let u = 0; u < b.length; u++) {
      const at = r * b.length + u;
      const cosine = Math.min(1, common[at] / (Math.max(1, a[r]) * b[u]));
      common[at] = tangentKernel(cosine) * left[r] * right[u];
    }
  }
}

/** κ(ρ): 1/π for people without a common item, 2 for one of the same items. */
export function tangentKernel(cosine: number): number {
  const open = 1 - Math.acos(cosine) / Math.PI;
  return 2 * cosine * open + Math.sqrt(1 - cosine * cosine) / Math.PI;
}

function addRidge(kernel: Floats, n: number, lambda: number): void {
  let trace = 0;
  for (let u = 0; u < n; u++) trace += kernel[u * n + u];
  for (let u = 0; u < n; u++) kernel[u * n + u] += (lambda * trace) / n;
}

export const infiniteAe: ScorerRecord = {
  name: "∞-AE",
  candidates: () => [2, 5, 10].flatMap((lambda) => [0.5, 1].map((lengthExponent) => ({
    setting: `λ = ${lambda}, s = ${lengthExponent}`,
    training: {
      fit: (engine, train, onProgress) => InfiniteAe.fit(engine, train, { lambda, lengthExponent }, onProgress),
    },
  }))),
  work: ({ users, items, interactions }) =>
    6 * (users ** 3 + interactions * users + interactions * (interactions / items)),
  bytes: ({ users, items }) => 4 * infiniteAeFloats(users, items),
};
