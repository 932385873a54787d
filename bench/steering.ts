/**
 * Steering against a reference, and the better knobs against both (METHOD.md §5). Not a timing bench: it prints quality.
 *
 *   node dist/bench/steering.js --data FOLDER [--split FILE] [--reference FILE] [--cache FOLDER]
 *
 * Trains ELSA (D = 256 unless told) and TopK SAEs (H = 4·D, K = 32) until early stopping, prints each point of the curves beside
 * the reference's with our standard error, then chooses neurons, weights and strength on the validation users and
 * reports the test users. --cache keeps the weights between runs.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readerShelves } from "../src/data/goodbooks.js";
import { tagCounts } from "../src/data/tag-counts.js";
import type { HeldOut, Split } from "../src/data/dataset.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import { aliveNeurons } from "../src/interpret/tfidf.js";
import { csrColumnCounts, csrFromLists, csrIdentity, csrRow, csrSelectRows, type Csr } from "../src/kernels/csr.js";
import { Elsa } from "../src/models/elsa.js";
import { codesOf, embedAll, range } from "../src/models/encode-all.js";
import type { SaeWeights } from "../src/models/sparse-autoencoder.js";
import { openData } from "../src/pipeline/data-source.js";
import { decodeSafetensors, encodeSafetensors } from "../src/pipeline/safetensors.js";
import { chooseStrength } from "../src/steer/choose-strength.js";
import { DecoderKnobs } from "../src/steer/decoder-knobs.js";
import {
  evaluateSteering, KnobSteering, steeringCurves, tagNeurons, type Steering, type SteeringQuality,
} from "../src/steer/evaluate-steering.js";
import { steeringGoals } from "../src/steer/goals.js";
import { MoveEmbedding } from "../src/steer/move-embedding.js";
import type { Knob } from "../src/steer/steer.js";
import { presets, type ElsaConfig, type SaeConfig } from "../src/train/config.js";
import { trainElsa } from "../src/train/train-elsa.js";
import { openSae, trainSae } from "../src/train/train-sae.js";

interface ReferencePoint {
  sae: string;
  mapping: string;
  top_n: number;
  alpha: number;
  recall20_personal: number;
  ndcg20_personal: number;
  recall20_segment: number;
  ndcg20_segment: number;
}

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    split: { type: "string" },
    reference: { type: "string" },
    cache: { type: "string" },
    seed: { type: "string", default: "42" },
    "tag-min": { type: "string", default: "20" },
    threads: { type: "string", default: "1" },
    /** ELSA's preset: "paper" until early stopping, or "default", which converges in fewer epochs. */
    preset: { type: "string", default: "paper" },
    /** D; H is four times as many. */
    factors: { type: "string", default: "256" },
    /** At most so many users of each part of the split, for a quick look. */
    "max-train": { type: "string", default: "Infinity" },
    "max-test": { type: "string", default: "Infinity" },
  },
});

const FACTORS = Number(options.factors);
const ELSA: ElsaConfig = { ...presets[options.preset === "default" ? "default" : "paper"].elsa, factors: FACTORS, epochs: 400, patience: 10 };
const SAE: SaeConfig = { ...presets.paper.sae, kind: "topk", expansion: 4, k: 32 };
const SHAPE = { factors: FACTORS, neurons: FACTORS * SAE.expansion, k: SAE.k };
/** The reference's names of its SAEs. */
const KINDS: Record<string, Pick<SaeConfig, "loss" | "target">> = {
  "L2, standardised target (reference)": { loss: "l2", target: "standardised" },
  "L2, embedding target": { loss: "l2", target: "embedding" },
  "Cosine, embedding target": { loss: "cosine", target: "embedding" },
};
const MAPPINGS = { "best characterizes": "characterises", "most unique": "unique" } as const;

await main();

async function main(): Promise<void> {
  if (options.data === undefined) throw new Error("--data FOLDER is needed");
  const seed = Number(options.seed);
  const { dataset, split: whole } = await openData({ folder: options.data, split: options.split, seed });
  const split = shortened(whole, Number(options["max-train"]), Number(options["max-test"]));
  const items = dataset.itemIds.length;
  if (!dataset.tags) throw new Error(`${dataset.name} has no tags`);
  const tags = tagCounts(dataset.tags, items, { minApplications: Number(options["tag-min"]), drop: options.reference ? [] : readerShelves });
  console.log(`${dataset.name}: ${split.trainUsers.length} training and ${split.test.users.length} test users, ${items} items, ${tags.names.length} tags`);
  const engine = openEngine({ threads: Number(options.threads) });
  const watched = both(split.validation.input, split.validation.target);
  const cached = async (name: string, train: () => Promise<Record<string, Float32Array>>): Promise<Record<string, Float32Array>> => {
    const file = join(options.cache ?? "", `${dataset.name}-${name}.safetensors`);
    if (options.cache !== undefined && existsSync(file)) {
      return Object.fromEntries(Object.entries(decodeSafetensors(await readFile(file), file)).map(([key, { data }]) => [key, data]));
    }
    const weights = await train();
    if (options.cache !== undefined) {
      await mkdir(options.cache, { recursive: true });
      await writeFile(file, encodeSafetensors(Object.fromEntries(
        Object.entries(weights).map(([key, data]) => [key, { shape: [data.length], data }]),
      )));
    }
    return weights;
  };
  const { encoder } = await cached("elsa", async () => ({ encoder: (await trainElsa(engine, split.train, watched, ELSA, seed)).encoder }));
  const mark = engine.heap.mark();
  const elsa = new Elsa(engine, encoder, items, FACTORS);
  const embeddings = { train: embedAll(engine, elsa, split.train), watched: embedAll(engine, elsa, watched) };
  engine.heap.release(mark);
  const reference = options.reference === undefined ? [] :
    (JSON.parse(await readFile(options.reference, "utf8")) as { rows: ReferencePoint[] }).rows;
  for (const [name, kind] of Object.entries(KINDS)) {
    if (reference.length === 0 && name !== "L2, embedding target") continue;
    const weights = await cached(`sae-${kind.loss}-${kind.target}`, async () => ({
      ...(await trainSae(engine, embeddings.train, embeddings.watched, { ...SAE, ...kind }, seed + 1)).weights,
    })) as unknown as SaeWeights;
    console.log(`\n${name}`);
    if (reference.length > 0) compare(engine, encoder, weights, split, tags, reference.filter((point) => point.sae === name));
    if (name === "L2, embedding target") betterKnobs(engine, encoder, weights, split, tags);
  }
  engine.close();
}

function compare(
  engine: Engine, encoder: Float32Array, weights: SaeWeights, split: Split, tags: ReturnType<typeof tagCounts>,
  reference: readonly ReferencePoint[],
): void {
  const mark = engine.heap.mark();
  const elsa = new Elsa(engine, encoder, split.train.cols, FACTORS);
  const sae = openSae(engine, SAE, weights, SHAPE);
  const started = performance.now();
  const points = steeringCurves(engine, elsa, sae, split, tags);
  const seconds = (performance.now() - started) / 1000;
  engine.heap.release(mark);
  let within = 0;
  let worst = 0;
  for (const theirs of reference) {
    const ours = points.find((point) => point.mapping === MAPPINGS[theirs.mapping as keyof typeof MAPPINGS] &&
      point.neurons === theirs.top_n && Math.abs(point.strength - theirs.alpha) < 1e-9);
    if (!ours) continue;
    const pairs = [
      [ours.personal.recall, theirs.recall20_personal], [ours.personal.ndcg, theirs.ndcg20_personal],
      [ours.segment.recall, theirs.recall20_segment], [ours.segment.ndcg, theirs.ndcg20_segment],
    ] as const;
    const distances = pairs.map(([estimate, value]) => Math.abs(estimate.mean - value) / estimate.se);
    worst = Math.max(worst, ...distances);
    if (Math.max(...distances) <= 2) within++;
    console.log(
      `${theirs.mapping.padEnd(18)} top-${String(theirs.top_n).padEnd(2)} α ${theirs.alpha.toFixed(1)} ` +
      pairs.map(([estimate, value], i) =>
        ` ${estimate.mean.toFixed(4)} ± ${estimate.se.toFixed(4)} | ${value.toFixed(4)} (${distances[i].toFixed(1)} se)`).join(" "),
    );
  }
  console.log(`${within} of ${reference.length} points within 2 standard errors in all four figures, the furthest ${worst.toFixed(1)}; ` +
    `${points.length} points in ${seconds.toFixed(1)} s`);
}

function betterKnobs(
  engine: Engine, encoder: Float32Array, weights: SaeWeights, split: Split, tags: ReturnType<typeof tagCounts>,
): void {
  const mark = engine.heap.mark();
  const elsa = new Elsa(engine, encoder, split.train.cols, FACTORS);
  const sae = openSae(engine, SAE, weights, SHAPE);
  const goals = { validation: steeringGoals(split.validation, tags), test: steeringGoals(split.test, tags) };
  const plain = {
    validation: evaluateRanking(engine, elsa, split.validation).ndcg.mean, test: evaluateRanking(engine, elsa, split.test).ndcg.mean,
  };
  const codes = codesOf(engine, sae, embedAll(engine, elsa, csrIdentity(elsa.items)));
  const strengths = Array.from({ length: 10 }, (_, i) => 0.2 + i / 20);
  console.log(`plain ELSA: personal nDCG@20 ${plain.test.toFixed(4)}; each line: α chosen on validation users, then the test users`);
  const measure = (name: string, steering: Steering, grid: readonly number[] = strengths): void => {
    const chosen = chooseStrength(evaluateSteering(engine, steering, split.validation, goals.validation, grid), plain.validation);
    if (!chosen) {
      console.log(`${name.padEnd(44)} keeps 98 % at no strength`);
      return;
    }
    const [test]: SteeringQuality[] = evaluateSteering(engine, steering, split.test, goals.test, [chosen.strength]);
    console.log(
      `${name.padEnd(44)} α ${chosen.strength.toFixed(2)}  validation segment ${chosen.segment.ndcg.mean.toFixed(4)}  test: segment nDCG@20 ` +
      `${test.segment.ndcg.mean.toFixed(4)} ± ${test.segment.ndcg.se.toFixed(4)}, personal ${test.personal.ndcg.mean.toFixed(4)} ` +
      `(${((100 * test.personal.ndcg.mean) / plain.test).toFixed(1)} %)`,
    );
  };
  for (const n of [10, 40]) {
    const top = tagNeurons(tags.counts, codes, "characterises", n);
    measure(`paper's choice, ${n} neurons`, new KnobSteering(elsa, sae, (tag, strength) => [{ neurons: top[tag], strength }]));
  }
  const popularity = csrColumnCounts(split.train);
  for (const popularityPower of [0, 0.5, 1]) {
    const chooser = new DecoderKnobs(engine, weights.decoderW, encoder, popularity, { popularityPower, candidates: aliveNeurons(codes) });
    for (const n of [10, 40]) {
      const cache = new Map<number, Pick<Knob, "neurons" | "weights">>();
      measure(`decoder's effects, ${n} neurons, γ ${popularityPower}`, new KnobSteering(elsa, sae, (tag, strength) => {
        const knob = cache.get(tag) ?? chooser.choose(csrRow(goals.test.segments, tag), n);
        cache.set(tag, knob);
        return knob.neurons.length > 0 ? [{ ...knob, strength }] : [];
      }));
    }
  }
  measure("embedding moved to the segment's mean", new MoveEmbedding(elsa, encoder, goals.test.segments));
  engine.heap.release(mark);
}

function shortened({ trainUsers, train, validation, test }: Split, maxTrain: number, maxTest: number): Split {
  const first = (x: Csr, n: number): Csr => csrSelectRows(x, range(0, Math.min(n, x.rows)));
  const part = ({ users, input, target }: HeldOut): HeldOut =>
    ({ users: users.slice(0, maxTest), input: first(input, maxTest), target: first(target, maxTest) });
  return { trainUsers: trainUsers.slice(0, maxTrain), train: first(train, maxTrain), validation: part(validation), test: part(test) };
}

/** Input and targets of held-out users together. */
function both(a: Csr, b: Csr): Csr {
  return csrFromLists(Array.from({ length: a.rows }, (_, r) => [...csrRow(a, r), ...csrRow(b, r)]), a.cols);
}
