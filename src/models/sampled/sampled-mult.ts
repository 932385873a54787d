/**
 * MultVAE and MultDAE trained on catalogues whose scores, B × I, or whose first and last layers would not fit the
 * engine's heap (docs/method.md §2, §8.2): their own loss, softmax and means over the sampled columns only, without a
 * correction.
 *
 *   O = items of the batch and negatives      p = softmax over O      NLL = mean over users and O of −x_O·log p
 *
 * W₀, V₁ and c₁ have a row an item and lie outside the heap (models/working-set.ts); the layers between them are in
 * it. Where O is all items this is MultVAE, to the bit. What is watched is the same loss, over the same negatives each
 * time.
 */
import type { Tape, Tensor } from "../../autograd/index.js";
import { transpose } from "../../base/dense.js";
import type { Csr } from "../../base/csr.js";
import type { NamedTensors } from "../../base/named-tensors.js";
import { Random } from "../../base/random.js";
import type { MultVaeConfig } from "../../config/multvae.js";
import type { Engine } from "../../engine/engine.js";
import type { TrainingData } from "../learner.js";
import type { WeightLearner } from "../recommenders/record.js";
import { FIRST, LAST, LAST_BIAS, type MultDae } from "../recommenders/multdae.js";
import { SampledColumns } from "../sampled-columns.js";
import { WorkingSet } from "../working-set.js";

type Model = new (engine: Engine, weights: NamedTensors, trainable: boolean) => MultDae;

/** @param weights before training; not changed. */
export function sampledMult(
  Model: Model, engine: Engine, { train, validation }: TrainingData, config: MultVaeConfig, weights: NamedTensors,
  random: Random,
): WeightLearner {
  const { hidden, dropout, maxOutput } = config;
  const items = train.cols;
  const model = new Model(engine, withOneItem(weights, hidden), true);
  const sets = [
    new WorkingSet(FIRST, transpose(weights[FIRST].data, hidden, items), items, hidden, false),
    new WorkingSet(LAST, weights[LAST].data.slice(), items, hidden, false),
    new WorkingSet(LAST_BIAS, weights[LAST_BIAS].data.slice(), items, 1, false),
  ];
  const [training, watching, order, negatives] = Array.from({ length: 4 }, () => random.fork());
  const watched = random.uint32();
  const sampler = new SampledColumns(items);
  const done = new Float64Array(1);
  const lossOf = (tape: Tape, of: Csr, rows: Int32Array, draws: Random, columnDraws: Random): Tensor => {
    const { columns, x: local } = sampler.draw(of, rows, maxOutput, columnDraws);
    model.useItems(Object.fromEntries(sets.map((set) => [set.parameter.name, set.gather(tape, columns)])));
    model.prepare(done[0], config);
    const x = tape.sparseInput(local);
    return model.forward(tape, x, model.draw(tape, x, draws, dropout)).loss;
  };
  const outside = new Map(sets.map(({ parameter }) => [parameter.name, parameter]));
  return {
    rows: train.rows, watchedRows: validation.rows, workingSets: sets, order,
    parameters: model.parameters.map((one) => outside.get(one.name) ?? one),
    randoms: [training, watching, negatives], arrays: { done },
    step(tape, rows, at) {
      const loss = lossOf(tape, train, rows, training, negatives);
      done[0] = at + 1;
      return loss;
    },
    watch: (tape, rows) => lossOf(tape, validation, rows, watching, new Random(watched + rows[0])),
    weights() {
      const [first, last, bias] = sets.map(({ parameter }) => parameter.tensor.data as Float32Array);
      return {
        ...model.weights(), [FIRST]: { shape: [hidden, items], data: transpose(first, items, hidden) },
        [LAST]: { shape: [items, hidden], data: last }, [LAST_BIAS]: { shape: [items], data: bias },
      };
    },
  };
}

/** The layers between; those of the items have one row, whose place the rows of each step take. */
function withOneItem(weights: NamedTensors, hidden: number): NamedTensors {
  const row = new Float32Array(hidden);
  return {
    ...weights, [FIRST]: { shape: [hidden, 1], data: row }, [LAST]: { shape: [1, hidden], data: row },
    [LAST_BIAS]: { shape: [1], data: row.subarray(0, 1) },
  };
}

/** Heap bytes of a step over so many columns: their rows with gradients and averages, the layers between, scores. */
export function sampledMultBytes(columns: number, { factors, hidden, batchSize }: MultVaeConfig): number {
  const between = 3 * hidden * factors + 3 * hidden + 2 * factors;
  const rows = 4 * columns * (2 * hidden + 1);
  return 4 * (rows + 4 * between + batchSize * (columns + 10 * hidden + 10 * factors)) + 2 ** 24;
}
