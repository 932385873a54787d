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

/** Longer lists are sorted. */
const LONG = 256;
/** Best of a member in GFAR. */
const BORDA = 20;

/** An item of a group's list. */
export interface AggregatedItem {
  readonly item: number;
  /** What the rule said of it when it was taken: the expression above that is largest. */
  readonly worth: number;
}

/** Item numbers, best first. @param ratings (members, I). @param allowed which items may be listed. */
export function aggregate(
  ratings: readonly ArrayLike<number>[], rule: Aggregation, n: number, allowed: (item: number) => boolean = () => true,
): number[] {
  const items = Array.from({ length: ratings[0].length }, (_, i) => i).filter(allowed);
  return aggregateAmong(ratings, rule, n, items).map(({ item }) => item);
}

/** The same with what each item is worth. @param items that may be listed, ascending. */
export function aggregateAmong(
  ratings: readonly ArrayLike<number>[], rule: Aggregation, n: number, items: ArrayLike<number>,
): AggregatedItem[] {
  const folded = (start: number, fold: (sum: number, r: number) => number) => (i: number): number => {
    let value = start;
    for (const one of ratings) value = fold(value, one[i]);
    return value;
  };
  switch (rule) {
    case "add": return ranked(items, folded(0, (sum, r) => sum + r), n);
    case "multiply": return ranked(items, folded(1, (product, r) => product * r), n);
    case "least-misery": return ranked(items, folded(Infinity, Math.min), n);
    case "most-pleasure": return ranked(items, folded(-Infinity, Math.max), n);
    case "gfar": return gfar(ratings, items, n);
    case "ep-fuzz-da": return equalParts(ratings, items, n);
  }
}

/** The n of the largest worth, equal ones by number. */
function ranked(items: ArrayLike<number>, worthOf: (i: number) => number, n: number): AggregatedItem[] {
  if (n <= LONG) return inserted(items, worthOf, n);
  const all = Array.from(items, (item) => ({ item, worth: worthOf(item) }));
  return all.sort((a, b) => b.worth - a.worth || a.item - b.item).slice(0, n);
}

/** The same by insertion: most items fail one comparison. */
function inserted(items: ArrayLike<number>, worthOf: (i: number) => number, n: number): AggregatedItem[] {
  const list: AggregatedItem[] = [];
  for (let q = 0; q < items.length; q++) {
    const [item, worth] = [items[q], worthOf(items[q])];
    if (list.length === n && !(worth > list[n - 1].worth)) continue;
    let at = list.length === n ? n - 1 : list.length;
    while (at > 0 && list[at - 1].worth < worth) {
      list[at] = list[at - 1];
      at--;
    }
    list[at] = { item, worth };
  }
  return list;
}

function gfar(ratings: readonly ArrayLike<number>[], items: ArrayLike<number>, n: number): AggregatedItem[] {
  const shares = ratings.map((one) => {
    const best = ranked(items, (i) => one[i], BORDA);
    const sum = (best.length * (best.length + 1)) / 2;
    return new Map(best.map(({ item }, place) => [item, (best.length - place) / sum]));
  });
  const none = ratings.map(() => 1);
  return greedily(items, n, (i) => shares.reduce((sum, one, m) => sum + (one.get(i) ?? 0) * none[m], 0),
    (i) => shares.forEach((one, m) => { none[m] *= 1 - (one.get(i) ?? 0); }));
}

function equalParts(ratings: readonly ArrayLike<number>[], items: ArrayLike<number>, n: number): AggregatedItem[] {
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
  items: ArrayLike<number>, n: number, worth: (i: number) => number, take: (i: number) => void,
): AggregatedItem[] {
  const left = new Set(Array.from(items));
  const list: AggregatedItem[] = [];
  while (list.length < n && left.size > 0) {
    let [best, most] = [-1, -Infinity];
    for (const i of left) {
      const value = worth(i);
      if (value > most) [best, most] = [i, value];
    }
    left.delete(best);
    take(best);
    list.push({ item: best, worth: most });
  }
  return list;
}
