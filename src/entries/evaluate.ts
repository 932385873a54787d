/**
 * `unknot/evaluate`: how well a recommender ranks what held-out users chose, how much an SAE inside it keeps, and what
 * simple models reach on the same users (docs/method.md §1, §3).
 *
 *   const { ndcg } = evaluateRanking(engine, recommender, split.test);      // { mean, se, n } at 20
 *
 * @module evaluate
 */
export {
  evaluateFidelity, evaluateRanking, type EvaluateOptions, type Fidelity, type RankingQuality,
} from "../evaluate/evaluate.js";
export { rankAll, type RankOptions } from "../models/recommenders/rank-all.js";
export { estimate, ndcg, precision, recall, reciprocalRank, type Estimate } from "../evaluate/metrics.js";
export { recommendAll, type RecommendAllOptions, type RecommendedAll } from "../pipeline/recommend-all.js";
export { type ListFormat, type ListShape } from "../pipeline/user-lists.js";
export { evaluateLists, evaluateModel, type ListsOfModel, type MeasuredLists } from "../measure/evaluate-model.js";
export {
  ListFigures, listContext, type BeyondAccuracy, type ListContext, type ListQuality,
} from "../evaluate/list-figures.js";
export {
  evaluateBaselines, type Baseline, type BaselineNeed, type BaselineOptions, type MissingBaseline,
} from "../measure/evaluate-baselines.js";
export {
  mixedLists, rankColdItems, splitItems, type ColdHalf, type ColdQuality, type ColdSplit,
} from "../measure/cold-items.js";
export {
  cosineOf, coverage, exposure, gini, intraListDistance, meanPopularity, novelty, popularityLabels,
  popularityQuantiles, type PopularityLabel,
} from "../evaluate/beyond-accuracy.js";
export { addTags, calibrationKl, tagDistribution } from "../evaluate/calibration.js";
