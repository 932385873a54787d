/**
 * The tables of docs/meaning.md: what the default preset's neurons mean, over seeds, with floors, ceilings and aims.
 *
 *   node dist/bench/meaning.js [--world hard-small | --data FOLDER [--tag-source both]] [--seeds 42,43,44]
 *     [--preset default] [--set path=value …] [--cache FOLDER] [--slow | --quick]
 *
 * The recommender of each (data, seed) is trained once and kept in --cache, so that SAEs can be compared on the same
 * embeddings. With --slow also what needs further trainings: a frozen and a tethered decoder as controls, and a second
 * seed for consistency (PW-MCC); with --quick no control but PCA. On a world the aims are those of its specification;
 * on tags, 1.4 times the best principal axis and, for sets of neurons, 0.85 times the probe.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { csrSelectRows } from "../src/base/csr.js";
import type { NamedTensors } from "../src/base/named-tensors.js";
import { fraction, percent } from "../src/base/numbers.js";
import { Random } from "../src/base/random.js";
import { configWith } from "../src/cli/settings.js";
import { formatTable, left, right } from "../src/cli/tables/table.js";
import type { Config } from "../src/config/config.js";
import { presetNamed } from "../src/config/presets.js";
import { openData, type OpenedData } from "../src/data/data-source.js";
import { chooseTags } from "../src/data/tags/choose-tags.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import type { Meaning } from "../src/interpret/meaning/meaning-figures.js";
import { compareTrainings } from "../src/measure/compare-trainings.js";
import { measureMeaning } from "../src/measure/measure-meaning.js";
import type { Model, ModelWeights } from "../src/model-folder/model.js";
import { openCfae, openNested } from "../src/model-folder/open-model.js";
import { decodeSafetensors, encodeSafetensors } from "../src/model-folder/safetensors.js";
import { embedAll } from "../src/models/encode-all.js";
import { trainCfae } from "../src/train/train-recommender.js";
import { trainSae } from "../src/train/train-sae.js";

/** One seed's figures, flat: what a table averages. */
type Figures = Record<string, number>;

const { values: options } = parseArgs({
  options: {
    world: { type: "string" }, data: { type: "string" }, "tag-source": { type: "string" }, split: { type: "string" },
    seeds: { type: "string", default: "42,43,44" }, preset: { type: "string", default: "default" },
    set: { type: "string", multiple: true }, cache: { type: "string" }, slow: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    threads: { type: "string" },
  },
});

/** What is aimed at, by the name of the figure: at least, or at most where it says so. */
const WORLD_AIMS: Readonly<Record<string, { readonly aim: number; readonly atMost?: boolean }>> = {
  "F1": { aim: 0.72 }, "F1, children": { aim: 0.74 }, "F1, parents": { aim: 0.6 }, "recovered": { aim: 0.5 },
  "uniqueness": { aim: 0.99 }, "absorption": { aim: 0.25, atMost: true }, "users' AUC": { aim: 0.88 },
  "own share": { aim: 0.5 }, "stranger's share": { aim: 0.1, atMost: true }, "sets of neurons": { aim: 0.78 },
  "PW-MCC": { aim: 0.7 }, "dead share": { aim: 0.01, atMost: true }, "nDCG kept, SAE alone": { aim: 0.99 },
};
const TAG_AIMS: typeof WORLD_AIMS = {
  "best neuron / best axis": { aim: 1.4 }, "sets of neurons / probe": { aim: 0.85 },
  "proven share": { aim: 0.6 }, "proven share, concepts": { aim: 0.6 }, "concepts found again": { aim: 0.9 },
  "dead share": { aim: 0.01, atMost: true },
};

async function measure(seed: number): Promise<Figures> {
  const { world, data: folder, split, "tag-source": tagSource } = options;
  const opened = await openData({
    seed, ...(split === undefined ? {} : { split }),
    ...(folder === undefined ? { world: world ?? "hard-small" } : { folder, read: { tagSource } as object }),
  });
  const config = configWith(presetNamed(options.preset), options.set);
  const engine = openEngine(options.threads === undefined ? {} : { threads: Number(options.threads) });
  try {
    await engine.ready();
    const random = new Random(seed);
    const [cfaeSeed, saeSeed] = [random.uint32(), random.uint32()];
    const cfae = await recommender(engine, opened, config, cfaeSeed, seed);
    const train = (more: Partial<Config["sae"]>, offset = 0): Promise<ModelWeights> =>
      dictionary(engine, opened, { ...config, sae: { ...config.sae, ...more } }, cfae, saeSeed + offset);
    const weights = await train({});
    const meaning = measureMeaning(engine, asModel(weights, opened, seed), opened, { controls: !options.quick })!;
    const figures = { ...figuresOf(meaning), ...accuracy(engine, weights, opened) };
    if (!options.slow) return figures;
    for (const [name, decoderWithin] of [["frozen decoder", 1], ["tethered decoder", 0.8]] as const) {
      const control = asModel(await train({ decoderWithin }), opened, seed);
      figures[`floor: ${name}`] = measureMeaning(engine, control, opened, { controls: false })!.codes.SAE.f1;
    }
    return { ...figures, ...agreement(engine, weights, await train({}, 1), opened, seed) };
  } finally {
    engine.close();
  }
}

/** Trained once for each data set, seed and configuration of its own. */
async function recommender(
  engine: Engine, { dataset, split }: OpenedData, config: Config, trainingSeed: number, seed: number,
): Promise<NamedTensors> {
  const file = options.cache && join(options.cache, `${dataset.name.replace(/\W+/g, "-")}-${seed}.safetensors`);
  if (file) {
    const bytes = await readFile(file).catch(() => null);
    if (bytes) return decodeSafetensors(bytes, file);
  }
  const watched = csrSelectRows(dataset.interactions, split.validation.users);
  const { weights } = await trainCfae(
    engine, config, { train: split.train, validation: watched }, trainingSeed,
  );
  if (file) {
    await mkdir(options.cache!, { recursive: true });
    await writeFile(file, Buffer.concat(encodeSafetensors(weights)));
  }
  return weights;
}

function dictionary(
  engine: Engine, { dataset, split }: OpenedData, config: Config, weights: NamedTensors, seed: number,
): Promise<ModelWeights> {
  return engine.scope(async () => {
    const cfae = openCfae(engine, config, weights);
    const watched = csrSelectRows(dataset.interactions, split.validation.users);
    const { weights: sae, shape } = await trainSae(
      engine, embedAll(engine, cfae, split.train), embedAll(engine, cfae, watched), config.sae, seed, {},
      { cfae, train: split.train, validation: watched },
    );
    return { config, cfae: weights, sae, shape };
  });
}

/** As much of a model as measuring needs. */
function asModel(weights: ModelWeights, { dataset }: OpenedData, seed: number): Model {
  const tags = dataset.tags && chooseTags(dataset.tags, dataset.itemIds.length).tags;
  return { ...weights, seed, tags, items: { ids: dataset.itemIds, titles: dataset.itemTitles } } as unknown as Model;
}

function accuracy(engine: Engine, weights: ModelWeights, { split }: OpenedData): Figures {
  const kept = (residual: Config["sae"]["residual"]): number => engine.scope(() => {
    const config = { ...weights.config, sae: { ...weights.config.sae, residual } };
    const nested = openNested(engine, { ...weights, config });
    return evaluateRanking(engine, nested, split.test).ndcg.mean
      / evaluateRanking(engine, nested.cfae, split.test).ndcg.mean;
  });
  return { "nDCG kept, SAE alone": kept("drop") };
}

/** Of two dictionaries on one recommender. */
function agreement(
  engine: Engine, weights: ModelWeights, other: ModelWeights, opened: OpenedData, seed: number,
): Figures {
  const [a, b] = [weights, other].map((one) => asModel(one, opened, seed));
  const { rows, concepts } = compareTrainings(engine, a, b, opened.split.train);
  return {
    "PW-MCC": rows!.cosine, "PW-MCC of random rows": rows!.random,
    "concepts found again": concepts.matched, "proven concepts found again": concepts.provenMatched,
  };
}

function figuresOf({ codes, ceilings, sets, world, proven, groups, ...meaning }: Meaning): Figures {
  const { SAE: own, ...controls } = codes;
  const probe = ceilings["probe on the embedding"];
  return {
    "F1": own.f1, "F1 in-sample": own.fit, "F1, one to one": own.oneToOne,
    ...own.parents === undefined ? {} : {
      "F1, parents": own.parents, "F1, children": own.children!, "F1, free": own.free!,
      "correlation match": own.correlation!,
    },
    "recovered": own.recovered, "uniqueness": own.uniqueness, "sets of neurons": sets.f1, "neurons of a set": sets.size,
    ...world ? {
      "directions": world.directions, "directions, random": world.randomDirections, "absorption": world.absorption,
      "hidden": world.hidden, "union of neurons": world.union, "users' AUC": world.userAuc, "own share": world.own,
      "stranger's share": world.stranger,
    } : {
      "best neuron / best axis": own.f1 / codes.PCA.f1, "sets of neurons / probe": sets.f1 / probe,
    },
    ...proven ? {
      "proven neurons": proven.neurons / proven.alive, "proven share": proven.share,
      "provable share": proven.provable!.share, "provable tags": proven.provable!.tags / meaning.concepts,
      "tags with a proven neuron": proven.tags / meaning.concepts, "names per neuron": proven.namesPerNeuron,
    } : {},
    ...groups ? {
      "concepts": groups.concepts, "best concept": groups.f1, "concepts with a proven name": groups.proven,
      "proven share, concepts": groups.share, "tags with a proven concept": groups.tags,
    } : {},
    "variance explained": meaning.explained, "L0": meaning.l0, "dead share": meaning.dead / meaning.neurons,
    ...Object.fromEntries(Object.entries(controls).map(([name, { f1 }]) => [`floor: ${name}`, f1])),
    ...Object.fromEntries(Object.entries(ceilings).map(([name, f1]) => [`ceiling: ${name}`, f1])),
    "items": meaning.items, "tags or planted concepts": meaning.concepts,
  };
}

const COUNTS: ReadonlySet<string> = new Set([
  "items", "tags or planted concepts", "concepts", "concepts with a proven name", "tags with a proven concept",
]);

function print(all: readonly Figures[], seeds: readonly number[]): void {
  const aims = options.data === undefined ? WORLD_AIMS : TAG_AIMS;
  const write = (name: string, value: number): string =>
    COUNTS.has(name) ? String(Math.round(value)) : name === "L0" || name === "neurons of a set"
      ? value.toFixed(1) : name === "dead share" || name.startsWith("nDCG") ? percent(value, 1) : fraction(value);
  const rows = Object.keys(all[0]).map((name) => {
    const mean = all.reduce((sum, figures) => sum + figures[name], 0) / all.length;
    const goal = aims[name];
    const reached = goal && (goal.atMost ? mean <= goal.aim : mean >= goal.aim) ? "yes" : "no";
    return [
      name, ...all.map((figures) => write(name, figures[name])), write(name, mean),
      goal ? `${goal.atMost ? "≤" : "≥"} ${write(name, goal.aim)}` : "", goal ? reached : "",
    ];
  });
  const columns = seeds.map((seed) => right(`seed ${seed}`));
  console.log(formatTable([left("figure"), ...columns, right("mean"), right("aim"), left("reached")], rows));
}

enableRelaxedSimd();
const seeds = options.seeds.split(",").map(Number);
const all: Figures[] = [];
for (const seed of seeds) {
  all.push(await measure(seed));
  // A run of several seeds takes long: what is there is shown.
  console.error(JSON.stringify({ seed, ...all[all.length - 1] }));
}
console.log(`${options.data ?? options.world ?? "hard-small"}, preset ${options.preset}`);
print(all, seeds);
