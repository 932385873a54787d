/**
 * `unknot/models`: recommenders and sparse autoencoders, written with ops, their settings, and a model's file formats
 * (docs/method.md §2, §3, §9).
 *
 *   const elsa = new Elsa(engine, itemVectors, items, factors);             // itemVectors: (I, D)
 *   const scores = elsa.scores(tape, tape.sparseInput(interactions, rows)); // (B, I)
 *
 * @module models
 */
export type {
  Cfae, Parameter, RankedItems, Recommender, Shortlist, TiledScores,
} from "../models/recommenders/recommender.js";
export type { Candidate, CfaeRecord, DataSizes, ScorerRecord } from "../models/recommenders/record.js";
export type { Learner, TrainingData } from "../models/learner.js";
export { Elsa, elsa } from "../models/recommenders/elsa.js";
export { multdae, multvae } from "../models/recommenders/mult-records.js";
export { SparseElsa } from "../models/recommenders/sparse-elsa.js";
export type { SparseItemVectors } from "../models/recommenders/sparse-item-vectors.js";
export { RecVae } from "../models/recommenders/recvae.js";
export { ExactShortlist } from "../models/exact-shortlist.js";
export { SparseShortlist } from "../models/sparse-shortlist.js";
export { ScoringModel } from "../models/recommenders/scoring-model.js";
export { MultDae, type MultShape } from "../models/recommenders/multdae.js";
export { MultVae } from "../models/recommenders/multvae.js";
export { Ease, type EaseOptions } from "../models/recommenders/ease.js";
export { InfiniteAe, type InfiniteAeOptions } from "../models/recommenders/infinite-ae.js";
export { LowRankEdlae } from "../models/recommenders/low-rank-edlae.js";
export { fitLowRankEdlae, type LowRankEdlaeOptions } from "../models/fit-low-rank-edlae.js";
export { SparseMrf, type SparseMrfOptions } from "../models/recommenders/sparse-mrf.js";
export { ItemKnn, type ItemKnnConfig } from "../models/recommenders/item-knn.js";
export { Teaser, type TeaserPenalties } from "../models/recommenders/teaser.js";
export { Popularity } from "../models/recommenders/popularity.js";
export { factorsOf, recommenders } from "../models/recommenders/registry.js";
export { scorers } from "../models/recommenders/scorers.js";
export { NestedRecommender } from "../models/nested.js";
export { SparseAutoencoder, type SaeShape, type SaeWeights } from "../models/sae/sparse-autoencoder.js";
export { BasicSae } from "../models/sae/basic-sae.js";
export { TopKSae } from "../models/sae/topk-sae.js";
export { BatchTopKSae } from "../models/sae/batch-topk-sae.js";
export { JumpReluSae } from "../models/sae/jumprelu-sae.js";
export { PolesSae } from "../models/sae/poles-sae.js";
export { MatryoshkaSae } from "../models/sae/matryoshka-sae.js";
export { openSae, saeKinds } from "../models/sae/registry.js";
export type { SaeOptions, SaeRecord } from "../models/sae/record.js";
export { RidgeMap, chooseRidgeMap, type Rows } from "../models/cold/ridge-map.js";
export { TagFeatures } from "../models/cold/tag-features.js";
export { additiveEase, collectiveEase, l3ae } from "../models/cold/content-ease.js";
export {
  addItems, asTrained, type AddItemsOptions, type ExtendedModel, type NewItem,
} from "../model-folder/add-items.js";
export { codesOf, embedAll } from "../models/encode-all.js";
export { encodeItems } from "../model-folder/encode-items.js";
export { hasLinearDecoder, itemVectorsOf, openCfae, openDecoderKnobs, openNested } from "../model-folder/open-model.js";
export { decodeSafetensors, encodeSafetensors } from "../model-folder/safetensors.js";
export type { NamedTensor, NamedTensors } from "../base/named-tensors.js";
export {
  decodeWebModel, encodeWebModel, type Precision, type WebAccuracy, type WebModel, type WebModelFiles,
} from "../model-folder/web-model.js";
export type { SampleProfile } from "../model-folder/precomputed.js";
export type {
  EstimatedItem, FitSummary, ItemEstimate, Model, ModelData, ModelMetrics, ModelUpdate, ModelWeights, Quality,
} from "../model-folder/model.js";
export { presets, type PresetName } from "../config/presets.js";
export { resolveConfig } from "../models/resolve-config.js";
export type { Config } from "../config/config.js";
export type { ElsaConfig } from "../config/elsa.js";
export { PAPER_MULTVAE, type MultVaeConfig } from "../config/multvae.js";
export type { Residual, SaeConfig, SaeObjective } from "../config/sae.js";
export { DEFAULT_ELSA_SPARSE, type ElsaSparseConfig } from "../config/elsa-sparse.js";
export { DEFAULT_EDLAE, type EdlaeConfig } from "../config/edlae.js";
export { DEFAULT_RECVAE, type RecVaeConfig } from "../config/recvae.js";
export { DEFAULT_TEASER, type TeaserConfig } from "../config/teaser.js";
// Types of what these take and give.
export type { Registry } from "../base/registry.js";
export type { PartialConfig } from "../config/config.js";
export type { AdamConfig, FitConfig, ScheduleConfig } from "../config/training.js";
export type { SaeDesign } from "../config/sae.js";
export type { Precomputed } from "../model-folder/precomputed.js";
export type { WebModelOptions } from "../model-folder/web-model.js";
export type { Forgetful, SaeHealth } from "../models/learner.js";
export type { LowRankWeights } from "../models/recommenders/low-rank-edlae.js";
export type { BetaSchedule, Draws, Latent, MultForward } from "../models/recommenders/multdae.js";
export type { TrainedSettings, Training, WeightLearner } from "../models/recommenders/record.js";
export type { SaeForward, Standardised, Surroundings, ThresholdTensor } from "../models/sae/sparse-autoencoder.js";
export type { Head, TopKShape } from "../models/sae/topk-sae.js";
export type { RecVaeForward, RecVaeShape } from "../models/recommenders/recvae.js";
