/**
 * A grid as a list of runs, each with a name that says what it is: the hash of everything that its figures depend on
 * (data and split, settings, seed, numerics). The same run has the same name in every sweep, so finished ones are known
 * again. Settings that a run does not look at are not part of its name.
 */
import { createHash } from "node:crypto";
import type { OpenedData } from "../data/data-source.js";
import type { Split } from "../data/dataset.js";
import type { Csr } from "../base/csr.js";
import type { Config } from "../config/config.js";
import { factorsOf, recordOf, settingsOf } from "../models/recommenders/registry.js";
import { scorers } from "../models/recommenders/scorers.js";
import { saeKinds } from "../models/sae/registry.js";
import type { Grid } from "./grid.js";

interface Run {
  /** 16 hexadecimal digits. */
  readonly run: string;
  /** For people: "TopK-1024 k=32 cosine on ELSA-256". Runs that differ in the seed share it. */
  readonly title: string;
  readonly seed: number;
}

/** A run that evaluates a baseline. */
export interface BaselineJob extends Run {
  readonly kind: "baseline";
  readonly baseline: string;
}

/** A run that trains a recommender. */
export interface CfaeJob extends Run {
  readonly kind: "cfae";
  readonly config: Config;
}

/** A run that trains an SAE on a recommender of the sweep. */
export interface SaeJob extends Run {
  readonly kind: "sae";
  readonly config: Config;
  /** The run whose weights it is trained on. */
  readonly cfae: string;
}

/** A run of a sweep. */
export type Job = BaselineJob | CfaeJob | SaeJob;

/** What the names of all runs have in common. */
export interface Setting {
  /** Of the data and its split: `fingerprint`. */
  readonly data: string;
  readonly numerics: string;
}

const VERSION = 1;

/** Baselines first, then each recommender before the SAEs on it, seed by seed. Doubles are left out. */
export function jobsOf(grid: Grid, setting: Setting): Job[] {
  const jobs: Job[] = [];
  const name = (what: object): string => hash([JSON.stringify(sorted({ version: VERSION, ...setting, ...what }))]);
  if (grid.baselines) {
    const seed = grid.seeds[0];
    for (const baseline of scorers.names) {
      jobs.push({ kind: "baseline", run: name({ baseline, seed }), title: baseline, seed, baseline });
    }
  }
  for (const seed of grid.seeds) {
    grid.cfaes.forEach((config, c) => {
      const of = { model: config.model, settings: settingsOf(config), seed };
      const cfae = name(of);
      jobs.push({ kind: "cfae", run: cfae, title: widthTitle(config), seed, config });
      for (const one of grid.saes[c]) {
        const title = `${one.name ?? saeTitle(one.config)} on ${widthTitle(config)}`;
        jobs.push({ kind: "sae", run: name({ ...of, sae: one.config.sae }), title, seed, config: one.config, cfae });
      }
    });
  }
  return jobs.filter((job, i) => jobs.findIndex(({ run }) => run === job.run) === i);
}

/** "ELSA-256" */
export function widthTitle(config: Config): string {
  return `${recordOf(config).title}-${factorsOf(config)}`;
}

function saeTitle(config: Config): string {
  const { kind, expansion, k, l1, loss } = config.sae;
  const record = saeKinds.get(kind);
  const sparsity = record.k === "unused" ? `l1=${l1}` : `k=${k}`;
  return `${record.title}-${Math.round(expansion * factorsOf(config))} ${sparsity} ${loss === "l2" ? "L2" : "cosine"}`;
}

/** Of a split's contents: who is where, with which items. */
export function fingerprint({ train, validation, test }: Split): string {
  const parts = [train, validation.input, validation.target, test.input, test.target];
  return hash(parts.flatMap((x: Csr) => [Int32Array.of(x.rows, x.cols), x.indptr, x.indices]));
}

/** Of a split's contents and of the tags: what the runs of a sweep are made from. */
export function fingerprintOfData({ split, dataset: { tags } }: Pick<OpenedData, "dataset" | "split">): string {
  return hash([fingerprint(split), ...(tags ? [JSON.stringify(tags.names), tags.tag, tags.item, tags.count] : [])]);
}

function hash(parts: readonly (string | Int32Array | Float32Array)[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex").slice(0, 16);
}

/** The same value whatever the order of its fields. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, v]) => [key, sorted(v)]));
}
