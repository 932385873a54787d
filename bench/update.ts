/**
 * What an update of a model costs beside training it anew, and whether neurons keep their meaning (train --from):
 *
 *   node dist/bench/update.js --data FOLDER [--seeds 42,43] [--users 0.9] [--items 0.95] [--threads 1]
 *     [--set elsa.factors=64] [--out FILE]
 *
 * The earlier model knows a share of the users and of the items, and nine in ten of their interactions; then all of the
 * data set comes. Both trainings on it have the same split, in which whoever the earlier model held out stays held out,
 * and are measured on the test users as they go (training-curve.ts): so the time to the same nDCG can be read off.
 * Seconds are of the processor, all threads together. ELSA alone. --set changes the default preset; curves go to --out.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { csrFromLists, csrRow } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import type { PartialConfig } from "../src/config/config.js";
import { presets } from "../src/config/presets.js";
import { openDataset } from "../src/data/data-source.js";
import type { Dataset } from "../src/data/dataset.js";
import { fingerprints } from "../src/data/row-order.js";
import { splitAgain } from "../src/data/split-again.js";
import { splitDataset } from "../src/data/split-users.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { resolveConfig } from "../src/models/resolve-config.js";
import { startFrom } from "../src/model-folder/warm-start.js";
import { nameModel, tagsFor } from "../src/pipeline/name-model.js";
import { trainModel, updateConfig } from "../src/pipeline/train-model.js";
import { secondsUntil, trainingCurves, type CurvePoint } from "./training-curve.js";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    seeds: { type: "string", default: "42" },
    users: { type: "string", default: "0.9" },
    items: { type: "string", default: "0.95" },
    threads: { type: "string", default: "1" },
    set: { type: "string", multiple: true, default: [] },
    out: { type: "string" },
  },
});
if (options.data === undefined) throw new Error("say --data FOLDER");
enableRelaxedSimd();
const engine = openEngine({ threads: Number(options.threads) });
await engine.ready();
const { dataset } = await openDataset({ folder: options.data, seed: 42 });
const config = resolveConfig(settingsOf(options.set), presets.default);

/** "elsa.factors=64" and the like. */
function settingsOf(texts: readonly string[]): PartialConfig {
  const sections: Record<string, Record<string, number>> = {};
  for (const text of texts) {
    const [path, value] = text.split("=");
    const [section, name] = path.split(".");
    (sections[section] ??= {})[name] = Number(value);
  }
  return sections;
}

/** What was known earlier: some users and items, and of these pairs nine in ten. */
function earlierPart(random: Random): Dataset {
  const { interactions, itemIds, itemTitles, userIds, tags } = dataset;
  const first = (n: number, share: number): Int32Array =>
    random.shuffle(Int32Array.from({ length: n }, (_, i) => i)).slice(0, Math.round(share * n)).sort();
  const items = first(itemIds.length, Number(options.items));
  const place = new Int32Array(itemIds.length).fill(-1);
  items.forEach((item, i) => { place[item] = i; });
  const lists = Array.from(first(userIds.length, Number(options.users)), (u) => ({
    u, list: Array.from(csrRow(interactions, u), (i) => place[i]).filter((i) => i >= 0 && random.uniform() < 0.9),
  })).filter(({ list }) => list.length >= 5);
  const own = tags ? Array.from(tags.item.keys()).filter((a) => place[tags.item[a]] >= 0) : [];
  return {
    ...dataset, interactions: csrFromLists(lists.map(({ list }) => list), items.length),
    userIds: lists.map(({ u }) => userIds[u]),
    itemIds: Array.from(items, (i) => itemIds[i]), itemTitles: Array.from(items, (i) => itemTitles[i]),
    tags: tags && {
      names: tags.names, ...(tags.support ? { support: tags.support } : {}),
      tag: Int32Array.from(own, (a) => tags.tag[a]), item: Int32Array.from(own, (a) => place[tags.item[a]]),
      user: new Int32Array(own.length).fill(-1), count: Float32Array.from(own, (a) => tags.count[a]),
    },
  };
}

const count = ({ interactions: { rows, cols, indices } }: Dataset): string =>
  `${rows} users, ${cols} items, ${indices.length} interactions`;
const last = (curve: readonly CurvePoint[]): CurvePoint => curve[curve.length - 1];
/** How often a curve is measured: what is quick, after each epoch. */
const ANEW = { recommender: 2, sae: 5 };
const UPDATED = { recommender: 1, sae: 2 };

for (const seed of options.seeds.split(",").map(Number)) await series(seed);
engine.close();

async function series(seed: number): Promise<void> {
  const before = earlierPart(new Random(seed));
  console.log(`\nseed ${seed}; earlier: ${count(before)}; now: ${count(dataset)}`);
  const earlier = await trainModel(before, { seed, engine, config, split: splitDataset(before, { seed }) });
  const split = splitAgain(dataset, seed + 1, [{ users: fingerprints(before.userIds), seed }]);
  const anew = await trainingCurves(engine, dataset, split, config, seed, null, ANEW);
  const { tags } = tagsFor(dataset);
  const shorter = updateConfig(config);
  const start = startFrom(engine, earlier, shorter, { ...dataset, tags });
  const update = await trainingCurves(engine, dataset, split, shorter, seed, start, UPDATED);
  for (const what of ["recommender", "nested"] as const) compare(what, anew[what], update[what]);
  const named = await nameModel(engine, update.weights, dataset, split.train, { seed, tags, from: earlier, start });
  const { kept, neurons, newItems } = named.update!;
  const labelled = earlier.labels.filter(({ label }) => label !== null);
  const same = named.labels.filter(({ label }, n) => label !== null && label === earlier.labels[n].label);
  console.log(
    `${newItems} new items; ${kept} of ${neurons} neurons keep their meaning ` +
    `(${(100 * kept / neurons).toFixed(1)} %), ${same.length} of ${labelled.length} names`,
  );
  if (options.out === undefined) return;
  const curves = { anew: [anew.recommender, anew.nested], update: [update.recommender, update.nested] };
  writeFileSync(`${options.out}-${seed}.json`, JSON.stringify({ seed, set: options.set, curves }));
}

/** Where both trainings end, and how long each takes to what the other ends with. */
function compare(what: "recommender" | "nested", anew: readonly CurvePoint[], update: readonly CurvePoint[]): void {
  const [a, u] = [last(anew), last(update)];
  const shown = (seconds: number | null): string => (seconds === null ? "never" : `${seconds.toFixed(0)} s`);
  const percent = (share: number, digits: number): string => `${(100 * share).toFixed(digits)} %`;
  console.log(
    `${what === "nested" ? "through the SAE" : "ELSA"}: anew ${shown(a.seconds)} to nDCG@20 ${a.ndcg.toFixed(4)}, ` +
    `update ${shown(u.seconds)} to ${u.ndcg.toFixed(4)} (${percent(u.seconds / a.seconds, 0)} of the time, ` +
    `${percent(u.ndcg / a.ndcg, 1)} of the nDCG); it begins at ${update[0].ndcg.toFixed(4)} after ` +
    shown(update[0].seconds),
  );
  console.log(
    `  to what the update ends with: anew ${shown(secondsUntil(anew, u.ndcg))}, update ` +
    `${shown(secondsUntil(update, u.ndcg))}; to what training anew ends with: anew ` +
    `${shown(secondsUntil(anew, a.ndcg))}, update ${shown(secondsUntil(update, a.ndcg))}`,
  );
}
