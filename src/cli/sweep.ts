/** unknot sweep: a grid of recommenders and SAEs, in several processes, to a file that can be gone on with. */
import { totalmem } from "node:os";
import type { Command } from "commander";
import type { DataSizes } from "../models/recommenders/record.js";
import { scorers } from "../models/recommenders/scorers.js";
import { availableCores } from "../engine/available-cores.js";
import { chooseNumerics } from "../engine/build.js";
import { MAX_HEAP_BYTES } from "../engine/heap.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import { openData, type DataSource, type OpenedData } from "../data/data-source.js";
import { checkPlan, planMemory } from "../pipeline/plan-memory.js";
import { estimateSweep, type SweepEstimate } from "../sweep/estimate.js";
import { readGrid, type Grid } from "../sweep/grid.js";
import { fingerprint, fingerprintOfData, jobsOf, type Job } from "../sweep/jobs.js";
import { ResultFile, type FailedRun, type SweepResult } from "../sweep/results.js";
import { runSweep, type SweepState } from "../sweep/run-sweep.js";
import { presets } from "../config/presets.js";
import { UserError } from "../base/user-error.js";
import { Interrupted, UsageError, type Context } from "./context.js";
import { whole } from "../base/numbers.js";
import { bytes } from "./tables/format.js";
import {
  addDataOptions, addMachineOptions, addOutputOptions, number, sourceOf, type CommonOptions,
} from "./options.js";
import { duration, type Progress } from "./progress.js";

interface SweepCommandOptions extends CommonOptions {
  out: string;
  seed: number;
  processes?: number;
  memory?: number;
  estimate?: boolean;
  queue?: string;
}

/** Share of this machine's memory that a sweep may take when nothing is said. */
const SHARE = 0.75;
/** A process without models: Node and the program. */
const PROCESS_BYTES = 100 * 2 ** 20;

export function addSweep(command: Command, context: Context): void {
  command
    .argument("<grid.json>", "what to run: grids/paper.json, grids/ml-1m-small.json, or your own");
  addDataOptions(command);
  command
    .option("--out <file>", "results, one JSON line a run; finished runs in it are not repeated", "results.jsonl")
    .option("--seed <n>", "of the split; the grid says the seeds of the training", number(), 42)
    .option("--processes <n>", "at once (default: one for every two cores)", number(1))
    .option("--memory <GiB>", "for all processes together (default: three quarters of this machine's)", number())
    .option("--queue <url>", "put the runs into a queue on this Redis server (redis://HOST:PORT) for `unknot work`, " +
      "instead of doing them here")
    .option("--estimate", "only say how many runs, how long and how much memory");
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
Recommenders' weights are kept in OUT.cfae, where the SAEs on them find them.

Examples:
  unknot sweep grids/ml-1m-small.json --data ml-1m --split ml-1m-split-42.json --out small.jsonl
  unknot sweep grids/paper.json --data ml-25m --estimate
  unknot sweep grids/paper.json --data ml-25m --queue redis://10.0.0.5:6379       (and on each machine: unknot work …)
  unknot compare small.jsonl`)
    .action((file: string, options: SweepCommandOptions) => sweep(file, options, context));
}

async function sweep(file: string, options: SweepCommandOptions, context: Context): Promise<void> {
  const progress = context.progress(options);
  try {
    const grid = await readGrid(file);
    const results = await ResultFile.open(options.out);
    try {
      const plan = await planSweep(grid, options, progress);
      const left = plan.jobs.filter(({ run }) => !results.finished.has(run));
      const estimate = await estimateOf(left, plan.machine, plan.opened.split, progress);
      const all = summaryOf(plan, left, estimate);
      if (options.estimate) {
        progress.clear();
        if (options.json) context.json(all);
        else context.print(linesOf(plan, all).join("\n"));
        return;
      }
      for (const line of linesOf(plan, all)) progress.note(line);
      await runAll(plan, results, left, estimate, options, progress, context);
      if (options.json) context.json({ ...all, finished: plan.jobs.length, out: options.out });
      else {
        const { out } = options;
        context.print(`${whole(plan.jobs.length)} runs in ${out}; look at them with: unknot compare ${out}`);
      }
    } finally {
      await results.close();
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(error.by, `finished runs are in ${options.out}; the same command goes on`);
  } finally {
    progress.clear();
  }
}

interface SweepPlan {
  readonly grid: Grid;
  readonly source: DataSource;
  readonly opened: Pick<OpenedData, "dataset" | "split">;
  /** Fingerprint of the split. */
  readonly name: string;
  readonly jobs: readonly Job[];
  readonly machine: EngineOptions;
  readonly processes: number;
  readonly threads: number;
  /** Bytes for all processes, of a run, and of the largest one. */
  readonly memory: number;
  readonly bytesOf: (job: Job) => number;
  readonly largest: number;
}

/** @throws UserError when the largest run does not fit the memory. */
async function planSweep(grid: Grid, options: SweepCommandOptions, progress: Progress): Promise<SweepPlan> {
  const source = sourceOf(options, options.seed);
  if (!source) throw new UsageError("nothing to train on: give --data FOLDER or --world NAME");
  const cores = availableCores();
  const processes = options.processes ?? Math.max(1, Math.floor(cores / 2));
  const threads = options.threads ?? Math.max(1, Math.floor(cores / processes));
  const memory = options.memory === undefined ? SHARE * totalmem() : options.memory * 2 ** 30;
  const machine = { threads, kernels: options.kernels, numerics: options.numerics };
  const opened = await openData(source, progress.reading);
  progress.clear();
  const { dataset, split } = opened;
  const sizes = {
    items: split.train.cols, users: split.train.rows + split.validation.users.length,
    interactions: dataset.interactions.indices.length,
  };
  const name = fingerprint(split);
  const jobs = jobsOf(grid, { data: name, numerics: chooseNumerics(machine) });
  const bytesOf = (job: Job): number => PROCESS_BYTES + jobBytes(job, sizes);
  const largest = Math.max(...jobs.map(bytesOf));
  if (largest > memory && options.queue === undefined) {
    throw new UserError(
      `the largest run needs ${bytes(largest)}, the budget is ${bytes(memory)}: raise --memory, or leave out the ` +
      "widest models",
    );
  }
  return { grid, source, opened, name, jobs, machine, processes, threads, memory, bytesOf, largest };
}

function summaryOf(
  { grid, jobs, processes, threads, largest }: SweepPlan, left: readonly Job[], estimate: SweepEstimate,
): {
  grid: string; runs: number; finished: number; processes: number; threads: number; largestRunBytes: number;
  seconds: number;
} {
  return {
    grid: grid.name, runs: jobs.length, finished: jobs.length - left.length, processes, threads,
    largestRunBytes: largest, seconds: estimate.seconds / processes,
  };
}

function linesOf({ grid, jobs, memory, largest }: SweepPlan, all: ReturnType<typeof summaryOf>): string[] {
  const counts = ["baseline", "cfae", "sae"].map((kind) => jobs.filter((job) => job.kind === kind).length);
  const { processes, threads } = all;
  return [
    `${grid.name}: ${whole(jobs.length)} runs (${counts[0]} baselines, ${counts[1]} recommenders, ` +
    `${counts[2]} SAEs), ${whole(all.finished)} of them finished`,
    `${processes} process${processes === 1 ? "" : "es"} of ${threads} thread${threads === 1 ? "" : "s"}; the ` +
    `largest run needs ${bytes(largest)}, the budget is ${bytes(memory)}`,
    `about ${duration(1000 * all.seconds)} if no run stops early`,
  ];
}

/** @throws UserError when a run failed. */
async function runAll(
  plan: SweepPlan, results: ResultFile, left: readonly Job[], estimate: SweepEstimate, options: SweepCommandOptions,
  progress: Progress, context: Context,
): Promise<void> {
  const { source, opened, name, jobs, machine, processes, memory, bytesOf } = plan;
  const shared = {
    folder: `${options.out}.cfae`, data: { name: opened.dataset.name, split: name }, bytesOf, signal: context.signal,
    onProgress: watch(progress, left, estimate, processes),
    onFinished: (line: SweepResult | FailedRun) => {
      const outcome = line.kind === "failed" ? `FAILED: ${line.error}` : `nDCG@20 ${line.test.ndcg.mean.toFixed(4)}`;
      progress.note(`  ${line.title}, seed ${line.seed}: ${outcome}`);
    },
  };
  const { queue } = options;
  const failed = queue === undefined
    ? await runSweep(jobs, results, { ...shared, source, engine: machine, processes, memory })
    : await (await import("../queue/queue-sweep.js")).queueSweep(jobs, results, {
      ...shared, address: queue, onNote: (text) => progress.note(text),
      task: {
        kind: "sweep", source, data: fingerprintOfData(opened), kernels: machine.kernels,
        numerics: chooseNumerics(machine),
      },
    });
  progress.clear();
  if (failed.length > 0) {
    throw new UserError(
      `${failed.length} of ${jobs.length} runs failed, the first (${failed[0].title}) with: ${failed[0].error}. ` +
      "The same command tries them again",
    );
  }
}

/** What no engine has is refused by the baseline itself, before it takes anything: its run fails, the others do not. */
function affordable(bytes: number): number {
  return bytes < MAX_HEAP_BYTES ? bytes : 0;
}

/** Memory of a run: its engine's heap and the arrays beside it. */
function jobBytes(job: Job, sizes: DataSizes): number {
  if (job.kind === "baseline") {
    const batch = planMemory(sizes, { ...presets.paper, elsa: { ...presets.paper.elsa, factors: 2 } });
    return batch.evaluation + 16 * sizes.interactions + affordable(scorers.get(job.baseline).bytes(sizes));
  }
  const plan = planMemory(sizes, job.config);
  checkPlan(plan);
  return Math.max(job.kind === "cfae" ? plan.cfae : plan.sae, plan.evaluation) + plan.arrays;
}

async function estimateOf(
  left: readonly Job[], machine: Parameters<typeof openEngine>[0], split: Parameters<typeof estimateSweep>[2],
  progress: Progress,
): Promise<SweepEstimate> {
  if (left.length === 0) return { secondsOf: () => 0, seconds: 0 };
  progress.note("measuring a few steps");
  const engine = openEngine(machine);
  try {
    await engine.ready();
    return await estimateSweep(engine, left, split);
  } finally {
    engine.close();
  }
}

/** The bar over the whole grid: runs weigh what the estimate says, and the time left follows what they really took. */
function watch(
  progress: Progress, left: readonly Job[], { secondsOf, seconds }: SweepEstimate, processes: number,
): (state: SweepState) => void {
  const began = performance.now();
  return ({ running, finished }) => {
    let done = 0;
    let count = 0;
    for (const job of left) {
      if (finished.has(job)) count++;
      done += secondsOf(job) * (finished.has(job) ? 1 : running.get(job) ?? 0);
    }
    const share = seconds > 0 ? done / seconds : 1;
    const passed = (performance.now() - began) / 1000;
    // The estimate alone at first; the pace of the runs themselves as they come in.
    const rest = (1 - share) * (share > 0.02 ? passed / share : seconds / processes);
    const first = running.keys().next().value;
    progress.show(
      `${count}/${left.length} runs`, share, 1,
      `${Math.floor(100 * share)} %  about ${duration(1000 * rest)} left${first ? `  ${first.title}` : ""}`,
    );
  };
}
