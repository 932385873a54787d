/**
 * Checks a golden file, whatever it is called: its content tells its kind. Each check (golden-checks/) runs unknot on
 * the file's inputs and compares every expected number. The same code serves `npm test` (on test/goldens, every engine)
 * and `npm run goldens -- <folder>` (on any folder of the same kind).
 */
import type { Engine } from "../src/engine/engine.js";
import { checkAdam } from "./golden-checks/adam.js";
import { checkColdItems } from "./golden-checks/cold-items.js";
import { Checker, type Comparison } from "./golden-checks/checker.js";
import { checkDiversity } from "./golden-checks/diversity.js";
import { checkElsa } from "./golden-checks/elsa.js";
import { checkExactShortlist } from "./golden-checks/exact-shortlist.js";
import { checkGroup } from "./golden-checks/group.js";
import { checkDan, checkEdlae, checkSparseMrf } from "./golden-checks/linear.js";
import { checkMetrics } from "./golden-checks/metrics.js";
import { checkMultVae } from "./golden-checks/multvae.js";
import { checkRecVae } from "./golden-checks/recvae.js";
import { checkSae } from "./golden-checks/sae.js";
import { checkSparseElsa } from "./golden-checks/sparse-elsa.js";
import { checkSparseElsaSchedule } from "./golden-checks/sparse-elsa-schedule.js";
import { checkSteering } from "./golden-checks/steering.js";
import { checkSteeringBaselines } from "./golden-checks/steering-baselines.js";
import { checkTfidf } from "./golden-checks/tfidf.js";
import type { Golden } from "./support/goldens.js";

/** Kinds whose model is not built yet are named as such, never passed silently. */
export function checkGolden(golden: Golden, engine: Engine): Comparison[] {
  const check = new Checker(golden);
  engine.scope(() => {
    if (golden.has("config.class")) checkSae(check, engine);
    else if (golden.has("inputs.elsa_encoder")) checkSteering(check, engine);
    else if (golden.has("inputs.encoder_raw_init")) checkElsa(check, engine);
    else if (golden.has("config.latent")) checkRecVae(check, engine);
    else if (golden.has("config.hidden")) checkMultVae(check, engine);
    else if (golden.has("inputs.histories")) checkDiversity(check, engine);
    else if (golden.has("inputs.scores")) checkMetrics(check, engine);
    else if (golden.has("fusion")) checkGroup(check);
    else if (golden.has("inputs.tag_item_counts")) checkTfidf(check);
    else if (golden.has("inputs.cold_items")) checkColdItems(check, engine);
    else if (golden.has("expected.params")) checkAdam(check, engine);
    else if (golden.has("inputs.item_vectors") && golden.has("rho")) checkExactShortlist(check, engine);
    else if (golden.has("inputs.visible_half")) checkSteeringBaselines(check, engine);
    else if (golden.has("all_columns")) checkSparseElsa(check, engine);
    else if (golden.has("no_restart")) checkSparseElsaSchedule(check);
    else if (golden.has("full_rank")) checkEdlae(check, engine);
    else if (golden.has("cases.0.beta")) checkDan(check, engine);
    else if (golden.has("cases.0.pattern")) checkSparseMrf(check, engine);
    else throw new Error(`${golden.name}: not a kind of golden file that this version knows`);
  });
  return check.comparisons;
}
