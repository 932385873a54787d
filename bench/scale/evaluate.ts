/** The test users of the scale bench, ranked in tiles. */
import { openEngine } from "../../src/engine/open.js";
import { evaluateRanking } from "../../src/evaluate/evaluate.js";
import type { Estimate } from "../../src/evaluate/metrics.js";
import { Popularity } from "../../src/models/recommenders/popularity.js";
import { openModel, type Kind } from "./models.js";
import { timed, type Report } from "./record.js";
import type { Scale } from "./settings.js";
import { openSplit } from "./world.js";

export async function evaluate(scale: Scale, kind: Kind): Promise<Report> {
  const { train, test } = await openSplit(scale);
  const engine = openEngine({ threads: scale.threads });
  await engine.ready();
  const shown = ({ mean, se }: Estimate): string => `${mean.toFixed(4)} ± ${se.toFixed(4)}`;
  const popularity = engine.scope(() => evaluateRanking(engine, new Popularity(engine, train), test));
  const model = await openModel(engine, scale, kind);
  const { result: { ndcg, recall }, wall, processor } = timed(() => evaluateRanking(engine, model, test));
  engine.close();
  return [
    `${test.users.length} users ranked in ${wall.toFixed(1)} s (processor ${processor.toFixed(1)} s)`,
    `nDCG@20 ${shown(ndcg)}, recall@20 ${shown(recall)}; popularity ${shown(popularity.ndcg)}`,
  ];
}
