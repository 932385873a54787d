/**
 * A catalogue of a million items from beginning to end: generate, split, train, rank, answer one user. Each stage says
 * wall time, this process's CPU time and the peak of its resident memory so far.
 *
 *   node dist/bench/scale.js [--items 1000000 --users 1000000 --mean 100] [--factors 128] [--minutes 10] [--threads N]
 *
 * Training stops after --minutes, or after --epochs; a whole epoch's time is then extrapolated from the steps that were
 * done, and said to be. What is evaluated is what training came to. Figures: docs/scale.md.
 */
import { parseArgs } from "node:util";
import { resourceUsage } from "node:process";
import { csrSelectRows } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import { presets } from "../src/config/presets.js";
import { csrFromLists, csrRow } from "../src/base/csr.js";
import { splitDataset } from "../src/data/split-users.js";
import { generateWorld } from "../src/data/world/world.js";
import type { Tensor } from "../src/autograd/index.js";
import { Tape } from "../src/autograd/index.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import { ndcg } from "../src/evaluate/metrics.js";
import { withOutputs } from "../src/models/choose-outputs.js";
import { range } from "../src/models/encode-all.js";
import { ExactShortlist } from "../src/models/exact-shortlist.js";
import { Elsa, elsa } from "../src/models/recommenders/elsa.js";
import { Popularity } from "../src/models/recommenders/popularity.js";
import { planMemory } from "../src/pipeline/plan-memory.js";
import type { FitState } from "../src/train/fit-state.js";
import { trainRecommender } from "../src/train/train-recommender.js";

const { values: options } = parseArgs({
  options: {
    items: { type: "string", default: "1000000" },
    users: { type: "string", default: "1000000" },
    mean: { type: "string", default: "100" },
    concepts: { type: "string", default: "600" },
    factors: { type: "string", default: "128" },
    batch: { type: "string", default: "256" },
    columns: { type: "string", default: "0" },
    rate: { type: "string", default: "0.001" },
    epochs: { type: "string", default: "1" },
    minutes: { type: "string", default: "10" },
    test: { type: "string", default: "10000" },
    threads: { type: "string", default: "2" },
    whole: { type: "boolean", default: false },
  },
});
enableRelaxedSimd();
const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** Runs a stage and says what it took. */
async function stage<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${name.padEnd(12)} ${((performance.now() - began) / 1000).toFixed(1)} s, ` +
    `CPU ${((user + system) / 1e6).toFixed(1)} s, peak ${gib(resourceUsage().maxRSS * 1024)}`,
  );
  return result;
}

const [items, users, factors] = [options.items, options.users, options.factors].map(Number);
const world = await stage("generate", () => generateWorld({
  items, users, meanInteractions: Number(options.mean), concepts: Number(options.concepts), activitySpread: 0.8,
  popularityExponent: 0.8, tagRate: 0.01,
}).dataset);
console.log(`             ${world.interactions.indices.length} interactions`);
const share = Math.min(0.1, Number(options.test) / users);
const split = await stage("split", () => splitDataset(world, { seed: 1, validationShare: share, testShare: share }));

const sizes = { items, users, interactions: world.interactions.indices.length };
const asked = {
  ...presets.default, elsa: {
    ...presets.default.elsa, factors, batchSize: Number(options.batch), inputDropout: 0,
    learningRate: Number(options.rate), epochs: Number(options.epochs), maxOutput: Number(options.columns), patience: 0,
  },
};
const chosen = withOutputs(asked, sizes);
// Sampled columns also where all outputs would fit, unless --whole asks for those.
const config = options.whole || chosen.elsa.maxOutput > 0 ? chosen
  : { ...chosen, elsa: { ...chosen.elsa, maxOutput: Math.ceil((chosen.elsa.batchSize * sizes.interactions) / users) } };
const plan = planMemory(sizes, config);
console.log(
  `plan         whole ${gib(plan.ways.whole)}, sampled ${gib(plan.ways.sampled ?? 0)} of engine memory; ` +
  `${config.elsa.maxOutput} columns a step`,
);

const engine = openEngine({ threads: Number(options.threads) });
await engine.ready();
const watched = csrSelectRows(world.interactions, split.validation.users.slice(0, 2048));
const data = { train: split.train, validation: watched };
const weights = await stage("train", () => trained(Number(options.minutes)));

/** A after training, or after the minutes that there are. */
async function trained(minutes: number): Promise<Float32Array> {
  const stop = new AbortController();
  const began = performance.now();
  let last: FitState | null = null;
  let steps = 0;
  let inAll = 0;
  try {
    const { weights: { encoder } } = await trainRecommender(engine, elsa, data, config.elsa, 1, {
      signal: stop.signal,
      onStep(step, all) {
        [steps, inAll] = [step, all];
        if (performance.now() - began > 60_000 * minutes) stop.abort(new Error("time"));
      },
      onEpoch({ trainLoss, validationLoss }) {
        console.log(`  losses ${trainLoss.toFixed(4)} / ${validationLoss.toFixed(4)}`);
      },
      checkpoint: { due: () => false, save: (state) => { last = state; } },
    });
    return encoder.data;
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "time") throw error;
    return last!.arrays["weights/encoder"] as Float32Array;
  } finally {
    const perEpoch = inAll / config.elsa.epochs;
    const each = (performance.now() - began) / Math.max(1, steps);
    console.log(
      `  ${steps} of ${inAll} steps at ${each.toFixed(0)} ms; an epoch of ${perEpoch} steps ` +
      `${steps < perEpoch ? "would take" : "takes"} ${((each * perEpoch) / 60_000).toFixed(1)} min`,
    );
    console.log(`  heap peak ${gib(engine.heap.peak)}`);
  }
}

const model = new Elsa(engine, weights, items, factors);
await stage("popularity", () => {
  const { ndcg: found } = evaluateRanking(engine, new Popularity(engine, split.train), split.test);
  console.log(`  popularity nDCG@20 ${found.mean.toFixed(4)} ± ${found.se.toFixed(4)}`);
});
await stage("evaluate", () => {
  const { ndcg: found } = evaluateRanking(engine, model, split.test);
  console.log(`  ELSA nDCG@20 ${found.mean.toFixed(4)} ± ${found.se.toFixed(4)}, ${split.test.users.length} users`);
});

const shortlist = await stage("quantise", () => new ExactShortlist(engine, model.itemVectors));
const random = new Random(3);
const asks = Array.from({ length: 40 }, () => random.below(split.test.input.rows));
const medianOf = (times: number[]): string => times.sort((a, b) => a - b)[times.length >> 1].toFixed(1);
const timed = (work: (user: number) => unknown): string => medianOf(asks.map((user) => {
  const began = performance.now();
  work(user);
  return performance.now() - began;
}));
const scanned = (user: number): Int32Array =>
  model.recommend(csrFromLists([[...csrRow(split.test.input, user)]], items), 20)[0].items;
const short = (user: number): Int32Array => engine.scope(() => {
  const tape = new Tape(engine, false);
  const u: Tensor = model.encode(tape, tape.sparseInput(split.test.input, range(user, user + 1)));
  return shortlist.best(u, csrRow(split.test.input, user), 20).items;
});
for (const user of asks) {
  const [a, b] = [scanned(user), short(user)];
  if (a.join() !== b.join()) throw new Error(`user ${user}: the lists differ`);
  ndcg(a, csrRow(split.test.target, user));
}
console.log(
  `one user     full scan ${timed(scanned)} ms, exact shortlist ${timed(short)} ms (medians of 40, lists equal)`,
);
console.log(`peak         ${gib(resourceUsage().maxRSS * 1024)}`);
engine.close();
