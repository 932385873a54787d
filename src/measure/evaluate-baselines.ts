/**
 * The simple models that any recommender must be compared with, on the same split: the scorers of
 * models/recommenders/scorers.ts (docs/method.md §2). Their settings are chosen from short lists by nDCG@20 on the
 * validation users; the figures are the test users'. A model that the data or the memory does not allow is left out and
 * says why.
 */
import type { Matrix } from "../autograd/index.js";
import type { Dataset, HeldOut, Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { evaluateRanking, type EvaluateOptions } from "../evaluate/evaluate.js";
import {
  beyondAccuracy, listContext, ListFigures, type BeyondAccuracy, type ListContext,
} from "../evaluate/list-figures.js";
import { csrRow, csrSelectRows } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { TrainingData } from "../models/learner.js";
import type { ScorerRecord } from "../models/recommenders/record.js";
import { scorers } from "../models/recommenders/scorers.js";
import { fitScorer } from "../train/fit-scorer.js";
import { inputAndTarget } from "../data/split-time.js";
import { chooseTags } from "../data/tags/choose-tags.js";
import type { Quality } from "../model-folder/model.js";

/** A simple model's quality on the test users, with the setting that validation chose. */
export interface Baseline {
  readonly name: string;
  /** What validation chose, for a person; empty where there is nothing to choose. */
  readonly setting: string;
  readonly test: Quality;
  readonly validation: Quality;
  /** The test users' lists of 20 beside their accuracy; no distance, as items have no vectors here. */
  readonly lists: BeyondAccuracy;
}

/** A baseline that the data or the memory does not allow, and why. */
export interface MissingBaseline {
  readonly name: string;
  /** Why it could not be had. */
  readonly missing: string;
}

/** What fitting a baseline takes, worked out beforehand. */
export interface BaselineNeed {
  /** Settings among which validation users choose. */
  readonly settings: number;
  /** Of the engine's memory. */
  readonly bytes: number;
  /** Of all settings together, roughly. */
  readonly multiplyAdds: number;
}

/** Which baselines, and who is told. */
export interface BaselineOptions {
  /** Default: all. */
  readonly names?: readonly string[];
  /** Of TEASER's batches. Default 42. */
  readonly seed?: number;
  /** Called before each baseline. */
  readonly onStart?: (name: string, need: BaselineNeed) => void;
  /** The share of a baseline that is done: of all its settings, fitted and ranked. */
  readonly onProgress?: (name: string, share: number) => void;
  /** Why a baseline is not to be fitted, knowing what it needs; null where it is. Default: all are. */
  readonly leaveOut?: (name: string, need: BaselineNeed) => string | null;
  readonly signal?: AbortSignal;
}

/** The heap is as it was afterwards. */
export async function evaluateBaselines(
  engine: Engine, dataset: Dataset, split: Split, options: BaselineOptions = {},
): Promise<(Baseline | MissingBaseline)[]> {
  const { names = scorers.names, onStart, leaveOut, signal } = options;
  const data: TrainingData = {
    train: split.train, tags: itemTags(dataset),
    validation: split.byTime ? inputAndTarget(split.validation)
      : csrSelectRows(dataset.interactions, split.validation.users),
  };
  const tags = dataset.tags && chooseTags(dataset.tags, dataset.itemIds.length).tags;
  const context = listContext(split.train, null, tags?.counts ?? null);
  const found: (Baseline | MissingBaseline)[] = [];
  for (const name of names) {
    signal?.throwIfAborted();
    try {
      const scorer = scorers.get(name);
      const need = needOf(scorer, data);
      const why = leaveOut?.(name, need) ?? null;
      if (why !== null) throw new UserError(why);
      onStart?.(name, need);
      const { strengths } = split;
      const weighted = scorer.weighted && strengths ? { ...data, train: { ...data.train, values: strengths } } : data;
      found.push({ name, ...await best(engine, scorer, split, weighted, context, options) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      found.push({ name, missing: error.message });
    }
  }
  return found;
}

function needOf(scorer: ScorerRecord, data: TrainingData): BaselineNeed {
  const { rows: users, cols: items, indices } = data.train;
  const sizes = { users, items, interactions: indices.length };
  return {
    settings: scorer.candidates(data).length, bytes: scorer.bytes(sizes), multiplyAdds: scorer.work(sizes),
  };
}

/** The candidate with the best validation nDCG; the first of equals. Each is fitted once. */
async function best(
  engine: Engine, scorer: ScorerRecord, split: Split, data: TrainingData, context: ListContext,
  { seed = 42, signal, onProgress }: BaselineOptions,
): Promise<Omit<Baseline, "name">> {
  let chosen: Omit<Baseline, "name"> | null = null;
  const candidates = scorer.candidates(data);
  for (const [c, candidate] of candidates.entries()) {
    signal?.throwIfAborted();
    const onStep = (done: number, all: number): void => onProgress?.(scorer.name, (c + done / all) / candidates.length);
    chosen = await engine.scope(async () => {
      const model = await fitScorer(engine, scorer.name, candidate, data, seed, { signal, onStep });
      const quality = (users: HeldOut, onList?: EvaluateOptions["onList"]): Quality => {
        const { recall, ndcg } = evaluateRanking(engine, model, users, { onList });
        return { recall, ndcg };
      };
      const validation = quality(split.validation);
      if (chosen && !(validation.ndcg.mean > chosen.validation.ndcg.mean)) return chosen;
      const figures = new ListFigures([20], split.test, context);
      const test = quality(split.test, (row, list) => { figures.add(row, list); });
      return { setting: candidate.setting, validation, test, lists: beyondAccuracy(figures.figures()[0]) };
    });
  }
  return chosen!;
}

/** G: (I, T), 1 where the item carries the tag; null without tags. */
function itemTags(dataset: Dataset): Matrix | null {
  const items = dataset.interactions.cols;
  const tags = dataset.tags && chooseTags(dataset.tags, items).tags;
  if (!tags || tags.names.length === 0) return null;
  const data = new Float32Array(items * tags.names.length);
  tags.names.forEach((_, t) => {
    for (const item of csrRow(tags.counts, t)) data[item * tags.names.length + t] = 1;
  });
  return { data, rows: items, cols: tags.names.length };
}
