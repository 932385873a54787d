/**
 * ELSA as training sees it (docs/method.md §2): where A starts, what a step computes, exact or approximated, on all
 * items or on sampled ones. The recommender itself is recommenders/elsa.ts.
 */
import type { Csr } from "../base/csr.js";
import type { Random } from "../base/random.js";
import type { ElsaConfig } from "../config/elsa.js";
import type { Engine } from "../engine/engine.js";
import { elsaLoss } from "./elsa-loss.js";
import { normalisedRows, startRandom } from "./initialise.js";
import { dropEntries } from "./input-dropout.js";
import type { TrainingData } from "./learner.js";
import { Elsa, encoderOf } from "./recommenders/elsa.js";
import type { WeightLearner } from "./recommenders/record.js";
import { sampledElsa } from "./sampled/sampled-elsa.js";
import { truncatedSvd } from "./truncated-svd.js";

/**
 * Rows of the interactions' truncated singular value decomposition, normalised (truncated-svd.ts): (I, D).
 * @param drawn (I, D) from `Elsa.initialise`, overwritten; what nobody has keeps its row.
 */
export function svdRows(engine: Engine, x: Csr, drawn: Float32Array): Float32Array {
  const factors = drawn.length / x.cols;
  return normalisedRows(truncatedSvd(engine, x, drawn, factors), factors);
}

export function elsaLearner(
  engine: Engine, { train, validation, start }: TrainingData, config: ElsaConfig, random: Random,
): WeightLearner {
  const [items, { factors, inputDropout }] = [train.cols, config];
  const drawn = Elsa.initialise(startRandom(random.fork(), config), items, factors);
  const first = start ? encoderOf(start).data : config.start === "svd" ? svdRows(engine, train, drawn) : drawn;
  if (config.maxOutput > 0) return sampledElsa({ train, validation }, config, first, random);
  const model = new Elsa(engine, first, items, factors, true);
  const order = random.fork();
  // Forked only when used: without dropout a seed gives what it always gave.
  const drops = inputDropout > 0 ? random.fork() : null;
  return {
    rows: train.rows, watchedRows: validation.rows, parameters: model.parameters, order, randoms: drops ? [drops] : [],
    step(tape, rows) {
      const x = tape.sparseInput(train, rows);
      if (!drops) return elsaLoss(tape, model.encode(tape, x), model.itemVectors, x, null, config);
      const { seen, hidden } = dropEntries(train, rows, inputDropout, drops);
      const e = model.encode(tape, tape.sparseInput(seen));
      return elsaLoss(tape, e, model.itemVectors, x, tape.sparseInput(hidden), config);
    },
    watch: (tape, rows) => model.loss(tape, tape.sparseInput(validation, rows)),
    weights: () => ({ encoder: { shape: [items, factors], data: Float32Array.from(model.itemVectors.data) } }),
  };
}
