/**
 * One level of pruning in sparse ELSA's training, seen from the loop: steps, what is watched, and what they make. A
 * lies in the engine's heap, over all outputs or over the authors' sample of them; or, where it has no room there, in
 * ordinary memory with lazy rows (lazy-rows.ts).
 */
import type { Tape, Tensor } from "../autograd/index.js";
import type { Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import type { ElsaSparseConfig } from "../config/elsa-sparse.js";
import type { Engine } from "../engine/engine.js";
import { sampleOutputs, SparseElsaTrainee } from "../models/recommenders/sparse-elsa-trainee.js";
import type { SparseItemVectors } from "../models/recommenders/sparse-item-vectors.js";
import type { Parameter } from "../models/recommenders/recommender.js";
import { SampledSparseElsa } from "../models/sampled/sampled-sparse-elsa.js";
import { Adam, adamRule } from "./adam.js";
import { LazyRows } from "./lazy-rows.js";
import { Nadam, nadamRule } from "./nadam.js";
import type { Optimiser } from "./optimiser.js";

/** The data of a training, its settings, and the generator of negatives. */
export interface LevelRun {
  readonly engine: Engine;
  /** (U, I) binary */
  readonly train: Csr;
  /** (V, I) binary */
  readonly validation: Csr;
  readonly config: ElsaSparseConfig;
  readonly negatives: Random;
  /** Whose negatives are watched, where not all outputs are. */
  readonly watched: number;
}

export interface SparseElsaLevel {
  readonly parameters: readonly Parameter[];
  readonly optimiser: Optimiser;
  /** The loss of these training rows, (1, 1), before its backward pass. */
  step(tape: Tape, rows: Int32Array): Tensor;
  /** The loss of these watched rows. */
  watch(tape: Tape, rows: Int32Array): Tensor;
  /** The finished vectors as ordinary arrays. @param tape not recording. */
  vectors(tape: Tape): SparseItemVectors;
}

/** @param start (I, w) what the level begins with. @param entries n ≤ w: entries of a row that count. */
export function levelInHeap(
  { engine, train, validation, config, negatives }: LevelRun, start: SparseItemVectors, entries: number,
): SparseElsaLevel {
  const model = new SparseElsaTrainee(engine, start.values, start.columns, train.cols, config.factors, entries);
  const { maxOutput } = config;
  return {
    parameters: model.parameters,
    optimiser: new (config.optimiser === "nadam" ? Nadam : Adam)(engine, model.parameters, config),
    step(tape, rows) {
      const x = tape.sparseInput(train, rows);
      return model.loss(tape, x, maxOutput > 0 ? sampleOutputs(tape, x, maxOutput, negatives) : null);
    },
    watch: (tape, rows) => model.loss(tape, tape.sparseInput(validation, rows), null),
    vectors: (tape) => model.vectors(tape),
  };
}

/** As `levelInHeap`, with A in ordinary memory. What is watched is the loss over the same negatives each time. */
export function levelOutside(
  { engine, train, validation, config, negatives, watched }: LevelRun, start: SparseItemVectors, entries: number,
): SparseElsaLevel {
  const model = new SampledSparseElsa(start, entries, config);
  const rule = (config.optimiser === "nadam" ? nadamRule : adamRule)(engine, config);
  return {
    parameters: [model.set.parameter],
    optimiser: new LazyRows(engine, [model.set], rule),
    step: (tape, rows) => model.loss(tape, train, rows, negatives),
    watch: (tape, rows) => model.loss(tape, validation, rows, new Random(watched + rows[0])),
    vectors: () => model.vectors(engine),
  };
}
