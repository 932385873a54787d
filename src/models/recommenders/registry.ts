/**
 * Which recommenders there are that an SAE can be put into. Everything that lists, names, sizes, trains or reopens them
 * asks here; `register` adds one from elsewhere. Those that only score are in scorers.ts.
 */
import { Registry } from "../../base/registry.js";
import { sectionOf, type Config } from "../../config/config.js";
import { elsa } from "./elsa.js";
import { lowRankEdlae } from "./low-rank-edlae.js";
import { multdae, multvae } from "./mult-records.js";
import { recvae } from "./recvae.js";
import type { CfaeRecord, TrainedSettings } from "./record.js";
import { elsaSparse } from "./sparse-elsa.js";

/** The recommenders that an SAE can sit in, by name. */
export const recommenders = new Registry<CfaeRecord>("recommender", [
  elsa, multvae, multdae, recvae, lowRankEdlae, elsaSparse,
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
