/**
 * Measures a ladder: every rung is verified first; then the rungs take turns, round after round, and the peak that they
 * are compared with takes its turn among them. The best turn of each counts, since a neighbour on the same machine can
 * only add to a time; a median would say as much about the neighbour as about the rung.
 */
export interface Rung {
  readonly name: string;
  /** The file it is in, from bench/ladder. */
  readonly file: string;
  /** What is new, in a few words. */
  readonly idea: string;
  readonly threads: number;
  run(): void;
  /** Throws unless the last run's result is right. */
  check(): void;
}

export interface Ladder {
  readonly name: string;
  readonly title: string;
  /** Operations (or bytes) of one run that are of use, and the unit of 10⁹ of them a second. */
  readonly work: number;
  readonly unit: "GFLOP/s" | "GB/s";
  readonly rungs: readonly Rung[];
}

export interface Height {
  readonly rung: Rung;
  readonly ms: number;
  /** In the ladder's unit. */
  readonly rate: number;
  /** Of the peak of as many cores as the rung has threads, 0 … 1. */
  readonly ofPeak: number;
}

export interface Climb {
  readonly ladder: Ladder;
  /** Of one core, in the ladder's unit. */
  readonly peak: number;
  readonly heights: readonly Height[];
}

const ROUNDS = 24;
/** A fast rung's turn: long enough for V8 to have compiled it twice, and for the clock. */
const TURN_MS = 25;
/** A slow rung takes its turn in so many rounds only. */
const SLOW_MS = 400;
const SLOW_ROUNDS = 2;

/** @param measurePeak the peak of one core, measured now. */
export async function climb(ladder: Ladder, measurePeak: () => number): Promise<Climb> {
  const { rungs, work } = ladder;
  const best = rungs.map(({ run, check, threads }) => {
    const ms = turn(run, threads);
    check();
    return ms;
  });
  let peak = 0;
  for (let round = 0; round < ROUNDS; round++) {
    peak = Math.max(peak, measurePeak());
    for (const [i, { run, threads }] of rungs.entries()) {
      if (best[i] < SLOW_MS || round < SLOW_ROUNDS) best[i] = Math.min(best[i], turn(run, threads));
      // Helpers that a call woke fall asleep on a turn of the event loop.
      await new Promise((resolve) => { setTimeout(resolve, 2); });
    }
  }
  const heights = rungs.map((rung, i) => {
    const rate = work / best[i] / 1e6;
    return { rung, ms: best[i], rate, ofPeak: rate / (peak * rung.threads) };
  });
  return { ladder, peak, heights };
}

/**
 * The shortest of the runs of one turn, in ms. On one thread a run takes the processor time of the process, if that is
 * less than what the clock says: a neighbour that was given the core meanwhile does not count.
 */
export function turn(run: () => void, threads: number): number {
  const start = performance.now();
  let shortest = Infinity;
  do {
    const [before, computed] = [performance.now(), process.cpuUsage()];
    run();
    const wall = performance.now() - before;
    const { user, system } = process.cpuUsage(computed);
    shortest = Math.min(shortest, threads > 1 ? wall : Math.min(wall, (user + system) / 1000));
  } while (performance.now() - start < TURN_MS);
  return shortest;
}
