/**
 * The work that both sides do, from the same seeded numbers, and what the ratios ours / theirs are meant to be.
 */
import type { Csr } from "../../src/base/csr.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights } from "../../src/models/sae/sparse-autoencoder.js";
import { interactions, uniforms } from "../input.js";
import { elsaRun, LIST_LENGTH, recommendRun, saeRun, trainingRun } from "../step-runs.js";
import { BATCH, ELSA_SIZES, ITEMS_PER_USER, RECOMMEND, RECOMMEND_USERS, SAE_SIZES } from "../steps.js";
import type { Workbench } from "../workbench.js";
import type { Arrays } from "./python.js";

/** One way to do it in PyTorch. */
export interface Opponent {
  /** The case's kind in server.py. */
  readonly what: string;
  readonly label: string;
  /** Untuned: without tcmalloc. */
  readonly tuned: boolean;
  /** Ours / theirs should be at most this. */
  readonly target?: number;
}

export interface Prepared {
  readonly sizes: Readonly<Record<string, number>>;
  readonly arrays: Arrays;
  /** Ours: does the work once and gives the number by which the two sides are compared. */
  readonly run: () => number;
}

export interface Duel {
  readonly name: string;
  readonly threads: number;
  readonly opponents: readonly Opponent[];
  /** Our median should be at most this many milliseconds. */
  readonly targetMs?: number;
  /** Allocates ours on the heap of the bench. */
  prepare(bench: Workbench): Prepared;
}

const opponents = (kind: string, targets: { dense?: number; sparse?: number; untuned?: number }): Opponent[] => [
  { what: `${kind}-dense`, label: "dense, tuned", tuned: true, target: targets.dense },
  { what: `${kind}-sparse`, label: "sparse, tuned", tuned: true, target: targets.sparse },
  { what: `${kind}-dense`, label: "dense, untuned", tuned: false, target: targets.untuned },
];

function elsaDuel(items: number, factors: number, threads: number, dense: number): Duel {
  return {
    name: `ELSA step, ${items} items, D ${factors}`,
    threads,
    opponents: opponents("elsa", { dense, untuned: 0.6 }),
    prepare({ all, random }) {
      const a = Elsa.initialise(random, items, factors);
      const x = interactions(random, BATCH, items, ITEMS_PER_USER);
      return {
        sizes: { items },
        arrays: { a: { data: a, shape: [items, factors] }, ...batchArrays(x) },
        run: elsaRun(all, a, x, factors).step,
      };
    },
  };
}

function saeDuel(shape: SaeShape & { k: number }, threads: number, targets: { dense?: number; sparse?: number }): Duel {
  const { factors, neurons, k } = shape;
  return {
    name: `TopK SAE step, ${factors} → ${neurons}, K ${k}`,
    threads,
    opponents: opponents("sae", targets),
    prepare({ all, random }) {
      const weights = SparseAutoencoder.initialise(random, shape);
      const u = uniforms(random, BATCH * factors);
      return {
        sizes: { k },
        arrays: { u: { data: u, shape: [BATCH, factors] }, ...weightArrays(weights, shape) },
        run: saeRun(all, weights, u, shape).step,
      };
    },
  };
}

/** The main job (docs/method.md): as many users, items and interactions as ml-1m has for training. */
function trainingDuel(threads: number): Duel {
  const [users, items, perUser, factors] = [4828, 3533, 95, 256];
  const shape = { factors, neurons: 4 * factors, k: 32 };
  const plan = { batch: BATCH, elsaEpochs: 25, saeEpochs: 250 };
  return {
    name: `the main job: ELSA 25 epochs, SAE 250 epochs, ${users} users × ${items} items`,
    threads,
    opponents: [{ what: "training-dense", label: "dense, tuned", tuned: true, target: 0.5 }],
    prepare({ all, random }) {
      const a = Elsa.initialise(random, items, factors);
      const weights = SparseAutoencoder.initialise(random, shape);
      const x = interactions(random, users, items, perUser);
      return {
        sizes: { items, k: shape.k, ...plan },
        arrays: { a: { data: a, shape: [items, factors] }, ...batchArrays(x), ...weightArrays(weights, shape) },
        run: trainingRun(all, a, weights, shape, x, plan),
      };
    },
  };
}

function recommendDuel(users: number, threads: number): Duel {
  const { items, factors, neurons, k } = RECOMMEND;
  return {
    name: `recommend to ${users === 1 ? "1 user" : `${users} users`}, ELSA ${items} items, SAE ${factors} → ${neurons}`,
    threads,
    opponents: opponents("recommend", users === 1 ? {} : { dense: 1 }),
    targetMs: users === 1 ? 8 : undefined,
    prepare({ all, random }) {
      const a = Elsa.initialise(random, items, factors);
      const weights = SparseAutoencoder.initialise(random, RECOMMEND);
      const x = interactions(random, users, items, ITEMS_PER_USER);
      const { recommend } = recommendRun(all, a, weights, RECOMMEND, x);
      return {
        sizes: { items, k },
        arrays: { a: { data: a, shape: [items, factors] }, ...batchArrays(x), ...weightArrays(weights, RECOMMEND) },
        run: () => mean(recommend().scores, users * LIST_LENGTH),
      };
    },
  };
}

function topkDuel(threads: number): Duel {
  const [cols, k] = [8192, 32];
  return {
    name: `top ${k} of ${cols}, ${BATCH} rows, ${threads} thread${threads === 1 ? "" : "s"}`,
    threads,
    opponents: [{ what: "topk", label: "torch.topk, tuned", tuned: true, target: 0.35 }],
    prepare({ one, all, random }) {
      const engine = threads === 1 ? one : all;
      const x = uniforms(random, BATCH * cols);
      const onHeap = engine.floatsFrom(x);
      const [indices, values, ends] = [engine.ints(BATCH * k), engine.floats(BATCH * k), engine.ints(BATCH)];
      return {
        sizes: { k },
        arrays: { x: { data: x, shape: [BATCH, cols] } },
        run: () => {
          engine.run("topkRelu", indices, values, ends, onHeap, cols, k);
          return mean(values, BATCH * k);
        },
      };
    },
  };
}

export function duels(threads: number): Duel[] {
  const elsaTargets = [0.85, 1, 1];
  const saeTargets = [{}, { dense: 0.35, sparse: 1.05 }, { dense: 0.35, sparse: 1.05 }];
  return [
    ...[...new Set([1, threads])].map(topkDuel),
    ...SAE_SIZES.map((shape, i) => saeDuel(shape, threads, saeTargets[i])),
    ...ELSA_SIZES.map(({ items, factors }, i) => elsaDuel(items, factors, threads, elsaTargets[i])),
    ...RECOMMEND_USERS.map((users) => recommendDuel(users, threads)),
    trainingDuel(threads),
  ];
}

function batchArrays(x: Csr): Arrays {
  return { indptr: { data: x.indptr, shape: [x.rows + 1] }, indices: { data: x.indices, shape: [x.indices.length] } };
}

function weightArrays({ encoderW, encoderB, decoderW, decoderB }: SaeWeights, { factors, neurons }: SaeShape): Arrays {
  return {
    encoder_w: { data: encoderW, shape: [neurons, factors] }, encoder_b: { data: encoderB, shape: [neurons] },
    decoder_w: { data: decoderW, shape: [neurons, factors] }, decoder_b: { data: decoderB, shape: [factors] },
  };
}

function mean(values: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  return sum / count;
}
