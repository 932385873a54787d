/**
 * The main job in one function: data set → recommender → embeddings → SAE → evaluation → item codes → labels.
 */
import type { Dataset, Split, TagCounts } from "../data/dataset.js";
import { checkDataset, checkSplit } from "../data/check-dataset.js";
import { splitDataset } from "../data/split-users.js";
import type { Engine } from "../engine/engine.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import { labelNeurons } from "../interpret/labels.js";
import { csrColumnCounts, csrFromLists, csrSelectRows } from "../base/csr.js";
import { Random } from "../base/random.js";
import { embedAll } from "../models/encode-all.js";
import { resolveConfig } from "../models/resolve-config.js";
import { presetNamed, presets, type PresetName } from "../config/presets.js";
import type { PartialConfig } from "../config/config.js";
import type { EpochReport, FitHooks, FitResult } from "../train/fit.js";
import { runName } from "../train/fit-state.js";
import { collapseWarning } from "../train/sae-health.js";
import { trainSae } from "../train/train-sae.js";
import { trainCfae } from "../train/train-recommender.js";
import { openCfae } from "../model-folder/open-model.js";
import { chooseTags } from "../data/tags/choose-tags.js";
import { fingerprints } from "../data/row-order.js";
import { remembered, type DataSource, type OpenedData } from "../data/data-source.js";
import { conceptsOf, namedAsBefore } from "../model-folder/find-concepts.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { measureMeaning } from "../measure/measure-meaning.js";
import { evaluateModel } from "../measure/evaluate-model.js";
import type { FitSummary, Model, ModelWeights } from "../model-folder/model.js";
import { checkPlan, planMemory, type MemoryPlan } from "./plan-memory.js";
import { RunCheckpoints, type CheckpointOptions } from "./run-checkpoints.js";

/** The parts of a run that take time, in order. */
export type Stage = "cfae" | "sae" | "evaluate" | "label";

/** Who is told how a run goes, and what stops it. */
export interface TrainHooks {
  /** Once, before anything is allocated. */
  onPlan?: (plan: MemoryPlan) => void;
  /** When a stage begins. */
  onStage?: (stage: Stage) => void;
  /** After each training step, counted over all epochs that may come. */
  onStep?: (stage: Stage, step: number, stepsInAll: number) => void;
  /** After each epoch of a training stage. */
  onEpoch?: (stage: Stage, report: EpochReport) => void;
  /** Something went wrong that is no error: a dictionary that collapsed, say. */
  onWarning?: (message: string) => void;
  /** Stops between steps and between stages; trainModel then throws the signal's reason. */
  signal?: AbortSignal;
}

/** What `trainModel` trains, and on what. */
export interface TrainOptions extends EngineOptions {
  /** A preset by name, or settings: what they leave out is that of the preset "default", which is the default. */
  config?: PresetName | PartialConfig;
  /** Of the split, the initial weights and the order of the batches. Default 42. */
  seed?: number;
  /** Default: users are split 80 / 10 / 10 by the seed. */
  split?: Split;
  /** Tags with fewer applications name nothing. Default: 100, or fewer where that leaves hardly any tag. */
  minTagApplications?: number;
  /** An earlier training on the same items: its concepts keep their names where this one has them too. */
  namesFrom?: Model;
  /** Recorded with the model, so that `evaluate` finds the data again. */
  source?: DataSource;
  hooks?: TrainHooks;
  /** Also measure what the neurons mean (measure/measure-meaning.ts, without the slow controls). Default false. */
  meaning?: boolean;
  /** Of a world, what they are held against; else it is the tags. */
  truth?: OpenedData["truth"];
  /** Keeps the state of training in a folder, so that a killed run can go on (run-checkpoints.ts). */
  checkpoint?: CheckpointOptions;
  /** An engine to use instead of opening one; engine options then say only what it was opened with. */
  engine?: Engine;
}

/**
 * Trains, evaluates and labels a model. Same data, configuration, seed and numerics: same bits, whatever the threads.
 * @throws UserError for a configuration that makes no sense or does not fit the memory, before any work.
 */
export async function trainModel(dataset: Dataset, options: TrainOptions = {}): Promise<Model> {
  const { seed = 42, hooks = {} } = options;
  const { config: said = "default" } = options;
  const config = typeof said === "object" ? resolveConfig(said, presets.default) : resolveConfig(presetNamed(said));
  checkDataset(dataset);
  const split = options.split ?? splitDataset(dataset, { seed });
  if (options.split) checkSplit(split, dataset);
  const { train, validation } = split;
  const plan = planMemory({
    items: train.cols, users: train.rows + validation.users.length, interactions: dataset.interactions.indices.length,
  }, config);
  hooks.onPlan?.(plan);
  checkPlan(plan, options.memoryBytes);

  const engine = options.engine ?? openEngine(options);
  let checkpoints: RunCheckpoints | null = null;
  try {
    await engine.ready();
    const begin = (stage: Stage): void => {
      hooks.signal?.throwIfAborted();
      hooks.onStage?.(stage);
    };
    const watch = (stage: Stage): FitHooks => ({
      onStep: (step, stepsInAll) => hooks.onStep?.(stage, step, stepsInAll),
      onEpoch: (report) => hooks.onEpoch?.(stage, report),
      signal: hooks.signal,
    });
    const random = new Random(seed);
    const [cfaeSeed, saeSeed] = [random.uint32(), random.uint32()];
    const numerics = engine.numerics;
    checkpoints = options.checkpoint ? await RunCheckpoints.open(options.checkpoint, numerics) : null;

    begin("cfae");
    // Validation losses are taken over all interactions of these users, hidden ones too, as the reference does.
    const watched = csrSelectRows(dataset.interactions, validation.users);
    const run = runName("recommender", cfaeSeed, { ...config, sae: undefined }, {
      train: train.indices, validation: watched.indices,
    });
    let trained = await checkpoints?.trainedCfae(run) ?? null;
    if (!trained) {
      const saving = await checkpoints?.hooks("cfae");
      trained = await trainCfae(
        engine, config, { train, validation: watched }, cfaeSeed, { ...watch("cfae"), ...saving },
      );
      await checkpoints?.saveTrainedCfae(run, trained);
    }

    begin("sae");
    const saving = await checkpoints?.hooks("sae");
    const sae = await engine.scope(() => {
      const cfae = openCfae(engine, config, trained.weights);
      return trainSae(
        engine, embedAll(engine, cfae, train), embedAll(engine, cfae, watched), config.sae, saeSeed,
        { ...watch("sae"), ...saving }, { cfae, train, validation: watched },
      );
    });
    const warning = collapseWarning(sae.health);
    if (warning) hooks.onWarning?.(warning);
    const weights: ModelWeights = { config, cfae: trained.weights, sae: sae.weights, shape: sae.shape };

    begin("evaluate");
    const metrics = evaluateModel(engine, weights, split);

    begin("label");
    const chosen = dataset.tags && chooseTags(dataset.tags, train.cols, options.minTagApplications);
    const tags = chosen && chosen.tags.names.length > 0 ? chosen.tags : null;
    const itemCodes = encodeItems(engine, weights, train.cols);
    const labels = labelNeurons(itemCodes, tags ?? noTags(train.cols));
    hooks.signal?.throwIfAborted();
    const items = { ids: dataset.itemIds, titles: dataset.itemTitles, users: Array.from(csrColumnCounts(train)) };
    const found = conceptsOf(engine, { ...weights, items, tags, seed }, itemCodes);
    const concepts = options.namesFrom
      ? namedAsBefore(engine, options.namesFrom, { ...weights, items }, found) : found;
    hooks.signal?.throwIfAborted();
    const model: Model = {
      ...weights,
      seed,
      numerics,
      items,
      tags,
      labels,
      concepts,
      fit: { cfae: summary(trained.fit), sae: summary(sae.fit) },
      metrics,
      data: {
        name: dataset.name,
        source: options.source ? remembered(options.source) : null,
        trainUsers: split.trainUsers.length,
        validationUsers: validation.users.length,
        testUsers: split.test.users.length,
        interactions: dataset.interactions.indices.length,
        minTagApplications: chosen?.minApplications ?? 0,
        notes: dataset.notes,
        users: fingerprints(dataset.userIds),
      },
    };
    if (!options.meaning) return model;
    const opened = { dataset, split, truth: options.truth ?? null };
    const meaning = measureMeaning(engine, model, opened, { controls: false });
    return meaning ? { ...model, meaning } : model;
  } finally {
    await checkpoints?.close();
    if (!options.engine) engine.close();
  }
}

function noTags(items: number): TagCounts {
  return { names: [], counts: csrFromLists([], items) };
}

function summary({ history, bestEpoch, bestValidationLoss, stoppedEarly }: FitResult): FitSummary {
  return { epochs: history.length, bestEpoch, bestValidationLoss, stoppedEarly };
}
