/**
 * TEASER trained by gradient descent (docs/method.md §2): a linear recommender whose user profile speaks in tags.
 *
 *   profile p = xE       scores = p·Gᵀ − x·diag(E·Gᵀ)
 *   loss = mean (scores − x)² + λ₁·offdiag ‖E·Gᵀ‖² / I² + λ₂·mean E²
 *
 * E (I, T) is learned, the item-tag matrix G (I, T) is given. The profile is the knob itself: adding α to a tag raises
 * the items that carry it. Taking out the diagonal keeps an item from recommending itself.
 */
import {
  addLoss, constant, diagonalResidual, diagonalResidualLoss, l2Loss, offDiagonalPenalty, parameter, sparseMatmul,
  Tensor, type Matrix, type SparseTensor, type Tape,
} from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { TeaserConfig } from "../../config/teaser.js";
import type { Cfae, Parameter } from "./recommender.js";

/** λ₁ and λ₂. */
export type TeaserPenalties = Pick<TeaserConfig, "offDiagonal" | "weights">;

export class Teaser implements Cfae {
  readonly items: number;
  /** T: one entry of the profile a tag. */
  readonly factors: number;
  readonly parameters: readonly Parameter[];
  private readonly e: Tensor;
  private readonly g: Tensor;
  /** GᵀG: (T, T) */
  private readonly gram: Tensor;
  private readonly zero: Tensor;

  /** @param encoder E, (I, T), copied; @param tags G, (I, T), copied. */
  constructor(
    readonly engine: Engine, encoder: ArrayLike<number>, tags: Matrix, private readonly penalties: TeaserPenalties,
    trainable = false,
  ) {
    const { rows: items, cols } = tags;
    this.items = items;
    this.factors = cols;
    this.e = (trainable ? parameter : constant)(engine, encoder, items, cols);
    this.g = constant(engine, tags.data, items, cols);
    this.gram = new Tensor(engine.floats(cols * cols), cols, cols, false);
    engine.run("matmulAtB", this.gram.data, this.g.data, this.g.data, cols, cols, items, 0);
    this.zero = constant(engine, new Float32Array(items * cols), items, cols);
    this.parameters = [{ name: "encoder", tensor: this.e, unitRows: false }];
  }

  /** The profile: (B, T). */
  encode(tape: Tape, x: SparseTensor): Tensor {
    return sparseMatmul(tape, x, this.e);
  }

  decode(tape: Tape, profile: Tensor, x: SparseTensor): Tensor {
    return diagonalResidual(tape, profile, this.e, this.g, x);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return this.decode(tape, this.encode(tape, x), x);
  }

  loss(tape: Tape, x: SparseTensor): Tensor {
    const fit = diagonalResidualLoss(tape, this.encode(tape, x), this.e, this.g, x);
    const offDiagonal = offDiagonalPenalty(tape, this.e, this.g, this.gram);
    const weights = l2Loss(tape, this.e, this.zero);
    return addLoss(tape, addLoss(tape, fit, offDiagonal, this.penalties.offDiagonal), weights, this.penalties.weights);
  }
}
