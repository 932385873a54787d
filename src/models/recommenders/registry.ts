/** The recommenders that an SAE can be put into. */
import { Registry } from "../../base/registry.js";
import { sectionOf, type Config } from "../../config/config.js";
import { ELSA } from "../../config/elsa.js";
import { MULTVAE } from "../../config/multvae.js";
import type { DeclaredRecommender } from "../../config/resolve.js";

export const recommenders = new Registry<DeclaredRecommender>("recommender", [
  { name: "elsa", section: "elsa", fields: ELSA },
  { name: "multvae", section: "multvae", fields: MULTVAE },
  { name: "multdae", section: "multvae", fields: MULTVAE },
]);

/** D of the recommender that a configuration names. */
export function factorsOf(config: Config): number {
  return sectionOf(config, recommenders.get(config.model).section).factors as number;
}
