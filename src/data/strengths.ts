/**
 * How much an interaction counts while a recommender is fitted: by a rating, a count or plays (`weight`), and by how
 * long ago it was (`halfLife`). Afterwards profiles are sets again.
 *
 *   s = f(Σ of the weights of a pair's rows) · 2^(−(latest time of all − latest time of the pair) / half-life)
 *   f(w) = w (linear), log(1 + w) (log), 1 (none)      then divided by the mean, so that λ and losses keep their size
 */
import type { Csr } from "../base/csr.js";
import type { FilteredInteractions, PairList } from "./interactions.js";

/** What becomes of a weight. */
export type WeightKind = "none" | "linear" | "log";

export interface StrengthOptions {
  readonly weight?: WeightKind;
  /** Days after which an interaction counts half; undefined: they never age. */
  readonly halfLife?: number;
}

const DAY = 86_400;

/** A pair's sums and latest time, entry by entry of the filtered matrix. */
export interface EntryFacts {
  /** (nnz) Σ of weights; null where the pairs have none. */
  readonly weights: Float64Array | null;
  /** (nnz) seconds since 1970, the latest of a pair's rows; null where the pairs have none. */
  readonly times: Float64Array | null;
}

/** Goes through the pairs once more: O(pairs · log(row length)). */
export function entryFacts(
  pairs: PairList, filtered: FilteredInteractions, rawUsers: number, rawItems: number,
): EntryFacts {
  if (!pairs.weights && !pairs.times) return { weights: null, times: null };
  const { interactions: x, users, items } = filtered;
  const userOf = inverse(users, rawUsers);
  const itemOf = inverse(items, rawItems);
  const weights = pairs.weights && new Float64Array(x.indices.length);
  const times = pairs.times && new Float64Array(x.indices.length).fill(-Infinity);
  const itemBlocks = pairs.items.filled();
  let p = 0;
  pairs.users.filled().forEach((userBlock, b) => {
    for (let i = 0; i < userBlock.length; i++, p++) {
      const [user, item] = [userOf[userBlock[i]], itemOf[itemBlocks[b][i]]];
      if (user < 0 || item < 0) continue;
      const q = entryAt(x, user, item);
      if (weights) weights[q] += pairs.weights.at(p);
      if (times) times[q] = Math.max(times[q], pairs.times.at(p));
    }
  });
  return { weights, times };
}

/** (nnz) strengths of mean 1; null where every interaction counts the same. */
export function strengthsOf({ weights, times }: EntryFacts, options: StrengthOptions): Float32Array | null {
  const { weight = "none", halfLife } = options;
  const kind = weights ? weight : "none";
  const ages = halfLife !== undefined && times !== null;
  const size = (weights ?? times)?.length ?? 0;
  if ((kind === "none" && !ages) || size === 0) return null;
  const latest = ages ? times.reduce((most, time) => Math.max(most, time), -Infinity) : 0;
  const strengths = new Float64Array(size);
  let sum = 0;
  for (let q = 0; q < size; q++) {
    const base = kind === "none" ? 1 : kind === "linear" ? weights![q] : Math.log1p(weights![q]);
    strengths[q] = ages ? base * 2 ** ((times[q] - latest) / (halfLife * DAY)) : base;
    sum += strengths[q];
  }
  const mean = sum / size;
  // What is older than all half-lives of a single precision must still be more than nothing.
  return Float32Array.from(strengths, (s) => Math.max(s / mean, 1e-6));
}

function entryAt({ indptr, indices }: Csr, row: number, column: number): number {
  let [low, high] = [indptr[row], indptr[row + 1] - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indices[middle] < column) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inverse(kept: Int32Array, size: number): Int32Array {
  const index = new Int32Array(size).fill(-1);
  kept.forEach((raw, i) => {
    index[raw] = i;
  });
  return index;
}
