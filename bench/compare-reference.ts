/**
 * The models of docs/method.md trained on a reference's split, beside the reference's figures. Not a timing bench: it
 * prints quality.
 *
 *   node dist/bench/compare-reference.js --reference FILE --data FOLDER --split FILE [--seed N] [--seeds N] [--json]
 *
 * The file gives runs: [{ dataset, seed, models: { NAME: { fixed_split: { test: { recall, ndcg } } } }, curves: { NAME:
 * [{ epoch, train_loss, val: { Loss } }] } }], names as "ELSA-256", "TopKSAE-1024-k32-L2-clean on ELSA-256-long". The
 * reference's weights and batches are drawn by another generator, so figures agree within their standard error only.
 */
import { readFile } from "node:fs/promises";
import { Command } from "commander";
import type { Split } from "../src/data/dataset.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { evaluateRanking, type RankingQuality } from "../src/evaluate/evaluate.js";
import type { Estimate } from "../src/evaluate/metrics.js";
import { csrSelectRows } from "../src/base/csr.js";
import { Elsa, elsa } from "../src/models/recommenders/elsa.js";
import { embedAll } from "../src/models/encode-all.js";
import { NestedRecommender } from "../src/models/nested.js";
import { CheckedJson } from "../src/base/checked-json.js";
import { openData } from "../src/data/data-source.js";
import { presets } from "../src/config/presets.js";
import type { ElsaConfig } from "../src/config/elsa.js";
import type { SaeConfig } from "../src/config/sae.js";
import type { FitResult } from "../src/train/fit.js";
import { trainRecommender } from "../src/train/train-recommender.js";
import { openSae } from "../src/models/sae/registry.js";
import { trainSae, type TrainedSae } from "../src/train/train-sae.js";
import { UserError } from "../src/base/user-error.js";
import { Context, Interrupted, UsageError } from "../src/cli/context.js";
import { fraction } from "../src/base/numbers.js";
import { estimated } from "../src/cli/tables/format.js";
import {
  addDataOptions, addMachineOptions, addOutputOptions, number, sourceOf, type CommonOptions,
} from "../src/cli/options.js";
import { left, right } from "../src/cli/tables/table.js";

interface CompareOptions extends CommonOptions {
  reference: string;
  seed: number;
  seeds: number;
}

/** What the reference reports of one model. */
interface ReferenceModel {
  recall: Estimate;
  ndcg: Estimate;
  /** Losses by epoch (from 1); not every epoch need be there. */
  curve: { epoch: number; train: number; validation: number }[];
}

interface Comparison {
  model: string;
  /** Means over the seeds; se is that over users, of one seed. */
  ours: { recall: Estimate; ndcg: Estimate };
  /** Test nDCG@20 of each seed. */
  ndcgOfSeeds: number[];
  reference: { recall: Estimate; ndcg: Estimate };
  /** Whether ours is at least the reference's mean less its standard error. */
  reached: boolean;
  /** Whether ours is within one standard error of the reference either way. */
  within: boolean;
  /** Mean over the common epochs of |ours − theirs| / theirs. */
  trainCurve: number;
  validationCurve: number;
}

/** The protocol of the reference: D=256, 25 epochs or until early stopping; H=1024, K=32. */
const ELSA: ElsaConfig = { ...presets.paper.elsa, factors: 256, epochs: 25, patience: 10 };
const LONG = 400;
const SAE: SaeConfig = { ...presets.paper.sae, kind: "topk", expansion: 4, k: 32, epochs: 250, patience: 50 };

async function compare(options: CompareOptions): Promise<void> {
  const source = sourceOf(options, options.seed);
  if (!source || options.split === undefined) {
    throw new UsageError("give --data FOLDER and --split FILE: figures compare on one split only");
  }
  const progress = context.progress(options);
  const { dataset, split } = await openData(source, progress.reading).finally(() => progress.clear());
  const reference = await readReference(options.reference, dataset.name, await seedOfSplit(options.split));
  const engine = openEngine({ threads: options.threads, kernels: options.kernels, numerics: options.numerics });
  const watched = csrSelectRows(dataset.interactions, split.validation.users);
  const runs = new Map<string, Run[]>();
  const add = (model: string, quality: RankingQuality, fit: FitResult): void => {
    if (reference.has(model)) runs.set(model, [...runs.get(model) ?? [], { quality, fit }]);
  };
  const trainAll = async (seed: number): Promise<void> => {
    for (const [cfae, epochs] of [["ELSA-256", ELSA.epochs], ["ELSA-256-long", LONG]] as const) {
      progress.note(`${cfae}, seed ${seed}`);
      const watching = progress.watch("elsa", context.signal);
      const data = { train: split.train, validation: watched };
      const trained = await trainRecommender(engine, elsa, data, { ...ELSA, epochs }, seed, watching);
      const { data: encoder } = trained.weights.encoder;
      watching.close();
      const [seen, unseen] = engine.scope(() => {
        const model = new Elsa(engine, encoder, split.train.cols, ELSA.factors);
        add(cfae, evaluateRanking(engine, model, split.test), trained.fit);
        return [embedAll(engine, model, split.train), embedAll(engine, model, watched)];
      });
      for (const loss of ["l2", "cosine"] as const) {
        for (const target of ["standardised", "embedding"] as const) {
          const kind = `${loss === "l2" ? "L2" : "Cosine"}${target === "embedding" ? "-clean" : ""}`;
          const name = `TopKSAE-1024-k32-${kind} on ${cfae}`;
          if (!reference.has(name)) continue;
          progress.note(`${name}, seed ${seed}`);
          const config = { ...SAE, loss, target };
          const hooks = progress.watch("sae", context.signal);
          const sae = await trainSae(engine, seen, unseen, config, seed + 1, hooks);
          hooks.close();
          add(name, nestedQuality(engine, encoder, split, config, sae), sae.fit);
        }
      }
    }
  };
  try {
    await engine.ready();
    for (let i = 0; i < options.seeds; i++) await trainAll(options.seed + i);
  } finally {
    progress.clear();
    engine.close();
  }
  const found = [...runs].map(([model, ofSeeds]) => comparison(model, ofSeeds, reference.get(model)!));
  if (options.json) context.json(found);
  else report(found);
}

function nestedQuality(
  engine: Engine, encoder: Float32Array, split: Split, config: SaeConfig, { weights, shape }: TrainedSae,
): RankingQuality {
  return engine.scope(() => {
    const elsa = new Elsa(engine, encoder, split.train.cols, ELSA.factors);
    return evaluateRanking(engine, new NestedRecommender(elsa, openSae(engine, config, weights, shape)), split.test);
  });
}

interface Run {
  quality: RankingQuality;
  fit: FitResult;
}

function comparison(model: string, runs: readonly Run[], theirs: ReferenceModel): Comparison {
  const mean = (of: (run: Run) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const ours = (metric: "recall" | "ndcg"): Estimate =>
    ({ ...runs[0].quality[metric], mean: mean((run) => run.quality[metric].mean) });
  const each = [[ours("recall"), theirs.recall], [ours("ndcg"), theirs.ndcg]] as const;
  const distance = (of: "trainLoss" | "validationLoss", their: "train" | "validation"): number => mean(({ fit }) => {
    const common = theirs.curve.filter(({ epoch }) => epoch <= fit.history.length);
    const apart = common.map((point) => Math.abs(fit.history[point.epoch - 1][of] - point[their]) / point[their]);
    return apart.reduce((sum, share) => sum + share, 0) / apart.length;
  });
  return {
    model,
    ours: { recall: ours("recall"), ndcg: ours("ndcg") },
    ndcgOfSeeds: runs.map(({ quality }) => quality.ndcg.mean),
    reference: { recall: theirs.recall, ndcg: theirs.ndcg },
    reached: each.every(([a, b]) => a.mean >= b.mean - b.se),
    within: each.every(([a, b]) => Math.abs(a.mean - b.mean) <= b.se),
    trainCurve: distance("trainLoss", "train"),
    validationCurve: distance("validationLoss", "validation"),
  };
}

function report(found: readonly Comparison[]): void {
  const seeds = found[0]?.ndcgOfSeeds.length ?? 0;
  context.print(
    context.table(
      [
        left("model"), right("recall@20"), right("reference"), right("nDCG@20"),
        ...(seeds > 1 ? [right("seeds")] : []), right("reference"), left("verdict"), right("Δ train"), right("Δ val"),
      ],
      found.map(({ model, ours, ndcgOfSeeds, reference, reached, within, trainCurve, validationCurve }) => [
        // Each ELSA's SAEs follow it.
        model.replace(/^TopKSAE-1024-k32-(\S+) on .*$/, "  TopK $1"),
        fraction(ours.recall.mean, 4), estimated(reference.recall, 4),
        fraction(ours.ndcg.mean, 4),
        ...(seeds > 1 ? [`${fraction(Math.min(...ndcgOfSeeds), 3)}–${fraction(Math.max(...ndcgOfSeeds), 3)}`] : []),
        estimated(reference.ndcg, 4),
        within ? "within 1 se" : reached ? "above" : "BELOW",
        `${(100 * trainCurve).toFixed(1)} %`, `${(100 * validationCurve).toFixed(1)} %`,
      ]),
    ),
    "  verdict: recall and nDCG both within one standard error of the reference, or above it" +
    `${seeds > 1 ? `; ours is the mean over ${seeds} seeds` : ""}\n` +
    "  Δ: mean relative distance of the loss curves over their common epochs",
    `${found.filter(({ reached }) => reached).length} of ${found.length} models reach the reference, within 1 se`,
  );
}

/** A split may say which seed it was drawn with; the reference's run of that seed used it. */
async function seedOfSplit(file: string): Promise<number | null> {
  const seed = CheckedJson.parse(await readFile(file, "utf8"), file).at("seed");
  return seed.isNull ? null : seed.whole();
}

async function readReference(file: string, dataset: string, seed: number | null): Promise<Map<string, ReferenceModel>> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file}: cannot be read (${error.code})`);
  });
  const runs = CheckedJson.parse(text, file).at("runs").list();
  const fits = (run: CheckedJson): boolean =>
    run.at("dataset").string() === dataset && (seed === null || run.at("seed").whole() === seed);
  const run = runs.find(fits);
  if (!run) throw new UserError(`${file}: no run on "${dataset}"${seed === null ? "" : ` with seed ${seed}`}`);
  const models = new Map<string, ReferenceModel>();
  for (const name of Object.keys(run.at("models").raw as object)) {
    const test = run.at("models").at(name).at("fixed_split").at("test");
    const estimate = (at: CheckedJson): Estimate =>
      ({ mean: at.at("mean").number(), se: at.at("se").number(), n: NaN });
    const curve = run.at("curves").at(name);
    models.set(name, {
      recall: estimate(test.at("recall")),
      ndcg: estimate(test.at("ndcg")),
      curve: curve.isNull ? [] : curve.list().map((point) => ({
        epoch: point.at("epoch").whole(1),
        train: point.at("train_loss").number(),
        validation: point.at("val").at("Loss").number(),
      })),
    });
  }
  return models;
}

const context = new Context();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => context.interrupt(signal));
const program = new Command("compare-reference")
  .requiredOption("--reference <file>", "JSON file of the reference's runs")
  .option("--seed <n>", "of our weights and batches; the run of the reference is that of the split", number(), 42)
  .option("--seeds <n>", "train with so many seeds, counted up from --seed, and compare the mean", number(), 1);
addOutputOptions(addMachineOptions(addDataOptions(program))).action((options: CompareOptions) => compare(options));
enableRelaxedSimd();
await program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof UserError || error instanceof Interrupted)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
