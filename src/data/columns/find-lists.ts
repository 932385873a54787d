/**
 * Recognises "user item item item …": one row a user, with as many items as the user has. Recommender code of the
 * LightGCN family is fed such files, and shops export baskets so.
 */
import { UserError } from "../../base/user-error.js";
import type { OpenedTable } from "../../files/opened-table.js";
import { cellNumber } from "./column-facts.js";

/** Tables of more columns than this, all of one width, may be lists; narrower ones are user, item, rating, time. */
const NARROW = 5;

/**
 * Whether the rows are lists. A header, decimals, or an item twice in a row speak against it, as do users who come
 * again in most rows.
 * @throws UserError for "user item:rating …", the form of LIBSVM, which is not read.
 */
export function looksLikeLists(table: OpenedTable): boolean {
  const { sample, names } = table;
  if (names !== null || sample.length < 2) return false;
  const rows = sample.map((row) => (row.at(-1) === "" ? row.slice(0, -1) : row));
  const widths = new Map<number, number>();
  for (const { length } of rows) widths.set(length, (widths.get(length) ?? 0) + 1);
  const usual = Math.max(...widths.values());
  const ragged = usual < 0.9 * rows.length;
  if (!ragged && rows[0].length <= NARROW) return false;
  const pairs = rows.filter((row) => row.length > 1 && row.slice(1).every((cell) => /^\d+:\d+(\.\d+)?$/.test(cell)));
  if (pairs.length > 0.9 * rows.length) {
    throw new UserError(`${table.file}:1: rows of item:rating pairs (LIBSVM's form), which are not read: write rows ` +
      "of user, item, rating");
  }
  const users = new Set(rows.map((row) => row[0]));
  const good = rows.filter((row) => new Set(row).size >= row.length - 1 && row.slice(1).every(isId));
  return users.size >= 0.95 * rows.length && good.length >= 0.95 * rows.length && isId(rows[0][0] ?? "");
}

/** No decimals, no sentence, and something. */
function isId(cell: string): boolean {
  const number = cellNumber(cell);
  if (number === number) return Number.isInteger(number) && number >= 0;
  return cell !== "" && cell.length <= 64 && !/\s/.test(cell);
}
