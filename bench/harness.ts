/**
 * One way to measure everything: verify, warm up, time. Benchmark.js takes the samples; this file refuses to time a
 * wrong kernel, keeps the median and the quartiles (a mean says little on a busy machine), and turns them into rates.
 */
import Benchmark from "benchmark";
import type { Peaks } from "./calibrate.js";
import type { Machine } from "./machine.js";

/** What one call has to do at the least. A case bound by arithmetic states FLOPs, one bound by memory states bytes. */
export type Work = { flops: number } | { bytes: number } | null;

/** One way to do the work of a case. Called again and again; the same work every time. */
export interface Contender {
  /** "simd", "plain", "tfjs wasm" … */
  readonly name: string;
  readonly threads: number;
  run(): void;
  /** Before and after this contender is timed: take and give back what it needs. */
  open?(): void;
  close?(): void;
}

/** A case is made only when it is wanted: its inputs may take a gigabyte. */
export interface Case {
  readonly name: string;
  prepare(): Prepared | Promise<Prepared>;
}

export interface Prepared {
  readonly work: Work;
  /** Throws when a contender's result differs from the plain kernel's. */
  verify(): void;
  /** The first is what the others' speeds are compared with. */
  readonly contenders: readonly Contender[];
}

export interface Result {
  case: string;
  contender: string;
  threads: number;
  medianMs: number;
  /** First and third quartile. */
  lowMs: number;
  highMs: number;
  samples: number;
  /** GFLOP/s or GB/s, by `unit`. */
  rate: number | null;
  unit: "GFLOP/s" | "GB/s" | null;
  /** Of the machine's peak in this run, 0 … 1. */
  ofPeak: number | null;
  /** Speed as a multiple of the case's first contender. */
  speed: number;
}

/** A whole run, as kept in JSON. */
export interface Run {
  machine: Machine;
  peaks: Peaks;
  quick: boolean;
  results: Result[];
}

export interface Patience {
  /** Fewer and shorter samples: for a first look, not for a table. */
  readonly quick: boolean;
  /** Resolves when all helper threads serve: a timed call never lets the event loop turn, which starts them. */
  readonly ready: () => Promise<void>;
}

/** WebAssembly is compiled twice, the second time in the background: run for this long before timing. */
const WARM_UP_MS = 120;

export async function runCase(bench: Case, peaks: Peaks, machine: Machine, patience: Patience): Promise<Result[]> {
  const results: Result[] = [];
  const { work, verify, contenders } = await bench.prepare();
  verify();
  for (const contender of contenders) {
    contender.open?.();
    try {
      const times = await sample(contender, patience);
      results.push(toResult(bench.name, work, contender, times, results[0], peaks, machine));
    } finally {
      contender.close?.();
    }
  }
  return results;
}

async function sample({ name, run, threads }: Contender, { quick, ready }: Patience): Promise<number[]> {
  // Helpers that stopped while something else ran report that on a turn of the event loop.
  await new Promise((resolve) => { setTimeout(resolve, 20); });
  if (threads > 1) await ready();
  const start = performance.now();
  run();
  // A call that takes seconds is its own warm-up.
  while (performance.now() - start < WARM_UP_MS) run();
  const slow = performance.now() - start > 10 * WARM_UP_MS;
  const benchmark = new Benchmark(name, run, {
    minSamples: quick || slow ? 3 : 15, maxTime: quick ? 0.2 : 1.5, minTime: quick ? 0.01 : 0.05,
  });
  benchmark.run({ async: false });
  const error: unknown = (benchmark as Benchmark & { error?: unknown }).error;
  if (error) throw error instanceof Error ? error : new Error(`${name} failed while it was timed`);
  return benchmark.stats.sample.map((seconds) => 1000 * seconds);
}

function toResult(
  caseName: string, work: Work, { name, threads }: Contender, times: number[], first: Result | undefined, peaks: Peaks,
  machine: Machine,
): Result {
  const { median, low, high } = quartiles(times);
  const flops = work && "flops" in work ? work.flops : null;
  const amount = work && "bytes" in work ? work.bytes : flops;
  const rate = amount === null ? null : amount / median / 1e6;
  const core = machine.numerics === "fused" ? peaks.fused ?? peaks.portable : peaks.portable;
  const peak = flops !== null ? threads * core : peaks.copy.find((c) => c.threads === threads)?.rate ?? null;
  return {
    case: caseName, contender: name, threads, medianMs: median, lowMs: low, highMs: high, samples: times.length,
    rate, unit: rate === null ? null : flops !== null ? "GFLOP/s" : "GB/s",
    ofPeak: rate === null || peak === null ? null : rate / peak,
    speed: first ? first.medianMs / median : 1,
  };
}

export function quartiles(times: readonly number[]): { median: number; low: number; high: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** Fills outputs that the plain kernel is too slow to compute in full. */
export const NOT_COMPUTED = NaN;
