/**
 * How much memory a training run needs, worked out before it starts: better to refuse in the first second than to fail
 * in the third hour. An upper estimate, tested against the engine heap's measured peak.
 */
import { totalmem } from "node:os";
import { gib, MAX_HEAP_BYTES } from "../engine/heap.js";
import { UserError } from "../kernels/user-error.js";
import type { Preset } from "../train/config.js";
import { elsaBytes } from "../train/train-elsa.js";

/** All in bytes. */
export interface MemoryPlan {
  /** Engine heap while ELSA is trained. */
  readonly elsa: number;
  /** Engine heap while the SAE is trained. */
  readonly sae: number;
  /** Engine heap while test users are ranked and items encoded. */
  readonly evaluation: number;
  /** Ordinary arrays beside the heap: interactions, embeddings, the best weights so far. */
  readonly arrays: number;
  /** The largest of the three heaps, and the arrays. */
  readonly peak: number;
}

export interface TrainingSize {
  readonly items: number;
  /** Training and validation users. */
  readonly users: number;
  readonly interactions: number;
}

/** Bytes beside the tensors: workspaces of a few threads, alignment, row statistics. */
const SLACK = 2 ** 25;
const EVALUATION_BATCH = 512;
const ENCODING_BATCH = 1024;

export function planMemory({ items, users, interactions }: TrainingSize, { elsa, sae }: Preset): MemoryPlan {
  const D = elsa.factors;
  const H = Math.round(sae.expansion * D);
  const B = Math.min(sae.batchSize, users);
  const weights = 2 * H * D + H + D;
  const widths = sae.kind === "topk" ? 2 * H : 5 * H;
  const elsaPeak = elsaBytes(items, { ...elsa, batchSize: Math.min(elsa.batchSize, users) }) + SLACK;
  const saePeak = 4 * (4 * weights + B * (12 * D + widths)) + SLACK;
  const ranking = Math.min(EVALUATION_BATCH, users) * (2 * items + H + 6 * D);
  const encoding = Math.min(ENCODING_BATCH, Math.max(items, users)) * (2 * H + 6 * D);
  const evaluation = 4 * (items * D + weights + Math.max(ranking, encoding)) + SLACK;
  const arrays = 4 * (4 * interactions + users * D + 2 * items * D + 2 * weights);
  return { elsa: elsaPeak, sae: saePeak, evaluation, arrays, peak: Math.max(elsaPeak, saePeak, evaluation) + arrays };
}

/** @throws UserError when a plan does not fit the engine's heap or this machine, saying what to make smaller. */
export function checkPlan(plan: MemoryPlan, heapBytes = MAX_HEAP_BYTES, machineBytes = totalmem()): void {
  const stages = [["ELSA", plan.elsa], ["the SAE", plan.sae], ["the evaluation", plan.evaluation]] as const;
  for (const [name, bytes] of stages) {
    if (bytes > heapBytes) {
      throw new UserError(
        `${name} needs ${gib(bytes)} of engine memory, at most ${gib(heapBytes)} can be had: use fewer factors, ` +
        "a smaller expansion or smaller batches (elsa.factors, sae.expansion, elsa.batchSize)",
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
