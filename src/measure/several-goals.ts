/**
 * What is asked for when several tags are turned at once (docs/method.md §13.6): for each tag of a sample, partners
 * that share items with it and partners that do not; all up together, or the last one down.
 *
 *   related     the tags whose presence on items correlates most with those taken so far (φ, the mean over them)
 *   unrelated   the tags for which that correlation is nearest to 0
 *
 * Partners have between half and twice as many items as the first tag, where there are such, since a small tag beside a
 * large one is a question of size; equal ones go by number.
 */
import { csrRow, type Csr } from "../base/csr.js";

/** How the tags belong together, and where they are turned. */
export type SeveralCase = "related, up" | "unrelated, up" | "related, one down" | "unrelated, one down";
export const severalCases: readonly SeveralCase[] =
  ["related, up", "unrelated, up", "related, one down", "unrelated, one down"];

/** Tags that are turned together. */
export interface SeveralGoal {
  readonly which: SeveralCase;
  readonly up: readonly number[];
  /** None or one. */
  readonly down: readonly number[];
}

/** @param counts C, (T, I); @param first a tag of each goal; @param n tags at once, 2 or more. */
export function severalGoals(counts: Csr, first: readonly number[], n: number, minItems: number): SeveralGoal[] {
  const eligible = Array.from({ length: counts.rows }, (_, t) => t).filter((t) => csrRow(counts, t).length >= minItems);
  return first.flatMap((tag) => {
    const size = csrRow(counts, tag).length;
    const alike = eligible.filter((t) => {
      const other = csrRow(counts, t).length;
      return other <= 2 * size && 2 * other >= size;
    });
    const among = alike.length > n ? alike : eligible;
    return [true, false].flatMap((related): SeveralGoal[] => {
      const all = withPartners(counts, tag, among, n, related);
      if (all.length < n) return [];
      const word = related ? "related" : "unrelated";
      return [
        { which: `${word}, up`, up: all, down: [] },
        { which: `${word}, one down`, up: all.slice(0, -1), down: all.slice(-1) },
      ];
    });
  });
}

function withPartners(counts: Csr, tag: number, among: readonly number[], n: number, related: boolean): number[] {
  const taken = [tag];
  const sums = new Map<number, number>();
  while (taken.length < n) {
    const last = taken[taken.length - 1];
    let [best, value] = [-1, -Infinity];
    for (const t of among) {
      if (taken.includes(t)) continue;
      const sum = (sums.get(t) ?? 0) + phi(counts, last, t);
      sums.set(t, sum);
      const fit = related ? sum : -Math.abs(sum);
      if (fit > value) [best, value] = [t, fit];
    }
    if (best < 0) break;
    taken.push(best);
  }
  return taken;
}

/** φ, Pearson's correlation of two tags' presence over items. */
function phi(counts: Csr, s: number, t: number): number {
  const [a, b] = [csrRow(counts, s), csrRow(counts, t)];
  const on = new Set(a);
  let both = 0;
  for (const item of b) if (on.has(item)) both++;
  const I = counts.cols;
  const spread = Math.sqrt(a.length * (I - a.length) * b.length * (I - b.length));
  return spread > 0 ? (I * both - a.length * b.length) / spread : 0;
}
