/**
 * A recommender fitted to interactions, in one call: what `X.fit(engine, interactions, options)` is to the recommenders
 * in closed form (Ease, ItemKnn, SparseMrf, Popularity), for all that an SAE can sit in. A function, since the loop
 * lives a floor above the models, which pages load and never train.
 */
import { csrFromLists, type Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Engine } from "../engine/engine.js";
import { recommenders, settingsOf } from "../models/recommenders/registry.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { ScoringModel } from "../models/recommenders/scoring-model.js";
import { resolveConfig } from "../models/resolve-config.js";
import type { FitHooks } from "./fit.js";
import { trainCfae } from "./train-recommender.js";

/** How a recommender is fitted. */
export interface FitRecommenderOptions {
  /** Its section of a configuration (docs/config.md); what is left out is as the tables say. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** (V, I) binary: users who are watched for early stopping. Without them all epochs are run. */
  readonly validation?: Csr;
  /** Default 42. Same seed, data and settings: same bits. */
  readonly seed?: number;
  readonly hooks?: FitHooks;
}

/**
 * The weights stay in the engine's heap.
 *
 *   const elsa = await fitRecommender(engine, "elsa", interactions, { settings: { factors: 64 } });
 *   elsa.recommend([3, 17], 10);                                            // item numbers, best first
 *
 * @param name of `recommenders`: "elsa", "multvae", …
 * @param interactions (U, I) binary
 * @throws UserError for a name or setting that makes no sense, and when the heap is too small
 */
export async function fitRecommender(
  engine: Engine, name: string, interactions: Csr, options: FitRecommenderOptions = {},
): Promise<Cfae & ScoringModel> {
  const { validation, seed = 42, hooks } = options;
  const record = recommenders.get(name);
  // Patience has nothing to wait for when nobody is watched.
  const said = { ...!validation && "patience" in record.fields ? { patience: 0 } : {}, ...options.settings };
  // One active neuron fits any number of factors; no SAE is made.
  const config = resolveConfig({ model: name, [record.section]: said, sae: { k: 1 } });
  if (!validation && settingsOf(config).patience > 0) {
    throw new UserError(`patience ${settingsOf(config).patience} needs users to watch: give \`validation\` as well`);
  }
  const data = { train: interactions, validation: validation ?? csrFromLists([], interactions.cols) };
  return record.open(engine, (await trainCfae(engine, config, data, seed, hooks)).weights);
}
