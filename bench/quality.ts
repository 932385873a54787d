/**
 * npm run bench:quality [-- --data FOLDER | --world NAME] [--factors N] [--epochs N] [--threads N] [--svg FILE]
 *   [--clock wall|processor] [--rates R,…] [--batches N,…]
 *
 * What a user waits for is not a step but a model of a given quality: seconds of training until the validation nDCG@20
 * reaches 90, 95 and 99 % of the best that anybody reached. ELSA here and in PyTorch, dense (the formula with autograd)
 * and sparse (what a good engineer makes of it), and here with two values of elsa.cutoff too, from the same weights,
 * with the same order of the rows. Each takes the learning rate and batch of a small grid with which it reaches the
 * marks first, on validation users of the same split. Settings take turns, ours, theirs, ours, …, so that a machine
 * that slows down slows all. Only steps are timed; a model is scored by the same code whoever trained it. Not measured:
 * the SAE, and the time that a grid takes.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Tape } from "../src/autograd/index.js";
import { Random } from "../src/base/random.js";
import { presets } from "../src/config/presets.js";
import { openData, type OpenedData } from "../src/data/data-source.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import { Elsa } from "../src/models/recommenders/elsa.js";
import { Adam } from "../src/train/adam.js";
import { describeMachine, machineLine } from "./machine.js";
import { curvesPicture, type Curve } from "./quality-picture.js";
import { findPython, findTcmalloc } from "./torch/python.js";

/** Values of elsa.cutoff beside none: all are shown, none is chosen. */
const CUTOFFS = [1, 1.5];
const MARKS = [0.9, 0.95, 0.99];
const SCRIPT = fileURLToPath(new URL("../../bench/torch/quality.py", import.meta.url));

const { values: options } = parseArgs({
  options: {
    data: { type: "string" }, world: { type: "string", default: "small" }, factors: { type: "string", default: "128" },
    epochs: { type: "string", default: "20" }, threads: { type: "string", default: "2" },
    /** "processor" on a machine that others use: with one thread it is what the wall clock would say alone. */
    clock: { type: "string", default: "wall" },
    rates: { type: "string", default: "0.001,0.003" }, batches: { type: "string", default: "256,1024" },
    svg: { type: "string", default: "dist/quality.svg" },
  },
});
const [factors, epochs, threads] = [options.factors, options.epochs, options.threads].map(Number);
const [rates, batches] = [options.rates, options.batches].map((list) => list.split(",").map(Number));

interface Start {
  readonly opened: OpenedData;
  readonly a: Float32Array;
  /** One order of the training rows an epoch. */
  readonly order: readonly Int32Array[];
  readonly folder: string;
}

/** Seconds that an epoch's steps took, and A afterwards. */
type Epochs = AsyncGenerator<{ seconds: number; a: ArrayLike<number> }>;

async function* ours(
  engine: Engine, { opened, a, order }: Start, rate: number, batch: number, cutoff: number,
): Epochs {
  const { train } = opened.split;
  const mark = engine.heap.mark();
  const model = new Elsa(engine, a, train.cols, factors, true);
  const adam = new Adam(engine, model.parameters, { ...presets.default.elsa, learningRate: rate });
  const tape = new Tape(engine);
  for (const rows of order) {
    const [began, computed] = [performance.now(), process.cpuUsage()];
    for (let from = 0; from < rows.length; from += batch) {
      tape.reset();
      const x = tape.sparseInput(train, rows.subarray(from, from + batch));
      tape.backward(model.lossOf(tape, model.encode(tape, x), x, null, cutoff));
      adam.step();
    }
    const { user, system } = process.cpuUsage(computed);
    const seconds = options.clock === "processor" ? (user + system) / 1e6 : (performance.now() - began) / 1000;
    await Promise.resolve();
    yield { seconds, a: unitRows(model.itemVectors.data) };
  }
  engine.heap.release(mark);
}

async function* theirs(kind: string, { opened, folder }: Start, rate: number, batch: number): Epochs {
  const child = spawn(findPython(), ["-u", SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"], cwd: dirname(SCRIPT),
    env: { ...process.env, OMP_NUM_THREADS: String(threads), LD_PRELOAD: findTcmalloc(), PYTHONDONTWRITEBYTECODE: "1" },
  });
  const job = { folder, kind, items: opened.split.train.cols, factors, epochs, batch, rate, clock: options.clock };
  child.stdin.write(`${JSON.stringify(job)}\n`);
  for await (const line of createInterface(child.stdout)) {
    const bytes = readFileSync(join(folder, "out.f32"));
    yield { seconds: Number(line), a: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).slice() };
    child.stdin.write("\n");
  }
}

function unitRows(a: ArrayLike<number>): Float32Array {
  const out = Float32Array.from(a);
  for (let from = 0; from < out.length; from += factors) {
    const row = out.subarray(from, from + factors);
    const norm = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    for (let d = 0; d < factors; d++) row[d] /= norm;
  }
  return out;
}

async function curve(name: string, settings: string, run: Epochs, scorer: Engine, { opened }: Start): Promise<Curve> {
  const points = [];
  let seconds = 0;
  for await (const epoch of run) {
    seconds += epoch.seconds;
    const { train, validation } = opened.split;
    const ndcg = scorer.scope(() =>
      evaluateRanking(scorer, new Elsa(scorer, epoch.a, train.cols, factors), validation).ndcg.mean);
    points.push({ seconds, ndcg });
  }
  const best = Math.max(...points.map(({ ndcg }) => ndcg));
  const took = `${seconds.toFixed(1)} s for ${points.length} epochs`;
  console.log(`  ${name.padEnd(16)}${settings.padEnd(24)}best ${best.toFixed(4)}, ${took}`);
  return { name, settings, points };
}

/** Seconds until a curve first reaches a value, in proportion between two epochs; infinite if it never does. */
function secondsTo({ points }: Curve, value: number): number {
  const at = points.findIndex(({ ndcg }) => ndcg >= value);
  if (at < 0) return Infinity;
  const [before, after] = [at > 0 ? points[at - 1] : { seconds: 0, ndcg: 0 }, points[at]];
  return before.seconds + (after.seconds - before.seconds) * (value - before.ndcg) / (after.ndcg - before.ndcg);
}

async function main(): Promise<void> {
  enableRelaxedSimd();
  const { data: folder, world } = options;
  const opened = await openData({ seed: 42, ...(folder === undefined ? { world } : { folder }) });
  const { train } = opened.split;
  console.log(machineLine(describeMachine("fused")));
  console.log(`ELSA, ${train.rows} training users, ${train.cols} items, ${factors} factors, ${threads} threads`);
  const random = new Random(7);
  const scratch = mkdtempSync(join(tmpdir(), "unknot-quality-"));
  const start: Start = {
    opened, folder: scratch, a: Elsa.initialise(random, train.cols, factors),
    order: Array.from({ length: epochs }, () => random.shuffle(Int32Array.from({ length: train.rows }, (_, r) => r))),
  };
  const write = (name: string, values: Int32Array | Float32Array): void =>
    writeFileSync(join(scratch, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  write("indptr.i32", train.indptr);
  write("indices.i32", train.indices);
  write("a.f32", start.a);
  write("order.i32", Int32Array.from(start.order.flatMap((rows) => [...rows])));

  const engine = openEngine({ threads });
  const scorer = openEngine({ threads: 1 });
  const curves: Curve[] = [];
  for (const rate of rates) {
    for (const batch of batches) {
      const settings = `rate ${rate}, batch ${batch}`;
      curves.push(await curve("unknot", settings, ours(engine, start, rate, batch, 0), scorer, start));
      for (const cutoff of CUTOFFS) {
        const run = ours(engine, start, rate, batch, cutoff);
        curves.push(await curve(`cutoff ${cutoff}`, settings, run, scorer, start));
      }
      curves.push(await curve("PyTorch sparse", settings, theirs("sparse", start, rate, batch), scorer, start));
      curves.push(await curve("PyTorch dense", settings, theirs("dense", start, rate, batch), scorer, start));
    }
  }
  engine.close();
  rmSync(scratch, { recursive: true });
  const best = Math.max(...curves.flatMap(({ points }) => points.map(({ ndcg }) => ndcg)));
  console.log(`\nseconds to a share of the best validation nDCG@20 of all, ${best.toFixed(4)}`);
  const names = [...new Set(curves.map(({ name }) => name))];
  const table = names.map((name) => MARKS.map((share) =>
    Math.min(...curves.filter((one) => one.name === name).map((one) => secondsTo(one, share * best)))));
  console.log(`  ${"".padEnd(16)}${MARKS.map((share) => `${100 * share} %`.padStart(10)).join("")}`);
  names.forEach((name, i) => {
    const cells = table[i].map((s) => `${s.toFixed(2)} s`.padStart(10)).join("");
    // PyTorch's against each of ours: they come first.
    const own = names.slice(0, 1 + CUTOFFS.length);
    const shares = own.map((mine, o) => `${mine} ${table[i].map((s, m) => (table[o][m] / s).toFixed(2)).join(" ")}`);
    console.log(`  ${name.padEnd(16)}${cells}${i < own.length ? "" : `   ours ÷ theirs: ${shares.join(", ")}`}`);
  });
  const shown = names.map((name) => curves.filter((one) => one.name === name)
    .reduce((a, b) => (secondsTo(b, MARKS[2] * best) < secondsTo(a, MARKS[2] * best) ? b : a)));
  writeFileSync(options.svg, curvesPicture(shown, MARKS.map((share) => share * best)));
  console.log(`\nThe curves: ${options.svg}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
