/**
 * Held-out items by their tags, against simpler ways and against retraining with them (docs/method.md §12). It prints
 * quality, not times:
 *
 *   node dist/bench/cold-items.js --data FOLDER [--seed 42] [--factors 256] [--set epochs=25] [--tags 1000]
 *     [--matrices] [--threads 1]
 *
 * Settings are chosen on one half of the held-out items, figures are the other half's. --set changes settings of ELSA,
 * --tags keeps the tags that are most used: an inverse for each λ is of as many columns. --matrices adds L3AE,
 * collective and additive EASE, which need (I, I) matrices.
 */
import { parseArgs } from "node:util";
import type { Matrix } from "../src/autograd/index.js";
import { csrFromLists, csrRow, csrSelectRows, type Csr } from "../src/base/csr.js";
import type { Floats } from "../src/base/floats.js";
import { Random } from "../src/base/random.js";
import { presets } from "../src/config/presets.js";
import { openData } from "../src/data/data-source.js";
import type { TagCounts } from "../src/data/dataset.js";
import { chooseTags } from "../src/data/tags/choose-tags.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { estimate, type Estimate } from "../src/evaluate/metrics.js";
import {
  blockOf, columns, mixedLists, nearestMeans, ofUsers, rankColdItems, sameForAll, splitItems, throughVectors,
  type ColdHalf, type ColdQuality,
} from "../src/measure/cold-items.js";
import { additiveEase, collectiveEase, l3ae } from "../src/models/cold/content-ease.js";
import { chooseRidgeMap } from "../src/models/cold/ridge-map.js";
import { TagFeatures } from "../src/models/cold/tag-features.js";
import { normalisedRows } from "../src/models/initialise.js";
import type { Ease } from "../src/models/recommenders/ease.js";
import { elsa } from "../src/models/recommenders/elsa.js";
import { trainRecommender } from "../src/train/train-recommender.js";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    seed: { type: "string", default: "42" },
    factors: { type: "string", default: "256" },
    set: { type: "string", multiple: true, default: [] },
    tags: { type: "string" },
    matrices: { type: "boolean", default: false },
    threads: { type: "string", default: "1" },
  },
});
if (options.data === undefined) throw new Error("say --data FOLDER");
enableRelaxedSimd();
const seed = Number(options.seed);
const engine = openEngine({ threads: Number(options.threads) });
await engine.ready();

const { dataset, split } = await openData({ folder: options.data, seed });
if (!dataset.tags) throw new Error(`${options.data} has no tags`);
const I = dataset.itemIds.length;
const most = options.tags === undefined ? Infinity : Number(options.tags);
const tags = mostUsed(chooseTags(dataset.tags, I).tags, most);
const parts = splitItems(dataset.interactions, seed);
const { warm, validation, test } = parts;
console.log(
  `${dataset.name}: ${warm.length} warm items, ${validation.items.length} + ${test.items.length} held out, ` +
  `${test.users.length} users with one of the test half, ${tags.names.length} tags`,
);

/** The first so many: tags come by descending use. */
function mostUsed({ names, counts }: TagCounts, howMany: number): TagCounts {
  const kept = names.slice(0, howMany);
  return { names: kept, counts: csrSelectRows(counts, Int32Array.from(kept.keys())) };
}

/** Item vectors of an ELSA on the training users' interactions with these items. */
async function vectorsOn(items: Int32Array): Promise<Matrix> {
  const data = {
    train: columns(split.train, items),
    validation: columns(csrSelectRows(dataset.interactions, split.validation.users), items),
  };
  const set = options.set.map((text): [string, number] => {
    const [name, value] = text.split("=");
    return [name, Number(value)];
  });
  const settings = { ...presets.default.elsa, factors: Number(options.factors), ...Object.fromEntries(set) };
  const { weights, fit } = await trainRecommender(engine, elsa, data, settings, seed);
  console.log(`ELSA on ${items.length} items: best epoch ${fit.bestEpoch}`);
  return { data: weights.encoder.data, rows: items.length, cols: settings.factors };
}

// How common a tag is, is counted over warm items alone.
const features = new TagFeatures(columns(tags.counts, warm));
const known = features.of(features.tagsOf(Array.from(warm.keys())));
const all = new TagFeatures(tags.counts).tagsOf(Array.from({ length: I }, (_, i) => i));
const featuresOf = ({ items }: ColdHalf): Matrix => features.of(Array.from(items, (item) => all[item]));

const a = await vectorsOn(warm);

/** A method: its matrix for a half. */
type Method = (half: ColdHalf) => Floats;

/** From the items with tags; an item without any gets what all items share. */
const tagged = Array.from(warm.keys()).filter((i) => all[warm[i]].length > 0);
const { map, cosines } = chooseRidgeMap(engine, rowsOf(known, tagged), rowsOf(a, tagged));
const ridgeVectors = (half: ColdHalf): Matrix => {
  const made = map.predict(rowsOf(a, tagged), featuresOf(half));
  return { ...made, data: normalisedRows(Float32Array.from(made.data), made.cols) };
};
const left = estimate(cosines);
console.log(`ridge map: λ ${map.lambda}, left-out cosine ${left.mean.toFixed(3)} ± ${left.se.toFixed(3)}`);

function rowsOf({ data, cols }: Matrix, rows: readonly number[]): Matrix {
  const out = new Float32Array(rows.length * cols);
  rows.forEach((row, r) => out.set(data.subarray(row * cols, (row + 1) * cols), r * cols));
  return { data: out, rows: rows.length, cols };
}

/** The columns of tags, without the one that all items share. */
function tagsAlone({ data, rows, cols }: Matrix): Matrix {
  const out = new Float32Array(rows * (cols - 1));
  for (let r = 0; r < rows; r++) out.set(data.subarray(r * cols, (r + 1) * cols - 1), r * (cols - 1));
  return { data: out, rows, cols: cols - 1 };
}

function tagPopularity(half: ColdHalf): Floats {
  const counts = new Float64Array(warm.length);
  for (const item of parts.interactions.indices) counts[item]++;
  const [sum, n] = [new Float64Array(tags.names.length), new Float64Array(tags.names.length)];
  warm.forEach((item, i) => {
    for (const t of all[item]) {
      sum[t] += counts[i];
      n[t]++;
    }
  });
  return sameForAll(Array.from(half.items, (item) =>
    estimate(all[item].map((t) => (n[t] > 0 ? sum[t] / n[t] : NaN))).mean || 0), warm.length);
}

/** The setting with the best nDCG on the validation half. */
function chosen<S>(settings: readonly S[], method: (setting: S) => Method): [Method, S] {
  let best: [Method, S] | null = null;
  let worth = -1;
  for (const setting of settings) {
    const { ndcg100 } = rankColdItems(engine, method(setting)(validation), validation);
    if (ndcg100.mean > worth) [worth, best] = [ndcg100.mean, [method(setting), setting]];
  }
  return best!;
}

const shown = ({ mean, se }: Estimate): string => `${mean.toFixed(4)} ± ${se.toFixed(4)}`;
function print(name: string, q: ColdQuality): void {
  console.log(
    `${name.padEnd(44)} recall@20 ${shown(q.recall20)}  recall@50 ${shown(q.recall50)}  ` +
    `nDCG@100 ${shown(q.ndcg100)}  coverage ${q.coverage20.toFixed(2)}`,
  );
}

console.log(`\nlists of the ${test.items.length} held-out items alone, all users with one of them`);
const ridge: Method = (half) => throughVectors(engine, a, ridgeVectors(half));
const ridgeFigures = rankColdItems(engine, ridge(test), test);
print("ridge map", ridgeFigures);
const [nearest, k] = chosen([1, 5, 10, 20, 50], (n) => (half) => throughVectors(
  engine, a, nearestMeans(engine, tagsAlone(known), a, tagsAlone(featuresOf(half)), n),
));
print(`mean of the ${k} nearest warm items by tags`, rankColdItems(engine, nearest(test), test));
print("tag profile", rankColdItems(
  engine, throughVectors(engine, tagsAlone(known), tagsAlone(featuresOf(test))), test,
));
print("tag popularity", rankColdItems(engine, tagPopularity(test), test));
const random = new Random(seed);
print("random", rankColdItems(engine, sameForAll(Array.from(test.items, () => random.uniform()), warm.length), test));
if (options.matrices) withMatrices();

console.log("\nby tags of the held-out item (ridge map, lists as above)");
for (const [from, to] of [[0, 0], [1, 3], [4, 10], [11, Infinity]]) {
  const within = new Set(Array.from(test.items.keys()).filter((c) => {
    const n = all[test.items[c]].length;
    return n >= from && n <= to;
  }));
  if (within.size === 0) continue;
  const target = csrFromLists(Array.from({ length: test.target.rows }, (_, u) =>
    Array.from(csrRow(test.target, u)).filter((c) => within.has(c))), test.items.length);
  const { recall20, recall50 } = rankColdItems(engine, ridge(test), { input: test.input, target });
  const many = to === Infinity ? `${from} or more` : `${from} to ${to}`;
  console.log(`  ${many} tags: ${within.size} items, recall@20 ${shown(recall20)}, @50 ${shown(recall50)}`);
}
const mixed = mixedLists(engine, a, ridgeVectors(test), test);
console.log(`\nwarm and cold mixed: ${shown(mixed.coldShare)} of the first 20 are held-out items ` +
  `(${(test.items.length / (warm.length + test.items.length)).toFixed(4)} of the candidates), ` +
  `recall@20 of them ${shown(mixed.recall20)}`);

console.log("\nagainst retraining with the held-out items: the split's test users, whom neither was trained on");
const some = ofUsers(test, new Set(split.test.users));
const whole = await vectorsOn(Int32Array.from({ length: I }, (_, i) => i));
const retrained = throughVectors(engine, rowsOf(whole, Array.from(warm)), rowsOf(whole, Array.from(test.items)));
print("ridge map", rankColdItems(engine, ridge(test), some));
print("trained with them", rankColdItems(engine, retrained, some));
engine.close();

/** EASE with side information, all items as columns. */
function withMatrices(): void {
  const train: Csr = csrFromLists(Array.from({ length: parts.interactions.rows }, (_, u) =>
    Array.from(csrRow(parts.interactions, u), (i) => warm[i])), I);
  const content = tagsAlone(features.of(all));
  const method = (fit: () => Ease): Method => (half) => engine.scope(() => blockOf(engine, fit(), warm, half.items));
  const print1 = <S extends object>(name: string, settings: readonly S[], fit: (s: S) => Ease): void => {
    const [best, setting] = chosen(settings, (s) => method(() => fit(s)));
    const said = Object.entries(setting).map(([key, value]) => `${key} ${String(value)}`).join(", ");
    print(`${name} (${said})`, rankColdItems(engine, best(test), test));
  };
  print1("collective EASE", [1, 10, 30, 100].map((alpha) => ({ lambda: 200, alpha })),
    (s) => collectiveEase(engine, train, content, s));
  print1("additive EASE", [1, 10, 30, 100, 300].map((contentLambda) => ({ lambda: 200, alpha: 0.2, contentLambda })),
    (s) => additiveEase(engine, train, content, s));
  print1("L3AE", [0.3, 1, 3].flatMap((contentLambda) =>
    [200, 800, 3200].map((trust) => ({ lambda: 100, trust, contentLambda }))), (s) => l3ae(engine, train, content, s));
}
