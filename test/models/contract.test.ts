/** Every recommender keeps the contract. */
import { test } from "uvu";
import { embedAll } from "../../src/models/encode-all.js";
import type { Engine } from "../../src/engine/engine.js";
import type { Csr } from "../../src/base/csr.js";
import { elsa as record } from "../../src/models/recommenders/elsa.js";
import { NestedRecommender } from "../../src/models/nested.js";
import type { Cfae } from "../../src/models/recommenders/recommender.js";
import type { ScoringModel } from "../../src/models/recommenders/scoring-model.js";
import { Popularity } from "../../src/models/recommenders/popularity.js";
import { presets } from "../../src/config/presets.js";
import type { SaeConfig } from "../../src/config/sae.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { openSae } from "../../src/models/sae/registry.js";
import { trainSae } from "../../src/train/train-sae.js";
import { recommenderContract } from "../support/recommender-contract.js";

const FACTORS = 8;
const QUICK = { learningRate: 0.01, batchSize: 16, epochs: 40, patience: 0 };

async function elsa(engine: Engine, train: Csr, validation: Csr): Promise<Cfae & ScoringModel> {
  const config = { ...presets.paper.elsa, ...QUICK, factors: FACTORS };
  return record.open(engine, (await trainRecommender(engine, record, { train, validation }, config, 1)).weights);
}

async function nested(
  engine: Engine, train: Csr, validation: Csr, sae: Partial<SaeConfig>,
): Promise<NestedRecommender> {
  const cfae = await elsa(engine, train, validation);
  const config: SaeConfig = { ...presets.default.sae, inputDropout: 0, ...QUICK, expansion: 3, k: 4, ...sae };
  const { weights, shape } = await trainSae(
    engine, embedAll(engine, cfae, train), embedAll(engine, cfae, validation), config, 2,
  );
  return new NestedRecommender(cfae, openSae(engine, config, weights, shape));
}

recommenderContract({
  name: "popularity", personal: false, train: (engine, train) => new Popularity(engine, train),
});
recommenderContract({ name: "ELSA", personal: true, train: elsa });
for (const loss of ["l2", "cosine"] as const) {
  recommenderContract({
    name: `ELSA with a TopK SAE, ${loss}`, personal: true,
    train: (engine, train, validation) => nested(engine, train, validation, { kind: "topk", loss }),
  });
}
recommenderContract({
  name: "ELSA with a Basic SAE", personal: true,
  train: (engine, train, validation) => nested(engine, train, validation, { kind: "basic", l1: 1e-3 }),
});

test.run();
