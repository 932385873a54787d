/**
 * One run of a sweep: trains what the job says, and measures it on the validation and the test users. A recommender's
 * weights go to a safetensors file named by its run, where the SAEs on it find them. Seeds are used as trainModel does,
 * so `unknot train` with the same split, settings and seed gives the same model.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HeldOut } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { evaluateFidelity, evaluateRanking, type RankingQuality } from "../evaluate/evaluate.js";
import { beyondAccuracy, ListFigures, listContext, type BeyondAccuracy } from "../evaluate/list-figures.js";
import { estimate, type Estimate } from "../evaluate/metrics.js";
import { csrSelectRows } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import { writeAtomically } from "../files/atomic.js";
import { whyNot } from "../files/io-error.js";
import { withOutputs } from "../models/choose-outputs.js";
import { embedAll } from "../models/encode-all.js";
import type { NamedTensors } from "../base/named-tensors.js";
import { NestedRecommender } from "../models/nested.js";
import type { Recommender } from "../models/recommenders/recommender.js";
import type { FitHooks, FitResult } from "../train/fit.js";
import { recordOf, settingsOf } from "../models/recommenders/registry.js";
import { openSae } from "../models/sae/registry.js";
import { trainSae } from "../train/train-sae.js";
import { trainCfae } from "../train/train-recommender.js";
import { openCfae } from "../model-folder/open-model.js";
import type { OpenedData } from "../data/data-source.js";
import { evaluateBaselines } from "../measure/evaluate-baselines.js";
import { measureMeaning, type MeasuredModel } from "../measure/measure-meaning.js";
import { chooseTags } from "../data/tags/choose-tags.js";
import type { FitSummary, Quality } from "../model-folder/model.js";
import { encodeSafetensors, decodeSafetensors } from "../model-folder/safetensors.js";
import type { BaselineJob, CfaeJob, Job, SaeJob } from "./jobs.js";
import type { BaselineResult, CfaeResult, MeaningLine, SaeResult, SweepResult } from "./results.js";

export interface JobSurroundings {
  readonly engine: Engine;
  readonly data: OpenedData;
  /** Fingerprint of the split. */
  readonly split: string;
  /** Where recommenders' weights are kept. */
  readonly folder: string;
  readonly hooks?: FitHooks;
}

export function runJob(job: Job, around: JobSurroundings): Promise<SweepResult> {
  switch (job.kind) {
    case "baseline": return runBaseline(job, around);
    case "cfae": return runCfae(job, around);
    case "sae": return runSae(job, around);
  }
}

/** The file of a recommender's weights. */
export function weightsFile(folder: string, run: string): string {
  return join(folder, `${run}.safetensors`);
}

async function runBaseline(job: BaselineJob, around: JobSurroundings): Promise<BaselineResult> {
  const { engine, data, hooks } = around;
  const options = { names: [job.baseline], seed: job.seed, signal: hooks?.signal };
  const [found] = await evaluateBaselines(engine, data.dataset, data.split, options);
  if ("missing" in found) throw new UserError(found.missing);
  const { setting, test, validation, lists } = found;
  return { kind: "baseline", ...lineOf(job, around), setting, test, validation, lists };
}

async function runCfae(job: CfaeJob, around: JobSurroundings): Promise<CfaeResult> {
  const { engine, data: { dataset, split }, folder, hooks } = around;
  const watched = csrSelectRows(dataset.interactions, split.validation.users);
  const { train } = split;
  const config = withOutputs(job.config, {
    items: train.cols, users: train.rows + watched.rows, interactions: dataset.interactions.indices.length,
  });
  const trained = await trainCfae(
    engine, config, { train, validation: watched }, seedsOf(job.seed).cfae, hooks,
  );
  await saveWeights(folder, job.run, trained.weights);
  return engine.scope(() => {
    const model = openCfae(engine, job.config, trained.weights);
    return {
      kind: "cfae", ...lineOf(job, around), model: job.config.model,
      settings: { ...settingsOf(job.config) },
      ...measured(engine, model, trained.weights, job, around), fit: summary(trained.fit),
    };
  });
}

async function runSae(job: SaeJob, around: JobSurroundings): Promise<SaeResult> {
  const { engine, data: { dataset, split }, folder, hooks } = around;
  const file = weightsFile(folder, job.cfae);
  const weights = decodeSafetensors(await readFile(file), file);
  return engine.scope(async () => {
    const cfae = openCfae(engine, job.config, weights);
    const watched = csrSelectRows(dataset.interactions, split.validation.users);
    const { sae: config } = job.config;
    const trained = await trainSae(
      engine, embedAll(engine, cfae, split.train), embedAll(engine, cfae, watched), config, seedsOf(job.seed).sae,
      hooks, { cfae, train: split.train, validation: watched },
    );
    const sae = openSae(engine, config, trained.weights, trained.shape, { cfae });
    const rank = (model: Recommender, users: HeldOut): RankingQuality => evaluateRanking(engine, model, users);
    const nested = new NestedRecommender(cfae, sae);
    const plain = rank(cfae, split.test);
    const test = rankedTest(engine, nested, weights, job, around.data);
    const meaning = await meaningLine(engine, {
      config: job.config, cfae: weights, sae: trained.weights, shape: trained.shape, seed: job.seed,
    }, around.data, hooks?.signal);
    const { cosine, l0, dead } = evaluateFidelity(engine, cfae, sae, split.test.input);
    return {
      kind: "sae", ...lineOf(job, around), model: job.config.model, cfae: job.cfae,
      factors: trained.shape.factors, neurons: trained.shape.neurons,
      settings: { ...config },
      test: quality(test), validation: quality(rank(nested, split.validation)), plain: quality(plain),
      lists: test.lists,
      change: {
        recall: difference(test.recallPerUser, plain.recallPerUser),
        ndcg: difference(test.ndcgPerUser, plain.ndcgPerUser),
      },
      retention: { recall: test.recall.mean / plain.recall.mean, ndcg: test.ndcg.mean / plain.ndcg.mean },
      cosine, l0, dead, ...(meaning ? { meaning } : {}), fit: summary(trained.fit),
    };
  });
}

/** Against tags, as real data has them; worlds too, so that lines compare. Null where no tag is on enough items. */
async function meaningLine(
  engine: Engine, model: Omit<MeasuredModel, "items" | "tags" | "concepts">, { dataset, split }: OpenedData,
  signal?: AbortSignal,
): Promise<MeaningLine | null> {
  const tags = dataset.tags && chooseTags(dataset.tags, dataset.itemIds.length).tags;
  if (!tags || tags.names.length === 0) return null;
  const items = { ids: dataset.itemIds, titles: dataset.itemTitles, users: [] };
  const opened = { dataset, split, truth: null };
  const found = await measureMeaning(engine, { ...model, items, tags }, opened, { controls: false, signal });
  if (!found) return null;
  const { codes, ceilings, sets, proven, groups } = found;
  return {
    neuron: codes.SAE.f1, axis: codes.PCA.f1, sets: sets.f1, concept: groups!.f1,
    probe: ceilings["probe on the embedding"], provenNeurons: proven!.neurons, provenShare: proven!.share,
    provenConcepts: groups!.proven, conceptShare: groups!.share,
  };
}

/** As trainModel draws them. */
function seedsOf(seed: number): { cfae: number; sae: number } {
  const random = new Random(seed);
  return { cfae: random.uint32(), sae: random.uint32() };
}

function lineOf({ run, title, seed }: Job, { data, split }: JobSurroundings): Pick<
  SweepResult, "run" | "title" | "seed" | "data" | "split"
> {
  return { run, title, seed, data: data.dataset.name, split };
}

function measured(
  engine: Engine, model: Recommender, weights: NamedTensors, job: CfaeJob, { data }: JobSurroundings,
): Pick<CfaeResult, "test" | "validation" | "lists"> {
  const test = rankedTest(engine, model, weights, job, data);
  return {
    test: quality(test), validation: quality(evaluateRanking(engine, model, data.split.validation)), lists: test.lists,
  };
}

/** The test users' ranking, and what their lists are worth beside it. */
function rankedTest(
  engine: Engine, model: Recommender, weights: NamedTensors, { config }: CfaeJob | SaeJob,
  { dataset, split }: OpenedData,
): RankingQuality & { readonly lists: BeyondAccuracy } {
  const tags = dataset.tags && chooseTags(dataset.tags, dataset.itemIds.length).tags;
  const context = listContext(split.train, recordOf(config).itemVectors(weights), tags?.counts ?? null);
  const lists = new ListFigures([20], split.test, context);
  const ranked = evaluateRanking(engine, model, split.test, { onList: (row, list) => { lists.add(row, list); } });
  return { ...ranked, lists: beyondAccuracy(lists.figures()[0]) };
}

function quality({ recall, ndcg }: RankingQuality): Quality {
  return { recall, ndcg };
}

function difference(a: Float64Array, b: Float64Array): Estimate {
  return estimate(a.map((value, i) => value - b[i]));
}

function summary({ history, bestEpoch, bestValidationLoss, stoppedEarly }: FitResult): FitSummary {
  return { epochs: history.length, bestEpoch, bestValidationLoss, stoppedEarly };
}

async function saveWeights(folder: string, run: string, weights: NamedTensors): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`${folder}: cannot be made: ${whyNot(error)}`);
  });
  await writeAtomically(weightsFile(folder, run), encodeSafetensors(weights));
}
