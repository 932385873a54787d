/**
 * A recommender that an SAE can sit in, from outside of src: ELSA without unit vectors. It shows what one costs: this
 * file (its settings are in it, too) and a call of `register`; in src the settings would be a file of src/config.
 */
import {
  constant, linear, parameter, reluResidual, reluResidualLoss, sparseMatmul, type SparseTensor, type Tape, type Tensor,
} from "../../src/autograd/index.js";
import { whole, type Settings } from "../../src/config/field.js";
import { ADAM, LOOP, withDefaults } from "../../src/config/training.js";
import type { Engine } from "../../src/engine/engine.js";
import { uniform } from "../../src/models/initialise.js";
import type { CfaeRecord } from "../../src/models/recommenders/record.js";
import type { Cfae, Parameter } from "../../src/models/recommenders/recommender.js";
import { ScoringModel } from "../../src/models/recommenders/scoring-model.js";

export const TOY = {
  ...withDefaults(ADAM, { learningRate: 0.01 }),
  factors: whole({ default: 6, from: 2, about: "D: length of the user embedding." }),
  ...withDefaults(LOOP, { epochs: 5, batchSize: 32, patience: 0 }),
};
export type ToyConfig = Settings<typeof TOY>;

declare module "../../src/config/config.js" {
  interface Config {
    toy?: ToyConfig;
  }
}

class Toy extends ScoringModel implements Cfae {
  readonly itemVectors: Tensor;
  readonly parameters: readonly Parameter[];

  constructor(
    readonly engine: Engine, vectors: ArrayLike<number>, readonly items: number, readonly factors: number,
    trainable = false,
  ) {
    super();
    this.itemVectors = (trainable ? parameter : constant)(engine, vectors, items, factors);
    this.parameters = [{ name: "toy", tensor: this.itemVectors, unitRows: false }];
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
    return reluResidualLoss(tape, this.encode(tape, x), this.itemVectors, x, null).loss;
  }
}

export const toy: CfaeRecord<ToyConfig> = {
  name: "toy", title: "Toy", section: "toy", fields: TOY, linear: true,
  settings: (section) => section as ToyConfig,
  training: {
    learner(engine, { train, validation }, { factors }, random) {
      const start = uniform(random.fork(), train.cols * factors, 0.5);
      const model = new Toy(engine, start, train.cols, factors, true);
      return {
        rows: train.rows, watchedRows: validation.rows, parameters: model.parameters, order: random.fork(),
        step: (tape, rows) => model.loss(tape, tape.sparseInput(train, rows)),
        watch: (tape, rows) => model.loss(tape, tape.sparseInput(validation, rows)),
        weights: () => ({ toy: { shape: [train.cols, factors], data: Float32Array.from(model.itemVectors.data) } }),
      };
    },
  },
  tensors: (items, { factors }) => ({ toy: [items, factors] }),
  open: (engine, { toy: { shape: [items, factors], data } }) => new Toy(engine, data, items, factors),
  itemVectors: (weights) => weights.toy,
  bytes: (items, { factors, batchSize }) => 4 * (4 * items * factors + batchSize * (items + 6 * factors)) + 2 ** 24,
  rowFloats: () => 0,
  rowWork: (items, { factors }) => 3 * items * factors,
};
