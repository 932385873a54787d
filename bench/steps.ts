/**
 * Whole training steps and recommendations, B = 1024 users with 75 items each. Their FLOPs are those of the dense
 * products (three for ELSA, one for a TopK SAE); sparse work, losses and Adam come on top and count as time only.
 */
import { Elsa } from "../src/models/recommenders/elsa.js";
import { SparseAutoencoder } from "../src/models/sae/sparse-autoencoder.js";
import type { Engine } from "../src/engine/engine.js";
import { demandEqual } from "./demand-equal.js";
import type { Case, Contender, Prepared } from "./harness.js";
import { interactions, uniforms } from "./input.js";
import { jaxElsaStep } from "./peers/jax-elsa.js";
import { elsaStep } from "./peers/tfjs-elsa.js";
import { elsaRun, recommendRun, saeRun, type StepRun } from "./step-runs.js";
import type { Suite } from "./suite.js";
import type { Workbench } from "./workbench.js";

export const BATCH = 1024;
export const ITEMS_PER_USER = 75;
export const ELSA_SIZES = [
  { items: 3500, factors: 256 }, { items: 9000, factors: 512 }, { items: 40_857, factors: 1024 },
] as const;
export const SAE_SIZES = [
  { factors: 256, neurons: 2048, k: 32 }, { factors: 512, neurons: 4096, k: 32 },
  { factors: 1024, neurons: 8192, k: 32 },
] as const;
export const RECOMMEND = { items: 40_857, factors: 1024, neurons: 8192, k: 32 } as const;
export const RECOMMEND_USERS = [1, 1024] as const;

/** Rows of the batch for which the plain kernels check loss and gradients: they are slow. */
const CHECKED_ROWS = 4;

/** Compares loss and every gradient on a few rows with those of the plain kernels, from the same weights. */
function verifyStep(bench: Workbench, make: (engine: Engine) => StepRun): void {
  const outcomes = [bench.plain, bench.one, bench.all].map((engine) => engine.scope(() => {
    const run = make(engine);
    const loss = run.differentiate(CHECKED_ROWS);
    const gradients = run.parameters.map(({ tensor }) => Float32Array.from(tensor.grad!));
    return { loss, gradients, names: run.parameters.map((p) => p.name) };
  }));
  const [expected, ...others] = outcomes;
  for (const got of others) {
    demandEqual("step: loss", [got.loss], [expected.loss], 1e-5);
    expected.gradients.forEach((gradient, i) => {
      demandEqual(`step: gradient of ${got.names[i]}`, got.gradients[i], gradient, 1e-3);
    });
  }
}

/** A contender that takes its model from the heap when its turn comes and gives it back. */
function onHeap({ heap }: Engine, threads: number, open: () => () => unknown): Contender {
  const mark = heap.mark();
  let run: () => unknown = () => null;
  return {
    name: "simd",
    threads,
    open: () => { run = open(); },
    run: () => { run(); },
    close: () => heap.release(mark),
  };
}

/** On all threads and, with patience, on one. */
function contendersOf(bench: Workbench, open: (engine: Engine) => () => unknown): Contender[] {
  const { all, one, threads, quick } = bench;
  const shared = onHeap(all, threads, () => open(all));
  return threads > 1 && !quick ? [shared, onHeap(one, 1, () => open(one))] : [shared];
}

function stepCase(
  bench: Workbench, flops: number, make: (engine: Engine) => StepRun, peers: Contender[] = [],
): Prepared {
  return {
    work: { flops },
    contenders: [...contendersOf(bench, (engine) => make(engine).step), ...peers],
    verify: () => verifyStep(bench, make),
  };
}

/** Small enough that libraries which work on a dense batch can take part. */
const SMALL = { rows: 128, items: 3500, factors: 256 };

async function smallElsa(bench: Workbench): Promise<Prepared> {
  const { random, quick, plain } = bench;
  const { rows, items, factors } = SMALL;
  const a = Elsa.initialise(random, items, factors);
  const x = interactions(random, rows, items, ITEMS_PER_USER);
  const make = (engine: Engine): StepRun => elsaRun(engine, a, x, factors);
  const losses = plain.scope(() => {
    const run = make(plain);
    return [run.step(), run.step()];
  });
  const peers = [];
  for (const backend of quick ? ["wasm"] as const : ["wasm", "cpu"] as const) {
    peers.push(await elsaStep(backend, a, x, factors, losses));
  }
  peers.push(await jaxElsaStep(a, x, factors, losses));
  return stepCase(bench, 6 * rows * items * factors, make, peers);
}

function recommendation(bench: Workbench, users: number): Prepared {
  const { random } = bench;
  const { items, factors, neurons } = RECOMMEND;
  const a = Elsa.initialise(random, items, factors);
  const weights = SparseAutoencoder.initialise(random, RECOMMEND);
  const x = interactions(random, users, items, ITEMS_PER_USER);
  return {
    work: users === 1
      ? { bytes: 4 * factors * (ITEMS_PER_USER + items + neurons) }
      : { flops: 2 * users * factors * (items + neurons) },
    contenders: contendersOf(bench, (engine) => recommendRun(engine, a, weights, RECOMMEND, x).recommend),
    verify() {
      // The best scores of a few users; which of two near ties comes first may differ.
      const few = interactions(random, Math.min(users, 4), items, ITEMS_PER_USER);
      const [expected, ...others] = [bench.plain, bench.one, bench.all].map((engine) =>
        engine.scope(() => Float32Array.from(recommendRun(engine, a, weights, RECOMMEND, few).recommend().scores)));
      for (const got of others) demandEqual("recommended scores", got, expected, 1e-4);
    },
  };
}

export const steps: Suite = {
  name: "steps",
  cases: (bench) => {
    const { random } = bench;
    return [
      {
        name: `ELSA step, ${SMALL.rows} users, ${SMALL.items} items, D ${SMALL.factors}`,
        prepare: () => smallElsa(bench),
      },
      ...ELSA_SIZES.map(({ items, factors }): Case => ({
        name: `ELSA step, ${items} items, D ${factors}`,
        prepare() {
          const a = Elsa.initialise(random, items, factors);
          const x = interactions(random, BATCH, items, ITEMS_PER_USER);
          return stepCase(bench, 6 * BATCH * items * factors, (engine) => elsaRun(engine, a, x, factors));
        },
      })),
      ...SAE_SIZES.map((shape): Case => ({
        name: `TopK SAE step, ${shape.factors} → ${shape.neurons}, K ${shape.k}`,
        prepare() {
          const weights = SparseAutoencoder.initialise(random, shape);
          const u = uniforms(random, BATCH * shape.factors);
          const flops = 2 * BATCH * shape.factors * shape.neurons;
          return stepCase(bench, flops, (engine) => saeRun(engine, weights, u, shape));
        },
      })),
      ...RECOMMEND_USERS.map((users): Case => ({
        name: `recommend to ${users === 1 ? "1 user" : `${users} users`}, ELSA ${RECOMMEND.items} items, ` +
          `SAE ${RECOMMEND.factors} → ${RECOMMEND.neurons}`,
        prepare: () => recommendation(bench, users),
      })),
    ];
  },
};
