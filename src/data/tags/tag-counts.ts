/**
 * The item–tag counts C (T, I) of docs/method.md §4, from tag applications: rare tags and unwanted tags are left out.
 *
 * Support is counted over all applications, whoever made them and to whatever item, so that restricting the counts to
 * training users (for the evaluation of steering) leaves the rows of C, and with them every label, where they were.
 */
import { csrFromPairs } from "../../base/csr.js";
import { UserError } from "../../base/user-error.js";
import type { TagApplications, TagCounts } from "../dataset.js";
import { supportOf } from "./tag-applications.js";

/** Which tags are kept, and whose applications count. */
export interface TagCountOptions {
  /** Tags with fewer applications (support) are left out. Default 100, the paper's; small data needs fewer. */
  readonly minApplications?: number;
  /** Tags whose name matches one of these are left out, for example readerShelves of goodbooks.ts. */
  readonly drop?: readonly RegExp[];
  /**
   * Count only applications by these users (indices of the data set). Unknown taggers (−1) are then left out as well:
   * where all are unknown, as with ml-1m's tags or with genres, C would be empty.
   */
  readonly users?: ReadonlySet<number> | Int32Array;
}

/** Rows by descending support, then by name. With no tag left, C has no row. */
export function tagCounts(tags: TagApplications, items: number, options: TagCountOptions = {}): TagCounts {
  const { minApplications = 100, drop = [], users } = options;
  if (!(minApplications >= 0)) throw new UserError(`minApplications is ${minApplications}, expected 0 or more`);
  const support = supportOf(tags);
  const applied = new Uint8Array(tags.names.length);
  for (const t of tags.tag) applied[t] = 1;
  const dropped = (name: string): boolean => drop.some((pattern) => name.search(pattern) >= 0);
  const kept = Array.from(tags.names.keys())
    .filter((t) => applied[t] && support[t] >= minApplications && !dropped(tags.names[t]))
    .sort((s, t) => support[t] - support[s] || (tags.names[s] < tags.names[t] ? -1 : 1));
  const row = new Int32Array(tags.names.length).fill(-1);
  kept.forEach((t, r) => {
    row[t] = r;
  });

  const counted = users === undefined ? null : new Set(users);
  const wanted = (a: number): boolean => row[tags.tag[a]] >= 0 && (counted === null || counted.has(tags.user[a]));
  let size = 0;
  for (let a = 0; a < tags.tag.length; a++) if (wanted(a)) size++;
  const rows = new Int32Array(size);
  const cols = new Int32Array(size);
  const values = new Float32Array(size);
  for (let a = 0, to = 0; a < tags.tag.length; a++) {
    if (!wanted(a)) continue;
    rows[to] = row[tags.tag[a]];
    cols[to] = tags.item[a];
    values[to++] = tags.count[a];
  }
  return { names: kept.map((t) => tags.names[t]), counts: csrFromPairs(rows, cols, values, kept.length, items) };
}
