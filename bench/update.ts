/**
 * What an update of a model costs beside training it anew, and whether neurons keep their meaning (train --from):
 *
 *   node dist/bench/update.js --data FOLDER [--seed 42] [--users 0.9] [--items 0.95] [--threads 1]
 *
 * The earlier model knows a share of the users and of the items, and nine in ten of their interactions; then all of the
 * data set comes. Both trainings on it have the same split, in which whoever the earlier model held out stays held out.
 * Times are those of the recommender's and the SAE's training together, as trainModel reports its stages.
 */
import { parseArgs } from "node:util";
import { csrFromLists, csrRow } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import { openDataset } from "../src/data/data-source.js";
import type { Dataset } from "../src/data/dataset.js";
import { fingerprints } from "../src/data/row-order.js";
import { splitAgain } from "../src/data/split-again.js";
import { splitDataset } from "../src/data/split-users.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import type { Model } from "../src/model-folder/model.js";
import { trainModel, type Stage, type TrainOptions } from "../src/pipeline/train-model.js";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    seed: { type: "string", default: "42" },
    users: { type: "string", default: "0.9" },
    items: { type: "string", default: "0.95" },
    threads: { type: "string", default: "1" },
  },
});
if (options.data === undefined) throw new Error("say --data FOLDER");
enableRelaxedSimd();
const seed = Number(options.seed);
const engine = openEngine({ threads: Number(options.threads) });
await engine.ready();
const { dataset } = await openDataset({ folder: options.data, seed });

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

/** Seconds of the stages, and epochs of the two trainings. */
async function timed(
  name: string, data: Dataset, more: Partial<TrainOptions>,
): Promise<{ model: Model; seconds: number }> {
  const seconds: Partial<Record<Stage, number>> = {};
  let [stage, since]: [Stage | null, number] = [null, performance.now()];
  const close = (next: Stage | null): void => {
    if (stage) seconds[stage] = (performance.now() - since) / 1000;
    [stage, since] = [next, performance.now()];
  };
  const model = await trainModel(data, { seed, engine, hooks: { onStage: close }, ...more });
  close(null);
  const { fit, metrics: { cfae, nested } } = model;
  const train = (seconds.cfae ?? 0) + (seconds.sae ?? 0);
  console.log(
    `${name.padEnd(16)} ELSA ${seconds.cfae!.toFixed(0)} s (${fit.cfae.epochs} epochs), SAE ` +
    `${seconds.sae!.toFixed(0)} s (${fit.sae.epochs}); test nDCG@20 ${cfae.ndcg.mean.toFixed(4)} ± ` +
    `${cfae.ndcg.se.toFixed(4)}, through the SAE ${nested.ndcg.mean.toFixed(4)}; ${train.toFixed(0)} s in all`,
  );
  return { model, seconds: train };
}

const before = earlierPart(new Random(seed));
const count = ({ interactions: { rows, cols, indices } }: Dataset): string =>
  `${rows} users, ${cols} items, ${indices.length} interactions`;
console.log(`earlier: ${count(before)}; now: ${count(dataset)}`);
const earlier = await timed("earlier model", before, { split: splitDataset(before, { seed }) });
const split = splitAgain(dataset, seed + 1, [{ users: fingerprints(before.userIds), seed }]);
const full = await timed("trained anew", dataset, { split });
const update = await timed("update", dataset, { split, from: earlier.model });
const { neurons, kept, newItems } = update.model.update!;
const gain = (a: number, b: number): string => (100 * a / b).toFixed(1);
console.log(
  `the update took ${gain(update.seconds, full.seconds)} % of the time and reached ` +
  `${gain(update.model.metrics.cfae.ndcg.mean, full.model.metrics.cfae.ndcg.mean)} % of the nDCG@20 ` +
  `(through the SAE ${gain(update.model.metrics.nested.ndcg.mean, full.model.metrics.nested.ndcg.mean)} %)`,
);
console.log(`${newItems} new items; ${kept} of ${neurons} neurons keep their meaning: ${gain(kept, neurons)} %`);
const same = update.model.labels.filter(({ label }, n) => label !== null && label === earlier.model.labels[n].label);
console.log(`${same.length} of ${earlier.model.labels.filter(({ label }) => label !== null).length} names kept`);
engine.close();
