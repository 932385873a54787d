/**
 * Whether a recommender is trained on all outputs at once, its parameters in the engine's heap, or on sampled columns
 * with working sets (working-set.ts). The first is exact and comes first; a catalogue whose scores, parameters and
 * gradients do not fit the largest heap gets the second. Decided by sizes and settings alone, so that a configuration
 * trains the same model on every machine.
 */
import { MAX_HEAP_BYTES } from "../engine/heap.js";
import { sectionOf, type Config, type Section } from "../config/config.js";
import type { DataSizes } from "./recommenders/record.js";
import { recordOf, settingsOf } from "./recommenders/registry.js";

/** Columns a step, if a batch has no more items of its own. */
const COLUMNS = 8192;
/** A batch has at most so many times the mean number of items: its users are drawn at random. */
const BATCH_MARGIN = 2;
/** Beside a record's own figure: workspaces of a few threads, alignment, row statistics. */
export const HEAP_SLACK = 2 ** 25;

/** Heap bytes of training a recommender, both ways. */
export interface TrainingWays {
  /** All outputs at once. */
  readonly whole: number;
  /** Sampled columns; null where the recommender has no such way. */
  readonly sampled: number | null;
  /** Which of them: columns a step, 0 for all outputs. */
  readonly maxOutput: number;
}

export function trainingWays(config: Config, { items, users, interactions }: DataSizes): TrainingWays {
  const record = recordOf(config);
  const settings = settingsOf(config);
  const limited = { ...settings, batchSize: Math.min(settings.batchSize, users) };
  const said = "maxOutput" in settings ? settings.maxOutput as number : 0;
  const whole = record.bytes(items, { ...limited, maxOutput: 0 } as typeof limited) + HEAP_SLACK;
  if (!record.sampledBytes) return { whole, sampled: null, maxOutput: said };
  const ofBatch = Math.ceil((limited.batchSize * interactions) / Math.max(1, users));
  const columns = said || Math.max(COLUMNS, ofBatch);
  const most = Math.min(items, Math.max(columns, BATCH_MARGIN * ofBatch) + 1);
  const sampled = record.sampledBytes(most, { ...limited, maxOutput: columns } as typeof limited, items) + HEAP_SLACK;
  return { whole, sampled, maxOutput: said > 0 || whole > MAX_HEAP_BYTES ? columns : 0 };
}

/** The configuration with `maxOutput` as the sizes ask for it; it is part of what is trained. */
export function withOutputs(config: Config, sizes: DataSizes): Config {
  const { maxOutput } = trainingWays(config, sizes);
  const { section } = recordOf(config);
  const own: Section = sectionOf(config, section);
  return maxOutput === (own.maxOutput ?? 0) ? config : { ...config, [section]: { ...own, maxOutput } };
}
