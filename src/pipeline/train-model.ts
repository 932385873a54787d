/**
 * The main job in one function: data set → recommender → embeddings → SAE → evaluation → item codes → labels.
 */
import type { Dataset, Split } from "../data/dataset.js";
import { checkDataset, checkSplit } from "../data/check-dataset.js";
import { inputAndTarget } from "../data/split-time.js";
import { splitDataset } from "../data/split-users.js";
import type { Engine } from "../engine/engine.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import { csrSelectRows, type Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import { Random } from "../base/random.js";
import { embedAll } from "../models/encode-all.js";
import { withOutputs } from "../models/choose-outputs.js";
import { resolveConfig } from "../models/resolve-config.js";
import { presetNamed, presets, type PresetName } from "../config/presets.js";
import { sectionOf, type Config, type PartialConfig } from "../config/config.js";
import type { EpochReport, FitHooks, FitResult } from "../train/fit.js";
import { runName } from "../train/fit-state.js";
import { collapseWarning } from "../train/sae-health.js";
import { trainSae, type TrainedSae } from "../train/train-sae.js";
import { startOf, type TrainedCfae } from "../train/train-by-steps.js";
import { trainCfae } from "../train/train-recommender.js";
import { recordOf } from "../models/recommenders/registry.js";
import { openCfae } from "../model-folder/open-model.js";
import { fingerprints } from "../data/row-order.js";
import { remembered, type DataSource, type OpenedData } from "../data/data-source.js";
import { startFrom, type WarmStart } from "../model-folder/warm-start.js";
import { measureMeaning } from "../measure/measure-meaning.js";
import { evaluateModel } from "../measure/evaluate-model.js";
import type { FitSummary, Model, ModelData, ModelWeights } from "../model-folder/model.js";
import { checkMatchable, otherTitles, whyNotMatched } from "../model-folder/shared-items.js";
import { nameModel, tagsFor } from "./name-model.js";
import { checkPlan, planMemory, type MemoryPlan } from "./plan-memory.js";
import { RunCheckpoints, type CheckpointOptions } from "./run-checkpoints.js";

/** The parts of a run that take time, in order. */
export type Stage = "cfae" | "sae" | "evaluate" | "label" | "meaning";

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
  /**
   * An earlier training to go on from: its weights are where this one starts, items known again by their ids, and its
   * neurons keep their numbers and, where they keep their meaning, their names (model-folder/warm-start.ts). `config`
   * is then by default its own with a fifth of the epochs and of the patience.
   */
  from?: Model;
  /**
   * An earlier training on the same items: its concepts keep their names where this one has them too. Default: `from`,
   * where at least half of the items are the same.
   */
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
  const { seed = 42, hooks = {}, from } = options;
  const asked = configOf(options);
  checkDataset(dataset);
  const namesFrom = namesFromOf(dataset, options);
  const split = options.split ?? splitDataset(dataset, { seed });
  if (options.split) checkSplit(split, dataset);
  const { train, validation } = split;
  const strengths = strengthsFor(split, asked);
  const sizes = {
    items: train.cols, users: train.rows + validation.users.length, interactions: dataset.interactions.indices.length,
  };
  const config = withOutputs(asked, sizes);
  const plan = planMemory(sizes, config);
  hooks.onPlan?.(plan);
  checkPlan(plan, options.memoryBytes);

  const engine = options.engine ?? openEngine(options);
  let checkpoints: RunCheckpoints | null = null;
  try {
    await engine.ready();
    const random = new Random(seed);
    const [cfaeSeed, saeSeed] = [random.uint32(), random.uint32()];
    checkpoints = options.checkpoint ? await RunCheckpoints.open(options.checkpoint, engine.numerics) : null;
    // Validation losses are taken over all interactions of these users, hidden ones too, as the reference does.
    // Of a split by time only what is known by then.
    const watched = split.byTime ? inputAndTarget(validation) : csrSelectRows(dataset.interactions, validation.users);
    const { tags, minApplications } = tagsFor(dataset, options.minTagApplications);
    const start = from ? startFrom(engine, from, config, { ...dataset, tags }) : null;
    const run: Run = { engine, config, data: { train, validation: watched }, hooks, checkpoints, start };
    const cfae = await recommenderOf(run, strengths, cfaeSeed);
    const sae = await saeOf(run, cfae, saeSeed);
    const weights: ModelWeights = { config, cfae: cfae.weights, sae: sae.weights, shape: sae.shape };
    begin(hooks, "evaluate");
    const metrics = evaluateModel(engine, { ...weights, tags }, split);
    begin(hooks, "label");
    const named = await nameModel(engine, weights, dataset, train, {
      seed, tags, from, start, namesFrom, signal: hooks.signal,
    });
    const model: Model = {
      ...weights, seed, numerics: engine.numerics, ...named, metrics,
      fit: { cfae: summary(cfae.fit), sae: summary(sae.fit) },
      data: dataOf(dataset, split, minApplications, options.source),
    };
    if (!options.meaning) return model;
    begin(hooks, "meaning");
    const opened = { dataset, split, truth: options.truth ?? null };
    const meaning = await measureMeaning(engine, model, opened, { controls: false, signal: hooks.signal });
    return meaning ? { ...model, meaning } : model;
  } finally {
    await checkpoints?.close();
    if (!options.engine) engine.close();
  }
}

/** What the stages share. */
interface Run {
  readonly engine: Engine;
  readonly config: Config;
  /** (U, I) and (V, I): the users that train, and all interactions of those that are watched. */
  readonly data: { readonly train: Csr; readonly validation: Csr };
  readonly hooks: TrainHooks;
  readonly checkpoints: RunCheckpoints | null;
  /** Null: weights are drawn. */
  readonly start: WarmStart | null;
}

/** The settings that were said, on those that training starts from. */
function configOf({ config = "default", from }: TrainOptions): Config {
  if (from && config === "default") return updateConfig(from.config);
  return typeof config === "object"
    ? resolveConfig(config, from ? updateConfig(from.config) : presets.default) : resolveConfig(presetNamed(config));
}

/** Share of the epochs, and of the patience, of a training that goes on. */
const UPDATE = 0.2;

/** The settings of an earlier training for one that goes on from it. */
export function updateConfig(config: Config): Config {
  const shorter = (section: object): object => Object.fromEntries(Object.entries(section).map(([name, value]) =>
    [name, name === "epochs" || name === "patience" ? Math.ceil(UPDATE * (value as number)) : value]));
  const { section } = recordOf(config);
  return { ...config, [section]: shorter(sectionOf(config, section)), sae: shorter(config.sae) } as Config;
}

/** Whose names concepts keep: it is known before any work whether that can be. @throws UserError for `namesFrom` */
function namesFromOf(
  { itemIds: ids, itemTitles: titles }: Dataset, { from, namesFrom, hooks = {} }: TrainOptions,
): Model | undefined {
  const earlier = namesFrom ?? from;
  if (!earlier) return undefined;
  if (namesFrom) checkMatchable(namesFrom.items, { ids });
  const doubt = otherTitles(earlier.items, { ids, titles });
  if (doubt !== null) hooks.onWarning?.(doubt);
  const why = whyNotMatched(earlier.items, { ids });
  if (why !== null) hooks.onWarning?.(`concepts get new names: ${why}`);
  return why === null ? earlier : undefined;
}

/** How much interactions count in fitting. @throws UserError for a recommender whose formulas know no weights. */
function strengthsFor({ strengths }: Split, config: Config): Float32Array | null {
  if (strengths === undefined) return null;
  const { title, weighted } = recordOf(config);
  if (weighted) return strengths;
  throw new UserError(`${title} counts every interaction the same: --weight and --half-life are for ELSA (and, among ` +
    "the baselines, EASE and item-kNN)");
}

function begin(hooks: TrainHooks, stage: Stage): void {
  hooks.signal?.throwIfAborted();
  hooks.onStage?.(stage);
}

function watch(hooks: TrainHooks, stage: Stage): FitHooks {
  return {
    onStep: (step, stepsInAll) => hooks.onStep?.(stage, step, stepsInAll),
    onEpoch: (report) => hooks.onEpoch?.(stage, report),
    signal: hooks.signal,
  };
}

/** The recommender, or the one that an earlier run of the same name has left as trained. */
async function recommenderOf(
  { engine, config, data, hooks, checkpoints, start }: Run, strengths: Float32Array | null, seed: number,
): Promise<TrainedCfae> {
  begin(hooks, "cfae");
  const name = runName("recommender", seed, { ...config, sae: undefined }, {
    train: data.train.indices, validation: data.validation.indices, ...(strengths ? { weights: strengths } : {}),
    ...startOf({ start: start?.cfae }),
  });
  const kept = await checkpoints?.trainedCfae(name);
  if (kept) return kept;
  const saving = await checkpoints?.hooks("cfae");
  // Weights are for fitting the recommender: profiles, and with them the SAE, are sets.
  const weighted = strengths ? { ...data, train: { ...data.train, values: strengths } } : data;
  const given = { ...weighted, start: start?.cfae };
  const trained = await trainCfae(engine, config, given, seed, { ...watch(hooks, "cfae"), ...saving });
  await checkpoints?.saveTrainedCfae(name, trained);
  return trained;
}

async function saeOf(
  { engine, config, data, hooks, checkpoints, start }: Run, { weights }: TrainedCfae, seed: number,
): Promise<TrainedSae> {
  begin(hooks, "sae");
  const saving = await checkpoints?.hooks("sae");
  const sae = await engine.scope(() => {
    const cfae = openCfae(engine, config, weights);
    return trainSae(
      engine, embedAll(engine, cfae, data.train), embedAll(engine, cfae, data.validation), config.sae, seed,
      { ...watch(hooks, "sae"), ...saving }, { cfae, ...data }, start?.sae,
    );
  });
  const warning = collapseWarning(sae.health);
  if (warning) hooks.onWarning?.(warning);
  return sae;
}

function dataOf(dataset: Dataset, split: Split, minTagApplications: number, source?: DataSource): ModelData {
  return {
    name: dataset.name,
    source: source ? remembered(source) : null,
    trainUsers: split.trainUsers.length,
    validationUsers: split.validation.users.length,
    testUsers: split.test.users.length,
    interactions: dataset.interactions.indices.length,
    minTagApplications,
    notes: dataset.notes,
    users: fingerprints(dataset.userIds),
  };
}

function summary({ history, bestEpoch, bestValidationLoss, stoppedEarly }: FitResult): FitSummary {
  return { epochs: history.length, bestEpoch, bestValidationLoss, stoppedEarly };
}
