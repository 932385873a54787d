/**
 * Which recommenders there are: those that an SAE can be put into, and those that only score, which others are compared
 * with. Everything that lists, names, sizes, trains or reopens them asks here; `register` adds one from elsewhere.
 */
import { Registry } from "../../base/registry.js";
import { sectionOf, type Config } from "../../config/config.js";
import { dan, ease, edlae } from "./ease.js";
import { elsa } from "./elsa.js";
import { itemKnn } from "./item-knn.js";
import { lowRankEdlae } from "./low-rank-edlae.js";
import { multdae, multvae } from "./mult-records.js";
import { popularity } from "./popularity.js";
import { recvae } from "./recvae.js";
import type { CfaeRecord, ScorerRecord, TrainedSettings } from "./record.js";
import { elsaSparse } from "./sparse-elsa.js";
import { sparseMrf } from "./sparse-mrf.js";
import { teaser } from "./teaser.js";

/** The recommenders that an SAE can sit in, by name. */
export const recommenders = new Registry<CfaeRecord>("recommender", [
  elsa, multvae, multdae, recvae, lowRankEdlae, elsaSparse,
]);

/** The baselines, which only score, by name. */
export const scorers = new Registry<ScorerRecord>("baseline", [
  popularity, itemKnn, ease, edlae, dan, sparseMrf, teaser,
]);

/** The recommender that a configuration names. */
export function recordOf({ model }: Pick<Config, "model">): CfaeRecord {
  return recommenders.get(model);
}

/** Its settings. */
export function settingsOf(config: Config): TrainedSettings {
  const record = recordOf(config);
  return record.settings(sectionOf(config, record.section));
}

/** Its D. */
export function factorsOf(config: Config): number {
  return settingsOf(config).factors;
}

/** How many numbers its weights are. */
export function weightsOf(config: Config, items: number): number {
  const shapes = Object.values(recordOf(config).tensors(items, settingsOf(config)));
  return shapes.reduce((sum, shape) => sum + shape.reduce((size, n) => size * n, 1), 0);
}
