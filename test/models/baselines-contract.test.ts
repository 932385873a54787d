/** The VAEs and the baselines keep the contract of every recommender. */
import { test } from "uvu";
import type { Matrix } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import type { Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Ease } from "../../src/models/recommenders/ease.js";
import { InfiniteAe } from "../../src/models/recommenders/infinite-ae.js";
import { ItemKnn } from "../../src/models/recommenders/item-knn.js";
import { fitLowRankEdlae } from "../../src/models/fit-low-rank-edlae.js";
import type { Cfae } from "../../src/models/recommenders/recommender.js";
import type { ScoringModel } from "../../src/models/recommenders/scoring-model.js";
import { SparseMrf } from "../../src/models/recommenders/sparse-mrf.js";
import { teaserLearner, type Teaser } from "../../src/models/recommenders/teaser.js";
import { PAPER_MULTVAE, type MultVaeConfig } from "../../src/config/multvae.js";
import { multdae, multvae } from "../../src/models/recommenders/mult-records.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { DEFAULT_TEASER } from "../../src/config/teaser.js";
import { fitLearner } from "../../src/train/fit-scorer.js";
import { recommenderContract } from "../support/recommender-contract.js";

async function autoencoder(
  engine: Engine, train: Csr, validation: Csr, kind: MultVaeConfig["kind"],
): Promise<Cfae & ScoringModel> {
  const config: MultVaeConfig = {
    ...PAPER_MULTVAE, kind, learningRate: 0.01, factors: 6, hidden: 18, batchSize: 16, epochs: 60,
  };
  const record = kind === "vae" ? multvae : multdae;
  const { weights } = await trainRecommender(engine, record, { train, validation }, config, 1);
  return record.open(engine, weights);
}

/** A tag for each colour of the board, and one that says nothing. */
function colours(items: number): Matrix {
  const data = Float32Array.from({ length: items * 3 }, (_, at) => (at % 3 === Math.floor(at / 3) % 2 ? 1 : 0));
  return { data, rows: items, cols: 3 };
}

async function teaser(engine: Engine, train: Csr, validation: Csr): Promise<Teaser> {
  const config = { ...DEFAULT_TEASER, learningRate: 0.01, batchSize: 16, epochs: 60, patience: 0 };
  const data = { train, validation, tags: colours(train.cols) };
  return (await fitLearner(
    engine, "TEASER", teaserLearner(engine, data, config, new Random(1)), config, data, 1,
  )).model;
}

for (const kind of ["vae", "dae"] as const) {
  recommenderContract({
    name: kind === "vae" ? "MultVAE" : "MultDAE", personal: true,
    train: (engine, train, validation) => autoencoder(engine, train, validation, kind),
  });
}
recommenderContract(
  { name: "EASE", personal: true, train: (engine, train) => Ease.fit(engine, train, { lambda: 10 }) },
);
recommenderContract({
  name: "EDLAE", personal: true, train: (engine, train) => Ease.fit(engine, train, { lambda: 5, dropout: 0.3 }),
});
recommenderContract({
  name: "DAN", personal: true,
  train: (engine, train) => Ease.fit(engine, train, { lambda: 5, dropout: 0.3, itemExponent: 0.2, userExponent: 0.3 }),
});
recommenderContract({
  name: "∞-AE", personal: true, train: (engine, train) => InfiniteAe.fit(engine, train, { lambda: 1 }),
});
// The board is of rank 2, which ADMM needs told; a diagonal of 0 costs the others some factors.
for (const [solver, factors] of [["admm", 2], ["zero", 6], ["free", 4]] as const) {
  recommenderContract({
    name: `EDLAE of low rank, ${solver}`, personal: true,
    train: (engine, train) =>
      fitLowRankEdlae(engine, train, { factors, lambda: 5, dropout: 0.3, solver }, new Random(1)),
  });
}
recommenderContract({
  name: "sparse MRF", personal: true, train: (engine, train) => SparseMrf.fit(engine, train, { threshold: 0.05 }),
});
recommenderContract({
  name: "item-kNN", personal: true,
  train: (engine, train) => ItemKnn.fit(engine, train, { neighbours: 8, shrinkage: 1 }),
});
recommenderContract({ name: "TEASER", personal: true, train: teaser });

test.run();
