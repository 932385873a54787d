/**
 * A list balanced between what a person would like most and what a product wants besides: how popular items are, how
 * unlike each other, how much the list mixes tags as the history does. The best `pool` items are re-ranked greedily
 * (rerank.ts; docs/method.md §11), the rest of the ranking follows as it was, so pages of one list fit together.
 *
 *   rel_i = (1 − |p|)·s_i + |p|·(p > 0 ? F_i : 1 − F_i)        s: scores, min-max scaled in the pool
 *   next  = argmax (1 − c)·[(1 − v)·rel_i − v·max cos(i, list)] − c·C_KL(history, list with i)
 *
 * F_i is the share of the pool with at most as many users as item i. What it costs is counted, not guessed: the plain
 * list is there to be compared with.
 */
import type { Csr } from "../base/csr.js";
import { popularityQuantiles } from "../evaluate/beyond-accuracy.js";
import { calibrationKl, tagDistribution } from "../evaluate/calibration.js";
import { minMax, rerank } from "./rerank.js";

/** What counts beside the scores; every weight 0 leaves the list as it is. */
export interface Balance {
  /** p, −1 … 1: above 0 popular items move up, below 0 unpopular ones. Default 0. */
  readonly popularity?: number;
  /** v, 0 … 1: maximal marginal relevance over item vectors. Default 0. */
  readonly variety?: number;
  /** c, 0 … 1: Steck's calibration to the tags of the history. Default 0. */
  readonly calibration?: number;
  /** The best so many items by score are re-ranked. Default 100. */
  readonly pool?: number;
}

export const POOL = 100;
/** Re-ranking looks at every pair of pool and list. */
export const MAX_POOL = 1000;

/** What is known of items; null for what is not. */
export interface BalanceData {
  /** (I) training users. */
  readonly users: ArrayLike<number> | null;
  /** Cosine of two items. */
  readonly cosine: ((a: number, b: number) => number) | null;
  /** (I, T) */
  readonly tags: Csr | null;
  /** p(t), (T), of the history; null for a person without one: nothing is calibrated then. */
  readonly history: Float64Array | null;
}

/** What a list is like beside its scores; null where the model does not know. */
export interface ListFigures {
  /** Mean training users of its items. */
  readonly users: number | null;
  /** Mean of 1 − cos over pairs of its items. */
  readonly distance: number | null;
  /** C_KL of the history's tags and its own: 0 mixes them alike. */
  readonly calibration: number | null;
}

/** What balancing a list cost, and what it brought. */
export interface BalancePrice {
  /** Scores of the list, summed, as a share of those of the plain one. */
  readonly kept: number;
  /** Share of the plain list that is still in it. */
  readonly overlap: number;
  /** Place of each of its items in the plain ranking, from 1. */
  readonly places: readonly number[];
  readonly plain: ListFigures;
  readonly balanced: ListFigures;
}

/**
 * Places in the ranking, of the balanced list's items from `offset` on, at most n.
 * @param ranking item numbers, best first, as many as the pool or offset + n, where there are so many; @param scores
 */
export function balanceList(
  ranking: readonly number[], scores: readonly number[], n: number, offset: number, balance: Balance,
  data: BalanceData,
): { readonly order: readonly number[]; readonly price: BalancePrice } {
  const size = Math.min(ranking.length, balance.pool ?? POOL);
  const pool = ranking.slice(0, size);
  const relevance = popularised(minMax(scores.slice(0, size)), pool, balance.popularity ?? 0, data.users);
  const { cosine, tags, history } = data;
  const first = rerank(
    pool, relevance, Math.min(size, offset + n),
    cosine && balance.variety ? { weight: balance.variety, cosine } : null,
    tags && history && balance.calibration ? { weight: balance.calibration, history, tags } : null,
  );
  const rest = Array.from({ length: ranking.length - size }, (_, i) => size + i);
  const order = [...first, ...first.length < size ? [] : rest].slice(offset, offset + n);
  const plain = ranking.slice(offset, offset + n);
  const list = order.map((at) => ranking[at]);
  const earlier = new Set(plain);
  const whole = sum(scores.slice(offset, offset + n));
  return {
    order,
    price: {
      kept: whole > 0 ? sum(order.map((at) => scores[at])) / whole : 1,
      overlap: plain.length > 0 ? list.filter((item) => earlier.has(item)).length / plain.length : 1,
      places: order.map((at) => at + 1),
      plain: figuresOf(plain, data), balanced: figuresOf(list, data),
    },
  };
}

function popularised(
  relevance: Float64Array, pool: readonly number[], p: number, users: ArrayLike<number> | null,
): Float64Array {
  if (p === 0 || !users) return relevance;
  const popular = popularityQuantiles(pool.map((item) => users[item]));
  const weight = Math.abs(p);
  return relevance.map((rel, at) => (1 - weight) * rel + weight * (p > 0 ? popular[at] : 1 - popular[at]));
}

function figuresOf(list: readonly number[], { users, cosine, tags, history }: BalanceData): ListFigures {
  const some = list.length > 0;
  return {
    users: users && some ? sum(list.map((item) => users[item])) / list.length : null,
    distance: cosine && list.length > 1 ? meanDistance(list, cosine) : null,
    calibration: tags && history && some ? calibrationKl(history, tagDistribution(list, tags)) : null,
  };
}

function meanDistance(list: readonly number[], cosine: (a: number, b: number) => number): number {
  let total = 0;
  for (let i = 1; i < list.length; i++) for (let j = 0; j < i; j++) total += 1 - cosine(list[i], list[j]);
  return total / (list.length * (list.length - 1) / 2);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
