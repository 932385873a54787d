/**
 * npm run bench:quality:sae [-- --data FOLDER | --world NAME] [--factors N] [--neurons N] [--epochs N] [--threads N]
 *   [--clock wall|processor] [--rates R,…] [--batches N,…]
 *
 * As quality.ts for the SAE: seconds of training until the lists of the nested recommender, the SAE's output alone,
 * reach 90, 95 and 99 % of the best validation nDCG@20 that anybody reached. A TopK SAE with the paper's objective
 * (K = 32) here and in PyTorch, dense and sparse, on the embeddings of one ELSA, from the same weights, in the same
 * order. Each takes the rate and batch of the grid with which it reaches a mark first. Only steps are timed.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Tape, type Matrix } from "../src/autograd/index.js";
import { Random } from "../src/base/random.js";
import { presets } from "../src/config/presets.js";
import { openData, type OpenedData } from "../src/data/data-source.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import { svdRows } from "../src/models/elsa-learner.js";
import { embedAll } from "../src/models/encode-all.js";
import { normalisedRows } from "../src/models/initialise.js";
import { NestedRecommender } from "../src/models/nested.js";
import { Elsa } from "../src/models/recommenders/elsa.js";
import { SparseAutoencoder, type SaeWeights } from "../src/models/sae/sparse-autoencoder.js";
import { TopKSae } from "../src/models/sae/topk-sae.js";
import { Adam } from "../src/train/adam.js";
import { describeMachine, machineLine } from "./machine.js";
import { findPython, findTcmalloc } from "./torch/python.js";

const SCRIPT = fileURLToPath(new URL("../../bench/torch/quality_sae.py", import.meta.url));
const FILES = { encoderW: "encoder_w", encoderB: "encoder_b", decoderW: "decoder_w", decoderB: "decoder_b" } as const;
const MARKS = [0.9, 0.95, 0.99];
/** Epochs between two measurements. */
const EVERY = 5;
/** Epochs of the ELSA inside, from a truncated SVD. */
const ELSA_EPOCHS = 6;
const K = 32;

const { values: options } = parseArgs({
  options: {
    data: { type: "string" }, world: { type: "string", default: "small" }, factors: { type: "string", default: "128" },
    neurons: { type: "string", default: "1024" }, epochs: { type: "string", default: "100" },
    threads: { type: "string", default: "2" }, clock: { type: "string", default: "wall" },
    rates: { type: "string", default: "0.0003,0.001" }, batches: { type: "string", default: "256,1024" },
  },
});
const [factors, neurons, epochs, threads] =
  [options.factors, options.neurons, options.epochs, options.threads].map(Number);
const shape = { factors, neurons, k: K };

interface Start {
  readonly opened: OpenedData;
  readonly a: Float32Array;
  readonly u: Matrix;
  readonly weights: SaeWeights;
  readonly order: readonly Int32Array[];
  readonly folder: string;
}

interface Curve {
  readonly name: string;
  readonly points: readonly { readonly seconds: number; readonly ndcg: number }[];
}

type Pieces = AsyncGenerator<{ seconds: number; weights: SaeWeights }>;

/** An ELSA good enough to have embeddings worth explaining. */
function trainElsa(engine: Engine, { split: { train } }: OpenedData, random: Random): Float32Array {
  const drawn = Elsa.initialise(random, train.cols, factors);
  return engine.scope(() => {
    const model = new Elsa(engine, svdRows(engine, train, drawn), train.cols, factors, true);
    const adam = new Adam(engine, model.parameters, { ...presets.default.elsa, learningRate: 0.003 });
    const tape = new Tape(engine);
    const rows = Int32Array.from({ length: train.rows }, (_, r) => r);
    for (let epoch = 0; epoch < ELSA_EPOCHS; epoch++) {
      random.shuffle(rows);
      for (let from = 0; from < rows.length; from += 256) {
        tape.reset();
        tape.backward(model.loss(tape, tape.sparseInput(train, rows.subarray(from, from + 256))));
        adam.step();
      }
    }
    return normalisedRows(Float32Array.from(model.itemVectors.data), factors);
  });
}

async function* ours(engine: Engine, { u, weights, order }: Start, rate: number, batch: number): Pieces {
  const mark = engine.heap.mark();
  const model = new TopKSae(engine, weights, shape, true);
  const adam = new Adam(engine, model.parameters, { ...presets.paper.sae, learningRate: rate });
  const tape = new Tape(engine);
  let seconds = 0;
  for (const [epoch, rows] of order.entries()) {
    const [began, computed] = [performance.now(), process.cpuUsage()];
    for (let from = 0; from < rows.length; from += batch) {
      tape.reset();
      const { loss } = model.forward(tape, tape.rowsOf(u, rows.subarray(from, from + batch)), presets.paper.sae);
      tape.backward(loss);
      adam.step();
    }
    const { user, system } = process.cpuUsage(computed);
    seconds += options.clock === "processor" ? (user + system) / 1e6 : (performance.now() - began) / 1000;
    if ((epoch + 1) % EVERY !== 0) continue;
    await Promise.resolve();
    const now = model.weights();
    yield { seconds, weights: { ...now, decoderW: normalisedRows(now.decoderW, factors) } };
    seconds = 0;
  }
  engine.heap.release(mark);
}

async function* theirs(kind: string, { u, folder }: Start, rate: number, batch: number): Pieces {
  const child = spawn(findPython(), ["-u", SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"], cwd: dirname(SCRIPT),
    env: { ...process.env, OMP_NUM_THREADS: String(threads), LD_PRELOAD: findTcmalloc(), PYTHONDONTWRITEBYTECODE: "1" },
  });
  const job = {
    folder, kind, users: u.rows, factors, neurons, k: K, epochs, every: EVERY, batch, rate, clock: options.clock,
  };
  child.stdin.write(`${JSON.stringify(job)}\n`);
  for await (const line of createInterface(child.stdout)) {
    const read = (name: string): Float32Array => {
      const bytes = readFileSync(join(folder, `${name}.out`));
      return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).slice();
    };
    const weights = Object.fromEntries(Object.entries(FILES).map(([field, name]) => [field, read(name)]));
    yield { seconds: Number(line), weights: weights as unknown as SaeWeights };
    child.stdin.write("\n");
  }
}

async function curve(
  name: string, settings: string, run: Pieces, scorer: Engine, { opened, a }: Start,
): Promise<Curve> {
  const points = [];
  let seconds = 0;
  const { train, validation } = opened.split;
  for await (const piece of run) {
    seconds += piece.seconds;
    const ndcg = scorer.scope(() => evaluateRanking(scorer, new NestedRecommender(
      new Elsa(scorer, a, train.cols, factors), new TopKSae(scorer, piece.weights, shape)), validation).ndcg.mean);
    points.push({ seconds, ndcg });
  }
  const best = Math.max(...points.map(({ ndcg }) => ndcg));
  console.log(`  ${name.padEnd(16)}${settings.padEnd(24)}best ${best.toFixed(4)}, ${seconds.toFixed(1)} s`);
  return { name, points };
}

/** Seconds until a curve first reaches a value, in proportion between two points; infinite if it never does. */
function secondsTo({ points }: Curve, value: number): number {
  const at = points.findIndex(({ ndcg }) => ndcg >= value);
  if (at < 0) return Infinity;
  const [before, after] = [at > 0 ? points[at - 1] : { seconds: 0, ndcg: 0 }, points[at]];
  return before.seconds + (after.seconds - before.seconds) * (value - before.ndcg) / (after.ndcg - before.ndcg);
}

function begin(engine: Engine, opened: OpenedData): Start {
  const random = new Random(7);
  const { train } = opened.split;
  const a = trainElsa(engine, opened, random);
  const u = engine.scope(() => embedAll(engine, new Elsa(engine, a, train.cols, factors), train));
  const weights = SparseAutoencoder.initialise(random, shape);
  const folder = mkdtempSync(join(tmpdir(), "unknot-quality-"));
  const order = Array.from({ length: epochs }, () => random.shuffle(Int32Array.from({ length: u.rows }, (_, r) => r)));
  const write = (name: string, values: Int32Array | Float32Array): void =>
    writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  write("u.f32", u.data);
  write("order.i32", Int32Array.from(order.flatMap((rows) => [...rows])));
  for (const [field, name] of Object.entries(FILES)) write(`${name}.f32`, weights[field as keyof typeof FILES]);
  return { opened, a, u, weights, order, folder };
}

function report(curves: readonly Curve[]): void {
  const best = Math.max(...curves.flatMap(({ points }) => points.map(({ ndcg }) => ndcg)));
  const names = [...new Set(curves.map(({ name }) => name))];
  const table = names.map((name) => MARKS.map((share) =>
    Math.min(...curves.filter((one) => one.name === name).map((one) => secondsTo(one, share * best)))));
  console.log(`\nseconds to a share of the best validation nDCG@20 of all, ${best.toFixed(4)}`);
  console.log(`  ${"".padEnd(16)}${MARKS.map((share) => `${100 * share} %`.padStart(10)).join("")}`);
  names.forEach((name, i) => {
    const cells = table[i].map((s) => `${s.toFixed(2)} s`.padStart(10)).join("");
    const shares = table[i].map((s, m) => (table[0][m] / s).toFixed(2)).join(" ");
    console.log(`  ${name.padEnd(16)}${cells}${i === 0 ? "" : `   ours ÷ theirs: ${shares}`}`);
  });
}

async function main(): Promise<void> {
  enableRelaxedSimd();
  const { data: folder, world } = options;
  const opened = await openData({ seed: 42, ...(folder === undefined ? { world } : { folder }) });
  console.log(machineLine(describeMachine("fused")));
  console.log(`TopK SAE ${factors} → ${neurons}, K ${K}, ${opened.split.train.rows} embeddings, ${threads} threads`);
  const engine = openEngine({ threads });
  const scorer = openEngine({ threads: 1 });
  const start = begin(engine, opened);
  const curves: Curve[] = [];
  for (const rate of options.rates.split(",").map(Number)) {
    for (const batch of options.batches.split(",").map(Number)) {
      const settings = `rate ${rate}, batch ${batch}`;
      curves.push(await curve("unknot", settings, ours(engine, start, rate, batch), scorer, start));
      for (const kind of ["sparse", "dense"]) {
        curves.push(await curve(`PyTorch ${kind}`, settings, theirs(kind, start, rate, batch), scorer, start));
      }
    }
  }
  engine.close();
  rmSync(start.folder, { recursive: true });
  report(curves);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
