/**
 * A small training run as a program, for killing: it continues from its checkpoint where there is one, saves a new one
 * every few steps and on SIGTERM, and writes the trained weights when it is done. Prints a dot a step.
 *
 *   node resumable-run.js <elsa | working-sets | sae> <checkpoint> <result> <steps between checkpoints>
 */
import { writeFileSync, writeSync } from "node:fs";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Elsa, elsa } from "../../src/models/recommenders/elsa.js";
import { embedAll } from "../../src/models/encode-all.js";
import { readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.js";
import { presets } from "../../src/config/presets.js";
import type { SaeConfig } from "../../src/config/sae.js";
import type { FitHooks, FitResult } from "../../src/train/fit.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { trainSae } from "../../src/train/train-sae.js";

const [kind, checkpoint, result, every] = process.argv.slice(2);
const [USERS, ITEMS, D] = [200, 60, 16];
const STEPS = { batchSize: 32, epochs: 24 };

function interactions(rows: number, seed: number): Csr {
  const random = new Random(seed);
  const item = (taste: number): number => random.uniform() < 0.8 ? taste * 15 + random.below(15) : random.below(ITEMS);
  const lists = Array.from({ length: rows }, (_, r) => Array.from({ length: 12 }, () => item(r % 4)));
  return csrFromLists(lists, ITEMS);
}

const stop = new AbortController();
process.on("SIGTERM", () => { stop.abort(new Error("stopped by SIGTERM")); });
const state = await readCheckpoint(checkpoint);
const hooks: FitHooks = {
  signal: stop.signal,
  onStep: () => { writeSync(1, "."); },
  checkpoint: { due: (step) => step % Number(every) === 0, save: (s) => writeCheckpoint(checkpoint, s) },
  ...(state ? { resume: state } : {}),
};
const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 25 });
const [train, validation] = [interactions(USERS, 1), interactions(50, 2)];

// Everything that keeps a state of its own is switched on.
const written: Float32Array[] = [];
const losses = ({ history }: FitResult): Float32Array =>
  Float32Array.from(history.flatMap((h) => [h.trainLoss, h.validationLoss]));
if (kind !== "sae") {
  const config = {
    ...presets.paper.elsa, ...STEPS, factors: D, learningRate: 3e-3, patience: 8, inputDropout: 0.4, averaging: 0.95,
    decay: 0.2, maxOutput: kind === "working-sets" ? 40 : 0,
  };
  const trained = await trainRecommender(engine, elsa, { train, validation }, config, 3, hooks);
  written.push(trained.weights.encoder.data, losses(trained.fit));
} else {
  const cfae = new Elsa(engine, Elsa.initialise(new Random(5), ITEMS, D), ITEMS, D);
  const config: SaeConfig = {
    ...presets.paper.sae, ...STEPS, kind: "batch-topk", k: 6, learningRate: 3e-3, patience: 10, inputDropout: 0.3,
    auxWeight: 0.1, deadAfter: 0.3, resampleEvery: 3, averaging: 0.9, kStart: 12, kEpochs: 8, warmUp: 10,
  };
  const [u, v] = [embedAll(engine, cfae, train), embedAll(engine, cfae, validation)];
  const { weights, fit } = await trainSae(engine, u, v, config, 3, hooks, { cfae, train, validation });
  written.push(...Object.values(weights) as Float32Array[], losses(fit));
}
writeFileSync(result, Buffer.concat(written.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength))));
