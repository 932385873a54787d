/**
 * What the recommenders are worth beside each other. Not a timing bench: it prints quality.
 *
 *   node dist/bench/backbones.js --data FOLDER [--split FILE | --seed N] [--models ease,dan,…] [--seeds 43,44,45]
 *   node dist/bench/backbones.js --data goodbooks-10k --protocol published [--test-users 2500] …
 *
 * Settings are chosen on the validation users, one at a time from short lists, and the chosen model is measured on the
 * test users. Models that start at random are trained once for each seed. With `--protocol published` the figures are
 * recall@20 and nDCG@100 by docs/method.md §8.8, and final models are trained on everybody but the test users. --set
 * changes settings of sparse ELSA, as factors=512; --try the values to choose from, as lambda=50,100: where one of each
 * is left, the model is only measured. Finished rows go to --out as lines of JSON, trainings under way and dense ELSA's
 * weights beside it: the same command goes on where it was stopped.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Csr } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { Ease, type EaseOptions } from "../src/models/recommenders/ease.js";
import { InfiniteAe } from "../src/models/recommenders/infinite-ae.js";
import { ItemKnn } from "../src/models/recommenders/item-knn.js";
import { fitLowRankEdlae } from "../src/models/fit-low-rank-edlae.js";
import { Popularity } from "../src/models/recommenders/popularity.js";
import type { Recommender } from "../src/models/recommenders/recommender.js";
import { SparseMrf } from "../src/models/recommenders/sparse-mrf.js";
import { elsaRows, postHocRows, sparseRows, type Table } from "./backbones/item-vectors.js";
import { openProtocol } from "./backbones/protocol.js";
import { Rows, type Figures } from "./backbones/rows.js";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    split: { type: "string" },
    seed: { type: "string", default: "42" },
    protocol: { type: "string", default: "own" },
    "test-users": { type: "string", default: "2500" },
    models: { type: "string" },
    seeds: { type: "string", default: "43" },
    factors: { type: "string", default: "256" },
    /** Of the autoencoder that compresses dense item vectors. */
    neurons: { type: "string", default: "4096" },
    epochs: { type: "string", default: "100" },
    set: { type: "string", multiple: true, default: [] },
    try: { type: "string", multiple: true, default: [] },
    threads: { type: "string", default: "1" },
    out: { type: "string" },
  },
});
if (options.data === undefined) throw new Error("say --data FOLDER");
enableRelaxedSimd();

const { data, out } = options;
const [seed, factors, neurons, epochs] = [options.seed, options.factors, options.neurons, options.epochs].map(Number);
const engine = openEngine({ threads: Number(options.threads) });
const protocol = await openProtocol(engine, {
  data, split: options.split, seed, published: options.protocol === "published",
  testUsers: Number(options["test-users"]),
});
const split = options.split === undefined ? seed : basename(options.split);
const rows = new Rows({ data: basename(data), protocol: options.protocol, split }, out);
const table: Table = {
  engine, protocol, rows,
  fileFor: (name) => out === undefined ? null : `${out}.${basename(data)}-${options.protocol}-${seed}-${name}`,
};
const { rows: users, cols: items, indices } = protocol.final;
console.log(`${users} users to train on, ${items} items, ${indices.length} interactions`);

/** The best setting on the validation users, one number after the other, twice around, and what it is worth to them. */
function choose<S extends object>(
  start: S, lists: { readonly [N in keyof S]?: readonly S[N][] }, fit: (x: Csr, s: S) => Recommender,
): { readonly setting: S; readonly validation: Figures } {
  const known = new Map<string, Figures>();
  const worth = (setting: S): Figures => {
    const key = JSON.stringify(setting);
    const found = known.get(key) ?? engine.scope(() => protocol.validate(fit(protocol.choosing, setting)));
    known.set(key, found);
    return found;
  };
  let best = start;
  for (let round = 0; round < 2; round++) {
    for (const name of Object.keys(lists) as (keyof S)[]) {
      for (const value of lists[name]!) {
        const candidate = { ...best, [name]: value };
        if (worth(candidate).ndcg.mean > worth(best).ndcg.mean) best = candidate;
      }
    }
  }
  return { setting: best, validation: worth(best) };
}

/** --try in the place of the lists; the first value is where the search starts. */
function tried<S extends object>(start: S, lists: { readonly [N in keyof S]?: readonly S[N][] }): [S, typeof lists] {
  const said = Object.fromEntries(options.try.map((text) => text.split("=")).filter(([name]) => name in start)
    .map(([name, values]): [string, number[]] => [name, values.split(",").map(Number)]));
  const firsts = Object.fromEntries(Object.entries(said).map(([name, [first]]) => [name, first]));
  return [{ ...start, ...firsts }, { ...lists, ...said }];
}

/** @param asked what names the row beside the model. */
function chosen<S extends object>(
  model: string, usual: S, usualLists: { readonly [N in keyof S]?: readonly S[N][] },
  fit: (x: Csr, s: S) => Recommender, asked: object = {},
): void {
  const named = { ...asked, ...(options.try.length > 0 ? { tried: options.try.join(" ") } : {}) };
  if (rows.has(model, named)) return;
  const began = performance.now();
  const [start, lists] = tried(usual, usualLists);
  const open = (Object.values(lists) as unknown[][]).some(({ length }) => length > 1);
  // Where nothing is chosen and final models know more people, the other fit is spared.
  const spared = !open && protocol.final !== protocol.choosing;
  const { setting, validation } = spared ? { setting: start, validation: null } : choose(start, lists, fit);
  const test = engine.scope(() => protocol.test(fit(protocol.final, setting)));
  rows.add({ model, asked: named, found: setting, validation, test, seconds: (performance.now() - began) / 1000 });
}

const ease = (x: Csr, setting: EaseOptions): Recommender => Ease.fit(engine, x, setting);
const LAMBDAS = [50, 100, 200, 400, 800];
const seeds = options.seeds.split(",").map(Number);

/** name=value, as booleans, numbers or words. */
function settings(texts: readonly string[]): Record<string, boolean | number | string> {
  return Object.fromEntries(texts.map((text): [string, boolean | number | string] => {
    const [name, value] = text.split("=");
    if (value === "true" || value === "false") return [name, value === "true"];
    return [name, Number.isNaN(Number(value)) ? value : Number(value)];
  }));
}

const models: Record<string, () => void | Promise<void>> = {
  popularity: () => { chosen("popularity", {}, {}, (x) => new Popularity(engine, x)); },
  "item-knn": () => {
    chosen("item-kNN", { neighbours: 100, shrinkage: 10 }, { neighbours: [20, 50, 100, 200], shrinkage: [10, 100] },
      (x, setting) => ItemKnn.fit(engine, x, setting));
  },
  ease: () => { chosen("EASE", { lambda: 200 }, { lambda: LAMBDAS }, ease); },
  edlae: () => {
    chosen("EDLAE", { lambda: 200, dropout: 0.33 }, { lambda: LAMBDAS, dropout: [0.2, 0.33, 0.5] }, ease);
  },
  dan: () => {
    chosen("DAN", { lambda: 20, dropout: 0.33, userExponent: 0.2, itemExponent: 0.1 }, {
      dropout: [0.2, 0.33, 0.5], userExponent: [0, 0.1, 0.2, 0.3, 0.4], itemExponent: [0, 0.1, 0.2, 0.3],
      lambda: [10, 20, 50, 100, 200],
    }, ease);
  },
  "infinite-ae": () => {
    chosen("∞-AE", { lambda: 2, lengthExponent: 0.5 }, {
      lambda: [1, 2, 5, 10], lengthExponent: [0, 0.25, 0.5, 0.75, 1],
    }, (x, setting) => InfiniteAe.fit(engine, x, setting));
  },
  mrf: () => {
    chosen("sparse MRF", { threshold: 0.3, blockShare: 0.5, lambda: 1 }, { threshold: [0.5, 0.3, 0.15] },
      (x, setting) => SparseMrf.fit(engine, x, setting));
  },
  "low-rank": () => {
    for (const s of seeds) {
      chosen("EDLAE of low rank", { factors, lambda: 200, dropout: 0.33, seed: s }, { lambda: [100, 200, 400] },
        (x, setting) => fitLowRankEdlae(engine, x, setting, new Random(s)), { factors, seed: s });
    }
  },
  elsa: () => elsaRows(table, factors, seeds),
  "sparse-elsa": () => sparseRows(table, settings(options.set), seeds),
  "post-hoc": () => postHocRows(table, { factors, neurons, epochs }, seeds),
};

for (const name of options.models?.split(",") ?? Object.keys(models)) {
  if (!Object.hasOwn(models, name)) throw new Error(`no model ${name}: ${Object.keys(models).join(", ")}`);
  try {
    await models[name]();
  } catch (error) {
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
engine.close();
