/**
 * unknot as a library. The whole way in ten lines:
 *
 *   import { loadModel, openSession, readDataset, saveModel, trainModel } from "unknot";
 *
 *   const dataset = await readDataset("ml-latest-small");
 *   const model = await trainModel(dataset, { seed: 42 });
 *   console.log(model.metrics.nested.ndcg);              // { mean, se, n } over the test users
 *   await saveModel("small-model", model);
 *
 *   const session = openSession(await loadModel("small-model"));
 *   const likes = ["1214", "541"];                       // item ids: Alien, Blade Runner
 *   console.log(session.recommend(likes, 5));
 *   console.log(session.steer(likes, [{ tag: "dark comedy", strength: 0.3 }], 5).after);
 *   console.log(session.explain(likes, "1200"));         // adds up to the score, neuron by neuron
 *   session.close();
 *
 * Below it, floor by floor, are the parts for people who want to build something else from them. Errors that a caller
 * can put right are UserErrors whose message stands alone.
 */
export { UserError } from "./base/user-error.js";

// The main job: data set → model → folder → session.
export { trainModel, type Stage, type TrainHooks, type TrainOptions } from "./pipeline/train-model.js";
export { evaluateModel } from "./measure/evaluate-model.js";
export { removeCheckpoints, type CheckpointOptions } from "./pipeline/run-checkpoints.js";
export { openCfae, itemVectorsOf } from "./model-folder/open-model.js";
export { openNested } from "./model-folder/open-model.js";
export {
  evaluateBaselines, type Baseline, type BaselineOptions, type MissingBaseline,
} from "./measure/evaluate-baselines.js";
export { loadModel, saveModel } from "./model-folder/folder.js";
export { openSession, type SessionOptions } from "./session/open-session.js";
export { Session, type SessionParts } from "./session/session.js";
export type {
  AtlasNeuron, ExplainedItem, FoundItem, FoundTag, KnobRequest, ListedItem, ModelSummary, NamedNeuron, NeuronReport,
  SteeredLists, TagReport, UserReport,
} from "./session/session-types.js";
export type { FitSummary, Model, ModelData, ModelMetrics, ModelWeights, Quality } from "./model-folder/model.js";
export { trainCfae, trainRecommender, type TrainedCfae } from "./train/train-recommender.js";
export { elsa } from "./models/recommenders/elsa.js";
export { multdae, multvae } from "./models/recommenders/mult-records.js";
export type { Candidate, CfaeRecord, DataSizes, ScorerRecord } from "./models/recommenders/record.js";
export type { SaeOptions, SaeRecord } from "./models/sae/record.js";
export type { Learner, TrainingData } from "./models/learner.js";
export { planMemory, type MemoryPlan } from "./pipeline/plan-memory.js";
export { openData, type DataSource, type OpenedData } from "./data/data-source.js";
export { chooseTags, type ChosenTags } from "./data/tags/choose-tags.js";
export { encodeItems } from "./model-folder/encode-items.js";
export { writeDataset } from "./data/write-dataset.js";
export { decodeSafetensors, encodeSafetensors } from "./model-folder/safetensors.js";
export type { NamedTensor, NamedTensors } from "./base/named-tensors.js";
export type { Mapping, ScoredNeuron } from "./interpret/tag-neurons.js";
export type { TfidfMapping } from "./interpret/tfidf.js";
export { measureSelectivity, type ModelSelectivity } from "./measure/measure-selectivity.js";
export { openDecoderKnobs, hasLinearDecoder } from "./model-folder/open-model.js";
export {
  compareSteering, type CompareSteeringOptions, type SteeringComparison, type SteeringCurve, type SteeringMethod,
} from "./measure/compare-steering.js";
export {
  decodeWebModel, encodeWebModel, type Precision, type WebAccuracy, type WebModel, type WebModelFiles,
} from "./model-folder/web-model.js";
export {
  checkExportPlace, prepareWebExport, writeWebExport, type WebExport, type WebExportOptions,
} from "./export/export-web.js";
export { licenceOf, type Licence } from "./data/public/licence.js";
export { collectReport, type ReportData, type ReportOptions } from "./report/collect.js";
export { renderReport } from "./report/page.js";

// Sweeps: grids of recommenders and SAEs.
export { parseGrid, readGrid, type Grid } from "./sweep/grid.js";
export { fingerprint, jobsOf, type Job } from "./sweep/jobs.js";
export { readResults, ResultFile, type SweepResult } from "./sweep/results.js";
export { runSweep, type SweepOptions, type SweepState } from "./sweep/run-sweep.js";
export { summarise, type Figure, type Summary } from "./sweep/summary.js";
export { findings, type Finding, type Verdict } from "./sweep/findings.js";

// Data: folders, public sets and the built-in world.
export type { Dataset, HeldOut, Split, TagApplications, TagCounts } from "./data/dataset.js";
export { readDataset, type ColumnNames, type ReadOptions } from "./data/read-dataset.js";
export type { LayoutName } from "./data/layouts/layouts.js";
export { readSplit, writeSplit } from "./data/split-file.js";
export { splitDataset, type SplitOptions } from "./data/split-users.js";
export { tagCounts, type TagCountOptions } from "./data/tags/tag-counts.js";
export { defaultCacheFolder, fetchDataset, publicDatasets, type FetchOptions } from "./data/public/fetch-dataset.js";
export { generateWorld, worldPresets, type World, type WorldOptions, type WorldTruth } from "./data/world/world.js";
export {
  generateHardWorld, hardWorldPresets, type HardTruth, type HardWorld, type HardWorldOptions,
} from "./data/world/hard-world.js";

// Interpretation and steering.
export { labelNeurons, type LabelMethod, type LabelOptions, type NeuronLabel } from "./interpret/labels.js";
export { bestCharacterises, mostUnique, tagActivity, tfidf, topNeurons, topTagOfNeuron } from "./interpret/tfidf.js";
export {
  neuronSelectivity, selectivityTable, tagSelectivity, uniqueMatches, type Selectivity,
} from "./interpret/selectivity.js";
export { monosemanticity } from "./interpret/monosemanticity.js";
export { halveItems, itemsWithEntries, type ItemHalves } from "./interpret/item-halves.js";
export {
  heldOutF1, type HeldOutConcept, type HeldOutF1, type HeldOutOptions, type HeldOutWay,
} from "./interpret/held-out-f1.js";
export { provenNames, type NameProof, type ProvenNames, type ProvenOptions } from "./interpret/proven-names.js";
export { linearProbe } from "./interpret/linear-probe.js";
export { tagNeuronCorrelation } from "./interpret/correlation.js";
export { NeuronProfiles, type NeuronProfile } from "./interpret/neuron-profile.js";
export { explainActivation, type ActivationParts, type ItemContribution } from "./interpret/explain-activation.js";
export { recovery, type ConceptRecovery, type Recovery } from "./interpret/recovery.js";
export { principalComponents, project, type Pca } from "./interpret/pca.js";
export { explainByAblation } from "./interpret/explain-by-ablation.js";
export { explainScore, type Explanation, type NeuronContribution } from "./interpret/explain.js";
export { mute, only, steerCode, steerRows, type Knob } from "./steer/steer.js";
export { DecoderKnobs, type DecoderKnobOptions } from "./steer/decoder-knobs.js";
export { steeringGoals, type SteeringGoals } from "./steer/steering-goals.js";
export {
  evaluateSteering, KnobSteering, tagNeurons, type Steering, type SteeringQuality,
} from "./steer/evaluate-steering.js";
export { residualKept, turnedEmbedding, type TurnedUsers } from "./steer/turned-embedding.js";
export { chooseStrength } from "./steer/choose-strength.js";
export { MoveEmbedding } from "./steer/move-embedding.js";

// Evaluation.
export { evaluateFidelity, evaluateRanking, rankAll, type Fidelity, type RankingQuality } from "./evaluate/evaluate.js";
export { estimate, ndcg, recall, type Estimate } from "./evaluate/metrics.js";

// Training.
export { factorsOf, recommenders, scorers } from "./models/recommenders/registry.js";
export { resolveConfig } from "./models/resolve-config.js";
export { presets, type PresetName } from "./config/presets.js";
export { saeKinds } from "./models/sae/registry.js";
export type { ElsaConfig } from "./config/elsa.js";
export type { Config } from "./config/config.js";
export type { Residual, SaeConfig } from "./config/sae.js";
export { PAPER_MULTVAE, type MultVaeConfig } from "./config/multvae.js";
export { readCheckpoint, writeCheckpoint } from "./train/checkpoint.js";
export type { FitState } from "./train/fit-state.js";
export { DivergedError, type EpochReport, type FitHooks, type FitResult } from "./train/fit.js";
export { openSae } from "./models/sae/registry.js";
export { trainSae, type FrozenCfae, type TrainedSae } from "./train/train-sae.js";
export { DEFAULT_TEASER, type TeaserConfig } from "./config/teaser.js";

// Models, written with ops.
export type { Cfae, Parameter, Recommender } from "./models/recommenders/recommender.js";
export { Elsa } from "./models/recommenders/elsa.js";
export { MultDae, type MultShape } from "./models/recommenders/multdae.js";
export { MultVae } from "./models/recommenders/multvae.js";
export { Ease, type EaseOptions } from "./models/recommenders/ease.js";
export { SparseElsa, type SparseItemVectors } from "./models/recommenders/sparse-elsa.js";
export { trainSparseElsa, type TrainedSparseElsa } from "./train/train-sparse-elsa.js";
export { DEFAULT_ELSA_SPARSE, type ElsaSparseConfig } from "./config/elsa-sparse.js";
export { LowRankEdlae, type LowRankEdlaeOptions } from "./models/recommenders/low-rank-edlae.js";
export { SparseMrf, type SparseMrfOptions } from "./models/recommenders/sparse-mrf.js";
export { ItemKnn, type ItemKnnConfig } from "./models/recommenders/item-knn.js";
export { Teaser, type TeaserPenalties } from "./models/recommenders/teaser.js";
export { Popularity } from "./models/recommenders/popularity.js";
export { NestedRecommender } from "./models/nested.js";
export { BasicSae } from "./models/sae/basic-sae.js";
export { BatchTopKSae } from "./models/sae/batch-topk-sae.js";
export { JumpReluSae } from "./models/sae/jumprelu-sae.js";
export { MatryoshkaSae } from "./models/sae/matryoshka-sae.js";
export { TopKSae } from "./models/sae/topk-sae.js";
export { SparseAutoencoder, type SaeShape, type SaeWeights } from "./models/sae/sparse-autoencoder.js";
export { codesOf, embedAll } from "./models/encode-all.js";

// The engine under it: tensors, tape, kernels, threads.
export * from "./autograd/index.js";
export { gradView, view } from "./autograd/ndarray-view.js";
export { openEngine, type EngineOptions } from "./engine/open.js";
export { Engine } from "./engine/engine.js";
export { csrFromLists, csrFromPairs, csrRow, csrTranspose, type Csr } from "./base/csr.js";
export { Random } from "./base/random.js";
export type { SampleProfile } from "./model-folder/precomputed.js";
export type { SaeObjective } from "./config/sae.js";
