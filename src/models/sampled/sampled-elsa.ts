/**
 * ELSA trained on catalogues whose scores, B × I, or whose A would not fit the engine's heap (docs/method.md §2, §8.2):
 * ELSA's own loss, its norms over the sampled columns only, without a correction.
 *
 *   O = items of the batch and negatives      y = relu(eA_Oᵀ − x_O)      loss = mean over users ‖ y/‖y‖ − x/‖x‖ ‖²
 *
 * A is outside the heap; rows in O are brought in, trained and written back (models/working-set.ts). Where O is all
 * items this is ELSA, to the bit. What is watched after an epoch is the same loss, over the same negatives each time.
 */
import { sparseMatmul, type Tape, type Tensor } from "../../autograd/index.js";
import type { Csr } from "../../base/csr.js";
import { Random } from "../../base/random.js";
import type { ElsaConfig } from "../../config/elsa.js";
import { range } from "../encode-all.js";
import { elsaLoss, type Approximations } from "../elsa-loss.js";
import { dropEntries } from "../input-dropout.js";
import type { TrainingData } from "../learner.js";
import { SampledColumns } from "../sampled-columns.js";
import { WorkingSet } from "../working-set.js";
import type { WeightLearner } from "../recommenders/record.js";

/** @param start A before training, (I, D): trained in place. */
export function sampledElsa(
  { train, validation }: TrainingData, config: ElsaConfig, start: Float32Array, random: Random,
): WeightLearner {
  const [items, { factors, maxOutput, inputDropout }] = [train.cols, config];
  const a = new WorkingSet("encoder", start, items, factors, true);
  const sampler = new SampledColumns(items);
  const [order, negatives] = [random.fork(), random.fork()];
  const watched = random.uint32();
  const drops = inputDropout > 0 ? random.fork() : null;
  const lossOf = (
    tape: Tape, of: Csr, rows: Int32Array, draws: Random, dropped: Random | null,
    approximations: Approximations = {},
  ): Tensor => {
    const { columns, x } = sampler.draw(of, rows, maxOutput, draws);
    const vectors = a.gather(tape, columns);
    const parts = dropped && dropEntries(x, range(0, x.rows), inputDropout, dropped);
    const seen = tape.sparseInput(parts?.seen ?? x);
    const e = sparseMatmul(tape, seen, vectors);
    const [target, hidden] = parts ? [tape.sparseInput(x), tape.sparseInput(parts.hidden)] : [seen, null];
    return elsaLoss(tape, e, vectors, target, hidden, approximations);
  };
  return {
    rows: train.rows, watchedRows: validation.rows, parameters: [a.parameter], workingSets: [a], order,
    randoms: drops ? [negatives, drops] : [negatives],
    step: (tape, rows) => lossOf(tape, train, rows, negatives, drops, config),
    watch: (tape, rows) => lossOf(tape, validation, rows, new Random(watched + rows[0]), null),
    weights: () => ({ encoder: { shape: [items, factors], data: start } }),
  };
}
