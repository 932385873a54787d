/**
 * How much memory a training run needs, worked out before it starts: better to refuse in the first second than to fail
 * in the third hour. An upper estimate, tested against the engine heap's measured peak.
 */
import { totalmem } from "node:os";
import { gib, MAX_HEAP_BYTES } from "../engine/heap.js";
import { UserError } from "../base/user-error.js";
import { HEAD_ROWS } from "../models/sae/topk-sae.js";
import type { Config } from "../config/config.js";
import { HEAP_SLACK, trainingWays, type TrainingWays } from "../models/choose-outputs.js";
import type { DataSizes } from "../models/recommenders/record.js";
import { MOST_SCORES } from "../models/recommenders/rank-all.js";
import { recordOf, settingsOf, weightsOf } from "../models/recommenders/registry.js";
import { saeBytes } from "../train/train-sae.js";

/** All in bytes. */
export interface MemoryPlan {
  /** Engine heap while the recommender is trained, in the way that was chosen. */
  readonly cfae: number;
  /** The recommender's two ways, and which was chosen (models/choose-outputs.ts). */
  readonly ways: TrainingWays;
  /** Engine heap while the SAE is trained. */
  readonly sae: number;
  /** Engine heap while test users are ranked and items encoded. */
  readonly evaluation: number;
  /** Ordinary arrays beside the heap: interactions, embeddings, the best weights so far. */
  readonly arrays: number;
  /** The largest of the three heaps, and the arrays. */
  readonly peak: number;
}

const EVALUATION_BATCH = 512;
const ENCODING_BATCH = 1024;

/**
 * What a run will take, in bytes, before anything is allocated.
 *
 * @param sizes of the training and validation users together.
 */
export function planMemory(sizes: DataSizes, config: Config): MemoryPlan {
  const { items, users, interactions } = sizes;
  const { sae } = config;
  const [record, settings] = [recordOf(config), settingsOf(config)];
  const D = settings.factors;
  const H = Math.round(sae.expansion * D);
  const weights = 2 * H * D + H + D;
  const limited = <T extends { batchSize: number }>(c: T): T => ({ ...c, batchSize: Math.min(c.batchSize, users) });
  const ways = trainingWays(config, sizes);
  const cfaePeak = ways.maxOutput > 0 && ways.sampled !== null ? ways.sampled : ways.whole;
  const frozen = weightsOf(config, items);
  const beside = record.rowFloats(settings);
  const embedding = 4 * Math.min(ENCODING_BATCH, users) * (beside + D + Math.min(items, 256));
  const saePeak = saeBytes(D, items, limited(sae)) + 4 * frozen + embedding;
  const ranked = Math.min(EVALUATION_BATCH, users);
  const ranking = 2 * Math.min(ranked * items, MOST_SCORES) + ranked * (H + 6 * D + beside);
  const encoding = Math.min(ENCODING_BATCH, Math.max(items, users)) * (2 * H + 6 * D + beside);
  const { refineHead } = sae;
  const head = refineHead > 0 ? HEAD_ROWS * items + ENCODING_BATCH * refineHead : 0;
  const evaluation = 4 * (frozen + weights + Math.max(ranking, encoding) + head) + HEAP_SLACK;
  const sampled = { ...settings, maxOutput: ways.maxOutput } as typeof settings;
  const outside = ways.maxOutput > 0 ? record.outsideFloats?.(items, sampled) ?? 0 : 0;
  const arrays = 4 * (4 * interactions + users * D + 2 * frozen + 2 * weights + outside);
  const peak = Math.max(cfaePeak, saePeak, evaluation) + arrays;
  return { cfae: cfaePeak, ways, sae: saePeak, evaluation, arrays, peak };
}

/** @throws UserError when a plan does not fit the engine's heap or this machine, saying what to make smaller. */
export function checkPlan(plan: MemoryPlan, heapBytes = MAX_HEAP_BYTES, machineBytes = totalmem()): void {
  const stages = [["the recommender", plan.cfae], ["the SAE", plan.sae], ["the evaluation", plan.evaluation]] as const;
  for (const [name, bytes] of stages) {
    if (bytes > heapBytes) {
      throw new UserError(
        `${name} needs ${gib(bytes)} of engine memory, at most ${gib(heapBytes)} can be had: use fewer factors, ` +
        "a smaller expansion or smaller batches (elsa.factors or multvae.factors, sae.expansion, …batchSize)",
      );
    }
  }
  if (plan.peak > machineBytes) {
    throw new UserError(
      `training needs about ${gib(plan.peak)}, this machine has ${gib(machineBytes)}: use fewer factors or smaller ` +
      "batches",
    );
  }
}
