/**
 * What refining a user's code costs in meaning, in the built-in world, where tastes are known. Concepts get their
 * neurons from the encoder's item codes, the best by F1; then, over the test users' codes, refined or not:
 *
 *   AUC     of a concept's neuron in telling users with the taste from those without, mean over concepts
 *   share   of a user's total activation on the neurons of their own tastes, mean over users
 *   kept    nDCG@20 with the SAE over that without
 *
 * The last lines refine the item codes instead, which unknot never does: how many concepts would still be recovered.
 *
 *   node dist/bench/refined-meaning.js [--preset NAME] [seed …]      default faithful, 42 43 44
 */
import { parseArgs } from "node:util";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { Random } from "../src/base/random.js";
import type { Config } from "../src/config/config.js";
import { presetNamed } from "../src/config/presets.js";
import { openData } from "../src/data/data-source.js";
import { openEngine } from "../src/engine/open.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import { recovery, type Recovery } from "../src/interpret/meaning/recovery.js";
import { encodeItems } from "../src/model-folder/encode-items.js";
import { openCfae } from "../src/model-folder/open-model.js";
import { trainCfae } from "../src/train/train-recommender.js";
import { trainSae } from "../src/train/train-sae.js";
import { csrIdentity, csrRow, csrSelectRows, type Csr } from "../src/base/csr.js";
import { codesOf, embedAll } from "../src/models/encode-all.js";
import { NestedRecommender } from "../src/models/nested.js";
import type { SaeDesign } from "../src/config/sae.js";
import { openSae } from "../src/models/sae/registry.js";

const SETTINGS: readonly Pick<SaeDesign, "refine" | "refineHead">[] = [
  { refine: 0, refineHead: 0 }, { refine: 10, refineHead: 0 }, { refine: 10, refineHead: 50 },
  { refine: 40, refineHead: 50 },
];

function recovered({ concepts }: Recovery): string {
  return `${concepts.filter(({ f1 }) => f1 >= 0.8).length} of ${concepts.length}`;
}

/** Wins of users with the taste over those without, ties half. */
function auc(activations: Float64Array, has: (user: number) => boolean): number {
  let [wins, pairs] = [0, 0];
  activations.forEach((one, i) => {
    if (!has(i)) return;
    activations.forEach((other, j) => {
      if (has(j)) return;
      pairs++;
      wins += one > other ? 1 : one === other ? 0.5 : 0;
    });
  });
  return wins / pairs;
}

function column(codes: Csr, neuron: number): Float64Array {
  const values = new Float64Array(codes.rows);
  for (let r = 0; r < codes.rows; r++) {
    for (let q = codes.indptr[r]; q < codes.indptr[r + 1]; q++) {
      if (codes.indices[q] === neuron) values[r] = codes.values![q];
    }
  }
  return values;
}

function meaning(codes: Csr, tastes: Csr, { concepts }: Recovery): { auc: number; share: number } {
  const neurons = new Map(concepts.map(({ concept, neuron }) => [concept, neuron]));
  const sum = concepts.reduce((total, { concept, neuron }) =>
    total + auc(column(codes, neuron), (user) => csrRow(tastes, user).includes(concept)), 0);
  let share = 0;
  for (let r = 0; r < codes.rows; r++) {
    const own = new Set(Array.from(csrRow(tastes, r), (concept) => neurons.get(concept)));
    let [all, mine] = [0, 0];
    for (let q = codes.indptr[r]; q < codes.indptr[r + 1]; q++) {
      all += codes.values![q];
      if (own.has(codes.indices[q])) mine += codes.values![q];
    }
    if (all > 0) share += mine / all / codes.rows;
  }
  return { auc: sum / concepts.length, share };
}

async function measure(seed: number): Promise<void> {
  const engine = openEngine();
  const { dataset, split, truth } = await openData({ world: "small", seed });
  const config: Config = presetNamed(values.preset);
  const seeds = new Random(seed);
  const watched = csrSelectRows(dataset.interactions, split.validation.users);
  const trained = await trainCfae(engine, config, { train: split.train, validation: watched }, seeds.uint32());
  const cfae = openCfae(engine, config, trained.weights);
  const { weights, shape } = await trainSae(
    engine, embedAll(engine, cfae, split.train), embedAll(engine, cfae, watched), config.sae, seeds.uint32(), {},
    { cfae, train: split.train, validation: watched },
  );
  const found = recovery(
    encodeItems(engine, { config, cfae: trained.weights, sae: weights, shape }, cfae.items),
    truth!.itemConcepts, truth!.conceptNames,
  );
  console.log(`seed ${seed}: ${recovered(found)} concepts recovered`);
  const tastes = csrSelectRows(truth!.userConcepts, split.test.users);
  const plain = evaluateRanking(engine, cfae, split.test).ndcg.mean;
  const open = (setting: Partial<SaeDesign>): ReturnType<typeof openSae> =>
    openSae(engine, { ...config.sae, ...setting }, weights, shape, { cfae });
  for (const setting of SETTINGS) {
    const sae = open(setting);
    const { auc: mean, share } = meaning(codesOf(engine, sae, embedAll(engine, cfae, split.test.input)), tastes, found);
    const kept = evaluateRanking(engine, new NestedRecommender(cfae, sae), split.test).ndcg.mean / plain;
    console.log(
      `  ${setting.refine} swaps, head ${setting.refineHead}: AUC ${mean.toFixed(3)}, share ${share.toFixed(3)}, ` +
      `kept ${(100 * kept).toFixed(1)} %`,
    );
  }
  for (const refine of [1, 10]) {
    const codes = codesOf(engine, open({ refine, refineHead: 0 }), embedAll(engine, cfae, csrIdentity(cfae.items)));
    console.log(
      `  item codes after ${refine} swaps: ${recovered(recovery(codes, truth!.itemConcepts, truth!.conceptNames))}`,
    );
  }
  engine.close();
}

enableRelaxedSimd();
const { values, positionals } = parseArgs({
  options: { preset: { type: "string", default: "faithful" } }, allowPositionals: true,
});
const seeds = positionals.map(Number);
for (const seed of seeds.length > 0 ? seeds : [42, 43, 44]) await measure(seed);
