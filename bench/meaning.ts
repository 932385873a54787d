/**
 * The tables of docs/meaning.md: what the default preset's neurons mean, over seeds, with floors, ceilings and aims.
 *
 *   node dist/bench/meaning.js [--world hard-small | --data FOLDER [--tag-source both] [--tags 300|all]]
 *     [--seeds 42,43,44] [--preset default] [--set path=value …] [--cache FOLDER] [--quick] [--slow] [--again]
 *     [--threads N]
 *
 * With --cache whatever is finished is kept there, trainings and figures, and a run that was stopped goes on: it has to
 * go when the code has changed. --tags says how many tags figures are means over at most. With --quick no control but
 * PCA; with --slow a frozen and a tethered decoder as further controls, and a second SAE on the same recommender
 * (PW-MCC); with --again also trainings of both with another seed, from nothing and going on from the first. On a world
 * the aims are those of its specification; on tags, 1.4 times the best principal axis and, for sets of neurons, 0.85
 * times the probe.
 */
import { parseArgs } from "node:util";
import { Random } from "../src/base/random.js";
import { configWith } from "../src/cli/settings.js";
import type { Config } from "../src/config/config.js";
import { presetNamed } from "../src/config/presets.js";
import { openData, type OpenedData } from "../src/data/data-source.js";
import { chooseTags } from "../src/data/tags/choose-tags.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import { compareTrainings } from "../src/measure/compare-trainings.js";
import { measureMeaning } from "../src/measure/measure-meaning.js";
import type { Model, ModelWeights } from "../src/model-folder/model.js";
import { openNested } from "../src/model-folder/open-model.js";
import { agreementFigures, figuresOf, figuresTable, TAG_AIMS, WORLD_AIMS } from "./meaning/figures.js";
import { Trainings, type Figures } from "./meaning/trainings.js";

const { values: options } = parseArgs({
  options: {
    world: { type: "string" }, data: { type: "string" }, "tag-source": { type: "string" }, split: { type: "string" },
    tags: { type: "string" }, seeds: { type: "string", default: "42,43,44" },
    preset: { type: "string", default: "default" }, set: { type: "string", multiple: true }, cache: { type: "string" },
    quick: { type: "boolean", default: false }, slow: { type: "boolean", default: false },
    again: { type: "boolean", default: false }, threads: { type: "string" },
  },
});

async function measure(seed: number): Promise<Figures> {
  const { world, data: folder, split, "tag-source": tagSource } = options;
  const opened = await openData({
    seed, ...(split === undefined ? {} : { split }),
    ...(folder === undefined ? { world: world ?? "hard-small" }
      : { folder, read: tagSource === undefined ? {} : { tagSource: tagSource as "both" } }),
  });
  const engine = openEngine(options.threads === undefined ? {} : { threads: Number(options.threads) });
  try {
    await engine.ready();
    return await figuresOn(engine, opened, seed);
  } finally {
    engine.close();
  }
}

/** Each part under its own name, so that a run that is stopped loses one of them at most. */
async function figuresOn(engine: Engine, opened: OpenedData, seed: number): Promise<Figures> {
  const config = configWith(presetNamed(options.preset), options.set);
  const trainings = new Trainings(engine, opened, options.cache ?? null, seed);
  const random = new Random(seed);
  const [first, second] = [random.uint32(), random.uint32()];
  const cfae = await trainings.recommender(config, first);
  const dictionary = (more: Partial<Config["sae"]>, offset = 0): Promise<ModelWeights> =>
    trainings.dictionary({ ...config, sae: { ...config.sae, ...more } }, cfae, second + offset);
  const weights = await dictionary({});
  const model = asModel(weights, opened, seed);
  const controls = !options.quick;
  const mostTags = options.tags === undefined ? {}
    : { mostTags: options.tags === "all" ? Infinity : Number(options.tags) };
  const meaningOf = async (other: Model, more: { controls: boolean }): Promise<Figures> =>
    figuresOf((await measureMeaning(engine, other, opened, { ...more, ...mostTags }))!);
  const part = (name: string, work: () => Figures | Promise<Figures>): Promise<Figures> =>
    trainings.figures(name, { config, controls, ...mostTags }, work);
  const against = async (how: string, other: Promise<ModelWeights>): Promise<Figures> =>
    agreementFigures(how, compareTrainings(engine, model, asModel(await other, opened, seed), opened.split.train));

  const figures = await part("meaning", async () => ({
    ...await meaningOf(model, { controls }), ...accuracy(engine, weights, opened),
  }));
  if (options.slow) {
    for (const [name, decoderWithin] of [["frozen decoder", 1], ["tethered decoder", 0.8]] as const) {
      Object.assign(figures, await part(name.replace(" ", "-"), async () => {
        const other = asModel(await dictionary({ decoderWithin }), opened, seed);
        return { [`floor: ${name}`]: (await meaningOf(other, { controls: false })).F1 };
      }));
    }
    Object.assign(figures, await part("other-sae", () => against("another SAE", dictionary({}, 1))));
  }
  if (options.again) {
    const seeds = [first + 1, second + 1] as const;
    Object.assign(figures, await part("anew", () => against("anew", trainings.again(config, seeds))));
    Object.assign(figures, await part("from", () => against("from it", trainings.from(weights, seeds))));
  }
  return figures;
}

/** As much of a model as measuring needs. */
function asModel(weights: ModelWeights, { dataset }: OpenedData, seed: number): Model {
  const tags = dataset.tags && chooseTags(dataset.tags, dataset.itemIds.length).tags;
  return { ...weights, seed, tags, items: { ids: dataset.itemIds, titles: dataset.itemTitles } } as unknown as Model;
}

function accuracy(engine: Engine, weights: ModelWeights, { split }: OpenedData): Figures {
  return engine.scope(() => {
    const config = { ...weights.config, sae: { ...weights.config.sae, residual: "drop" as const } };
    const nested = openNested(engine, { ...weights, config });
    const own = evaluateRanking(engine, nested.cfae, split.test).ndcg.mean;
    return { "nDCG@20": own, "nDCG kept, SAE alone": evaluateRanking(engine, nested, split.test).ndcg.mean / own };
  });
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
console.log(figuresTable(all, seeds, options.data === undefined ? WORLD_AIMS : TAG_AIMS));
