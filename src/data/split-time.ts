/**
 * A split by time: what came before a moment is known, what came after is to be found. It asks what a service is asked
 * every day, where the split by users (split-users.ts) asks about people never seen; people here are in several parts.
 *
 *   train        everything before t₁          t₁, t₂: the moments before which 80 % and 90 % of all interactions lie
 *   validation   input before t₁, target from t₁ to t₂, of users who have both
 *   test         input before t₂, target from t₂ on, of users who have both
 */
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Dataset, HeldOut, Split } from "./dataset.js";

export interface TimeSplitOptions {
  /** Share of all interactions, the second last; default 0.1. */
  readonly validationShare?: number;
  /** Share of all interactions, the last; default 0.1. */
  readonly testShare?: number;
}

/** @throws UserError when the data set has no times, or a part would have no user. */
export function splitByTime(dataset: Dataset, options: TimeSplitOptions = {}): Split {
  const { interactions: x, times, strengths, name } = dataset;
  const { validationShare = 0.1, testShare = 0.1 } = options;
  if (!times) throw new UserError(`${name} was read without times, which a split by time needs`);
  if (!(validationShare > 0 && testShare > 0 && validationShare + testShare < 1)) {
    throw new UserError(`shares of ${validationShare} and ${testShare} leave nothing: expected less than 1 together`);
  }
  const sorted = times.slice().sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const [first, second] = [at(1 - validationShare - testShare), at(1 - testShare)];
  const everybody = Int32Array.from({ length: x.rows }, (_, u) => u);
  const before = entries(x, everybody, (q) => times[q] < first, strengths);
  const trainUsers = everybody.filter((u) => before.indptr[u + 1] > before.indptr[u]);
  const train = entries(x, trainUsers, (q) => times[q] < first, strengths);
  const part = (from: number, to: number): HeldOut => {
    const has = (u: number, test: (time: number) => boolean): boolean => {
      for (let q = x.indptr[u]; q < x.indptr[u + 1]; q++) if (test(times[q])) return true;
      return false;
    };
    const users = everybody.filter((u) => has(u, (t) => t < from) && has(u, (t) => t >= from && t < to));
    return {
      users, input: entries(x, users, (q) => times[q] < from),
      target: entries(x, users, (q) => times[q] >= from && times[q] < to),
    };
  };
  const [validation, test] = [part(first, second), part(second, Infinity)];
  if (trainUsers.length === 0 || validation.users.length === 0 || test.users.length === 0) {
    throw new UserError(
      `${name}: a split by time gives ${trainUsers.length} users for training, ${validation.users.length} for ` +
      `validation and ${test.users.length} for the test; each part needs at least one who comes back: split by users`,
    );
  }
  const { values, ...binary } = train;
  const strong = values ? { strengths: values } : {};
  return { trainUsers, train: { ...binary, values: null }, ...strong, validation, test, byTime: true };
}

/** Some rows, and of them the entries that are wanted; with the strengths as values where there are any. */
function entries(x: Csr, users: Int32Array, wanted: (q: number) => boolean, strengths?: Float32Array): Csr {
  const indptr = new Int32Array(users.length + 1);
  users.forEach((u, r) => {
    let many = 0;
    for (let q = x.indptr[u]; q < x.indptr[u + 1]; q++) if (wanted(q)) many++;
    indptr[r + 1] = indptr[r] + many;
  });
  const kept = new Int32Array(indptr[users.length]);
  let to = 0;
  for (const u of users) for (let q = x.indptr[u]; q < x.indptr[u + 1]; q++) if (wanted(q)) kept[to++] = q;
  return {
    rows: users.length, cols: x.cols, indptr, indices: kept.map((q) => x.indices[q]),
    values: strengths ? Float32Array.from(kept, (q) => strengths[q]) : null,
  };
}

/** All that is known of held-out users: input and target together, items ascending. */
export function inputAndTarget({ input, target }: HeldOut): Csr {
  const indptr = Int32Array.from(input.indptr, (at, r) => at + target.indptr[r]);
  const indices = new Int32Array(indptr[input.rows]);
  for (let r = 0; r < input.rows; r++) {
    const own = input.indices.subarray(input.indptr[r], input.indptr[r + 1]);
    indices.set(own, indptr[r]);
    indices.set(target.indices.subarray(target.indptr[r], target.indptr[r + 1]), indptr[r] + own.length);
    indices.subarray(indptr[r], indptr[r + 1]).sort();
  }
  return { rows: input.rows, cols: input.cols, indptr, indices, values: null };
}
