/** A recommender that only scores under one setting, fitted: at once, or by gradient descent. */
import { Random } from "../base/random.js";
import type { AdamConfig, FitConfig } from "../config/training.js";
import type { Engine } from "../engine/engine.js";
import type { Learner, TrainingData } from "../models/learner.js";
import type { Recommender } from "../models/recommenders/recommender.js";
import type { Candidate } from "../models/recommenders/record.js";
import type { FitHooks, FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import { learn } from "./learn.js";

/** The weights stay in the engine's heap. @throws UserError when data or memory do not allow it. */
export async function fitScorer(
  engine: Engine, name: string, { training }: Candidate, data: TrainingData, seed: number, hooks?: FitHooks,
): Promise<Recommender> {
  if ("fit" in training) return training.fit(engine, data.train, (share) => hooks?.onStep?.(share, 1));
  const learner = training.learner(engine, new Random(seed));
  return (await fitLearner(engine, name, learner, training.config, data, seed, hooks)).model;
}

/** A learner trained in place: its model, in the engine's heap, and how it went. */
export async function fitLearner<M>(
  engine: Engine, name: string, learner: Learner & { readonly model: M }, config: AdamConfig & FitConfig,
  { train, validation, tags }: TrainingData, seed: number, hooks?: FitHooks,
): Promise<{ model: M; fit: FitResult }> {
  const run = runName(name, seed, config, {
    train: train.indices, validation: validation.indices, tags: tags?.data ?? null,
  });
  return { model: learner.model, fit: await learn(engine, learner, config, run, hooks) };
}
