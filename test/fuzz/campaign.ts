/**
 * A campaign: rounds of cases on each surface in turn, all from one seed, until its cases or its time are used up.
 * A failing case ends its round, is shrunk, and is reported with what repeats it; the next round goes on elsewhere.
 */
import fc from "fast-check";
import { Random } from "../../src/base/random.js";
import type { OpenSurface, Outcome, Surface } from "./surface.js";

export interface CampaignOptions {
  readonly seed: number;
  /** Rounds of each surface; default: as many as fit the time. */
  readonly rounds?: number;
  /** Cases of a round; default: the surface's own. */
  readonly cases?: number;
  /** Milliseconds for all surfaces together. */
  readonly time?: number;
  /** Called after each round. */
  readonly onRound?: (tally: Tally) => void;
}

export interface Tally {
  readonly surface: string;
  readonly about: string;
  cases: number;
  taken: number;
  refused: number;
  /** Different failures: what was seen first of each. */
  readonly failures: Failure[];
}

export interface Failure {
  readonly surface: string;
  readonly seed: number;
  /** fast-check's way to the smallest failing input. */
  readonly path: string;
  readonly input: string;
  readonly error: string;
}

/** A shrunk input is printed up to so many characters. */
const SHOWN = 3000;

export async function campaign(surfaces: readonly Surface[], options: CampaignOptions): Promise<Tally[]> {
  const { rounds = Infinity, time = Infinity, onRound } = options;
  const end = performance.now() + time;
  const random = new Random(options.seed);
  const open = new Map<Surface, OpenSurface>();
  const tallies = surfaces.map(({ name, about }): Tally =>
    ({ surface: name, about, cases: 0, taken: 0, refused: 0, failures: [] }));
  try {
    for (let round = 0; round < rounds && performance.now() < end; round++) {
      for (const [i, surface] of surfaces.entries()) {
        const seed = random.below(2 ** 31);
        if (performance.now() > end) break;
        if (!open.has(surface)) open.set(surface, await surface.open());
        await runRound(surface, open.get(surface)!, tallies[i], { seed, numRuns: options.cases ?? surface.round });
        onRound?.(tallies[i]);
      }
    }
  } finally {
    for (const one of open.values()) await one.close?.();
  }
  return tallies;
}

/** Runs one failing case again, by the seed and path that were printed. */
export async function replay(surface: Surface, seed: number, path: string): Promise<Tally> {
  const open = await surface.open();
  const tally: Tally = { surface: surface.name, about: surface.about, cases: 0, taken: 0, refused: 0, failures: [] };
  try {
    await runRound(surface, open, tally, { seed, path, endOnFailure: true });
  } finally {
    await open.close?.();
  }
  return tally;
}

async function runRound(
  surface: Surface, open: OpenSurface, tally: Tally, parameters: fc.Parameters<[unknown]>,
): Promise<void> {
  const count: Record<Outcome, number> = { taken: 0, refused: 0 };
  let failed = false;
  const found = await fc.check(fc.asyncProperty(open.inputs, async (input) => {
    try {
      const outcome = await open.check(input);
      if (!failed) count[outcome]++;
    } catch (error) {
      failed = true;
      throw error;
    }
  }), parameters);
  tally.cases += found.numRuns;
  tally.taken += count.taken;
  tally.refused += count.refused;
  if (!found.failed) return;
  const error = found.errorInstance instanceof Error ? found.errorInstance : new Error(String(found.errorInstance));
  const [input] = found.counterexample ?? [];
  const failure = {
    surface: surface.name, seed: found.seed, path: found.counterexamplePath ?? "",
    input: (open.show?.(input) ?? fc.stringify(input)).slice(0, SHOWN), error: error.stack ?? error.message,
  };
  if (!tally.failures.some((other) => signature(other) === signature(failure))) tally.failures.push(failure);
}

/** The same fault, whatever the values in its message: the first line without them, and where it was thrown. */
function signature({ error }: Failure): string {
  const [first, ...lines] = error.split("\n");
  return `${first.replace(/[\d"'].*$/s, "")} ${lines.find((line) => /^\s+at /.test(line)) ?? ""}`;
}
