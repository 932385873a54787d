/**
 * The authors' curves of steering, ours against PyTorch, with the chance of training in the error (docs/method.md §5):
 *
 *   node dist/bench/steering-seeds.js --data FOLDER --split FILE --out FOLDER [--seeds 42,43,44] [--reference FILE]
 *     [--only ours|theirs] [--threads N]
 *
 * One split; ELSA and three TopK SAEs are trained for each seed on both sides, until early stopping (theirs by
 * bench/torch/steering.py). Points that --out has already are not measured again. With s²_o, s²_t the variances of a
 * figure over the n seeds of a side and u its standard error over the test users (ours, the mean over seeds), the
 * difference of the two means has the squared error (s²_o + s²_t)/n + u². A point counts when all four figures, recall
 * and nDCG, personal and segment, lie within two of these. Beside it the same without u², within the 97.5 % quantile of
 * Student's t of 2n − 2 degrees, with variances pooled over the points of a figure at each strength. --reference, one
 * run of the authors' code, is held against our mean with the error s²_o/n + s²_t + u².
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Csr } from "../src/base/csr.js";
import { openData } from "../src/data/data-source.js";
import type { Split, TagCounts } from "../src/data/dataset.js";
import { tagCounts } from "../src/data/tags/tag-counts.js";
import { openEngine } from "../src/engine/open.js";
import { Elsa } from "../src/models/recommenders/elsa.js";
import { openSae } from "../src/models/sae/registry.js";
import { steeringGoals } from "../src/steer/steering-goals.js";
import { steeringCurves } from "./steering-curves.js";
import { elsaOf, inputAndTargetOf, KINDS, openSteeringModels, saeOf, shapeOf } from "./steering-models.js";
import { compareSeeds, readPoints, rowOf, type ReferencePoint } from "./steering-points.js";
import { findPython } from "./torch/python.js";

const SCRIPT = fileURLToPath(new URL("../../bench/torch/steering.py", import.meta.url));

const { values: options } = parseArgs({
  options: {
    data: { type: "string" }, split: { type: "string" }, out: { type: "string" }, reference: { type: "string" },
    seeds: { type: "string", default: "42,43,44" }, threads: { type: "string", default: "1" },
    "tag-min": { type: "string", default: "20" },
    /** Measure one side and stop: both can run at once. */
    only: { type: "string" },
  },
});
const ELSA = elsaOf("paper", 256);
const SAE = saeOf();
const SHAPE = shapeOf(ELSA, SAE);

await main();

async function main(): Promise<void> {
  const { data: folder, out } = options;
  if (folder === undefined || out === undefined) throw new Error("--data FOLDER and --out FOLDER are needed");
  const seeds = options.seeds.split(",").map(Number);
  const { dataset, split } =
    await openData({ folder, split: options.split, seed: seeds[0], read: { tagSource: "tags" } });
  if (!dataset.tags) throw new Error(`${dataset.name} has no tags`);
  const minApplications = Number(options["tag-min"]);
  const tags = tagCounts(dataset.tags, dataset.itemIds.length, { minApplications, drop: [] });
  mkdirSync(out, { recursive: true });
  writeRows(out, split, tags);
  const [ours, theirs]: ReferencePoint[][][] = [[], []];
  for (const seed of seeds) {
    if (options.only !== "theirs") {
      ours.push(await kept(join(out, `ours-${seed}.json`), () => measureOurs(dataset.name, split, tags, seed)));
    }
    if (options.only !== "ours") {
      theirs.push(await kept(join(out, `theirs-${seed}.json`), () => Promise.resolve(measureTheirs(out, tags, seed))));
    }
  }
  if (options.only !== undefined) return;
  compareSeeds(ours, theirs, await readPoints(options.reference));
}

async function kept(file: string, measure: () => Promise<ReferencePoint[]>): Promise<ReferencePoint[]> {
  if (existsSync(file)) return readPoints(file);
  const rows = await measure();
  writeFileSync(file, JSON.stringify({ rows }, null, 1));
  return rows;
}

async function measureOurs(name: string, split: Split, tags: TagCounts, seed: number): Promise<ReferencePoint[]> {
  const engine = openEngine({ threads: Number(options.threads) });
  const models = await openSteeringModels(engine, name, split, { elsa: ELSA, sae: SAE, seed });
  const rows: ReferencePoint[] = [];
  for (const [kind, of] of Object.entries(KINDS)) {
    const weights = await models.sae(of);
    const points = engine.scope(() => {
      const elsa = new Elsa(engine, models.encoder, split.train.cols, ELSA.factors);
      return steeringCurves(engine, elsa, openSae(engine, SAE, weights, SHAPE), split, tags);
    });
    rows.push(...points.map((point) => rowOf(kind, point)));
  }
  engine.close();
  return rows;
}

function measureTheirs(folder: string, tags: TagCounts, seed: number): ReferencePoint[] {
  const job = {
    folder, seed, items: tags.counts.cols, tags: tags.names.length, kinds: KINDS, batch: ELSA.batchSize, ...SHAPE,
  };
  const answer = execFileSync(findPython(), [SCRIPT], {
    input: `${JSON.stringify(job)}\n`, encoding: "utf8", maxBuffer: 2 ** 26, stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: options.threads, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return JSON.parse(answer) as ReferencePoint[];
}

/** What steering.py reads. */
function writeRows(folder: string, split: Split, tags: TagCounts): void {
  const all: Record<string, Csr> = {
    train: split.train, watched: inputAndTargetOf(split), input: split.test.input, target: split.test.target,
    tags: tags.counts,
  };
  for (const [name, { indptr, indices }] of Object.entries(all)) {
    writeFileSync(join(folder, `${name}.indptr.i32`), indptr);
    writeFileSync(join(folder, `${name}.indices.i32`), indices);
  }
  writeFileSync(join(folder, "tags.values.f32"), Float32Array.from(tags.counts.indices, (_, q) =>
    tags.counts.values?.[q] ?? 1));
  writeFileSync(join(folder, "goals.i32"), steeringGoals(split.test, tags).tag);
}
