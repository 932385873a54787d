/** A small data set with made-up ids for tests that need no file. */
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import type { Dataset } from "../../src/data/dataset.js";

/** users × items, every user with 1 … items random items. */
export function randomDataset(users: number, items: number, seed: number): Dataset {
  const random = new Random(seed);
  const all = Array.from({ length: items }, (_, i) => i);
  const lists = Array.from({ length: users }, () => random.shuffle([...all]).slice(0, 1 + random.below(items)));
  return {
    name: "random",
    interactions: csrFromLists(lists, items),
    userIds: Array.from({ length: users }, (_, u) => `u${u}`),
    itemIds: Array.from({ length: items }, (_, i) => String(100 + i)),
    itemTitles: Array.from({ length: items }, (_, i) => `Title ${i}`),
    tags: null,
    notes: [],
  };
}
