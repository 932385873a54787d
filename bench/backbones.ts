/**
 * What the recommenders are worth beside each other. Not a timing bench: it prints quality.
 *
 *   node dist/bench/backbones.js --data FOLDER [--split FILE | --seed N] [--models ease,dan,…] [--seeds 43,44,45]
 *   node dist/bench/backbones.js --data goodbooks-10k --protocol published [--test-users 2500] …
 *
 * Settings are chosen on the validation users, one at a time from short lists, and the chosen model is measured on the
 * test users. Models that start at random are trained once for each seed. With `--protocol published` the figures are
 * recall@20 and nDCG@100 by docs/method.md §8.8, and final models are trained on everybody but the test users. --set
 * changes settings of sparse ELSA, as factors=512. Lines of JSON go to --out.
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { DEFAULT_ELSA_SPARSE, type ElsaSparseConfig } from "../src/config/elsa-sparse.js";
import { presets } from "../src/config/presets.js";
import { openData, openDataset } from "../src/data/data-source.js";
import { csrIdentity, type Csr } from "../src/base/csr.js";
import type { NamedTensors } from "../src/base/named-tensors.js";
import { Random } from "../src/base/random.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import type { Estimate } from "../src/evaluate/metrics.js";
import { codesOf, embedAll } from "../src/models/encode-all.js";
import { Ease, type EaseOptions } from "../src/models/recommenders/ease.js";
import { elsa as elsaRecord } from "../src/models/recommenders/elsa.js";
import { ItemKnn } from "../src/models/recommenders/item-knn.js";
import { LowRankEdlae } from "../src/models/recommenders/low-rank-edlae.js";
import { Popularity } from "../src/models/recommenders/popularity.js";
import type { Recommender } from "../src/models/recommenders/recommender.js";
import { SparseElsa } from "../src/models/recommenders/sparse-elsa.js";
import type { SparseItemVectors } from "../src/models/recommenders/sparse-item-vectors.js";
import { SparseMrf } from "../src/models/recommenders/sparse-mrf.js";
import { openSae } from "../src/models/sae/registry.js";
import { trainRecommender } from "../src/train/train-recommender.js";
import { trainSae } from "../src/train/train-sae.js";
import { trainSparseElsa } from "../src/train/train-sparse-elsa.js";
import { publishedFigures, publishedSplit } from "./published-protocol.js";

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
    set: { type: "string", multiple: true, default: [] },
    threads: { type: "string", default: "1" },
    out: { type: "string" },
  },
});
if (options.data === undefined) throw new Error("say --data FOLDER");
enableRelaxedSimd();

interface Figures {
  recall: Estimate;
  ndcg: Estimate;
}

/** Who is trained on and who is asked. */
interface Protocol {
  readonly choosing: Csr;
  readonly final: Csr;
  /** All interactions of users whose loss is watched. */
  readonly watched: Csr;
  validate(model: Recommender): Figures;
  test(model: Recommender): Figures;
}

const seed = Number(options.seed);
const engine = openEngine({ threads: Number(options.threads) });
const protocol = await openProtocol(engine);
const { rows: users, cols: items, indices } = protocol.final;
console.log(`${users} users to train on, ${items} items, ${indices.length} interactions`);

async function openProtocol(one: Engine): Promise<Protocol> {
  if (options.protocol === "published") {
    const { dataset } = await openDataset({ folder: options.data, seed });
    const split = publishedSplit(dataset.interactions, Number(options["test-users"]), seed);
    return {
      ...split,
      validate: (model) => publishedFigures(one, model, split.validation.slice(0, 1)),
      test: (model) => publishedFigures(one, model, split.test),
    };
  }
  const { split } = await openData({ folder: options.data, split: options.split, seed });
  return {
    choosing: split.train, final: split.train, watched: split.validation.input,
    validate: (model) => evaluateRanking(one, model, split.validation),
    test: (model) => evaluateRanking(one, model, split.test),
  };
}

function print(model: string, setting: object, validation: Figures | null, test: Figures, since: number): void {
  const shown = ({ mean, se }: Estimate): string => `${mean.toFixed(4)} ± ${se.toFixed(4)}`;
  const said = Object.entries(setting).map(([name, value]) => `${name} ${String(value)}`).join(", ");
  console.log(
    `${model.padEnd(22)} nDCG ${shown(test.ndcg)}  recall ${shown(test.recall)}` +
    `${validation ? `  validation ${validation.ndcg.mean.toFixed(4)}` : ""}  ` +
    `${((performance.now() - since) / 1000).toFixed(0)} s  ${said}`,
  );
  if (options.out === undefined) return;
  const numbers = ({ recall, ndcg }: Figures): Figures => ({ recall, ndcg });
  appendFileSync(options.out, `${JSON.stringify({
    data: options.data, protocol: options.protocol, seed, model, setting,
    validation: validation && numbers(validation), test: numbers(test),
  })}\n`);
}

/** The best setting on the validation users, one number after the other, twice around. */
function choose<S extends object>(
  start: S, lists: { readonly [N in keyof S]?: readonly S[N][] }, fit: (x: Csr, s: S) => Recommender,
): S {
  const known = new Map<string, number>();
  const worth = (setting: S): number => {
    const key = JSON.stringify(setting);
    const found = known.get(key) ?? engine.scope(() => protocol.validate(fit(protocol.choosing, setting)).ndcg.mean);
    known.set(key, found);
    return found;
  };
  let best = start;
  for (let round = 0; round < 2; round++) {
    for (const name of Object.keys(lists) as (keyof S)[]) {
      for (const value of lists[name]!) {
        const candidate = { ...best, [name]: value };
        if (worth(candidate) > worth(best)) best = candidate;
      }
    }
  }
  return best;
}

function chosen<S extends object>(
  model: string, start: S, lists: { readonly [N in keyof S]?: readonly S[N][] }, fit: (x: Csr, s: S) => Recommender,
): void {
  const since = performance.now();
  const setting = choose(start, lists, fit);
  const validation = engine.scope(() => protocol.validate(fit(protocol.choosing, setting)));
  print(model, setting, validation, engine.scope(() => protocol.test(fit(protocol.final, setting))), since);
}

const ease = (x: Csr, setting: EaseOptions): Recommender => Ease.fit(engine, x, setting);
const LAMBDAS = [50, 100, 200, 400, 800];
const seeds = options.seeds.split(",").map(Number);

/** Dense ELSA, for as many epochs as are best while choosing, trained on whom the final models are trained on. */
async function finalElsa(s: number): Promise<{ weights: NamedTensors; epochs: number }> {
  const config = { ...presets.default.elsa, factors: Number(options.factors) };
  const choosing = { train: protocol.choosing, validation: protocol.watched };
  const { weights, fit } = await trainRecommender(engine, elsaRecord, choosing, config, s);
  const epochs = fit.bestEpoch;
  if (protocol.final === protocol.choosing) return { weights, epochs };
  const all = { train: protocol.final, validation: protocol.watched };
  const again = await trainRecommender(engine, elsaRecord, all, { ...config, epochs, patience: 0 }, s);
  return { weights: again.weights, epochs };
}

async function elsa(): Promise<void> {
  for (const s of seeds) {
    const since = performance.now();
    const { weights, epochs } = await finalElsa(s);
    engine.scope(() => {
      const model = elsaRecord.open(engine, weights);
      const validation = protocol.final === protocol.choosing ? protocol.validate(model) : null;
      print("ELSA", { seed: s, factors: Number(options.factors), epochs }, validation, protocol.test(model), since);
    });
  }
}

/** Every level's vectors are measured: one training shows all sizes on its way. */
async function sparseElsa(): Promise<void> {
  const set = Object.fromEntries(options.set.map((text): [string, boolean | number | string] => {
    const [name, value] = text.split("=");
    if (value === "true" || value === "false") return [name, value === "true"];
    return [name, Number.isNaN(Number(value)) ? value : Number(value)];
  }));
  const config = { ...DEFAULT_ELSA_SPARSE, ...set } as ElsaSparseConfig;
  for (const s of seeds) {
    const since = performance.now();
    await trainSparseElsa(engine, protocol.final, protocol.watched, config, s, {
      onLevel: (vectors, level) => {
        // On the way down only what is sparse, and trained for more than an epoch.
        if (level.entries !== config.nonZeros && (level.epochs === 1 || 4 * level.entries > config.factors)) return;
        engine.scope(() => {
          const model = new SparseElsa(engine, vectors, config.factors);
          const validation = options.protocol === "own" ? protocol.validate(model) : null;
          print("sparse ELSA", { ...set, nonZeros: vectors.entries, seed: s }, validation, protocol.test(model), since);
        });
      },
    });
  }
}

/**
 * The other way to item vectors of n entries: dense ELSA, an SAE of n active neurons on its users' embeddings, and each
 * item's code under it, of unit length, in the place of sparse ELSA's row.
 */
async function postHoc(): Promise<void> {
  const own = protocol.final === protocol.choosing;
  for (const s of seeds) {
    const data = { train: protocol.final, validation: protocol.watched };
    const { weights } = await finalElsa(s);
    for (const n of [128, 64, 32, 16, 8]) {
      const since = performance.now();
      await engine.scope(async () => {
        const cfae = elsaRecord.open(engine, weights);
        const sae = { ...presets.faithful.sae, k: n, refine: 0, refineHead: 0, epochs: 40, patience: 0 };
        const trained = await trainSae(
          engine, embedAll(engine, cfae, data.train), embedAll(engine, cfae, data.validation), sae, s, {},
          { cfae, ...data },
        );
        const opened = openSae(engine, sae, trained.weights, trained.shape);
        const codes = codesOf(engine, opened, embedAll(engine, cfae, csrIdentity(cfae.items)));
        const model = new SparseElsa(engine, unitRowsOf(codes, n), codes.cols);
        print("SAE after training", { nonZeros: n, factors: cfae.factors, neurons: codes.cols, seed: s },
          own ? protocol.validate(model) : null, protocol.test(model), since);
      });
    }
  }
}

/** Codes as item vectors of n entries and unit length; who has fewer gets zeros in columns of which it has nothing. */
function unitRowsOf(codes: Csr, n: number): SparseItemVectors {
  const columns = new Int32Array(codes.rows * n);
  const values = new Float32Array(codes.rows * n);
  for (let i = 0; i < codes.rows; i++) {
    const own = new Map<number, number>();
    for (let q = codes.indptr[i]; q < codes.indptr[i + 1]; q++) own.set(codes.indices[q], codes.values![q]);
    const norm = Math.hypot(...own.values());
    for (let column = 0; own.size < n; column++) if (!own.has(column)) own.set(column, 0);
    [...own].sort(([a], [b]) => a - b).forEach(([column, value], at) => {
      columns[i * n + at] = column;
      values[i * n + at] = norm > 0 ? value / norm : 0;
    });
  }
  return { columns, values, entries: n };
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
  mrf: () => {
    chosen("sparse MRF", { threshold: 0.3, blockShare: 0.5, lambda: 1 }, { threshold: [0.5, 0.3, 0.15] },
      (x, setting) => SparseMrf.fit(engine, x, setting));
  },
  "low-rank": () => {
    const factors = Number(options.factors);
    for (const s of seeds) {
      chosen("EDLAE of low rank", { factors, lambda: 200, dropout: 0.33, seed: s }, { lambda: [100, 200, 400] },
        (x, setting) => LowRankEdlae.fit(engine, x, setting, new Random(s)));
    }
  },
  elsa,
  "sparse-elsa": sparseElsa,
  "post-hoc": postHoc,
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
