/**
 * Steering against a reference, and the better knobs against both (docs/method.md §5). Not a timing bench: it prints
 * quality.
 *
 *   node dist/bench/steering.js --data FOLDER [--split FILE] [--reference FILE] [--shape FILE] [--cache FOLDER]
 *
 * Trains ELSA (D = 256 unless told) and TopK SAEs (H = 4·D, K = 32) until early stopping. With --reference, figures on
 * the same data and split, each point of the curves is printed beside theirs with our standard error; with --shape,
 * figures on other data, only the shapes are compared. Then neurons, weights and strength are chosen on the validation
 * users and reported on the test users. --cache keeps the weights between runs; --out writes the curves in the form
 * of a reference.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { readerShelves } from "../src/data/layouts/goodbooks.js";
import { tagCounts } from "../src/data/tags/tag-counts.js";
import type { HeldOut, Split } from "../src/data/dataset.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import { aliveNeurons } from "../src/interpret/tfidf.js";
import { csrColumnCounts, csrIdentity, csrRow, csrSelectRows, type Csr } from "../src/base/csr.js";
import { Elsa } from "../src/models/recommenders/elsa.js";
import { codesOf, embedAll, range } from "../src/models/encode-all.js";
import type { SaeWeights } from "../src/models/sae/sparse-autoencoder.js";
import { openData } from "../src/data/data-source.js";
import type { TfidfMapping } from "../src/interpret/tfidf.js";
import { chooseStrength } from "../src/steer/choose-strength.js";
import { DecoderKnobs } from "../src/steer/decoder-knobs.js";
import {
  evaluateSteering, KnobSteering, tagNeurons, type Steering, type SteeringQuality,
} from "../src/steer/evaluate-steering.js";
import { steeringGoals } from "../src/steer/steering-goals.js";
import { MoveEmbedding } from "../src/steer/move-embedding.js";
import type { Knob } from "../src/steer/steer.js";
import type { Residual } from "../src/config/sae.js";
import { steeringCurves, type SteeringPoint } from "./steering-curves.js";
import { openSae } from "../src/models/sae/registry.js";
import { elsaOf, KINDS, openSteeringModels, saeOf, shapeOf } from "./steering-models.js";
import { compareShapes, printPoints, readPoints, rowOf, type ReferencePoint } from "./steering-points.js";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    split: { type: "string" },
    reference: { type: "string" },
    shape: { type: "string" },
    out: { type: "string" },
    cache: { type: "string" },
    seed: { type: "string", default: "42" },
    "tag-min": { type: "string", default: "20" },
    threads: { type: "string", default: "1" },
    /** ELSA's preset: "paper" until early stopping, or "default", which converges in fewer epochs. */
    preset: { type: "string", default: "paper" },
    /** As in `unknot train`, for example elsa.epochs=25. */
    set: { type: "string", multiple: true, default: [] },
    /** D; H is four times as many. */
    factors: { type: "string", default: "256" },
    /** At most so many users of each part of the split, for a quick look. */
    "max-train": { type: "string", default: "Infinity" },
    "max-test": { type: "string", default: "Infinity" },
  },
});

const ELSA = elsaOf(options.preset, Number(options.factors), options.set);
const SAE = saeOf(options.set);
const SHAPE = shapeOf(ELSA, SAE);
/** Strengths that validation users choose among. */
const CANDIDATES: readonly number[] = Array.from({ length: 15 }, (_, i) => i / 20);

await main();

async function main(): Promise<void> {
  if (options.data === undefined) throw new Error("--data FOLDER is needed");
  const seed = Number(options.seed);
  // The reference has tags alone, no genres.
  const { dataset, split: whole } =
    await openData({ folder: options.data, split: options.split, seed, read: { tagSource: "tags" } });
  const split = shortened(whole, Number(options["max-train"]), Number(options["max-test"]));
  const items = dataset.itemIds.length;
  if (!dataset.tags) throw new Error(`${dataset.name} has no tags`);
  const tags = tagCounts(
    dataset.tags, items, { minApplications: Number(options["tag-min"]), drop: options.reference ? [] : readerShelves },
  );
  console.log(
    `${dataset.name}: ${split.trainUsers.length} training and ${split.test.users.length} test users, ` +
    `${items} items, ${tags.names.length} tags`,
  );
  const engine = openEngine({ threads: Number(options.threads) });
  const models = await openSteeringModels(engine, dataset.name, split, {
    elsa: ELSA, sae: SAE, seed, cache: options.cache,
  });
  const { encoder } = models;
  const [reference, elsewhere] = await Promise.all([options.reference, options.shape].map(readPoints));
  const measured: ReferencePoint[] = [];
  for (const [name, kind] of Object.entries(KINDS)) {
    const best = name === "L2, embedding target";
    if (reference.length === 0 && !best) continue;
    const weights = await models.sae(kind);
    console.log(`\n${name}`);
    const points = curvesOf(engine, encoder, weights, split, tags);
    measured.push(...points.map((point) => rowOf(name, point)));
    printPoints(points, reference.filter(({ sae }) => sae === name));
    if (elsewhere.length > 0) compareShapes(points, elsewhere.filter(({ sae }) => sae === name));
    if (best) betterKnobs(engine, encoder, weights, split, tags);
  }
  if (options.out !== undefined) await writeFile(options.out, JSON.stringify({ rows: measured }, null, 1));
  engine.close();
}

/** The authors' method: both mappings, 1, 5 and 10 neurons, α = 0 … 0.5. */
function curvesOf(
  engine: Engine, encoder: Float32Array, weights: SaeWeights, split: Split, tags: ReturnType<typeof tagCounts>,
): SteeringPoint[] {
  return engine.scope(() => {
    const elsa = new Elsa(engine, encoder, split.train.cols, ELSA.factors);
    return steeringCurves(engine, elsa, openSae(engine, SAE, weights, SHAPE), split, tags);
  });
}

function betterKnobs(
  engine: Engine, encoder: Float32Array, weights: SaeWeights, split: Split, tags: ReturnType<typeof tagCounts>,
): void {
  const mark = engine.heap.mark();
  const elsa = new Elsa(engine, encoder, split.train.cols, ELSA.factors);
  const sae = openSae(engine, SAE, weights, SHAPE);
  const goals = { validation: steeringGoals(split.validation, tags), test: steeringGoals(split.test, tags) };
  const plain = {
    validation: evaluateRanking(engine, elsa, split.validation).ndcg.mean,
    test: evaluateRanking(engine, elsa, split.test).ndcg.mean,
  };
  const codes = codesOf(engine, sae, embedAll(engine, elsa, csrIdentity(elsa.items)));
  console.log(
    `plain ELSA: personal nDCG@20 ${plain.test.toFixed(4)}; ` +
    "each line: α chosen on validation users, then the test users",
  );
  const measure = (name: string, steering: Steering): Chosen => {
    const onValidation = evaluateSteering(engine, steering, split.validation, goals.validation, CANDIDATES);
    const chosen = chooseStrength(onValidation, plain.validation);
    if (!chosen) {
      console.log(`${name.padEnd(44)} keeps 98 % at no strength`);
      return { name, validation: -1, test: NaN };
    }
    const [test]: SteeringQuality[] = evaluateSteering(engine, steering, split.test, goals.test, [chosen.strength]);
    console.log(
      `${name.padEnd(44)} α ${chosen.strength.toFixed(2)}  ` +
      `validation segment ${chosen.segment.ndcg.mean.toFixed(4)}  ` +
      `test: segment nDCG@20 ${test.segment.ndcg.mean.toFixed(4)} ± ${test.segment.ndcg.se.toFixed(4)}, ` +
      `personal ${test.personal.ndcg.mean.toFixed(4)} ` +
      `(${((100 * test.personal.ndcg.mean) / plain.test).toFixed(1)} %)`,
    );
    return { name, validation: chosen.segment.ndcg.mean, test: test.segment.ndcg.mean };
  };
  const paper = (mapping: TfidfMapping, n: number, residual: Residual = "drop"): Chosen => {
    const top = tagNeurons(tags.counts, codes, mapping, n);
    return measure(`paper's, ${mapping}, ${n} neurons${told(residual)}`, new KnobSteering(
      elsa, sae, (tag, strength) => (top[tag].length > 0 ? [{ neurons: top[tag], strength }] : []), { residual },
    ));
  };
  const popularity = csrColumnCounts(split.train);
  const choosers = new Map<number, DecoderKnobs>();
  const own = (n: number, popularityPower: number, residual: Residual = "drop"): Chosen => {
    const chooser = choosers.get(popularityPower) ?? new DecoderKnobs(
      engine, weights.decoderW, encoder, popularity, { popularityPower, candidates: aliveNeurons(codes) });
    choosers.set(popularityPower, chooser);
    const cache = new Map<number, Pick<Knob, "neurons" | "weights">>();
    const name = `decoder's effects, ${n} neurons, γ ${popularityPower}${told(residual)}`;
    return measure(name, new KnobSteering(elsa, sae, (tag, strength) => {
      const knob = cache.get(tag) ?? chooser.choose(csrRow(goals.test.segments, tag), n);
      cache.set(tag, knob);
      return knob.neurons.length > 0 ? [{ ...knob, strength }] : [];
    }, { residual }));
  };
  const authors = (residual: Residual): Chosen[] => [
    paper("unique", 1, residual), ...[1, 5, 10].map((n) => paper("characterises", n, residual)),
  ];
  const few = authors("drop");
  const many = [...few, ...[20, 40].map((n) => paper("characterises", n))];
  const [own10, own40] = [10, 40].map((n) => [0, 0.5, 1].map((power) => own(n, power)));
  const withResidual = (["keep", "fade"] as const).map((residual) => ({
    residual, few: authors(residual), own: [10, 40].map((n) => [0, 0.5, 1].map((power) => own(n, power, residual))),
  }));
  measure("embedding moved to the segment's mean", new MoveEmbedding(elsa, encoder, goals.test.segments));
  const against = (ours: readonly Chosen[], theirs: readonly Chosen[]): string => {
    const [our, their] = [bestOnValidation(ours), bestOnValidation(theirs)];
    const none = [our, their].find(({ validation }) => validation < 0);
    if (none) return `none like "${none.name}" keeps 98 %`;
    const times = (our.test / their.test).toFixed(2);
    return `${our.name} ${our.test.toFixed(3)} = ${times} × ${their.name} ${their.test.toFixed(3)}`;
  };
  console.log("best of each on validation users, test figures:");
  console.log(`  at most 10 neurons: ${against(own10, few)}`);
  console.log(`  at most 40 neurons: ${against(own40, few)} (of at most 10)`);
  console.log(`                      ${against(own40, many)} (of at most 40)`);
  for (const { residual, few: theirs, own: [ten, forty] } of withResidual) {
    console.log(`  both with residual "${residual}", 10: ${against(ten, theirs)}`);
    console.log(`                              40: ${against(forty, theirs)} (of at most 10)`);
  }
  engine.heap.release(mark);
}

function told(residual: Residual): string {
  return residual === "drop" ? "" : `, residual: ${residual}`;
}

interface Chosen {
  readonly name: string;
  /** Segment nDCG@20 of the chosen point; −1 when no strength keeps enough. */
  readonly validation: number;
  readonly test: number;
}

function bestOnValidation(all: readonly Chosen[]): Chosen {
  return all.reduce((best, one) => (one.validation > best.validation ? one : best));
}

function shortened({ trainUsers, train, validation, test }: Split, maxTrain: number, maxTest: number): Split {
  const first = (x: Csr, n: number): Csr => csrSelectRows(x, range(0, Math.min(n, x.rows)));
  const part = ({ users, input, target }: HeldOut): HeldOut =>
    ({ users: users.slice(0, maxTest), input: first(input, maxTest), target: first(target, maxTest) });
  return {
    trainUsers: trainUsers.slice(0, maxTrain), train: first(train, maxTrain),
    validation: part(validation), test: part(test),
  };
}
