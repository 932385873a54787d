/**
 * Whose list: item ids that a person has chosen, with weights and dislikes where there are any, as a row x of the
 * model's input. A dislike is −1 in x, so that it subtracts what the item adds by the model's own rule: with ELSA
 * u = Σ_j x_j·A_j loses the item's vector, MultVAE's first layer and RecVAE's x/‖x‖ likewise. No model was trained on
 * such rows; that is what the rule says of them, not what was measured.
 *
 * Profiles hold ids only. Ids that the model does not have are skipped and named: a delisted item is no error.
 */
import type { Csr } from "../base/csr.js";
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import type { Catalogue } from "./catalogue.js";

/** A profile with more to say than which items. */
export interface WeightedProfile {
  /** Ids of items that the person chose. */
  readonly items?: readonly string[];
  /** How much each of `items` counts, in their order, above 0. Default: 1 each. */
  readonly weights?: readonly number[];
  /** Ids of items that the person does not like. They are never listed. */
  readonly dislikes?: readonly string[];
}

/** Item ids, or with weights and dislikes. */
export type Profile = readonly string[] | WeightedProfile;

/** x of one person, (I) sparse. */
export interface ProfileRow {
  /** Liked items, as given, without duplicates. */
  readonly items: readonly number[];
  readonly disliked: readonly number[];
  /** x_j of items, then of disliked; null when all are 1. */
  readonly values: readonly number[] | null;
  /** Liked and disliked items, ascending. */
  readonly sorted: Int32Array;
  /** Tells rows apart. */
  readonly key: string;
}

export interface ReadProfile {
  readonly row: ProfileRow;
  /** Ids that the model does not have. */
  readonly ignored: readonly string[];
}

/** A row of ones. */
export function plainRow(items: readonly number[]): ProfileRow {
  return rowOfOnes(items, ascending(items));
}

function rowOfOnes(items: readonly number[], sorted: Int32Array): ProfileRow {
  return { items, disliked: NOBODYS, values: null, sorted, key: keyOf(sorted) };
}

const NOBODYS: readonly number[] = [];

/** A typed array sorts numbers as numbers, without asking a function. */
function ascending(items: readonly number[]): Int32Array {
  return Int32Array.from(items).sort();
}

/**
 * The numbers' own bits as a text, two units each: a tenth of the time of writing them as digits. Of even length, as no
 * other row's key is.
 */
function keyOf(sorted: Int32Array): string {
  const units = new Uint16Array(sorted.buffer, sorted.byteOffset, 2 * sorted.length);
  let key = "";
  for (let from = 0; from < units.length; from += UNITS_AT_ONCE) {
    key += String.fromCharCode(...units.subarray(from, from + UNITS_AT_ONCE));
  }
  return key;
}

/** A call takes a limited number of arguments. */
const UNITS_AT_ONCE = 8192;

export function valueIn({ items, disliked, values }: ProfileRow, item: number): number {
  const at = items.indexOf(item);
  if (at >= 0) return values ? values[at] : 1;
  const below = disliked.indexOf(item);
  return below >= 0 ? values![items.length + below] : 0;
}

/** x as a matrix of rows. */
export function rowsAsCsr(rows: readonly ProfileRow[], cols: number): Csr {
  const indptr = new Int32Array(rows.length + 1);
  rows.forEach(({ sorted }, r) => { indptr[r + 1] = indptr[r] + sorted.length; });
  const indices = new Int32Array(indptr[rows.length]);
  rows.forEach(({ sorted }, r) => { indices.set(sorted, indptr[r]); });
  if (!rows.some(({ values }) => values)) return { rows: rows.length, cols, indptr, indices, values: null };
  const values = new Float32Array(indices.length).fill(1);
  rows.forEach((row, r) => {
    if (!row.values) return;
    const given = new Map([...row.items, ...row.disliked].map((item, i) => [item, row.values![i]]));
    row.sorted.forEach((item, i) => { values[indptr[r] + i] = given.get(item)!; });
  });
  return { rows: rows.length, cols, indptr, indices, values };
}

/** @throws UserError for what is no profile: numbers as ids, other weights than items, an item liked and disliked. */
export function readProfile(catalogue: Catalogue, profile: Profile): ReadProfile {
  const { items = [], weights, dislikes = [] }: WeightedProfile = isList(profile) ? { items: profile } : profile;
  checkIds(items, "a profile");
  checkIds(dislikes, "dislikes");
  if (weights !== undefined) checkWeights(weights, items.length);
  if (!weights && dislikes.length === 0) return readItems(catalogue, items);
  const ignored: string[] = [];
  const liked = new Map<number, number>();
  items.forEach((id, i) => {
    const item = catalogue.byId(id);
    if (item === undefined) ignored.push(id);
    else if (!liked.has(item)) liked.set(item, weights ? weights[i] : 1);
  });
  const disliked = new Set<number>();
  for (const id of dislikes) {
    const item = catalogue.byId(id);
    if (item === undefined) ignored.push(id);
    else if (liked.has(item)) throw new UserError(`"${quotable(id, 80)}" is among the items and among the dislikes`);
    else disliked.add(item);
  }
  const values = [...liked.values(), ...Array.from(disliked, () => -1)];
  const [likes, not] = [[...liked.keys()], [...disliked]];
  if (values.every((value) => value === 1)) return { row: plainRow(likes), ignored };
  const text = [...likes, ...not].map((item, i) => [item, values[i]] as const).sort((a, b) => a[0] - b[0])
    .map(([item, value]) => `${item}:${value}`).join();
  const key = text.length % 2 === 0 ? `${text} ` : text;
  const sorted = ascending([...likes, ...not]);
  return { row: { items: likes, disliked: not, values, sorted, key }, ignored };
}

/** Most profiles: items alone, 1 each. */
function readItems(catalogue: Catalogue, items: readonly string[]): ReadProfile {
  const ignored: string[] = [];
  const liked: number[] = [];
  for (const id of items) {
    const item = catalogue.byId(id);
    if (item === undefined) ignored.push(id);
    else liked.push(item);
  }
  const sorted = ascending(liked);
  const twice = sorted.some((item, i) => i > 0 && item === sorted[i - 1]);
  return { row: twice ? plainRow([...new Set(liked)]) : rowOfOnes(liked, sorted), ignored };
}

/** As `readProfile`, of a profile with at least one known item. @throws UserError when there is none. */
export function readKnownProfile(catalogue: Catalogue, profile: Profile): ReadProfile {
  const read = readProfile(catalogue, profile);
  if (read.row.key === "") throw new UserError(nothingKnown(read.ignored));
  return read;
}

/** What to say of a profile without any known item. */
export function nothingKnown(ignored: readonly string[]): string {
  if (ignored.length === 0) return "the profile is empty: name at least one item";
  const some = ignored.slice(0, 3).map((id) => `"${quotable(id, 40)}"`).join(", ");
  return `the model has none of the profile's items: ${some}${ignored.length > 3 ? ", …" : ""} ` +
    "(profiles hold ids; idsByTitle finds them)";
}

/** Ids, not numbers. @param what holds them, for the message. */
export function checkIds(ids: unknown, what: string): void {
  if (!Array.isArray(ids)) {
    throw new UserError(`${what} must be a list of item ids, got ${ids === null ? "null" : typeof ids}`);
  }
  for (const id of ids as readonly unknown[]) {
    if (typeof id === "string") continue;
    const hint = typeof id === "number" ? `: write "${id}"` : "";
    const got = typeof id === "number" ? `the number ${id}` : id === null ? "null" : typeof id;
    throw new UserError(`an item's id is a text, got ${got} in ${what}${hint}`);
  }
}

function checkWeights(weights: unknown, items: number): void {
  if (!Array.isArray(weights) || weights.length !== items) {
    const got = Array.isArray(weights) ? String(weights.length) : typeof weights;
    throw new UserError(`a profile of ${items} items needs as many weights, got ${got}`);
  }
  const wrong = weights.findIndex((weight) => !(typeof weight === "number" && weight > 0 && weight <= 1e6));
  if (wrong >= 0) {
    throw new UserError(`a weight must be a number above 0, got ${String(weights[wrong])}: dislikes have a list of ` +
      "their own");
  }
}

function isList(profile: Profile): profile is readonly string[] {
  if (Array.isArray(profile)) return true;
  if (typeof profile === "object" && profile !== null) return false;
  const got = profile === null ? "null" : typeof profile;
  throw new UserError(`a profile is a list of item ids, or {items, weights, dislikes}, got ${got}`);
}
