/**
 * A data set and a split that were made by a program, not read here, are looked at once before the work: what a reader
 * would never give (item numbers beyond the catalogue, broken offsets, unsorted or double entries) is refused in words,
 * since the kernels trust what they get.
 */
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Dataset, HeldOut, Split } from "./dataset.js";

/** @throws UserError naming the part that is wrong, and the row in it. */
export function checkDataset({ interactions, userIds, itemIds, itemTitles, tags }: Dataset): void {
  checkCsr(interactions, "interactions", userIds.length, itemIds.length);
  checkIds(userIds, "userIds");
  checkIds(itemIds, "itemIds");
  if (itemTitles.length !== itemIds.length) {
    throw new UserError(`itemTitles has ${itemTitles.length} entries, expected one an item: ${itemIds.length}`);
  }
  if (!tags) return;
  const { names, tag, item, user, count } = tags;
  for (const [name, array, most] of [
    ["tag", tag, names.length], ["item", item, itemIds.length], ["user", user, userIds.length],
  ] as const) {
    if (array.length !== count.length) {
      throw new UserError(`tags.${name} has ${array.length} entries, tags.count ${count.length}: give one each`);
    }
    const least = name === "user" ? -1 : 0;
    const at = array.findIndex((one) => one < least || one >= most);
    if (at >= 0) throw new UserError(`tags.${name}[${at}] is ${array[at]}, expected ${least} to ${most - 1}`);
  }
  const at = count.findIndex((one) => !(one > 0 && one < Infinity));
  if (at >= 0) throw new UserError(`tags.count[${at}] is ${count[at]}, expected a positive number`);
}

/** @throws UserError for parts that do not belong to the data set. */
export function checkSplit({ trainUsers, train, validation, test }: Split, dataset: Dataset): void {
  const { rows: users, cols: items } = dataset.interactions;
  checkCsr(train, "split.train", trainUsers.length, items);
  checkUsers(trainUsers, "split.trainUsers", users);
  for (const [name, part] of [["validation", validation], ["test", test]] satisfies [string, HeldOut][]) {
    checkUsers(part.users, `split.${name}.users`, users);
    checkCsr(part.input, `split.${name}.input`, part.users.length, items);
    checkCsr(part.target, `split.${name}.target`, part.users.length, items);
  }
}

function checkUsers(numbers: Int32Array, what: string, users: number): void {
  const at = numbers.findIndex((one) => one < 0 || one >= users);
  if (at >= 0) throw new UserError(`${what}[${at}] is ${numbers[at]}, expected 0 to ${users - 1}`);
}

function checkIds(ids: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (typeof id !== "string") throw new UserError(`${what} holds ${String(id)}, expected texts`);
    if (seen.has(id)) throw new UserError(`${what} holds "${id}" twice, expected each once`);
    seen.add(id);
  }
}

/** @throws UserError unless the matrix is of these sizes and as base/csr.ts says. */
export function checkCsr({ rows, cols, indptr, indices, values }: Csr, what: string, R: number, C: number): void {
  if (rows !== R || cols !== C) throw new UserError(`${what} is ${rows} × ${cols}, expected ${R} × ${C}`);
  if (indptr.length !== rows + 1 || indptr[0] !== 0 || indptr[rows] !== indices.length) {
    throw new UserError(`${what}: indptr must have ${rows + 1} offsets, from 0 to the ${indices.length} entries`);
  }
  if (values && values.length !== indices.length) {
    throw new UserError(`${what} has ${indices.length} entries and ${values.length} values: give one each`);
  }
  for (let r = 0; r < rows; r++) {
    if (indptr[r + 1] < indptr[r]) throw new UserError(`${what}: indptr goes down at row ${r}`);
    let before = -1;
    for (let q = indptr[r]; q < indptr[r + 1]; q++) {
      const column = indices[q];
      if (column < 0 || column >= cols) {
        throw new UserError(`${what}: row ${r} has column ${column}, expected 0 to ${cols - 1}`);
      }
      if (column <= before) {
        throw new UserError(`${what}: row ${r} has column ${column} after ${before}: expected ascending, each once`);
      }
      before = column;
    }
  }
}
