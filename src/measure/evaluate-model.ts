/**
 * The figures that a model is judged by (docs/method.md §3, "Reported"): ranking of the recommender, of the SAE inside
 * it and of popularity on the test users, and how faithfully the SAE rebuilds their embeddings.
 */
import type { Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { evaluateFidelity, evaluateRanking } from "../evaluate/evaluate.js";
import { estimate, type Estimate } from "../evaluate/metrics.js";
import { Popularity } from "../models/recommenders/popularity.js";
import { shownWith, type ModelMetrics, type ModelWeights } from "../model-folder/model.js";
import { residualOf } from "../config/sae.js";
import { openNested } from "../model-folder/open-model.js";

/** The heap is as it was afterwards. */
export function evaluateModel(engine: Engine, model: ModelWeights, split: Split): ModelMetrics {
  return engine.scope(() => {
    const whole = openNested(engine, model);
    const { cfae, sae } = whole;
    const { test } = split;
    const popularity = evaluateRanking(engine, new Popularity(engine, split.train), test);
    const plain = evaluateRanking(engine, cfae, test);
    const nested = evaluateRanking(engine, whole, test);
    const fidelity = evaluateFidelity(engine, cfae, sae, test.input);
    return {
      testUsers: test.users.length,
      popularity: { recall: popularity.recall, ndcg: popularity.ndcg },
      cfae: { recall: plain.recall, ndcg: plain.ndcg },
      nested: { recall: nested.recall, ndcg: nested.ndcg },
      shown: shownWith(residualOf(model)),
      change: {
        recall: difference(nested.recallPerUser, plain.recallPerUser),
        ndcg: difference(nested.ndcgPerUser, plain.ndcgPerUser),
      },
      cosine: fidelity.cosine,
      l0: fidelity.l0,
      dead: fidelity.dead,
    };
  });
}

/** Paired: the standard error of a difference between two models on the same users is smaller than either's. */
function difference(a: Float64Array, b: Float64Array): Estimate {
  return estimate(a.map((value, i) => value - b[i]));
}
