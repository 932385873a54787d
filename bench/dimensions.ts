/**
 * What dimensions are worth as neurons, on worlds whose concepts are known: those of sparse ELSA beside an SAE's
 * neurons, principal axes and two controls that have learnt nothing.
 *
 *   node dist/bench/dimensions.js [--world small,hard-small] [--seeds 42,43,44] [--users 100] [--out FILE]
 *
 * Of each: concepts whose best single neuron tells their items with F1 ≥ .8, and the mean of that F1; the share of
 * concepts whose best neuron bears their name; and the steering curve: a concept's share of the top 20 of test users
 * when its tag is turned up, by shares of their own activation. Principal axes are made neurons as sparse ELSA's
 * dimensions are, one for each sign, by turning the item vectors so that they are the axes: the same scores. Finished
 * rows are kept in --out. Figures: docs/scale.md.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { csrSelectRows } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import { fraction } from "../src/base/numbers.js";
import { presets } from "../src/config/presets.js";
import { openData } from "../src/data/data-source.js";
import type { HeldOut } from "../src/data/dataset.js";
import type { WorldTruth } from "../src/data/world/world.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { principalComponents } from "../src/interpret/components/pca.js";
import { labelAccuracy } from "../src/interpret/label-truth.js";
import { labelNeurons } from "../src/interpret/labels.js";
import { recovery } from "../src/interpret/meaning/recovery.js";
import { measureSteering } from "../src/measure/measure-concepts.js";
import { encodeItems } from "../src/model-folder/encode-items.js";
import type { Model } from "../src/model-folder/model.js";
import { range } from "../src/models/encode-all.js";
import { polesOf } from "../src/models/sae/poles-sae.js";
import { SparseAutoencoder } from "../src/models/sae/sparse-autoencoder.js";
import { trainModel } from "../src/pipeline/train-model.js";

const STRENGTHS = [0.1, 0.2, 0.3, 0.5];

/** As in docs/scale.md; with a rate that changes nothing for the control. */
const sparse = (learningRate: number) => ({
  model: "elsa-sparse",
  elsaSparse: { factors: 128, nonZeros: 8, levelEpochs: learningRate < 1e-6 ? 1 : 5, batchSize: 256, learningRate },
  sae: { kind: "poles", expansion: 2, push: "own" },
} as const);

const { values: options } = parseArgs({
  options: {
    world: { type: "string", default: "small,hard-small" }, seeds: { type: "string", default: "42,43,44" },
    users: { type: "string", default: "100" }, threads: { type: "string", default: "1" }, out: { type: "string" },
  },
});
enableRelaxedSimd();
const done = options.out !== undefined && existsSync(options.out) ? readFileSync(options.out, "utf8") : "";
for (const world of options.world.split(",")) {
  for (const seed of options.seeds.split(",").map(Number)) await worldOf(world, seed);
}

async function worldOf(world: string, seed: number): Promise<void> {
  const { dataset, split, truth } = await openData({ world, seed });
  const users = range(0, Math.min(split.test.users.length, Number(options.users)));
  const { users: all, input, target } = split.test;
  const asked: HeldOut = {
    users: all.slice(0, users.length), input: csrSelectRows(input, users), target: csrSelectRows(target, users),
  };
  const engine = openEngine({ threads: Number(options.threads) });
  await engine.ready();
  let dense: Promise<Model> | null = null;
  const trained = (): Promise<Model> =>
    dense ??= trainModel(dataset, { config: { sae: { push: "own" } }, seed, split, engine });
  const models: Readonly<Record<string, () => Promise<Model>>> = {
    "ELSA and its SAE": trained,
    "an SAE that is untrained": async () => untrained(await trained()),
    "principal axes": async () => axesOf(await trained()),
    "sparse ELSA": () => trainModel(dataset, { config: sparse(0.1), seed, split, engine }),
    "sparse ELSA, untrained": () => trainModel(dataset, { config: sparse(1e-12), seed, split, engine }),
  };
  for (const [name, make] of Object.entries(models)) {
    const asking = `${world}, seed ${seed}: ${name}`;
    const before = done.split("\n").find((line) => line.startsWith(`${asking}: `));
    if (before === undefined) {
      const line = `${asking}: ${measure(engine, await make(), truth!, asked)}`;
      console.log(line);
      if (options.out !== undefined) appendFileSync(options.out, `${line}\n`);
    } else console.log(before);
  }
  engine.close();
}

function measure(engine: Engine, model: Model, truth: WorldTruth, asked: HeldOut): string {
  const codes = encodeItems(engine, model, model.items.ids.length);
  const found = recovery(codes, truth.itemConcepts, truth.conceptNames);
  const labels = labelNeurons(codes, model.tags!);
  const many = found.concepts.length;
  const named = labelAccuracy(labels, { ...found, level: 0 }).right;
  const sure = labelAccuracy(labels, found);
  const curve = STRENGTHS.map((strength) => measureSteering(engine, model, truth, asked, strength));
  return `${sure.concepts} of ${many} concepts found, mean F1 ${fraction(found.meanF1)}; ` +
    `named rightly ${named} of ${many}, of those found ${sure.right}; ` +
    `share of the list at 0 ${fraction(curve[0].before)}` +
    curve.map(({ strength, after }) => `, ${strength} ${fraction(after)}`).join("");
}

function untrained(model: Model): Model {
  return { ...model, sae: SparseAutoencoder.initialise(new Random(model.seed), model.shape) };
}

/** The same recommender, its item vectors turned so that their dimensions are the principal axes. */
function axesOf(model: Model): Model {
  const { shape: [items, factors], data } = model.cfae.encoder;
  const unit = Float32Array.from(data);
  for (let i = 0; i < items; i++) {
    const norm = Math.hypot(...unit.subarray(i * factors, (i + 1) * factors));
    for (let j = i * factors; j < (i + 1) * factors; j++) unit[j] /= norm;
  }
  const { components } = principalComponents(unit, items, factors);
  const turned = new Float32Array(items * factors);
  for (let i = 0; i < items; i++) {
    for (let c = 0; c < factors; c++) {
      let sum = 0;
      for (let j = 0; j < factors; j++) sum += unit[i * factors + j] * components[c * factors + j];
      turned[i * factors + c] = sum;
    }
  }
  return {
    ...model, cfae: { encoder: { shape: [items, factors], data: turned } }, sae: polesOf(factors),
    config: { ...model.config, sae: { ...presets.default.sae, ...sparse(0).sae } },
    shape: { factors, neurons: 2 * factors, k: factors },
  };
}
