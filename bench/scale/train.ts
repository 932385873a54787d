/** The trainings of the scale bench: one epoch of dense ELSA, and the levels of sparse ELSA, one epoch each. */
import type { NamedTensors } from "../../src/base/named-tensors.js";
import { DEFAULT_ELSA_SPARSE } from "../../src/config/elsa-sparse.js";
import { presets } from "../../src/config/presets.js";
import { openEngine } from "../../src/engine/open.js";
import { evaluateRanking } from "../../src/evaluate/evaluate.js";
import { trainingWays } from "../../src/models/choose-outputs.js";
import { normalisedRows } from "../../src/models/initialise.js";
import { Elsa, elsa } from "../../src/models/recommenders/elsa.js";
import { Popularity } from "../../src/models/recommenders/popularity.js";
import { levelsOf } from "../../src/models/recommenders/pruning.js";
import { elsaSparse, SparseElsa, trainsOutside } from "../../src/models/recommenders/sparse-elsa.js";
import { planMemory } from "../../src/pipeline/plan-memory.js";
import type { FitState } from "../../src/train/fit-state.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { saveWeights } from "./models.js";
import type { Report } from "./record.js";
import type { Scale } from "./settings.js";
import { Course } from "./course.js";
import type { StepClock } from "./step-clock.js";
import { openSplit, type ScaleSplit } from "./world.js";

/** How often the course of training is measured. */
const LOOKS = 5;
export const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** Columns a step: as said, or as many as a batch has interactions. */
export const columnsOf = ({ columns, batch, interactions, users }: Scale): number =>
  columns || Math.ceil((batch * interactions) / users);

export async function trainDense(scale: Scale): Promise<Report> {
  const { items, factors, batch, rate, threads } = scale;
  const split = await openSplit(scale);
  const { train, watched } = split;
  const config = {
    ...presets.default.elsa, factors, batchSize: batch, learningRate: rate, inputDropout: 0, epochs: 1, patience: 0,
    maxOutput: columnsOf(scale),
  };
  const engine = openEngine({ threads });
  await engine.ready();
  const looks = looksOf(Math.ceil(train.rows / batch));
  const course = await Course.open(scale, "train-dense");
  const look = ({ arrays }: Pick<FitState, "arrays">): void => {
    const found = engine.scope(() =>
      evaluateRanking(engine, new Elsa(engine, arrays["weights/encoder"], items, factors), split.validation));
    course.see(`after ${course.done} steps, ${course.clock.said}: nDCG@20 ${found.ndcg.mean.toFixed(4)}`);
  };
  course.clock.start();
  const { weights, fit } = await trainRecommender(
    engine, elsa, { train, validation: watched }, config, scale.seed, course.hooks(looks, look),
  );
  look({ arrays: { "weights/encoder": weights.encoder.data } });
  const popularity = evaluateRanking(engine, new Popularity(engine, train), split.validation).ndcg.mean;
  const plan = planMemory(sizesOf(scale), { ...presets.default, elsa: config });
  const report = [
    ...timing(course.clock, scale, split, 1),
    ...course.seen,
    `popularity on the same ${split.validation.users.length} validation users: nDCG@20 ${popularity.toFixed(4)}`,
    `loss ${fit.history[0].trainLoss.toFixed(4)}; planned ${gib(plan.cfae)} of engine memory, ` +
    `used ${gib(engine.heap.peak)}, with evaluation`,
    await exported(scale, "dense", weights),
  ];
  await course.finish();
  engine.close();
  return report;
}

export async function trainSparse(scale: Scale): Promise<Report> {
  const { items, sparseFactors, nonZeros, batch, sparseRate, threads } = scale;
  const split = await openSplit(scale);
  const { train, watched } = split;
  const config = {
    ...DEFAULT_ELSA_SPARSE, factors: sparseFactors, nonZeros, batchSize: batch, learningRate: sparseRate,
    levelEpochs: 1, maxOutput: columnsOf(scale),
  };
  const levels = levelsOf(config);
  const settings = elsaSparse.settings({ ...config });
  const engine = openEngine({ threads });
  await engine.ready();
  const stepsOfLevel = Math.ceil(train.rows / batch);
  const course = await Course.open(scale, "train-sparse", stepsOfLevel);
  /** Only the last level has as many entries as the model. */
  const looks = looksOf(stepsOfLevel, (levels.length - 1) * stepsOfLevel);
  const look = ({ arrays }: Pick<FitState, "arrays">): void => {
    const columns = arrays["model/columns"] as Int32Array;
    const values = normalisedRows(Float32Array.from(arrays["weights/values"]), nonZeros);
    const vectors = { columns, values, entries: nonZeros };
    const found = engine.scope(() =>
      evaluateRanking(engine, new SparseElsa(engine, vectors, sparseFactors), split.validation));
    course.see(`after ${course.done} steps, ${course.clock.said}: nDCG@20 ${found.ndcg.mean.toFixed(4)}`);
  };
  course.clock.start();
  const { weights } = await trainRecommender(engine, elsaSparse, { train, validation: watched }, settings, scale.seed, {
    ...course.hooks(looks, look),
    onEpoch: ({ epoch, trainLoss }) => {
      course.see(`epoch ${epoch}, ${course.clock.said}: loss ${trainLoss.toExponential(4)}`);
    },
  });
  look({ arrays: { "model/columns": Int32Array.from(weights.columns.data), "weights/values": weights.values.data } });
  const ways = trainingWays({ ...presets.default, model: "elsa-sparse", elsaSparse: config } as never, sizesOf(scale));
  const report = [
    `levels of ${levels.map(({ entries }) => entries).join(", ")} entries, an epoch each; A is ` +
    (trainsOutside(config, items) ? "outside the heap" : "in the heap"),
    ...timing(course.clock, scale, split, levels.length),
    ...course.seen,
    `planned ${gib(ways.sampled ?? ways.whole)} of engine memory, used ${gib(engine.heap.peak)}`,
    await exported(scale, "sparse", weights),
  ];
  await course.finish();
  engine.close();
  return report;
}

/** After which steps the course is looked at, but for the last one. */
function looksOf(steps: number, before = 0): Set<number> {
  return new Set(Array.from({ length: LOOKS - 1 }, (_, k) => before + Math.round(((k + 1) * steps) / LOOKS)));
}

const sizesOf = ({ items, users, interactions }: Scale): { items: number; users: number; interactions: number } =>
  ({ items, users, interactions });

/** What a step took, and an epoch over all training users: counted, or extrapolated where a share of them trained. */
export function timing(clock: StepClock, scale: Scale, { train, trainUsers }: ScaleSplit, levels: number): string[] {
  const whole = Math.ceil(trainUsers / scale.batch);
  const steps = Math.ceil(train.rows / scale.batch);
  return Array.from({ length: levels }, (_, level) => {
    const { wall, processor } = clock.medians(level);
    const minutes = (each: number): string => ((each * whole) / 60).toFixed(1);
    return `${levels > 1 ? `level ${level + 1}: ` : ""}${steps} steps of ${scale.batch} users, ` +
      `${(1000 * wall).toFixed(0)} ms each (processor ${(1000 * processor).toFixed(0)}); an epoch of ${whole} steps ` +
      `${steps < whole ? "would take" : "takes"} ${minutes(wall)} min (processor ${minutes(processor)})`;
  });
}

async function exported(scale: Scale, kind: "dense" | "sparse", weights: NamedTensors): Promise<string> {
  const began = performance.now();
  const size = await saveWeights(scale, kind, weights);
  return `exported ${size.toFixed(2)} GiB in ${((performance.now() - began) / 1000).toFixed(1)} s`;
}
