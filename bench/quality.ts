/**
 * npm run bench:quality [-- --data FOLDER | --world NAME] [--factors N] [--epochs N] [--threads N] [--svg FILE]
 *   [--clock wall|processor] [--rates R,…] [--batches N,…] [--columns N] [--piece USERS] [--scored USERS]
 *   [--only NAME;…] [--points]
 *
 * What a user waits for is not a step but a model of a given quality: seconds of training until the validation nDCG@20
 * reaches 90, 95 and 99 % of the best that anybody reached. ELSA here and in PyTorch, dense (the formula with autograd)
 * and sparse (what a good engineer makes of it), from the same weights with the same order of the rows, and here with
 * elsa.cutoff and elsa.start too; with --columns also both on sampled outputs. Each takes the learning rate and batch
 * of a small grid with which it reaches the marks first, on validation users of the same split. Settings take turns,
 * ours, theirs, ours, …, so that a machine that slows down slows all. Steps are timed, and a start that is worked out;
 * a model is scored by the same code whoever trained it. Not measured: the time that a grid takes. SAEs have a bench of
 * their own, quality-sae.ts.
 *
 * On large data an epoch is long: --piece scores after so many users instead, --scored scores that many of the
 * validation users, --only runs some of the names that the table shows, --points prints every measurement.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Tape } from "../src/autograd/index.js";
import { csrSelectRows, type Csr } from "../src/base/csr.js";
import type { Floats } from "../src/base/floats.js";
import { Random } from "../src/base/random.js";
import type { ElsaConfig } from "../src/config/elsa.js";
import { presets } from "../src/config/presets.js";
import { openData, type OpenedData } from "../src/data/data-source.js";
import type { HeldOut } from "../src/data/dataset.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import { svdRows } from "../src/models/elsa-learner.js";
import { elsaLoss } from "../src/models/elsa-loss.js";
import { Elsa } from "../src/models/recommenders/elsa.js";
import { sampledElsa } from "../src/models/sampled/sampled-elsa.js";
import { Adam, adamRule } from "../src/train/adam.js";
import { LazyRows } from "../src/train/lazy-rows.js";
import { describeMachine, machineLine } from "./machine.js";
import { curvesPicture, type Curve } from "./quality-picture.js";
import { findPython, findTcmalloc } from "./torch/python.js";

/** Settings of ours beside the default: all are shown, none is chosen. */
const OURS = [
  own("unknot", {}),
  own("cutoff 1", { cutoff: 1 }), own("int16", { arithmetic: "int16" }),
  own("svd", { start: "svd" }), own("svd and cutoff 1", { start: "svd", cutoff: 1 }),
  own("svd and int16", { start: "svd", arithmetic: "int16" }),
  own("sampled", { sampled: true }), own("svd, sampled", { start: "svd", sampled: true }),
  own("int16, sampled", { arithmetic: "int16", sampled: true }),
  own("svd, int16, sampled", { start: "svd", arithmetic: "int16", sampled: true }),
];
const THEIRS = ["sparse", "dense", "sampled"] as const;
const MARKS = [0.9, 0.95, 0.99];
const SCRIPT = fileURLToPath(new URL("../../bench/torch/quality.py", import.meta.url));

const { values: options } = parseArgs({
  options: {
    data: { type: "string" }, world: { type: "string", default: "small" }, factors: { type: "string", default: "128" },
    epochs: { type: "string", default: "20" }, threads: { type: "string", default: "2" },
    /** "processor" on a machine that others use: with one thread it is what the wall clock would say alone. */
    clock: { type: "string", default: "wall" },
    rates: { type: "string", default: "0.001,0.003" }, batches: { type: "string", default: "128,256,1024" },
    columns: { type: "string", default: "0" }, piece: { type: "string", default: "0" },
    scored: { type: "string", default: "0" }, only: { type: "string" },
    points: { type: "boolean", default: false },
    svg: { type: "string", default: "dist/quality.svg" },
  },
});
const [factors, epochs, threads, columns, piece, scored] =
  [options.factors, options.epochs, options.threads, options.columns, options.piece, options.scored].map(Number);
const only = options.only?.split(";");
const wanted = (name: string): boolean => (only?.includes(name) ?? true) && (columns > 0 || !name.endsWith("sampled"));
const [rates, batches] = [options.rates, options.batches].map((list) => list.split(",").map(Number));

/** A way of ours: settings of ELSA, and whether a step looks at sampled outputs alone. */
interface Own {
  readonly name: string;
  readonly settings: Pick<ElsaConfig, "start" | "cutoff" | "arithmetic">;
  readonly sampled: boolean;
}

function own(name: string, { sampled = false, ...settings }: Partial<Own["settings"]> & { sampled?: boolean }): Own {
  return { name, settings: { start: "random", cutoff: 0, arithmetic: "single", ...settings }, sampled };
}

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
  engine: Engine, { opened, a, order }: Start, rate: number, batch: number, { settings, sampled }: Own,
): Epochs {
  const [{ train }, mark, clock] = [opened.split, engine.heap.mark(), stopwatch()];
  const first = settings.start === "svd" ? svdRows(engine, train, a.slice()) : a.slice();
  let seconds = clock();
  const config = { ...presets.default.elsa, ...settings, factors, inputDropout: 0, learningRate: rate };
  const training = (sampled ? onSampled : onAll)(engine, train, first, config);
  const tape = new Tape(engine);
  for (const rows of order) {
    const steps = stopwatch();
    for (let from = 0; from < rows.length; from += batch) {
      tape.reset();
      training.step(tape, rows.subarray(from, from + batch));
    }
    seconds += steps();
    await Promise.resolve();
    yield { seconds, a: unitRows(training.vectors) };
    seconds = 0;
  }
  engine.heap.release(mark);
}

interface Training {
  readonly vectors: Floats;
  step(tape: Tape, rows: Int32Array): void;
}

function onAll(engine: Engine, train: Csr, a: Float32Array, config: ElsaConfig): Training {
  const model = new Elsa(engine, a, train.cols, factors, true);
  const adam = new Adam(engine, model.parameters, config);
  return {
    vectors: model.itemVectors.data,
    step(tape, rows) {
      const x = tape.sparseInput(train, rows);
      tape.backward(elsaLoss(tape, model.encode(tape, x), model.itemVectors, x, null, config));
      adam.step();
    },
  };
}

function onSampled(engine: Engine, train: Csr, a: Float32Array, config: ElsaConfig): Training {
  const learner = sampledElsa({ train, validation: train }, { ...config, maxOutput: columns }, a, new Random(8));
  const rows = new LazyRows(engine, learner.workingSets!, adamRule(engine, config));
  return {
    vectors: a,
    step(tape, batch) {
      tape.backward(learner.step(tape, batch, 0));
      rows.step();
    },
  };
}

/** Seconds from now on, by the clock that was asked for. */
function stopwatch(): () => number {
  const [began, computed] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(computed);
    return options.clock === "processor" ? (user + system) / 1e6 : (performance.now() - began) / 1000;
  };
}

async function* theirs(kind: string, { opened, folder }: Start, rate: number, batch: number): Epochs {
  const child = spawn(findPython(), ["-u", SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"], cwd: dirname(SCRIPT),
    env: { ...process.env, OMP_NUM_THREADS: String(threads), LD_PRELOAD: findTcmalloc(), PYTHONDONTWRITEBYTECODE: "1" },
  });
  const items = opened.split.train.cols;
  const job = { folder, kind, items, factors, epochs, batch, columns, rate, clock: options.clock };
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
      evaluateRanking(scorer, new Elsa(scorer, epoch.a, train.cols, factors), some(validation)).ndcg.mean);
    points.push({ seconds, ndcg });
    if (options.points) console.log(`    ${seconds.toFixed(2)} s  ${ndcg.toFixed(4)}`);
  }
  const best = Math.max(...points.map(({ ndcg }) => ndcg));
  const took = `${seconds.toFixed(1)} s for ${points.length} epochs`;
  console.log(`  ${name.padEnd(21)}${settings.padEnd(24)}best ${best.toFixed(4)}, ${took}`);
  return { name, settings, points };
}

const ratio = (mine: number, s: number): string =>
  (Number.isFinite(mine) && Number.isFinite(s) ? (mine / s).toFixed(2) : "–");

/** Seconds until a curve first reaches a value, in proportion between two epochs; infinite if it never does. */
function secondsTo({ points }: Curve, value: number): number {
  const at = points.findIndex(({ ndcg }) => ndcg >= value);
  if (at < 0) return Infinity;
  const [before, after] = [at > 0 ? points[at - 1] : { seconds: 0, ndcg: 0 }, points[at]];
  return before.seconds + (after.seconds - before.seconds) * (value - before.ndcg) / (after.ndcg - before.ndcg);
}

/** One order of the training rows an epoch, or pieces of them. */
function orders(random: Random, rows: number): Int32Array[] {
  const size = piece || rows;
  const out: Int32Array[] = [];
  while (out.length < epochs) {
    const order = random.shuffle(Int32Array.from({ length: rows }, (_, r) => r));
    for (let from = 0; from + size <= rows && out.length < epochs; from += size) {
      out.push(order.subarray(from, from + size));
    }
  }
  return out;
}

/** The first of the validation users, as many as are scored. */
function some({ users, input, target }: HeldOut): HeldOut {
  const rows = Int32Array.from({ length: scored > 0 ? Math.min(scored, input.rows) : input.rows }, (_, r) => r);
  const [given, found] = [csrSelectRows(input, rows), csrSelectRows(target, rows)];
  return { users: users.subarray(0, rows.length), input: given, target: found };
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
    order: orders(random, train.rows),
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
      for (const own of OURS.filter(({ name }) => wanted(name))) {
        curves.push(await curve(own.name, settings, ours(engine, start, rate, batch, own), scorer, start));
      }
      for (const kind of THEIRS.filter((kind) => wanted(`PyTorch ${kind}`))) {
        curves.push(await curve(`PyTorch ${kind}`, settings, theirs(kind, start, rate, batch), scorer, start));
      }
    }
  }
  engine.close();
  rmSync(scratch, { recursive: true });
  show(curves);
}

/** The seconds to each mark, ours over theirs, and the picture. */
function show(curves: readonly Curve[]): void {
  const best = Math.max(...curves.flatMap(({ points }) => points.map(({ ndcg }) => ndcg)));
  console.log(`\nseconds to a share of the best validation nDCG@20 of all, ${best.toFixed(4)}`);
  const names = [...new Set(curves.map(({ name }) => name))];
  const times = new Map(names.map((name) => [name, MARKS.map((share) =>
    Math.min(...curves.filter((one) => one.name === name).map((one) => secondsTo(one, share * best))))]));
  console.log(`  ${"".padEnd(21)}${MARKS.map((share) => `${100 * share} %`.padStart(10)).join("")}`);
  const own = names.filter((name) => !name.startsWith("PyTorch"));
  for (const [name, taken] of times) {
    const cells = taken.map((s) => (Number.isFinite(s) ? `${s.toFixed(2)} s` : "never").padStart(10)).join("");
    const shares = own.map((mine) => `${mine} ${taken.map((s, m) => ratio(times.get(mine)![m], s)).join(" ")}`);
    console.log(`  ${name.padEnd(21)}${cells}${own.includes(name) ? "" : `   ours ÷ theirs: ${shares.join(", ")}`}`);
  }
  const shown = names.map((name) => curves.filter((one) => one.name === name)
    .reduce((a, b) => (secondsTo(b, MARKS[2] * best) < secondsTo(a, MARKS[2] * best) ? b : a)));
  writeFileSync(options.svg, curvesPicture(shown, MARKS.map((share) => share * best)));
  console.log(`\nThe curves: ${options.svg}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
