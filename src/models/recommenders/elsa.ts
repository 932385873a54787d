/**
 * ELSA, a linear autoencoder with unit item vectors (Vančura et al., RecSys 2022; docs/method.md §2).
 *
 *   e = xA          y = relu(eAᵀ − x)          loss = mean over users ‖ y/‖y‖ − x/‖x‖ ‖²
 *
 * A is (I, D), one row an item. Subtracting x removes what an item says about itself.
 */
import {
  parameter, constant, linear, reluResidual, reluResidualLoss, sparseMatmul, type SparseTensor, type Tape, type Tensor,
} from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { Random } from "../../base/random.js";
import { kaimingUniform, normalisedRows } from "../initialise.js";
import type { Cfae, Parameter } from "./recommender.js";

export class Elsa implements Cfae {
  readonly parameters: readonly Parameter[];
  /** A, the decoder as well as the encoder. */
  readonly itemVectors: Tensor;

  /** @param encoder (I, D) item vectors; copied. */
  constructor(
    readonly engine: Engine, encoder: ArrayLike<number>, readonly items: number, readonly factors: number,
    trainable = false,
  ) {
    this.itemVectors = (trainable ? parameter : constant)(engine, encoder, items, factors);
    this.parameters = [{ name: "encoder", tensor: this.itemVectors, unitRows: true }];
  }

  /** Kaiming-uniform rows, normalised. */
  static initialise(random: Random, items: number, factors: number): Float32Array {
    return normalisedRows(kaimingUniform(random, items * factors, factors), factors);
  }

  encode(tape: Tape, x: SparseTensor): Tensor {
    return sparseMatmul(tape, x, this.itemVectors);
  }

  decode(tape: Tape, e: Tensor, x: SparseTensor): Tensor {
    return reluResidual(tape, linear(tape, e, this.itemVectors, null), x);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return this.decode(tape, this.encode(tape, x), x);
  }

  loss(tape: Tape, x: SparseTensor): Tensor {
    return this.lossOf(tape, this.encode(tape, x), x, null);
  }

  /** eAᵀ: (B, I). Entries of x are 1 too high. */
  logits(tape: Tape, e: Tensor): Tensor {
    return linear(tape, e, this.itemVectors, null);
  }

  lossOf(tape: Tape, e: Tensor, x: SparseTensor, hidden: SparseTensor | null): Tensor {
    return reluResidualLoss(tape, e, this.itemVectors, x, hidden).loss;
  }
}
