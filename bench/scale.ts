/**
 * A catalogue of a million items from beginning to end: generate, pack, read, and for dense and sparse ELSA train,
 * export, evaluate, answer one user. MultVAE is trained where --stages names train-mult.
 *
 *   node dist/bench/scale.js [--items 1e6 --users 1e6 --interactions 1e8] [--share 1] [--test 10000] [--threads 2] …
 *
 * Every stage is a process of its own, so that its peak of resident memory is its own; it says wall time, processor
 * time and that peak. What stages make and found lies in --folder (default: one in the system's folder for temporary
 * files): a stage that is done with the same settings is not done again, and a training goes on from its last
 * checkpoint, so that a stopped run goes on where it was. Times and peak are then those of the last process; the
 * seconds of steps beside the course are of all. --for stops a training after so many seconds, with a checkpoint.
 *
 * --share trains an epoch on that share of the training users; a whole epoch's time is then extrapolated from the
 * steps, and said to be. Settings of training are given, not chosen here; quality is that of the test users. Figures:
 * docs/scale.md.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { ask } from "./scale/ask.js";
import { evaluate } from "./scale/evaluate.js";
import { finished, record, shown, type Report } from "./scale/record.js";
import type { Scale } from "./scale/settings.js";
import { trainDense, trainSparse } from "./scale/train.js";
import { trainMult } from "./scale/train-mult.js";
import { makeWorld, readWorld } from "./scale/world.js";

const text = (value: string) => ({ type: "string", default: value } as const);
const { values: options } = parseArgs({
  options: {
    items: text("1e6"), users: text("1e6"), interactions: text("1e8"), concepts: text("600"), seed: text("42"),
    factors: text("128"), hidden: text("128"), rate: text("0.003"), batch: text("256"), columns: text("0"),
    "sparse-factors": text("128"), "sparse-rate": text("0.05"), "non-zeros": text("16"),
    share: text("1"), test: text("10000"), threads: text("2"), checkpoint: text("180"), for: text("0"),
    folder: { type: "string" },
    stages: { type: "string" }, stage: { type: "string" },
  },
});

const { items, users, interactions } = options;
const scale: Scale = {
  ...Object.fromEntries(Object.entries(options)
    .filter(([name]) => !["folder", "stage", "stages"].includes(name))
    .map(([name, value]) => [name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), Number(value)])),
  folder: options.folder ?? join(tmpdir(), `unknot-scale-${items}-${users}-${interactions}`),
} as Scale;

type Setting = keyof Scale;
const SIZES: readonly Setting[] = ["items", "users", "interactions", "concepts", "seed"];
const LOOP: readonly Setting[] = [...SIZES, "batch", "columns", "share", "test", "threads"];
const DENSE: readonly Setting[] = [...LOOP, "factors", "rate"];
const MULT: readonly Setting[] = [...LOOP, "factors", "hidden"];
const SPARSE: readonly Setting[] = [...LOOP, "sparseFactors", "sparseRate", "nonZeros"];

/** In order; each with the settings that what it finds depends on. */
const STAGES: Readonly<Record<string, {
  readonly work: (scale: Scale) => Promise<Report>; readonly settings: readonly Setting[];
}>> = {
  generate: { work: makeWorld, settings: SIZES },
  read: { work: readWorld, settings: [...SIZES, "test"] },
  "train-dense": { work: trainDense, settings: DENSE },
  "ask-dense": { work: (one) => ask(one, "dense"), settings: DENSE },
  "evaluate-dense": { work: (one) => evaluate(one, "dense"), settings: DENSE },
  "train-sparse": { work: trainSparse, settings: SPARSE },
  "ask-sparse": { work: (one) => ask(one, "sparse"), settings: SPARSE },
  "evaluate-sparse": { work: (one) => evaluate(one, "sparse"), settings: SPARSE },
  "train-mult": { work: trainMult, settings: MULT },
};

/** How a process ends whose time was up. */
const STOPPED = 75;

mkdirSync(scale.folder, { recursive: true });
if (options.stage !== undefined) await inThisProcess(options.stage);
else for (const name of options.stages?.split(",") ?? Object.keys(STAGES).slice(0, -1)) inItsOwn(name);

/** Unless it is done: a process that prints how it goes, and leaves its record. */
function inItsOwn(name: string): void {
  if (!Object.hasOwn(STAGES, name)) throw new Error(`no stage ${name}: ${Object.keys(STAGES).join(", ")}`);
  const settings = Object.fromEntries(STAGES[name].settings.map((setting) => [setting, scale[setting]]));
  const before = finished(scale.folder, name, settings);
  if (before) {
    console.log(`${shown(name, before)}  (done before)`);
    return;
  }
  const { status } = spawnSync(
    process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2), "--stage", name],
    { stdio: "inherit" },
  );
  const done = finished(scale.folder, name, settings);
  if (status === STOPPED) process.exit(STOPPED);
  if (status !== 0 || !done) throw new Error(`${name} ended with ${status}`);
  console.log(shown(name, done));
}

async function inThisProcess(name: string): Promise<void> {
  enableRelaxedSimd();
  const { work, settings } = STAGES[name];
  try {
    await record(scale.folder, name, Object.fromEntries(settings.map((one) => [one, scale[one]])), () => work(scale));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "TimeoutError")) throw error;
    console.log(`  stopped after ${scale.for} s: the same command goes on`);
    process.exitCode = STOPPED;
  }
}
