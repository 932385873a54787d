/**
 * What a knob does where it cannot cheat (docs/method.md §13): each tag's items are halved, the knob is chosen by one
 * half and judged by what it does to the other, which has the tag but not its name. Halves are balanced by popularity:
 * sorted by training users, one of each neighbouring pair at random.
 */
import { csrFromLists, csrRow, type Csr } from "../base/csr.js";
import type { Random } from "../base/random.js";

export interface HiddenHalves {
  /** (T, I) each tag's visible items, with their counts. */
  readonly visible: Csr;
  /** (T, I) */
  readonly hidden: Csr;
}

/** @param counts C, (T, I); @param popularity (I) training users. */
export function hideHalves(counts: Csr, popularity: ArrayLike<number>, random: Random): HiddenHalves {
  const [seen, unseen]: [number[][], number[][]] = [[], []];
  for (let t = 0; t < counts.rows; t++) {
    const items = Array.from(csrRow(counts, t)).sort((a, b) => popularity[b] - popularity[a] || a - b);
    const [here, there]: [number[], number[]] = [[], []];
    for (let i = 0; i < items.length; i += 2) {
      const pair = items.slice(i, i + 2);
      if (random.uniform() < 0.5) pair.reverse();
      here.push(pair[0]);
      if (pair.length > 1) there.push(pair[1]);
    }
    seen.push(here.sort((a, b) => a - b));
    unseen.push(there.sort((a, b) => a - b));
  }
  const visible = csrFromLists(seen, counts.cols);
  const values = Float32Array.from(visible.indices, (item, q) => {
    const t = rowOf(visible, q);
    const at = Array.prototype.indexOf.call(csrRow(counts, t), item);
    return counts.values ? counts.values[counts.indptr[t] + at] : 1;
  });
  return { visible: { ...visible, values }, hidden: csrFromLists(unseen, counts.cols) };
}

/** The row that holds entry q. */
function rowOf({ indptr }: Csr, q: number): number {
  let [low, high] = [0, indptr.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (indptr[middle] <= q) low = middle;
    else high = middle;
  }
  return low;
}
