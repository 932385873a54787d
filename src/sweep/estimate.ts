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
import { factorsOf } from "../models/recommenders/registry.js";
import { multVaeConfigOf } from "../models/recommenders/open-multvae.js";
import type { Config } from "../config/config.js";
import type { FitConfig } from "../config/training.js";
import { DivergedError } from "../train/fit.js";
import { trainSae } from "../train/train-sae.js";
import { trainCfae } from "../pipeline/train-cfae.js";
import type { CfaeJob, Job, SaeJob } from "./jobs.js";

export interface Sizes {
  readonly items: number;
  readonly users: number;
  readonly interactions: number;
}

type Family = "baseline" | "elsa" | "multvae" | "sparse SAE" | "dense SAE";

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
  const sizes: Sizes = { items: split.train.cols, users: split.train.rows, interactions: split.train.indices.length };
  const rates = new Map<Family, number>();
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
  // Baselines are matrix products too; as a guess they run like ELSA's, or any other's.
  const some = rates.get("elsa") ?? rates.values().next().value ?? 1e-10;
  const secondsOf = (job: Job): number => work(job, sizes) * (rates.get(familyOf(job)) ?? some);
  return { secondsOf, seconds: jobs.reduce((sum, job) => sum + secondsOf(job), 0) };
}

function familyOf(job: Job): Family {
  if (job.kind === "baseline") return "baseline";
  if (job.kind === "sae") {
    return job.config.sae.kind === "topk" || job.config.sae.kind === "matryoshka" ? "sparse SAE" : "dense SAE";
  }
  return job.config.model === "elsa" ? "elsa" : "multvae";
}

/** Multiply-adds, roughly: products over all rows and epochs, and the optimiser's passes over the weights. */
function work(job: Job, { items, users, interactions }: Sizes): number {
  if (job.kind === "baseline") {
    if (job.baseline === "EASE") return 4 * (items ** 3 + interactions * (interactions / users));
    return job.baseline === "popularity" ? interactions : 4 * interactions * (interactions / users);
  }
  const { config } = job;
  const D = factorsOf(config);
  const fit: FitConfig = job.kind === "sae" ? config.sae : fitOf(config);
  const steps = Math.ceil(users / fit.batchSize);
  const [row, weights] = job.kind === "sae" ? saeWork(config, D, items) : cfaeWork(config, D, items);
  return fit.epochs * (users * row + steps * 10 * weights);
}

/** Multiply-adds a row, and weights. */
function cfaeWork(config: Config, D: number, items: number): [number, number] {
  if (config.model === "elsa") return [3 * items * D, items * D];
  const { hidden } = multVaeConfigOf(config);
  return [3 * items * hidden + 9 * hidden * D, 2 * items * hidden + 3 * hidden * D];
}

function saeWork({ sae }: Config, D: number, items: number): [number, number] {
  const H = Math.round(sae.expansion * D);
  const products = sae.kind === "topk" || sae.kind === "matryoshka" ? 1.5 * D * H : 6 * D * H;
  return [products + (sae.downstream > 0 ? 4 * items * D : 0), 2 * D * H];
}

function fitOf(config: Config): FitConfig {
  return config.model === "elsa" ? config.elsa : multVaeConfigOf(config);
}

/** Seconds a unit of `work`, from the second of two short epochs. */
async function measure(engine: Engine, job: CfaeJob | SaeJob, { train }: Split): Promise<number> {
  const config = structuredClone(job.config);
  const part = job.kind === "sae" ? config.sae : config.model === "elsa" ? config.elsa : config.multvae;
  Object.assign(part, { epochs: 2, patience: 0 });
  const rows = Math.min(train.rows, BATCHES * part.batchSize);
  const few: Csr = csrSelectRows(train, range(0, rows));
  const one: Csr = csrSelectRows(train, range(0, 1));
  const ends: number[] = [];
  const hooks = { onEpoch: (): void => { ends.push(performance.now()); } };
  if (job.kind === "cfae") await trainCfae(engine, few, one, config, 1, hooks);
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
