/**
 * The figures that a model is judged by (docs/method.md §3, "Reported"): ranking of the recommender, of the SAE inside
 * it and of popularity on the test users, and how faithfully the SAE rebuilds their embeddings.
 */
import type { Split, TagCounts } from "../data/dataset.js";
import { UserError } from "../base/user-error.js";
import type { Engine } from "../engine/engine.js";
import { evaluateFidelity, evaluateRanking } from "../evaluate/evaluate.js";
import { beyondAccuracy, ListFigures, listContext, type ListQuality } from "../evaluate/list-figures.js";
import { estimate, type Estimate } from "../evaluate/metrics.js";
import { rankAll } from "../models/recommenders/rank-all.js";
import type { Recommender } from "../models/recommenders/recommender.js";
import { recordOf } from "../models/recommenders/registry.js";
import { Popularity } from "../models/recommenders/popularity.js";
import { shownWith, type ModelMetrics, type ModelWeights } from "../model-folder/model.js";
import { residualOf } from "../config/sae.js";
import { openNested } from "../model-folder/open-model.js";
import { typicalActivation } from "../steer/own-shares.js";

/** A model with what its lists are measured by. */
export type MeasuredLists = ModelWeights & { readonly tags?: TagCounts | null };

/** Length of the lists whose figures a model keeps. */
const LENGTH = 20;

/** The heap is as it was afterwards. */
export function evaluateModel(engine: Engine, model: MeasuredLists, split: Split): ModelMetrics {
  return engine.scope(() => {
    const { test } = split;
    const { popularity, cfae, nested } = shownBy(engine, model, split);
    const context = contextOf(model, split);
    const measured = (recommender: Recommender) => {
      const lists = new ListFigures([LENGTH], test, context);
      const quality = evaluateRanking(engine, recommender, test, { onList: (row, list) => { lists.add(row, list); } });
      return { ...quality, lists: beyondAccuracy(lists.figures()[0]) };
    };
    const [popular, plain, through] = [popularity, cfae, nested].map(measured);
    const fidelity = evaluateFidelity(engine, cfae, nested.sae, test.input);
    const activation = typicalActivation(engine, cfae, nested.sae, split.validation.input);
    return {
      testUsers: test.users.length,
      popularity: { recall: popular.recall, ndcg: popular.ndcg },
      cfae: { recall: plain.recall, ndcg: plain.ndcg },
      nested: { recall: through.recall, ndcg: through.ndcg },
      shown: shownWith(residualOf(model)),
      change: {
        recall: difference(through.recallPerUser, plain.recallPerUser),
        ndcg: difference(through.ndcgPerUser, plain.ndcgPerUser),
      },
      lists: { popularity: popular.lists, cfae: plain.lists, nested: through.lists },
      cosine: fidelity.cosine,
      l0: fidelity.l0,
      dead: fidelity.dead,
      ...(activation === null ? {} : { activation }),
    };
  });
}

/** Lists of the test users at any lengths, of popularity, the recommender and the SAE inside it. */
export interface ListsOfModel {
  readonly popularity: ListQuality[];
  readonly cfae: ListQuality[];
  readonly nested: ListQuality[];
}

/**
 * Figures of the test users' lists, accuracy and beside it. The heap is as it was afterwards.
 * @param at lengths of lists, at least 1 each, at most the catalogue's; one entry each, in their order.
 * @throws UserError for lengths that make no sense.
 */
export function evaluateLists(
  engine: Engine, model: MeasuredLists, split: Split, at: readonly number[],
): ListsOfModel {
  const items = split.train.cols;
  const wrong = at.find((n) => !(Number.isInteger(n) && n >= 1 && n <= items));
  if (wrong !== undefined || at.length === 0) {
    throw new UserError(`lists of ${wrong ?? "no length"}: expected whole numbers from 1 to ${items}, the catalogue`);
  }
  return engine.scope(() => {
    const { popularity, cfae, nested } = shownBy(engine, model, split);
    const context = contextOf(model, split);
    const measured = (recommender: Recommender): ListQuality[] => {
      const lists = new ListFigures(at, split.test, context);
      const each = (row: number, list: Int32Array): void => { lists.add(row, list); };
      rankAll(engine, recommender, split.test.input, each, { n: Math.max(...at) });
      return lists.figures();
    };
    return { popularity: measured(popularity), cfae: measured(cfae), nested: measured(nested) };
  });
}

function shownBy(engine: Engine, model: ModelWeights, split: Split) {
  const nested = openNested(engine, model);
  return { popularity: new Popularity(engine, split.train), cfae: nested.cfae, nested };
}

function contextOf({ config, cfae, tags }: MeasuredLists, { train }: Split): ReturnType<typeof listContext> {
  return listContext(train, recordOf(config).itemVectors(cfae), tags?.counts ?? null);
}

/** Paired: the standard error of a difference between two models on the same users is smaller than either's. */
function difference(a: Float64Array, b: Float64Array): Estimate {
  return estimate(a.map((value, i) => value - b[i]));
}
