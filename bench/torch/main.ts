/**
 * npm run bench:torch [-- words] [--quick] [--json FILE] [--threads N]
 *
 * The same work by us and by PyTorch, pair by pair: ours, theirs, ours, theirs …, each in its own process, the other
 * one asleep. First both must compute the same: the values of their first two steps may differ by 1e-4 of their size.
 * A ratio is the median over rounds of ours / theirs, so that a machine that slows down slows both sides.
 *
 * What counts as theirs: PyTorch with OpenBLAS, tcmalloc preloaded and as many threads as ours ("tuned"), or with
 * glibc's malloc ("untuned"). Their dense batch is made before the clock starts; ours is gathered within it.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { quartiles } from "../harness.js";
import { machineLine } from "../machine.js";
import { duration } from "../report.js";
import { openWorkbench, type Workbench } from "../workbench.js";
import { duels, type Duel, type Opponent } from "./duels.js";
import { findPython, findTcmalloc, Torch, type Hello } from "./python.js";

/** Allowed difference of the values of the two sides, relative. */
const SAME = 1e-4;
/** Short work is repeated until a turn takes about this long; the turn counts with its median. */
const TURN_MS = 200;
/** Work that takes longer runs once before it counts, and then twice. */
const LONG_MS = 8000;
/** After a turn OpenMP's threads spin for a while. */
const SETTLE_MS = 30;

interface Outcome {
  name: string;
  oursMs: { median: number; low: number; high: number };
  targetMs?: number;
  /** Of the first two steps: ours. */
  values: number[];
  theirs: {
    label: string;
    ms: { median: number; low: number; high: number };
    /** Ours / theirs. */
    ratio: number;
    target?: number;
    /** Largest relative difference of the values. */
    difference: number;
  }[];
}

interface Side {
  turn(repeat: number): Promise<{ times: number[]; value: number }>;
}

async function runDuel(duel: Duel, bench: Workbench, tuned: Torch, untuned: Torch, quick: boolean): Promise<Outcome> {
  const mark = bench.one.heap.mark();
  const { run, sizes, arrays } = duel.prepare(bench);
  const opponents = quick ? duel.opponents.filter((o) => o.tuned) : duel.opponents;
  const processOf = (opponent: Opponent): Torch => opponent.tuned ? tuned : untuned;
  for (const opponent of opponents) {
    await processOf(opponent).load(opponent.label, opponent.what, duel.threads, sizes, arrays);
  }
  const ours: Side = {
    turn(repeat) {
      const times = [];
      let value = NaN;
      for (let i = 0; i < repeat; i++) {
        const start = performance.now();
        value = run();
        times.push(performance.now() - start);
      }
      return Promise.resolve({ times, value });
    },
  };
  const theirs = opponents.map((opponent): Side => ({
    turn: (repeat) => processOf(opponent).run(opponent.label, repeat),
  }));

  const first = await twoSteps(ours);
  const differences: number[] = [];
  for (const [i, side] of theirs.entries()) {
    const other = await twoSteps(side);
    const difference = Math.max(...other.values.map((v, s) => Math.abs(first.values[s] - v) / Math.abs(v)));
    if (!(difference <= SAME)) {
      throw new Error(
        `${duel.name}: PyTorch ${opponents[i].label} does not compute the same: ${other.values.join(", ")}, ` +
        `ours ${first.values.join(", ")}`,
      );
    }
    differences.push(difference);
  }

  const repeat = Math.max(1, Math.min(50, Math.round(TURN_MS / first.ms)));
  const rounds = first.ms > LONG_MS ? 2 : quick ? 3 : first.ms > 1000 ? 7 : 11;
  const ourTimes: number[] = [];
  const theirTimes: number[][] = theirs.map(() => []);
  const ratios: number[][] = theirs.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, side] of theirs.entries()) {
      const mine = await turn(ours, repeat);
      const other = await turn(side, repeat);
      ourTimes.push(mine);
      theirTimes[i].push(other);
      ratios[i].push(mine / other);
    }
  }
  for (const opponent of opponents) await processOf(opponent).drop(opponent.label);
  bench.one.heap.release(mark);
  return {
    name: duel.name,
    oursMs: quartiles(ourTimes),
    targetMs: duel.targetMs,
    values: first.values,
    theirs: opponents.map(({ label, target }, i) => ({
      label, target, ms: quartiles(theirTimes[i]), ratio: quartiles(ratios[i]).median, difference: differences[i],
    })),
  };
}

/** The values of the first two steps, and a first idea of the time. They warm up, too; long work needs no second. */
async function twoSteps(side: Side): Promise<{ values: number[]; ms: number }> {
  const one = await side.turn(1);
  if (one.times[0] > LONG_MS) return { values: [one.value], ms: one.times[0] };
  const two = await side.turn(1);
  return { values: [one.value, two.value], ms: Math.min(...one.times, ...two.times) };
}

async function turn(side: Side, repeat: number): Promise<number> {
  await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS); });
  return quartiles((await side.turn(repeat)).times).median;
}

function lines({ name, oursMs, targetMs, theirs, values }: Outcome): string {
  const span = ({ median, low, high }: Outcome["oursMs"]): string =>
    `${duration(median).padStart(9)}  (${duration(low)} – ${duration(high)})`.padEnd(34);
  const verdict = (value: number, target: number | undefined, unit = ""): string =>
    target === undefined ? "" : `target ≤ ${target}${unit}: ${value <= target ? "reached" : "not reached"}`;
  const worst = Math.max(...theirs.map((t) => t.difference));
  return [
    `${name}   [same values: ${values.map((v) => v.toPrecision(6)).join(", ")}; within ${worst.toExponential(0)}]`,
    `  ${"ours".padEnd(27)}${span(oursMs)}${" ".repeat(18)}${verdict(oursMs.median, targetMs, " ms")}`,
    ...theirs.map(({ label, ms, ratio, target }) =>
      `  ${`PyTorch ${label}`.padEnd(27)}${span(ms)}${`ours/theirs ${ratio.toFixed(2)}`.padEnd(18)}` +
      verdict(ratio, target)),
  ].map((line) => line.trimEnd()).join("\n");
}

function helloLine({ torch, blas, tcmalloc, vectors }: Hello): string {
  return `PyTorch ${torch}, ${blas.join(" + ") || "no BLAS library"}, ${vectors.join()}${tcmalloc ? ", tcmalloc" : ""}`;
}

async function main(): Promise<void> {
  const { values, positionals: words } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: "boolean", default: false }, json: { type: "string" }, threads: { type: "string" } },
  });
  const python = findPython();
  const tcmalloc = findTcmalloc();
  const bench = openWorkbench({
    quick: values.quick, ...values.threads === undefined ? {} : { threads: Number(values.threads) },
  });
  const wanted = duels(bench.threads).filter(({ name }) => words.length === 0 || words.some((w) => name.includes(w)));
  if (wanted.length === 0) throw new RangeError(`nothing is called ${words.join(" or ")}`);

  const tuned = await Torch.open(python, bench.threads, tcmalloc);
  const untuned = await Torch.open(python, bench.threads, null);
  try {
    if (!tuned.hello.tcmalloc) throw new Error(`${tcmalloc} was preloaded but is not in use: that would be unfair`);
    console.log(`${machineLine(bench.machine)}, ${bench.threads} threads`);
    console.log(`${helloLine(tuned.hello)}, ${bench.threads} threads\n`);
    const outcomes = [];
    for (const duel of wanted) {
      const outcome = await runDuel(duel, bench, tuned.torch, untuned.torch, values.quick);
      outcomes.push(outcome);
      console.log(lines(outcome));
    }
    if (values.json !== undefined) {
      const run = { machine: bench.machine, torch: tuned.hello, threads: bench.threads, quick: values.quick, outcomes };
      writeFileSync(values.json, `${JSON.stringify(run, null, 1)}\n`);
    }
  } finally {
    tuned.torch.close();
    untuned.torch.close();
    bench.all.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
