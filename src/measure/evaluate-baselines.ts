/**
 * The simple models that any recommender must be compared with, on the same split: popularity, item-kNN, EASE and
 * TEASER (docs/method.md §2). Their settings are chosen from short lists by nDCG@20 on the validation users; the
 * figures are the test users'. A model that the data or the memory does not allow is left out and says why.
 */
import type { Matrix } from "../autograd/index.js";
import type { Dataset, HeldOut, Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { evaluateRanking } from "../evaluate/evaluate.js";
import { csrRow, csrSelectRows } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import { Ease } from "../models/recommenders/ease.js";
import { ItemKnn } from "../models/recommenders/item-knn.js";
import { Popularity } from "../models/recommenders/popularity.js";
import type { Recommender } from "../models/recommenders/recommender.js";
import { Teaser } from "../models/recommenders/teaser.js";
import { DEFAULT_TEASER } from "../config/teaser.js";
import { trainTeaser } from "../train/train-teaser.js";
import { chooseTags } from "../data/tags/choose-tags.js";
import type { Quality } from "../model-folder/model.js";

export const baselineNames = ["popularity", "item-kNN", "EASE", "TEASER"] as const;
export type BaselineName = (typeof baselineNames)[number];

/** λ of EASE; ml-1m is best near 400. */
const LAMBDAS = [100, 200, 400, 800];
const NEIGHBOURS = [20, 50, 100, 200];
const SHRINKAGE = 10;

export interface Baseline {
  readonly name: BaselineName;
  /** What validation chose, for a person; empty where there is nothing to choose. */
  readonly setting: string;
  readonly test: Quality;
  readonly validation: Quality;
}

export interface MissingBaseline {
  readonly name: BaselineName;
  /** Why it could not be had. */
  readonly missing: string;
}

export interface BaselineOptions {
  /** Default: all. */
  readonly names?: readonly BaselineName[];
  /** Of TEASER's batches. Default 42. */
  readonly seed?: number;
  readonly onStart?: (name: BaselineName) => void;
  readonly signal?: AbortSignal;
}

/** The heap is as it was afterwards. */
export async function evaluateBaselines(
  engine: Engine, dataset: Dataset, split: Split, options: BaselineOptions = {},
): Promise<(Baseline | MissingBaseline)[]> {
  const found: (Baseline | MissingBaseline)[] = [];
  for (const name of options.names ?? baselineNames) {
    options.signal?.throwIfAborted();
    options.onStart?.(name);
    try {
      found.push(await engine.scope(async () =>
        ({ name, ...await best(engine, split, candidates(name, engine, dataset, split, options)) })));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      found.push({ name, missing: error.message });
    }
  }
  return found;
}

/** A baseline under one setting. `open` leaves its weights in the heap. */
interface Candidate {
  readonly setting: string;
  readonly open: () => Recommender | Promise<Recommender>;
}

function candidates(
  name: BaselineName, engine: Engine, dataset: Dataset, { train, validation }: Split, options: BaselineOptions,
): Candidate[] {
  switch (name) {
    case "popularity": return [{ setting: "", open: () => new Popularity(engine, train) }];
    case "item-kNN": return NEIGHBOURS.map((neighbours) => ({
      setting: `${neighbours} neighbours`,
      open: () => ItemKnn.fit(engine, train, { neighbours, shrinkage: SHRINKAGE }),
    }));
    case "EASE": return LAMBDAS.map((lambda) => ({
      setting: `λ = ${lambda}`, open: () => Ease.fit(engine, train, { lambda }),
    }));
    case "TEASER": {
      const tags = itemTags(dataset);
      return [{
        setting: `${tags.cols} tags`,
        open: async () => {
          const watched = csrSelectRows(dataset.interactions, validation.users);
          const { seed = 42, signal } = options;
          const { encoder } = await trainTeaser(engine, train, watched, tags, DEFAULT_TEASER, seed, { signal });
          return new Teaser(engine, encoder, tags, DEFAULT_TEASER);
        },
      }];
    }
  }
}

/** The candidate with the best validation nDCG; the first of equals. */
async function best(
  engine: Engine, split: Split, all: readonly Candidate[],
): Promise<Pick<Baseline, "setting" | "test" | "validation">> {
  let chosen: Pick<Baseline, "setting" | "test" | "validation"> | null = null;
  for (const { setting, open } of all) {
    chosen = await engine.scope(async () => {
      const model = await open();
      const quality = (users: HeldOut): Quality => {
        const { recall, ndcg } = evaluateRanking(engine, model, users);
        return { recall, ndcg };
      };
      const validation = quality(split.validation);
      if (chosen && !(validation.ndcg.mean > chosen.validation.ndcg.mean)) return chosen;
      return { setting, validation, test: quality(split.test) };
    });
  }
  return chosen!;
}

/** G: (I, T), 1 where the item carries the tag. */
function itemTags(dataset: Dataset): Matrix {
  const items = dataset.interactions.cols;
  const tags = dataset.tags && chooseTags(dataset.tags, items).tags;
  if (!tags || tags.names.length === 0) throw new UserError("the data set has no tags");
  const data = new Float32Array(items * tags.names.length);
  tags.names.forEach((_, t) => {
    for (const item of csrRow(tags.counts, t)) data[item * tags.names.length + t] = 1;
  });
  return { data, rows: items, cols: tags.names.length };
}
