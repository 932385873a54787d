/**
 * Splitting: is a concept spread over several neurons? A union fires where any of its neurons does, each above its own
 * threshold. Greedily, on one half of the items: from the concept's 20 best neurons the one that raises the union's F1
 * most is added, at most five, while it rises by 0.03; one neuron and the union are then scored on the other half.
 */
import type { Csr } from "../../base/csr.js";
import { firingScore } from "./firing-threshold.js";
import { membersOf, type FitTable, type HeldOutF1 } from "./held-out-f1.js";
import { eachHalf, type ItemHalves } from "./item-halves.js";

/** Whether concepts take one neuron or several (docs/method.md §15.2). */
export interface Splitting {
  /** Means over concepts and ways: F1 of the best neuron, and of the union. */
  readonly single: number;
  readonly union: number;
  /** Neurons in a union. */
  readonly neurons: number;
  /** Share of concepts whose union has more than one. */
  readonly split: number;
}

const CANDIDATES = 20;
const MOST = 5;
const LEAST_GAIN = 0.03;

/**
 * Whether several neurons together tell a concept better than the best one (docs/method.md §15.2).
 *
 * @param found of `table`, for its concepts.
 */
export function splitting(table: FitTable, found: HeldOutF1, truth: Csr, half: ItemHalves): Splitting {
  const members = membersOf(truth, half);
  const halves = eachHalf(half);
  let [single, union, neurons, split] = [0, 0, 0, 0];
  const ways = 2 * found.concepts.length;
  for (const { concept } of found.concepts) {
    const positive = new Uint8Array(truth.rows);
    for (const item of members[concept]) positive[item] = 1;
    for (const way of [0, 1] as const) {
      const chosen = greedyUnion(table, concept, way, positive, halves[way]);
      const score = (some: readonly Uint8Array[]): number => unionF1(some, positive, halves[1 - way]);
      single += score(chosen.slice(0, 1)) / ways;
      union += score(chosen) / ways;
      neurons += chosen.length / ways;
      split += (chosen.length > 1 ? 1 : 0) / ways;
    }
  }
  return { single, union, neurons, split };
}

/** Where each chosen neuron fires, (I) each. */
function greedyUnion(
  { activations, f1, threshold }: FitTable, concept: number, way: 0 | 1, positive: Uint8Array, fit: Int32Array,
): Uint8Array[] {
  const { columns, floor } = activations;
  const row = f1[way].subarray(concept * columns, (concept + 1) * columns);
  const best = Array.from(row.keys()).filter((c) => row[c] > 0).sort((a, b) => row[b] - row[a] || a - b);
  const left = best.slice(0, CANDIDATES).map((column) => {
    const cut = threshold[way][concept * columns + column];
    return Uint8Array.from(activations.column(column), (v) => (v > cut && v > floor ? 1 : 0));
  });
  const chosen: Uint8Array[] = [];
  for (let reached = 0; chosen.length < MOST && left.length > 0;) {
    const tried = left.map((one) => unionF1([...chosen, one], positive, fit));
    const at = tried.reduce((a, value, k) => (value > tried[a] ? k : a), 0);
    if (chosen.length > 0 && tried[at] < reached + LEAST_GAIN) break;
    reached = tried[at];
    chosen.push(...left.splice(at, 1));
  }
  return chosen;
}

function unionF1(fires: readonly Uint8Array[], positive: Uint8Array, items: Int32Array): number {
  let [hits, fired, positives] = [0, 0, 0];
  for (const item of items) {
    const on = fires.some((one) => one[item] === 1);
    positives += positive[item];
    if (on) fired++;
    if (on && positive[item] === 1) hits++;
  }
  return firingScore(hits, fired, positives).f1;
}
