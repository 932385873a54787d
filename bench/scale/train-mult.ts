/** MultVAE in the scale bench: steps over sampled outputs, their time and memory, and what it then ranks. */
import { presets } from "../../src/config/presets.js";
import { openEngine } from "../../src/engine/open.js";
import { evaluateRanking } from "../../src/evaluate/evaluate.js";
import { multvae } from "../../src/models/recommenders/mult-records.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { Course } from "./course.js";
import type { Report } from "./record.js";
import type { Scale } from "./settings.js";
import { columnsOf, gib, timing } from "./train.js";
import { openSplit } from "./world.js";

export async function trainMult(scale: Scale): Promise<Report> {
  const { factors, hidden, batch, threads } = scale;
  const split = await openSplit(scale);
  const { train, watched } = split;
  const settings = multvae.settings({
    ...presets.default.multvae, factors, hidden, batchSize: batch, epochs: 1, maxOutput: columnsOf(scale),
  });
  const engine = openEngine({ threads });
  await engine.ready();
  const course = await Course.open(scale, "train-mult");
  course.clock.start();
  const { weights, fit } = await trainRecommender(
    engine, multvae, { train, validation: watched }, settings, scale.seed, course.hooks(),
  );
  const heap = engine.heap.peak;
  const { ndcg } = engine.scope(() => evaluateRanking(engine, multvae.open(engine, weights), split.validation));
  await course.finish();
  engine.close();
  return [
    ...timing(course.clock, scale, split, 1), ...course.seen,
    `loss ${fit.history[0].trainLoss.toExponential(4)}; nDCG@20 ${ndcg.mean.toFixed(4)} on ` +
    `${split.validation.users.length} validation users; used ${gib(heap)} of engine memory`,
  ];
}
