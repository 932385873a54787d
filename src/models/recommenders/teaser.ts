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
import type { Random } from "../../base/random.js";
import { DEFAULT_TEASER, type TeaserConfig } from "../../config/teaser.js";
import { UserError } from "../../base/user-error.js";
import type { Learner, TrainingData } from "../learner.js";
import type { Cfae, Parameter } from "./recommender.js";
import type { ScorerRecord } from "./record.js";
import { ScoringModel } from "./scoring-model.js";

/** λ₁ and λ₂. */
export type TeaserPenalties = Pick<TeaserConfig, "offDiagonal" | "weights">;

export class Teaser extends ScoringModel implements Cfae {
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
    super();
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

/** @throws UserError when there are no tags, or those of other items. */
export function teaserLearner(
  engine: Engine, { train, validation, tags }: TrainingData, config: TeaserConfig, random: Random,
): Learner & { readonly model: Teaser } {
  if (!tags) throw new UserError("the data set has no tags");
  if (tags.rows !== train.cols) {
    throw new UserError(
      `the tag matrix has ${tags.rows} items, the interactions ${train.cols}: do they belong together?`,
    );
  }
  // The loss is a convex quadratic function of E, so zero is as good a start as any, and it has no noise to unlearn.
  const model = new Teaser(engine, new Float32Array(tags.data.length), tags, config, true);
  return {
    model, rows: train.rows, watchedRows: validation.rows, parameters: model.parameters, order: random,
    step: (tape, rows) => model.loss(tape, tape.sparseInput(train, rows)),
    watch: (tape, rows) => model.loss(tape, tape.sparseInput(validation, rows)),
  };
}

export const teaser: ScorerRecord = {
  name: "TEASER",
  candidates(data) {
    const { tags } = data;
    if (!tags) throw new UserError("the data set has no tags");
    const config = DEFAULT_TEASER;
    return [{
      setting: `${tags.cols} tags`,
      training: { config, learner: (engine, random) => teaserLearner(engine, data, config, random) },
    }];
  },
  work: ({ interactions, users }) => 4 * interactions * (interactions / users),
  bytes: () => 0,
};
