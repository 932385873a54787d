/**
 * Whole steps as the trainers and the recommender do them, on given weights and inputs, so that another implementation
 * can start from the same numbers.
 */
import { Tape } from "../src/autograd/index.js";
import type { Engine } from "../src/engine/engine.js";
import type { Csr } from "../src/kernels/csr.js";
import { Elsa } from "../src/models/elsa.js";
import { NestedRecommender } from "../src/models/nested.js";
import type { Parameter } from "../src/models/recommender.js";
import type { SaeShape, SaeWeights } from "../src/models/sparse-autoencoder.js";
import { TopKSae } from "../src/models/topk-sae.js";
import { Adam, PAPER_ADAM } from "../src/train/adam.js";
import { presets } from "../src/train/config.js";

/** Something that trains: batch in, forward, backward, update. */
export interface StepRun {
  readonly parameters: readonly Parameter[];
  /** Forward and backward on the first `rows` rows of the batch (default all), without the update; returns the loss. */
  differentiate(rows?: number): number;
  /** A training step; returns its loss. */
  step(): number;
}

/** Where the first n rows are. */
function firstRows(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i);
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
      return forward(tape, firstRows(rows));
    },
    step(): number {
      const loss = run.differentiate();
      optimiser.step();
      return loss;
    },
  };
  return run;
}

/** One ELSA step (METHOD.md §2). a: (I, D) unit rows, x: (B, I). */
export function elsaRun(engine: Engine, a: Float32Array, x: Csr, factors: number): StepRun {
  const model = new Elsa(engine, a, x.cols, factors, true);
  return stepRun(engine, model.parameters, x.rows, (tape, rows) => {
    const loss = model.loss(tape, tape.sparseInput(x, rows));
    tape.backward(loss);
    return loss.data[0];
  });
}

/** One TopK SAE step with the paper's objective (METHOD.md §3). u: (B, D). */
export function saeRun(engine: Engine, weights: SaeWeights, u: Float32Array, shape: SaeShape & { k: number }): StepRun {
  const model = new TopKSae(engine, weights, shape, true);
  const matrix = { data: u, rows: u.length / shape.factors, cols: shape.factors };
  return stepRun(engine, model.parameters, matrix.rows, (tape, rows) => {
    const { loss } = model.forward(tape, tape.rowsOf(matrix, rows), presets.paper.sae);
    tape.backward(loss);
    return loss.data[0];
  });
}

export const LIST_LENGTH = 20;

export interface RecommendRun {
  /** Scores of all items through ELSA and SAE, seen ones masked, the best 20 of each row in order: (rows, 20). */
  recommend(): { items: Int32Array; scores: ArrayLike<number> };
}

/** The nested recommender on x's rows (METHOD.md §3). a: (I, D) unit rows, x: (B, I). */
export function recommendRun(
  engine: Engine, a: Float32Array, weights: SaeWeights, shape: SaeShape & { k: number }, x: Csr,
): RecommendRun {
  const model = new NestedRecommender(
    new Elsa(engine, a, x.cols, shape.factors), new TopKSae(engine, weights, shape),
  );
  const tape = new Tape(engine, false);
  return {
    recommend() {
      tape.reset();
      const input = tape.sparseInput(x);
      const scores = model.scores(tape, input);
      engine.run("maskRows", scores.data, input.rowStart, input.rowEnd, input.indices, x.cols);
      const items = engine.ints(x.rows * LIST_LENGTH);
      const best = engine.floats(x.rows * LIST_LENGTH);
      engine.run("rankRows", items, best, scores.data, x.cols, LIST_LENGTH);
      return { items, scores: best };
    },
  };
}
