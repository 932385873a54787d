/**
 * A split as a JSON file of original ids, so that several programs can evaluate on the same users and targets.
 *
 * Keys: train_users, val_users, test_users, and aligned with the last two val_input_items, val_target_items,
 * test_input_items, test_target_items. Ids may be strings or numbers. `items` (the catalogue) is optional and only
 * checked; other keys are for people.
 */
import { readFile } from "node:fs/promises";
import { shortJson } from "../base/checked-json.js";
import type { Csr } from "../base/csr.js";
import { csrFromLists, csrRow, csrSelectRows } from "../base/csr.js";
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import { writeAtomically } from "../files/atomic.js";
import type { Dataset, HeldOut, Split } from "./dataset.js";
import { strengthsOfUsers } from "./split-users.js";

const KEYS = [
  "train_users", "val_users", "test_users", "val_input_items", "val_target_items", "test_input_items",
  "test_target_items",
];

/**
 * Reads a split and translates its ids into the data set's indices.
 * @throws UserError when the file is no split, or names users, items or interactions that the data set lacks.
 */
export async function readSplit(file: string, dataset: Dataset): Promise<Split> {
  const json = await readJson(file);
  const reader = new SplitReader(file, json, dataset);
  const train = reader.users("train_users");
  const split = {
    trainUsers: train,
    train: csrSelectRows(dataset.interactions, train),
    ...strengthsOfUsers(dataset, train),
    validation: reader.heldOut("val_users", "val_input_items", "val_target_items"),
    test: reader.heldOut("test_users", "test_input_items", "test_target_items"),
  };
  if ("items" in json) reader.checkItems();
  return split;
}

/** Writes a split as readSplit takes it. The file appears complete or not at all. */
export async function writeSplit(
  file: string, split: Split, dataset: Dataset, about: { readonly seed?: number; readonly note?: string } = {},
): Promise<void> {
  const users = (indices: Int32Array): string[] => Array.from(indices, (u) => dataset.userIds[u]);
  const items = (x: Csr): string[][] =>
    Array.from({ length: x.rows }, (_, r) => Array.from(csrRow(x, r), (i) => dataset.itemIds[i]));
  const json = {
    dataset: dataset.name,
    ...about,
    items: dataset.itemIds,
    train_users: users(split.trainUsers),
    val_users: users(split.validation.users),
    test_users: users(split.test.users),
    val_input_items: items(split.validation.input),
    val_target_items: items(split.validation.target),
    test_input_items: items(split.test.input),
    test_target_items: items(split.test.target),
  };
  await writeAtomically(file, `${JSON.stringify(json)}\n`);
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file}: ${error.code === "ENOENT" ? "no such file" : `not readable (${error.code})`}`);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file}: no JSON (${(error as Error).message}), expected a split`);
  }
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  const missing = isObject ? KEYS.filter((key) => !Object.hasOwn(json as object, key)) : [];
  if (!isObject || missing.length > 0) {
    const got = isObject ? `${missing.join(", ")} missing` : "not an object";
    throw new UserError(`${file}: no split: ${got}; expected the keys ${KEYS.join(", ")}`);
  }
  return json as Record<string, unknown>;
}

class SplitReader {
  private readonly userIndex: ReadonlyMap<string, number>;
  private readonly itemIndex: ReadonlyMap<string, number>;
  /** Which list a user was met in first: strong generalisation allows one. */
  private readonly metIn = new Map<number, string>();

  constructor(
    private readonly file: string, private readonly json: Record<string, unknown>, private readonly dataset: Dataset,
  ) {
    this.userIndex = new Map(dataset.userIds.map((id, u) => [id, u]));
    this.itemIndex = new Map(dataset.itemIds.map((id, i) => [id, i]));
  }

  users(key: string): Int32Array {
    const indices = this.indices(this.json[key], key, "user", this.userIndex);
    if (indices.length === 0) throw new UserError(`${this.file}: ${key} is empty, expected at least one user`);
    for (const user of indices) {
      const other = this.metIn.get(user);
      if (other !== undefined) {
        throw new UserError(`${this.file}: user ${this.dataset.userIds[user]} is in ` +
          `${other === key ? `${key} twice` : `${other} and in ${key}`}; expected each user once`);
      }
      this.metIn.set(user, key);
    }
    return indices;
  }

  heldOut(usersKey: string, inputKey: string, targetKey: string): HeldOut {
    const users = this.users(usersKey);
    const input = this.itemRows(inputKey, users, usersKey);
    const target = this.itemRows(targetKey, users, usersKey);
    for (let r = 0; r < users.length; r++) {
      const seen = new Set(csrRow(input, r));
      const both = csrRow(target, r).find((item) => seen.has(item));
      if (both !== undefined) {
        throw new UserError(`${this.file}: item ${this.dataset.itemIds[both]} is both input (${inputKey}[${r}]) and ` +
          `target (${targetKey}[${r}]) of user ${this.dataset.userIds[users[r]]}`);
      }
      if (csrRow(target, r).length === 0) {
        throw new UserError(`${this.file}: ${targetKey}[${r}] is empty, expected at least one item to be found`);
      }
    }
    return { users, input, target };
  }

  checkItems(): void {
    this.indices(this.json.items, "items", "item", this.itemIndex);
  }

  private itemRows(key: string, users: Int32Array, usersKey: string): Csr {
    const rows = this.json[key];
    if (!Array.isArray(rows) || rows.length !== users.length) {
      throw new UserError(`${this.file}: ${key} has ${Array.isArray(rows) ? rows.length : "no"} rows, expected ` +
        `${users.length}, one for each of ${usersKey}`);
    }
    const lists = rows.map((row: unknown, r) => [...this.indices(row, `${key}[${r}]`, "item", this.itemIndex)]);
    lists.forEach((items, r) => {
      const own = new Set(csrRow(this.dataset.interactions, users[r]));
      const strange = items.find((item) => !own.has(item));
      if (strange !== undefined) {
        throw new UserError(`${this.file}: ${key}[${r}] has item ${this.dataset.itemIds[strange]}, which user ` +
          `${this.dataset.userIds[users[r]]} did not choose in "${this.dataset.name}": is it another data set?`);
      }
    });
    return csrFromLists(lists, this.dataset.itemIds.length);
  }

  private indices(
    ids: unknown, key: string, what: "user" | "item", index: ReadonlyMap<string, number>,
  ): Int32Array {
    if (!Array.isArray(ids)) throw new UserError(`${this.file}: ${key} is no list, expected a list of ${what} ids`);
    const strange = ids.findIndex((id) => typeof id !== "string" && typeof id !== "number");
    if (strange >= 0) {
      throw new UserError(`${this.file}: ${key}[${strange}] is ${shortJson(ids[strange])}, expected a ${what}'s id`);
    }
    const found = Int32Array.from(ids, (id: unknown) => index.get(String(id)) ?? -1);
    const unknown = found.indexOf(-1);
    if (unknown >= 0) {
      const many = found.reduce((n, i) => n + (i < 0 ? 1 : 0), 0);
      throw new UserError(
        `${this.file}: ${key}[${unknown}] is ${what} "${quotable(String(ids[unknown]))}", not among the ` +
        `${index.size} ${what}s kept of "${this.dataset.name}" (${many} of ${ids.length} unknown): was it filtered ` +
        "otherwise?",
      );
    }
    return found;
  }
}
