/**
 * How long a sweep will take, worked out before it starts: multiply-adds of every run by formula, and the time that one
 * takes on this machine from a few measured steps of each family's cheapest run. An upper bound in one way (runs that
 * stop early are counted with all their epochs) and rough in others; it decides nothing.
 */
import type { Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Csr } from "../base/csr.js";
import { csrSelectRows } from "../base/csr.js";
import { Random } from "../base/random.js";
import { range } from "../models/encode-all.js";
import { sectionOf, type Config } from "../config/config.js";
import type { FitConfig } from "../config/training.js";
import type { DataSizes } from "../models/recommenders/record.js";
import { factorsOf, recordOf, settingsOf, weightsOf } from "../models/recommenders/registry.js";
import { scorers } from "../models/recommenders/scorers.js";
import { saeKinds } from "../models/sae/registry.js";
import { DivergedError } from "../train/fit.js";
import { trainSae } from "../train/train-sae.js";
import { trainCfae } from "../train/train-recommender.js";
import type { CfaeJob, Job, SaeJob } from "./jobs.js";

/** How long the runs of a sweep will take. */
export interface SweepEstimate {
  /** Seconds of each run, if all epochs are needed. */
  readonly secondsOf: (job: Job) => number;
  /** Seconds of all runs, one after the other. */
  readonly seconds: number;
}

/** Batches of a measured epoch. */
const BATCHES = 2;

/** Measures, in the engine's heap, which is then as it was. A few seconds, more with large models. */
export async function estimateSweep(engine: Engine, jobs: readonly Job[], split: Split): Promise<SweepEstimate> {
  const sizes: DataSizes = {
    items: split.train.cols, users: split.train.rows, interactions: split.train.indices.length,
  };
  const rates = new Map<string, number>();
  for (const family of new Set(jobs.map(familyOf))) {
    const members = jobs.filter((job) => familyOf(job) === family);
    const cheapest = members.reduce((a, b) => (work(b, sizes) < work(a, sizes) ? b : a));
    if (cheapest.kind === "baseline") continue;
    try {
      rates.set(family, await measure(engine, cheapest, split));
    } catch (error) {
      // A run that diverges says so when it is its turn.
      if (!(error instanceof DivergedError)) throw error;
    }
  }
  // Baselines are matrix products too; as a guess they run like those of the grid's first recommender.
  const some = rates.values().next().value ?? 1e-10;
  const secondsOf = (job: Job): number => work(job, sizes) * (rates.get(familyOf(job)) ?? some);
  return { secondsOf, seconds: jobs.reduce((sum, job) => sum + secondsOf(job), 0) };
}

/** Runs whose multiply-adds take about the same time each. */
function familyOf(job: Job): string {
  if (job.kind === "baseline") return "baseline";
  if (job.kind === "cfae") return recordOf(job.config).section;
  return saeKinds.get(job.config.sae.kind).sparse ? "sparse SAE" : "dense SAE";
}

/** Multiply-adds, roughly: products over all rows and epochs, and the optimiser's passes over the weights. */
function work(job: Job, sizes: DataSizes): number {
  if (job.kind === "baseline") return scorers.get(job.baseline).work(sizes);
  const { config } = job;
  const { items, users } = sizes;
  const { epochs, batchSize } = job.kind === "sae" ? config.sae : settingsOf(config);
  const [row, weights] = job.kind === "sae" ? saeWork(config, items) : cfaeWork(config, items);
  return epochs * (users * row + Math.ceil(users / batchSize) * 10 * weights);
}

/** Multiply-adds a row, and weights. */
function cfaeWork(config: Config, items: number): [number, number] {
  return [recordOf(config).rowWork(items, settingsOf(config)), weightsOf(config, items)];
}

function saeWork(config: Config, items: number): [number, number] {
  const { sae } = config;
  const D = factorsOf(config);
  const H = Math.round(sae.expansion * D);
  const products = (saeKinds.get(sae.kind).sparse ? 1.5 : 6) * D * H;
  return [products + (sae.downstream > 0 ? 4 * items * D : 0), 2 * D * H];
}

/** Seconds a unit of `work`, from the second of two short epochs. */
async function measure(engine: Engine, job: CfaeJob | SaeJob, { train }: Split): Promise<number> {
  const config = structuredClone(job.config);
  const part = job.kind === "sae" ? config.sae : sectionOf(config, recordOf(config).section) as unknown as FitConfig;
  Object.assign(part, { epochs: 2, patience: 0 });
  const rows = Math.min(train.rows, BATCHES * part.batchSize);
  const few: Csr = csrSelectRows(train, range(0, rows));
  const one: Csr = csrSelectRows(train, range(0, 1));
  const ends: number[] = [];
  const hooks = { onEpoch: (): void => { ends.push(performance.now()); } };
  if (job.kind === "cfae") await trainCfae(engine, config, { train: few, validation: one }, 1, hooks);
  else {
    const cols = factorsOf(config);
    const random = new Random(1);
    const embeddings = { rows, cols, data: Float32Array.from({ length: rows * cols }, () => random.normal()) };
    const first = { rows: 1, cols, data: embeddings.data.slice(0, cols) };
    Object.assign(config.sae, { downstream: 0, inputDropout: 0, reconstruction: 1 });
    await trainSae(engine, embeddings, first, config.sae, 1, hooks);
  }
  const short = { ...job, config } as Job;
  return (ends[1] - ends[0]) / 1000 / (work(short, { items: train.cols, users: rows, interactions: 0 }) / 2);
}
