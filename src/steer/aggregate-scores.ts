/**
 * One list from several people's scores (docs/method.md §10). r_mi are member m's scores in [0, 1].
 *
 *   add Σ   multiply Π   least-misery min   most-pleasure max
 *   gfar        p_m by Borda weights of the member's 20 best; next is the largest Σ_m p_m(i)·none_m,
 *               none_m ← none_m(1 − p_m(i))
 *   ep-fuzz-da  next is the largest Σ_m min(r_mi, max(0, (Σ_m' r_m'i + tot)/|g| − got_m)): everybody gets an equal part
 *
 * Ties go to the lower item.
 */
export const aggregations = ["add", "multiply", "least-misery", "most-pleasure", "gfar", "ep-fuzz-da"] as const;
/** A rule by which the scores of several people become one. */
export type Aggregation = (typeof aggregations)[number];

/** Best of a member in GFAR. */
const BORDA = 20;

/** Item numbers, best first. @param ratings (members, I). @param allowed which items may be listed. */
export function aggregate(
  ratings: readonly ArrayLike<number>[], rule: Aggregation, n: number, allowed: (item: number) => boolean = () => true,
): number[] {
  const items = Array.from({ length: ratings[0].length }, (_, i) => i).filter(allowed);
  const of = (i: number): number[] => ratings.map((one) => one[i]);
  switch (rule) {
    case "add": return ranked(items, (i) => of(i).reduce((sum, r) => sum + r, 0), n);
    case "multiply": return ranked(items, (i) => of(i).reduce((product, r) => product * r, 1), n);
    case "least-misery": return ranked(items, (i) => Math.min(...of(i)), n);
    case "most-pleasure": return ranked(items, (i) => Math.max(...of(i)), n);
    case "gfar": return gfar(ratings, items, n);
    case "ep-fuzz-da": return equalParts(ratings, items, n);
  }
}

function ranked(items: readonly number[], worth: (i: number) => number, n: number): number[] {
  return items.map((i) => ({ i, worth: worth(i) })).sort((a, b) => b.worth - a.worth || a.i - b.i).slice(0, n)
    .map(({ i }) => i);
}

function gfar(ratings: readonly ArrayLike<number>[], items: readonly number[], n: number): number[] {
  const shares = ratings.map((one) => {
    const best = ranked(items, (i) => one[i], BORDA);
    const sum = (best.length * (best.length + 1)) / 2;
    return new Map(best.map((item, place) => [item, (best.length - place) / sum]));
  });
  const none = ratings.map(() => 1);
  return greedily(items, n, (i) => shares.reduce((sum, one, m) => sum + (one.get(i) ?? 0) * none[m], 0),
    (i) => shares.forEach((one, m) => { none[m] *= 1 - (one.get(i) ?? 0); }));
}

function equalParts(ratings: readonly ArrayLike<number>[], items: readonly number[], n: number): number[] {
  const got = ratings.map(() => 0);
  let total = 0;
  const all = (i: number): number => ratings.reduce((sum, one) => sum + one[i], 0);
  return greedily(items, n,
    (i) => ratings.reduce((sum, one, m) =>
      sum + Math.min(one[i], Math.max(0, (all(i) + total) / ratings.length - got[m])), 0),
    (i) => {
      ratings.forEach((one, m) => { got[m] += one[i]; });
      total += all(i);
    });
}

function greedily(
  items: readonly number[], n: number, worth: (i: number) => number, take: (i: number) => void,
): number[] {
  const left = new Set(items);
  const list: number[] = [];
  while (list.length < n && left.size > 0) {
    let [best, most] = [-1, -Infinity];
    for (const i of left) {
      const value = worth(i);
      if (value > most) [best, most] = [i, value];
    }
    left.delete(best);
    take(best);
    list.push(best);
  }
  return list;
}
