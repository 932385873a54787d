/**
 * Users and items of a data set in the order of an earlier reading: whoever sorts the rows of a file between training
 * and evaluation changes the numbers of both, and with them who is a test user. Items are known to a model by their
 * ids, users by a 32-bit fingerprint of theirs, so that a model names nobody.
 */
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import type { Dataset, TagApplications } from "./dataset.js";

/** The order of items and users that a model was trained on. */
export interface RowOrder {
  /** (I) */
  readonly itemIds: readonly string[];
  /** (U) fingerprints, as fingerprints() writes them; undefined when nobody kept them. */
  readonly users?: string;
}

/** Fingerprints of users in their order: FNV-1a over the ids' UTF-8, four bytes each, in base64. */
export function fingerprints(ids: readonly string[]): string {
  return Buffer.from(fingerprintsOf(ids).buffer).toString("base64");
}

/** The same as numbers. */
export function fingerprintsOf(ids: readonly string[]): Uint32Array {
  const encoder = new TextEncoder();
  return Uint32Array.from(ids, (id) => fingerprint(encoder.encode(id)));
}

/** What `fingerprints` wrote. */
export function fromBase64(text: string): Uint32Array {
  return new Uint32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

function fingerprint(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * The data set in the given order; itself where it is in that order already.
 * @throws UserError with examples when it has other items or users.
 */
export function inOrder(dataset: Dataset, order: RowOrder): Dataset {
  const items = placesOf(dataset.itemIds, order.itemIds, dataset.name);
  const users = order.users === undefined ? null : usersInOrder(dataset, order.users);
  if (!items && !users) return dataset;
  const itemPlace = items ?? Int32Array.from(dataset.itemIds.keys());
  const userPlace = users ?? Int32Array.from(dataset.userIds.keys());
  return {
    ...dataset,
    ...moved(dataset, userPlace, itemPlace),
    userIds: picked(dataset.userIds, userPlace),
    itemIds: picked(dataset.itemIds, itemPlace),
    itemTitles: picked(dataset.itemTitles, itemPlace),
    tags: dataset.tags && movedTags(dataset.tags, userPlace, itemPlace),
  };
}

/** place[i] = where item i is to stand; null when every one stands there already. */
function placesOf(ids: readonly string[], wanted: readonly string[], name: string): Int32Array | null {
  if (ids.length === wanted.length && ids.every((id, i) => id === wanted[i])) return null;
  const place = new Map(wanted.map((id, i) => [id, i]));
  const strange = ids.filter((id) => !place.has(id));
  const known = new Set(ids);
  const missing = wanted.filter((id) => !known.has(id));
  if (strange.length === 0 && missing.length === 0) return Int32Array.from(ids, (id) => place.get(id)!);
  const some = (list: readonly string[]): string => {
    const examples = list.slice(0, 3).map((id) => quotable(id)).join(", ");
    return list.length === 0 ? "" : ` (${examples}${list.length > 3 ? ", …" : ""})`;
  };
  throw new UserError(
    `${name} has ${ids.length} items, the model ${wanted.length}: ${missing.length} of the model's are not there` +
    `${some(missing)}, ${strange.length} are others${some(strange)}: give the data set that it was trained on, read ` +
    "with the same options",
  );
}

function usersInOrder(dataset: Dataset, users: string): Int32Array | null {
  if (users === fingerprints(dataset.userIds)) return null;
  const bytes = Buffer.from(users, "base64");
  const wanted = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  // Two users of one fingerprint keep the order that they have.
  const places = new Map<number, number[]>();
  wanted.forEach((mark, u) => {
    const list = places.get(mark);
    if (list) list.push(u);
    else places.set(mark, [u]);
  });
  const encoder = new TextEncoder();
  const place = Int32Array.from(dataset.userIds, (id) => places.get(fingerprint(encoder.encode(id)))?.shift() ?? -1);
  const strange = place.indexOf(-1);
  if (strange >= 0 || place.length !== wanted.length) {
    const example = strange >= 0 ? `, for example "${quotable(dataset.userIds[strange])}"` : "";
    throw new UserError(`${dataset.name} has ${place.length} users, the model was trained and tested on ` +
      `${wanted.length}${strange >= 0 ? " others" : ""}${example}: give the data set that it was trained on, read ` +
      "with the same options");
  }
  return place;
}

/** Entry (u, i) goes to (userPlace[u], itemPlace[i]), and what is said of it with it. */
function moved(
  { interactions: x, strengths, times }: Dataset, userPlace: Int32Array, itemPlace: Int32Array,
): Pick<Dataset, "interactions" | "strengths" | "times"> {
  const indptr = new Int32Array(x.rows + 1);
  for (let u = 0; u < x.rows; u++) indptr[userPlace[u] + 1] = x.indptr[u + 1] - x.indptr[u];
  for (let u = 0; u < x.rows; u++) indptr[u + 1] += indptr[u];
  /** source[q]: the entry that is to stand at q. */
  const source = new Int32Array(x.indices.length);
  for (let u = 0; u < x.rows; u++) {
    const from = x.indptr[u];
    const entries = Int32Array.from({ length: x.indptr[u + 1] - from }, (_, q) => from + q)
      .sort((p, q) => itemPlace[x.indices[p]] - itemPlace[x.indices[q]]);
    source.set(entries, indptr[userPlace[u]]);
  }
  const indices = source.map((q) => itemPlace[x.indices[q]]);
  return {
    interactions: { rows: x.rows, cols: x.cols, indptr, indices, values: null },
    ...(strengths ? { strengths: Float32Array.from(source, (q) => strengths[q]) } : {}),
    ...(times ? { times: Float64Array.from(source, (q) => times[q]) } : {}),
  };
}

function movedTags(tags: TagApplications, userPlace: Int32Array, itemPlace: Int32Array): TagApplications {
  return {
    ...tags, item: tags.item.map((item) => itemPlace[item]),
    user: tags.user.map((user) => (user < 0 ? user : userPlace[user])),
  };
}

function picked(list: readonly string[], place: Int32Array): string[] {
  const ordered = new Array<string>(list.length);
  list.forEach((one, i) => {
    ordered[place[i]] = one;
  });
  return ordered;
}
