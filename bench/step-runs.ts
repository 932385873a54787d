/**
 * Whole steps as the trainers and the recommender do them, on given weights and inputs, so that another implementation
 * can start from the same numbers.
 */
import { Tape } from "../src/autograd/index.js";
import type { Engine } from "../src/engine/engine.js";
import type { Csr } from "../src/base/csr.js";
import type { Floats } from "../src/base/floats.js";
import { Elsa } from "../src/models/recommenders/elsa.js";
import { embedAll, range } from "../src/models/encode-all.js";
import { normalisedRows } from "../src/models/initialise.js";
import { NestedRecommender } from "../src/models/nested.js";
import type { Parameter } from "../src/models/recommenders/recommender.js";
import type { SaeShape, SaeWeights } from "../src/models/sae/sparse-autoencoder.js";
import { TopKSae } from "../src/models/sae/topk-sae.js";
import { PAPER_ADAM } from "../src/config/training.js";
import { Adam } from "../src/train/adam.js";
import { presets } from "../src/config/presets.js";

/** Something that trains: batch in, forward, backward, update. */
export interface StepRun {
  readonly parameters: readonly Parameter[];
  /** Forward and backward on the first `rows` rows of the batch (default all), without the update; returns the loss. */
  differentiate(rows?: number): number;
  /** A training step; returns its loss. */
  step(): number;
  /** A training step on some rows; returns its loss. */
  stepOn(rows: Int32Array): number;
}

function stepRun(
  engine: Engine, parameters: readonly Parameter[], batch: number, forward: (tape: Tape, rows: Int32Array) => number,
): StepRun {
  const optimiser = new Adam(engine, parameters, PAPER_ADAM);
  const tape = new Tape(engine);
  const run = {
    parameters,
    differentiate(rows = batch): number {
      tape.reset();
      return forward(tape, range(0, rows));
    },
    step: () => run.stepOn(range(0, batch)),
    stepOn(rows: Int32Array): number {
      tape.reset();
      const loss = forward(tape, rows);
      optimiser.step();
      return loss;
    },
  };
  return run;
}

/** One ELSA step (docs/method.md §2). a: (I, D) unit rows, x: (B, I). */
export function elsaRun(engine: Engine, a: Float32Array, x: Csr, factors: number): StepRun {
  const model = new Elsa(engine, a, x.cols, factors, true);
  return stepRun(engine, model.parameters, x.rows, (tape, rows) => {
    const loss = model.loss(tape, tape.sparseInput(x, rows));
    tape.backward(loss);
    return loss.data[0];
  });
}

/** One TopK SAE step with the paper's objective (docs/method.md §3). u: (B, D). */
export function saeRun(engine: Engine, weights: SaeWeights, u: Float32Array, shape: SaeShape & { k: number }): StepRun {
  const model = new TopKSae(engine, weights, shape, true);
  const matrix = { data: u, rows: u.length / shape.factors, cols: shape.factors };
  return stepRun(engine, model.parameters, matrix.rows, (tape, rows) => {
    const { loss } = model.forward(tape, tape.rowsOf(matrix, rows), presets.paper.sae);
    tape.backward(loss);
    return loss.data[0];
  });
}

export interface TrainingPlan {
  readonly batch: number;
  readonly elsaEpochs: number;
  readonly saeEpochs: number;
}

/**
 * The whole training: ELSA, the SAE on its embeddings, the nested recommender over all users; batches in a fixed order.
 * Returns ELSA's last loss plus the SAE's at the end of its first epoch. The heap is as it was afterwards.
 */
export function trainingRun(
  engine: Engine, a: Float32Array, weights: SaeWeights, shape: SaeShape & { k: number }, x: Csr, plan: TrainingPlan,
): () => number {
  const batches: Int32Array[] = [];
  for (let from = 0; from < x.rows; from += plan.batch) batches.push(range(from, Math.min(x.rows, from + plan.batch)));
  const epochs = (n: number, run: (rows: Int32Array, epoch: number) => void): void => {
    for (let epoch = 0; epoch < n; epoch++) for (const rows of batches) run(rows, epoch);
  };
  return () => {
    const mark = engine.heap.mark();
    let value = 0;
    const elsa = new Elsa(engine, a, x.cols, shape.factors, true);
    const first = stepRun(engine, elsa.parameters, 0, (tape, rows) => {
      const loss = elsa.loss(tape, tape.sparseInput(x, rows));
      tape.backward(loss);
      return loss.data[0];
    });
    epochs(plan.elsaEpochs, (rows) => { value = first.stepOn(rows); });
    const trained = normalisedRows(Float32Array.from(elsa.parameters[0].tensor.data), shape.factors);
    const frozen = new Elsa(engine, trained, x.cols, shape.factors);
    const u = embedAll(engine, frozen, x);

    const sae = new TopKSae(engine, weights, shape, true);
    const second = stepRun(engine, sae.parameters, 0, (tape, rows) => {
      const { loss } = sae.forward(tape, tape.rowsOf(u, rows), presets.paper.sae);
      tape.backward(loss);
      return loss.data[0];
    });
    let atEnd = 0;
    epochs(plan.saeEpochs, (rows, epoch) => {
      const loss = second.stepOn(rows);
      if (epoch === 0) atEnd = loss;
    });
    const nested = new NestedRecommender(frozen, sae);
    const tape = new Tape(engine, false);
    epochs(1, (rows) => { bestOf(engine, nested, tape, x, rows); });
    engine.heap.release(mark);
    return value + atEnd;
  };
}

export const LIST_LENGTH = 20;

export interface RecommendRun {
  /** Scores of all items through ELSA and SAE, seen ones masked, the best 20 of each row in order: (rows, 20). */
  recommend(): { items: Int32Array; scores: ArrayLike<number> };
}

/** The nested recommender on x's rows (docs/method.md §3). a: (I, D) unit rows, x: (B, I). */
export function recommendRun(
  engine: Engine, a: Float32Array, weights: SaeWeights, shape: SaeShape & { k: number }, x: Csr,
): RecommendRun {
  const model = new NestedRecommender(
    new Elsa(engine, a, x.cols, shape.factors), new TopKSae(engine, weights, shape),
  );
  const tape = new Tape(engine, false);
  return {
    recommend() {
      return bestOf(engine, model, tape, x, range(0, x.rows));
    },
  };
}

function bestOf(
  engine: Engine, model: NestedRecommender, tape: Tape, x: Csr, rows: Int32Array,
): { items: Int32Array; scores: Floats } {
  tape.reset();
  const input = tape.sparseInput(x, rows);
  const scores = model.scores(tape, input);
  engine.run("maskRows", scores.data, input.rowStart, input.rowEnd, input.indices, x.cols);
  const items = engine.ints(rows.length * LIST_LENGTH);
  const best = engine.floats(rows.length * LIST_LENGTH);
  engine.run("rankRows", items, best, scores.data, x.cols, LIST_LENGTH);
  return { items, scores: best };
}
