/**
 * The records of MultVAE and MultDAE, which differ in what the name says, and how both are trained. The validation loss
 * keeps dropout and sampling on, as the reference's does (docs/method.md §7); its draws come from a generator of their
 * own, so watching does not change training.
 */
import type { SparseTensor, Tape, Tensor } from "../../autograd/index.js";
import type { Random } from "../../base/random.js";
import { MULTVAE, type MultVaeConfig } from "../../config/multvae.js";
import type { Engine } from "../../engine/engine.js";
import type { TrainingData } from "../learner.js";
import { sampledMult, sampledMultBytes } from "../sampled/sampled-mult.js";
import { DAE_HEADS, layersOf, MultDae } from "./multdae.js";
import { MultVae, VAE_HEADS } from "./multvae.js";
import type { CfaeRecord, WeightLearner } from "./record.js";

/** MultVAE's record (docs/method.md §2). */
export const multvae = recordOf("multvae", "MultVAE", "vae", VAE_HEADS, MultVae);
/** MultDAE's record (docs/method.md §2). */
export const multdae = recordOf("multdae", "MultDAE", "dae", DAE_HEADS, MultDae);

type Model = typeof MultDae | typeof MultVae;

function recordOf(
  name: string, title: string, kind: MultVaeConfig["kind"], heads: readonly string[], Model: Model,
): CfaeRecord<MultVaeConfig> {
  return {
    name, title, section: "multvae", fields: MULTVAE, linear: false,
    settings: (section) => ({ ...section as MultVaeConfig, kind }),
    training: { learner: (engine, data, config, random) => learner(Model, engine, data, config, random) },
    tensors: (items, { factors, hidden }) => Object.fromEntries(
      layersOf({ items, factors, hidden }, heads).map(({ name: layer, out, fanIn }) =>
        [layer, fanIn === 0 ? [out] : [out, fanIn]]),
    ),
    open: (engine, weights) => new Model(engine, weights),
    itemVectors: () => null,
    // Weights, gradients, both averages, one batch's layers.
    bytes(items, { factors, hidden, batchSize }) {
      const weights = 2 * items * hidden + 3 * hidden * factors + 3 * hidden + 2 * factors + items;
      return 4 * (4 * weights + batchSize * (items + 10 * hidden + 10 * factors)) + 2 ** 24;
    },
    sampledBytes: sampledMultBytes,
    // The layers of the items with both averages.
    outsideFloats: (items, { hidden }) => 3 * items * (2 * hidden + 1),
    rowFloats: ({ hidden }) => 4 * hidden,
    rowWork: (items, { factors, hidden }) => 3 * items * hidden + 9 * hidden * factors,
  };
}

function learner(
  Model: Model, engine: Engine, { train, validation, start }: TrainingData, config: MultVaeConfig, random: Random,
): WeightLearner {
  const { factors, hidden, dropout } = config;
  const drawn = Model.initialise(random.fork(), { items: train.cols, factors, hidden });
  if (config.maxOutput > 0) return sampledMult(Model, engine, { train, validation }, config, start ?? drawn, random);
  const model = new Model(engine, start ?? drawn, true);
  const training = random.fork();
  const watching = random.fork();
  /** Steps so far, which β depends on; part of a checkpoint, since the run may go on with a validation. */
  const done = new Float64Array(1);
  const lossOf = (tape: Tape, x: SparseTensor, draws: Random): Tensor => {
    model.prepare(done[0], config);
    return model.forward(tape, x, model.draw(tape, x, draws, dropout)).loss;
  };
  return {
    rows: train.rows, watchedRows: validation.rows, parameters: model.parameters, order: random.fork(),
    randoms: [training, watching], arrays: { done },
    step(tape, rows, at) {
      const loss = lossOf(tape, tape.sparseInput(train, rows), training);
      done[0] = at + 1;
      return loss;
    },
    watch: (tape, rows) => lossOf(tape, tape.sparseInput(validation, rows), watching),
    weights: () => model.weights(),
  };
}
