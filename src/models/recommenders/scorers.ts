/**
 * Which baselines there are: recommenders that only score, which others are compared with. A file of their own, so that
 * pages, which never train them, do not load them; `register` adds one from elsewhere.
 */
import { Registry } from "../../base/registry.js";
import { dan, ease, edlae } from "./ease.js";
import { infiniteAe } from "./infinite-ae.js";
import { itemKnn } from "./item-knn.js";
import { popularity } from "./popularity.js";
import type { ScorerRecord } from "./record.js";
import { sparseMrf } from "./sparse-mrf.js";
import { teaser } from "./teaser.js";

/** By name. */
export const scorers = new Registry<ScorerRecord>("baseline", [
  popularity, itemKnn, ease, edlae, dan, infiniteAe, sparseMrf, teaser,
]);
