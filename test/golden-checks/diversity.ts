/** Popularity, diversity, calibration, MMR and PopSteer (docs/method.md §11). */
import {
  coverage, exposure, gini, intraListDistance, meanPopularity, cosineOf, popularityLabels, popularityQuantiles,
} from "../../src/evaluate/beyond-accuracy.js";
import { calibrationKl, tagDistribution } from "../../src/evaluate/calibration.js";
import { popularityNeurons, popularityShifts } from "../../src/steer/popularity-neurons.js";
import { minMax, rerank } from "../../src/steer/rerank.js";
import type { Engine } from "../../src/engine/engine.js";
import type { Checker } from "./checker.js";
import { denseToCsr } from "./inputs.js";
import { rank } from "./metrics.js";

interface Case { user: number; lambda: number; list: number[]; c_kl: number; sum_scores: number; ild: number }

export function checkDiversity(check: Checker, engine: Engine): void {
  const { golden } = check;
  const users = golden.array64("inputs.counts");
  const vectors = golden.array64("inputs.item_vectors");
  const factors = golden.shaped("inputs.item_vectors").shape[1];
  const { shape: [people, items] } = golden.shaped("inputs.scores");
  const scores = golden.array64("inputs.scores");
  const histories = golden.value("inputs.histories") as number[][];
  const n = golden.number("config.n");
  const unseen = scores.map((score, i) => (histories[Math.floor(i / items)].includes(i % items) ? -Infinity : score));

  const flat = golden.array64("lists_by_score");
  const lists = Array.from({ length: people }, (_, u) => Array.from(flat.subarray(u * n, (u + 1) * n)));
  check.same("lists", Array.from({ length: people }, (_, u) =>
    order(scores.subarray(u * items, (u + 1) * items)).slice(0, n)).flat(), flat);
  const counts = exposure(lists, items);
  check.compare("exposure", counts, "exposure");
  check.compare("Gini", gini(counts), "gini");
  check.compare("coverage", coverage(counts), "coverage");
  check.compare("distance in lists", lists.map((list) => intraListDistance(list, vectors, factors)), "ild_per_user");
  check.compare("popularity", meanPopularity(counts, users), "arp_over_exposures");
  check.compare("popularity of distinct items", meanPopularity(counts.map((c) => (c > 0 ? 1 : 0)), users),
    "arp_authors_distinct_items");
  const labels = popularityLabels(users);
  check.compare("head and tail", labels, "popularity_labels_20");
  check.compare("long tail", coverage(counts, (i) => labels[i] !== 1), "long_tail_coverage_authors");
  check.compare("tail", coverage(counts, (i) => labels[i] === -1), "deep_long_tail_coverage_authors");
  check.compare("quantiles", popularityQuantiles(users), "popularity_quantile");

  const tags = denseToCsr(golden, "inputs.tags");
  const mixes = histories.map((history) => tagDistribution(history, tags));
  check.compare("history's tags", mixes.flatMap((mix) => Array.from(mix)), "calibration.history_distribution");
  const size = Math.max(20, 2 * n);
  const pools = Array.from({ length: people }, (_, u) =>
    Array.from(rank(engine, unseen.subarray(u * items, (u + 1) * items), items, size)).filter((item) => item >= 0));
  for (const [i, one] of (golden.value("calibration.cases") as Case[]).entries()) {
    const pool = pools[one.user];
    const raw = pool.map((item) => scores[one.user * items + item]);
    const history = mixes[one.user];
    const list = rerank(pool, raw, n, null, { weight: one.lambda, history, tags }).map((at) => pool[at]);
    check.same(`calibrated list ${i}`, list, one.list);
    check.same(`C_KL ${i}`, [calibrationKl(history, tagDistribution(list, tags))], [one.c_kl]);
    const sum = list.reduce((total, item) => total + scores[one.user * items + item], 0);
    check.same(`scores ${i}`, [sum], [one.sum_scores]);
  }
  const cosine = (a: number, b: number): number => cosineOf(vectors, a, b, factors);
  for (const [i, one] of (golden.value("mmr.cases") as Case[]).entries()) {
    const pool = pools[one.user];
    const relevance = minMax(pool.map((item) => scores[one.user * items + item]));
    const list = rerank(pool, relevance, n, { weight: 1 - one.lambda, cosine }, null).map((at) => pool[at]);
    check.same(`varied list ${i}`, list, one.list);
    check.same(`its distance ${i}`, [intraListDistance(list, vectors, factors)], [one.ild]);
  }
  checkPopSteer(check);
}

function order(scores: ArrayLike<number>): number[] {
  return Array.from(scores, (score, i) => ({ score, i })).sort((a, b) => b.score - a.score || a.i - b.i)
    .map(({ i }) => i);
}

function checkPopSteer(check: Checker): void {
  const { golden } = check;
  const { shape: [neurons] } = golden.shaped("popsteer.act_popular");
  const found = popularityNeurons(
    golden.array64("popsteer.act_popular"), golden.array64("popsteer.act_unpopular"), neurons,
  );
  const expected = (golden.value("popsteer.cohens_d") as { data: (number | null)[] }).data;
  const alive = expected.flatMap((d, n) => (d === null ? [] : [n]));
  check.same("dead neurons", Array.from(found.effect, (d) => (Number.isNaN(d) ? 1 : 0)),
    expected.map((d) => (d === null ? 1 : 0)));
  check.same("Cohen's d", alive.map((n) => found.effect[n]), alive.map((n) => expected[n]!));
  const many = golden.number("popsteer.n_neurons");
  const turned = popularityShifts(found, many, golden.number("popsteer.beta"));
  check.same("neurons", turned.neurons, golden.value("popsteer.order") as number[]);
  check.compare("weights", turned.weights, "popsteer.weights");
  const steered = golden.array64("popsteer.pre_activations").slice();
  for (let r = 0; r < steered.length / neurons; r++) {
    turned.neurons.forEach((neuron, i) => { steered[r * neurons + neuron] += turned.shifts[i]; });
  }
  check.compare("steered", steered, "popsteer.steered_clean");
}
