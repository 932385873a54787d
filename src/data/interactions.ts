/**
 * From (user, item) pairs in file order to the binary matrix X of docs/method.md §1: duplicates fall together, rare
 * items are dropped, then users with too few items, and what remains is numbered in order of first appearance.
 *
 * The counts are of distinct pairs. The two filters run once each, items first, as the paper's MSD protocol does:
 * an item may end up slightly below its minimum because users were dropped after it was counted.
 */
import type { Csr } from "../base/csr.js";
import { Float64List, Int32List } from "../files/csv/int32-list.js";

/** Pairs as they were read: raw numbers of an IdTable each. */
export class PairList {
  readonly users = new Int32List();
  readonly items = new Int32List();
  /** How much each counts, before anything is made of it; null where nobody asked. */
  readonly weights: Float64List | null;
  /** When each was, in seconds since 1970; null where nobody asked. */
  readonly times: Float64List | null;

  constructor(wants: { readonly weights?: boolean; readonly times?: boolean } = {}) {
    this.weights = wants.weights ? new Float64List() : null;
    this.times = wants.times ? new Float64List() : null;
  }

  get length(): number {
    return this.users.length;
  }

  /** Both at once: a row whose item turns out bad must leave no user behind. */
  add(user: number, item: number): void {
    this.users.push(user);
    this.items.push(item);
  }
}

export interface FilteredInteractions {
  /** (U, I) binary. */
  readonly interactions: Csr;
  /** (U) raw user number of each user. */
  readonly users: Int32Array;
  /** (I) raw item number of each item. */
  readonly items: Int32Array;
  /** Pairs that were there before. */
  readonly duplicates: number;
  /** Items below their minimum. */
  readonly rareItems: number;
  /** Users below theirs. */
  readonly sparseUsers: number;
  /** Items that were chosen by dropped users only. */
  readonly orphanedItems: number;
}

/**
 * @param rawUsers number of distinct raw users; likewise rawItems.
 * Time O(pairs · log(row length)); memory 4 bytes a pair above the pairs themselves, and 4 a kept interaction.
 */
export function filterInteractions(
  pairs: PairList, rawUsers: number, rawItems: number, minItemInteractions: number, minUserInteractions: number,
): FilteredInteractions {
  const raw = rawMatrix(pairs, rawUsers, rawItems);

  const popularity = new Int32Array(rawItems);
  const unique = raw.indptr[rawUsers];
  for (let q = 0; q < unique; q++) popularity[raw.indices[q]]++;
  const itemKept = Uint8Array.from(popularity, (count) => (count >= minItemInteractions ? 1 : 0));
  const userKept = new Uint8Array(rawUsers);
  for (let u = 0; u < rawUsers; u++) {
    let kept = 0;
    for (let q = raw.indptr[u]; q < raw.indptr[u + 1]; q++) kept += itemKept[raw.indices[q]];
    userKept[u] = kept > 0 && kept >= minUserInteractions ? 1 : 0;
  }

  const rareItems = itemKept.reduce((n, kept) => n + 1 - kept, 0);
  const { users, items, itemNumber } = firstAppearance(pairs, userKept, itemKept);
  return {
    interactions: renumbered(raw, users, items.length, itemNumber),
    users,
    items,
    duplicates: pairs.length - unique,
    rareItems,
    sparseUsers: rawUsers - users.length,
    orphanedItems: rawItems - rareItems - items.length,
  };
}

/** Pairs by user, items ascending and distinct. Unlike csrFromPairs it never holds the pairs in a second flat copy. */
function rawMatrix(pairs: PairList, rows: number, cols: number): Csr {
  const indptr = new Int32Array(rows + 1);
  const userBlocks = pairs.users.filled();
  const itemBlocks = pairs.items.filled();
  for (const block of userBlocks) for (let i = 0; i < block.length; i++) indptr[block[i] + 1]++;
  for (let r = 0; r < rows; r++) indptr[r + 1] += indptr[r];
  const next = indptr.slice();
  const indices = new Int32Array(pairs.length);
  userBlocks.forEach((block, b) => {
    const itemBlock = itemBlocks[b];
    for (let i = 0; i < block.length; i++) indices[next[block[i]]++] = itemBlock[i];
  });
  // Sort each row and close the gaps that duplicates leave; the write position never overtakes the read position.
  let to = 0;
  let from = 0;
  for (let r = 0; r < rows; r++) {
    const end = indptr[r + 1];
    indices.subarray(from, end).sort();
    indptr[r] = to;
    for (let q = from; q < end; q++) if (q === from || indices[q] !== indices[to - 1]) indices[to++] = indices[q];
    from = end;
  }
  indptr[rows] = to;
  return { rows, cols, indptr, indices, values: null };
}

/** Numbers users and items by the first kept pair that holds them. */
function firstAppearance(
  pairs: PairList, userKept: Uint8Array, itemKept: Uint8Array,
): { users: Int32Array; items: Int32Array; itemNumber: Int32Array } {
  const users: number[] = [];
  const items: number[] = [];
  const userNumber = new Int32Array(userKept.length).fill(-1);
  const itemNumber = new Int32Array(itemKept.length).fill(-1);
  const itemBlocks = pairs.items.filled();
  pairs.users.filled().forEach((userBlock, b) => {
    const itemBlock = itemBlocks[b];
    for (let i = 0; i < userBlock.length; i++) {
      const user = userBlock[i];
      const item = itemBlock[i];
      if (!userKept[user] || !itemKept[item]) continue;
      if (userNumber[user] < 0) userNumber[user] = users.push(user) - 1;
      if (itemNumber[item] < 0) itemNumber[item] = items.push(item) - 1;
    }
  });
  return { users: Int32Array.from(users), items: Int32Array.from(items), itemNumber };
}

/** The kept rows in their new order with their kept columns renumbered. */
function renumbered(raw: Csr, users: Int32Array, cols: number, itemNumber: Int32Array): Csr {
  const indptr = new Int32Array(users.length + 1);
  for (let u = 0; u < users.length; u++) {
    let kept = 0;
    for (let q = raw.indptr[users[u]]; q < raw.indptr[users[u] + 1]; q++) if (itemNumber[raw.indices[q]] >= 0) kept++;
    indptr[u + 1] = indptr[u] + kept;
  }
  const indices = new Int32Array(indptr[users.length]);
  let to = 0;
  for (let u = 0; u < users.length; u++) {
    for (let q = raw.indptr[users[u]]; q < raw.indptr[users[u] + 1]; q++) {
      const item = itemNumber[raw.indices[q]];
      if (item >= 0) indices[to++] = item;
    }
    indices.subarray(indptr[u], to).sort();
  }
  return { rows: users.length, cols, indptr, indices, values: null };
}
