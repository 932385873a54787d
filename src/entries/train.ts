/**
 * `unknot/train`: the loop, its hooks and checkpoints, and training of the parts that `trainModel` puts together.
 *
 *   const elsa = await fitRecommender(engine, "elsa", interactions, { settings: { factors: 64 } });
 *   elsa.recommend([3, 17], 10);                                          // item numbers, best first
 *   const { weights, shape } = await trainSae(engine, embeddings, watched, presets.default.sae, seed);
 *
 * @module train
 */
export { trainModel, updateConfig, type Stage, type TrainHooks, type TrainOptions } from "../pipeline/train-model.js";
export { planMemory, type MemoryPlan } from "../pipeline/plan-memory.js";
export { removeCheckpoints, type CheckpointOptions } from "../pipeline/run-checkpoints.js";
export { DivergedError, type EpochReport, type FitHooks, type FitResult } from "../train/fit.js";
export type { FitState } from "../train/fit-state.js";
export { readCheckpoint, writeCheckpoint } from "../train/checkpoint.js";
export { fitRecommender, type FitRecommenderOptions } from "../train/fit-recommender.js";
export type { TrainedCfae } from "../train/train-by-steps.js";
export { trainCfae, trainRecommender } from "../train/train-recommender.js";
export { trainSparseElsa, type TrainedSparseElsa } from "../train/train-sparse-elsa.js";
export { trainSae, type FrozenCfae, type TrainedSae } from "../train/train-sae.js";
export type { Checkpointing } from "../train/fit.js";
export type { TrainingWays } from "../models/choose-outputs.js";
export type { WorkingSet } from "../models/working-set.js";
export type { StateArray } from "../train/fit-state.js";
export type { SparseElsaHooks, SparseElsaWays } from "../train/train-sparse-elsa.js";
export type { PruningLevel } from "../models/recommenders/pruning.js";
export { startFrom, type Items, type WarmStart } from "../model-folder/warm-start.js";
