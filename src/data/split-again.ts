/**
 * Users split as earlier trainings split them, and newcomers by the seed: whoever was held out stays held out, so that
 * a model that goes on from an earlier one (train --from) is not measured on people it was trained on. Users are known
 * again by the fingerprints of their ids (row-order.ts).
 */
import { csrSelectRows } from "../base/csr.js";
import { Random } from "../base/random.js";
import type { Dataset, Split } from "./dataset.js";
import { fingerprintsOf, fromBase64 } from "./row-order.js";
import { checkShares, cutUsers, holdOut, strengthsOfUsers, TARGET_SHARE } from "./split-users.js";

/** An earlier split by seed: fingerprints of its users in their order, as `fingerprints` writes them. */
export interface EarlierSplit {
  readonly users: string;
  readonly seed: number;
}

type Part = "train" | "validation" | "test";

/**
 * The same data set, seed and earlier splits give the same split.
 * @param earlier oldest first: each knew the users of the ones before.
 */
export function splitAgain(dataset: Dataset, seed: number, earlier: readonly EarlierSplit[]): Split {
  const parts = new Map<number, Part>();
  for (const { users, seed: once } of earlier) assign(parts, fromBase64(users), new Random(once));
  const prints = fingerprintsOf(dataset.userIds);
  const random = new Random(seed);
  assign(parts, prints, random);
  const of = (part: Part): Int32Array =>
    Int32Array.from(prints.keys()).filter((u) => parts.get(prints[u]) === part);
  const trainUsers = random.shuffle(of("train"));
  checkShares(dataset.name, dataset.userIds.length, [trainUsers, of("validation"), of("test")].map((u) => u.length));
  return {
    trainUsers,
    train: csrSelectRows(dataset.interactions, trainUsers),
    ...strengthsOfUsers(dataset, trainUsers),
    validation: holdOut(dataset.interactions, of("validation"), TARGET_SHARE, random),
    test: holdOut(dataset.interactions, of("test"), TARGET_SHARE, random),
  };
}

/** Gives users without a part one: of the first split those that splitDataset gives them. */
function assign(parts: Map<number, Part>, prints: Uint32Array, random: Random): void {
  const fresh = Int32Array.from(prints.keys()).filter((u) => !parts.has(prints[u]));
  const order = random.shuffle(fresh);
  const { train, validation } = cutUsers(order.length);
  order.forEach((u, i) => {
    parts.set(prints[u], i < train ? "train" : i < train + validation ? "validation" : "test");
  });
}
