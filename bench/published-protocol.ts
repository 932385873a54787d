/**
 * The protocol behind the published figures of sparse ELSA (docs/method.md §8.8), which are a little higher than those
 * of unknot's own: of each test user five draws of a fifth of the items, **with replacement**, are targets; items that
 * are nobody's target in a draw are dropped before ranking, so that lists close up. Compare only within it.
 */
import { Tape } from "../src/autograd/index.js";
import { csrFromLists, csrRow, csrSelectRows, type Csr } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import type { Engine } from "../src/engine/engine.js";
import { estimate, ndcg, recall, type Estimate } from "../src/evaluate/metrics.js";
import type { Recommender } from "../src/models/recommenders/recommender.js";

const DRAWS = 5;
const SHARE = 0.2;
const ROWS = 250;

export interface Draw {
  readonly input: Csr;
  readonly target: Csr;
}

export interface PublishedSplit {
  /** Everybody but the test and validation users: to choose by. */
  readonly choosing: Csr;
  /** Everybody but the test users: final models. */
  readonly final: Csr;
  /** All interactions of the validation users. */
  readonly watched: Csr;
  readonly validation: readonly Draw[];
  readonly test: readonly Draw[];
}

/** @param heldOut test users, and as many validation users. */
export function publishedSplit(interactions: Csr, heldOut: number, seed: number): PublishedSplit {
  const random = new Random(seed);
  const order = random.shuffle(Int32Array.from({ length: interactions.rows }, (_, u) => u));
  const [test, validation, rest] = [
    order.slice(0, heldOut), order.slice(heldOut, 2 * heldOut), order.slice(2 * heldOut),
  ];
  const draws = (users: Int32Array): Draw[] => {
    const x = csrSelectRows(interactions, users);
    return Array.from({ length: DRAWS }, () => drawOf(x, random));
  };
  return {
    choosing: csrSelectRows(interactions, rest), final: csrSelectRows(interactions, order.slice(heldOut)),
    watched: csrSelectRows(interactions, validation), validation: draws(validation), test: draws(test),
  };
}

function drawOf(x: Csr, random: Random): Draw {
  const [input, target]: number[][][] = [[], []];
  for (let u = 0; u < x.rows; u++) {
    const items = csrRow(x, u);
    const drawn = new Set(Array.from({ length: Math.ceil(SHARE * items.length) }, () => random.below(items.length)));
    target.push([...items].filter((_, at) => drawn.has(at)));
    input.push([...items].filter((_, at) => !drawn.has(at)));
  }
  return { input: csrFromLists(input, x.cols), target: csrFromLists(target, x.cols) };
}

export interface PublishedFigures {
  /** recall@20 */
  recall: Estimate;
  /** nDCG@100 */
  ndcg: Estimate;
}

/** Means over users and draws. */
export function publishedFigures(engine: Engine, model: Recommender, draws: readonly Draw[]): PublishedFigures {
  const [recalls, ndcgs]: number[][] = [[], []];
  for (const { input, target } of draws) {
    const isTarget = new Uint8Array(input.cols);
    for (const item of target.indices) isTarget[item] = 1;
    for (let from = 0; from < input.rows; from += ROWS) {
      engine.scope(() => {
        const tape = new Tape(engine, false);
        const rows = Int32Array.from({ length: Math.min(ROWS, input.rows - from) }, (_, r) => from + r);
        const x = tape.sparseInput(input, rows);
        const { data } = model.scores(tape, x);
        engine.run("maskRows", data, x.rowStart, x.rowEnd, x.indices, input.cols);
        for (let r = 0; r < rows.length; r++) {
          for (let i = 0; i < input.cols; i++) if (isTarget[i] === 0) data[r * input.cols + i] = -Infinity;
        }
        const lists = engine.ints(rows.length * 100);
        engine.run("rankRows", lists, engine.floats(rows.length * 100), data, input.cols, 100);
        rows.forEach((user, r) => {
          const list = lists.subarray(r * 100, (r + 1) * 100);
          recalls.push(recall(list.subarray(0, 20), csrRow(target, user)));
          ndcgs.push(ndcg(list, csrRow(target, user)));
        });
      });
    }
  }
  return { recall: estimate(recalls), ndcg: estimate(ndcgs) };
}
