/**
 * Strong generalisation (docs/method.md §1): users are permuted with a seed and cut into train / validation / test; of
 * each held-out user a random fifth of the items, rounded up, becomes the targets and the rest the input.
 */
import type { Csr } from "../base/csr.js";
import { csrRow, csrSelectRows } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { Dataset, HeldOut, Split } from "./dataset.js";

/** How users are split; the defaults are docs/method.md §1. */
export interface SplitOptions {
  readonly seed: number;
  /** Share of the users for validation, rounded down; default 0.1. */
  readonly validationShare?: number;
  /** Share of the users for the test, rounded down; default 0.1. The training part is all others. */
  readonly testShare?: number;
  /** Share of a held-out user's interactions to be found, rounded up; default 0.2. */
  readonly targetShare?: number;
}

/** 0.1 · 10 must be 1 and 0.2 · 5 must be 1, whatever binary fractions make of them. */
const SLACK = 1e-9;
const SHARE = 0.1;
/** Share of a held-out user's interactions to be found. */
export const TARGET_SHARE = 0.2;

/**
 * The same seed and the same data set give the same split.
 * @throws UserError when a share is out of range or a part would have no user.
 */
export function splitDataset(dataset: Dataset, options: SplitOptions): Split {
  const { seed, validationShare = SHARE, testShare = SHARE, targetShare = TARGET_SHARE } = options;
  const shares = { validationShare, testShare, targetShare };
  for (const [name, share] of Object.entries(shares)) {
    if (!(share > 0 && share < 1)) throw new UserError(`${name} is ${share}, expected a number between 0 and 1`);
  }
  if (!Number.isInteger(seed)) throw new UserError(`the seed is ${seed}, expected an integer`);
  const users = dataset.interactions.rows;
  const { train, validation, test } = cutUsers(users, validationShare, testShare);
  checkShares(dataset.name, users, [train, validation, test]);
  const random = new Random(seed);
  const order = random.shuffle(Int32Array.from({ length: users }, (_, u) => u));
  const trainUsers = order.slice(0, train);
  return {
    trainUsers,
    train: csrSelectRows(dataset.interactions, trainUsers),
    ...strengthsOfUsers(dataset, trainUsers),
    validation: holdOut(dataset.interactions, order.slice(train, train + validation), targetShare, random),
    test: holdOut(dataset.interactions, order.slice(train + validation), targetShare, random),
  };
}

/** How many of so many users are in each part. */
export function cutUsers(
  users: number, validationShare = SHARE, testShare = SHARE,
): { readonly train: number; readonly validation: number; readonly test: number } {
  const validation = Math.floor(users * validationShare + SLACK);
  const test = Math.floor(users * testShare + SLACK);
  return { train: users - validation - test, validation, test };
}

/** @throws UserError when a part has no user. */
export function checkShares(name: string, users: number, [train, validation, test]: readonly number[]): void {
  if (train >= 1 && validation >= 1 && test >= 1) return;
  throw new UserError(
    `${name}: ${users} users give ${Math.max(0, train)} for training, ${validation} for validation and ` +
    `${test} for the test; each part needs at least one: more users or larger shares`,
  );
}

/** How much the interactions of these users count, aligned with their rows; nothing where all count the same. */
export function strengthsOfUsers({ interactions, strengths }: Dataset, users: Int32Array): Pick<Split, "strengths"> {
  if (!strengths) return {};
  return { strengths: csrSelectRows({ ...interactions, values: strengths }, users).values! };
}

/** Draws the targets of some users. A user with a single interaction has no input left. */
export function holdOut(interactions: Csr, users: Int32Array, targetShare: number, random: Random): HeldOut {
  const all = csrSelectRows(interactions, users);
  const isTarget = new Uint8Array(all.indices.length);
  for (let r = 0; r < all.rows; r++) {
    const length = csrRow(all, r).length;
    const targets = Math.ceil(length * targetShare - SLACK);
    const positions = random.shuffle(Int32Array.from({ length }, (_, i) => all.indptr[r] + i));
    for (let t = 0; t < targets; t++) isTarget[positions[t]] = 1;
  }
  return { users, input: selectEntries(all, isTarget, 0), target: selectEntries(all, isTarget, 1) };
}

/** The entries whose flag is `wanted`, at their places. */
function selectEntries(x: Csr, flag: Uint8Array, wanted: number): Csr {
  const indptr = new Int32Array(x.rows + 1);
  const indices = x.indices.filter((_, q) => flag[q] === wanted);
  for (let r = 0; r < x.rows; r++) {
    let count = 0;
    for (let q = x.indptr[r]; q < x.indptr[r + 1]; q++) if (flag[q] === wanted) count++;
    indptr[r + 1] = indptr[r] + count;
  }
  return { rows: x.rows, cols: x.cols, indptr, indices, values: null };
}
