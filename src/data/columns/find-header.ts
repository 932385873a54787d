/**
 * Whether the first row of a text is a header. The user may say; else the names, and whether the cells below look
 * different, decide.
 */
import { cellNumber, columnFacts, isNothing, isNumeric } from "./column-facts.js";
import { simplified, type TableSpec } from "./column-spec.js";

export interface Header {
  readonly from: "first row" | "none" | "comment line";
  /** Names of the columns; null when there are none, or when they are mere numbers (pandas' 0, 1, 2 …). */
  readonly names: readonly string[] | null;
  readonly note?: string;
}

/** What is known besides the rows. */
export interface HeaderHints {
  /** The user's --header. */
  readonly header?: boolean;
  /** Comment lines before the table: the last one may name the columns. */
  readonly comments?: readonly string[];
}

/** @param sample the first rows, a header among them. */
export function findHeader(
  sample: readonly (readonly string[])[], spec: TableSpec<string>, hints: HeaderHints,
): Header {
  const [first, ...below] = sample;
  if (hints.header === false) return { from: "none", names: null };
  if (isCounting(first)) {
    if (hints.header === true || below.length > 0) {
      return { from: "first row", names: null, note: `the first row is ${first.join(", ")}: taken for a header of ` +
        "numbers, as pandas writes it (--header no reads it as data)" };
    }
  }
  if (hints.header === true || looksLikeHeader(first, below, spec)) return { from: "first row", names: first };
  const named = commentHeader(hints.comments ?? [], first.length, spec);
  return named ? { from: "comment line", names: named } : { from: "none", names: null };
}

/** 0, 1, 2 … */
function isCounting(row: readonly string[]): boolean {
  return row.length > 1 && row.every((cell, c) => cell === String(c));
}

function looksLikeHeader(
  first: readonly string[], below: readonly (readonly string[])[], spec: TableSpec<string>,
): boolean {
  const plain = first.map(simplified);
  const has = (name: string): boolean => first.includes(name) || plain.includes(simplified(name));
  const columns = Object.values(spec);
  const numbered = (named: string | number | undefined): boolean => /^[1-9]\d{0,3}$/.test(String(named));
  // A name that the user gave, found or not, is the name of a header.
  if (columns.some(({ named }) => named !== undefined && !numbered(named))) return true;
  // One known name is not enough: "book" may well be the tag of a first row.
  const required = columns.filter((column) => column.required);
  const known = required.filter(({ names, named }) => named !== undefined || names.some(has));
  const byNumber = required.every(({ named }) => named !== undefined);
  // A matrix: user, then an item a column.
  const [user] = first;
  if (spec.user?.required && spec.user.names.some((name) => simplified(name) === simplified(user)) &&
    !below.some((row) => row[0] === user)) return true;
  if (byNumber ? columns.some(({ names }) => names.some(has)) : known.length === required.length) return true;
  // Text above numbers is a header, if there is more of it than of numbers in the row; text above text is one unless it
  // occurs again below, as data do.
  const facts = first.map((_, c) => columnFacts(below, c));
  const isText = first.map((cell) => !isNothing(cell) && Number.isNaN(cellNumber(cell)));
  const above = facts.filter((fact, c) => isText[c] && isNumeric(fact)).length;
  if (above > first.filter((cell) => !Number.isNaN(cellNumber(cell))).length) return true;
  if (!isText.every(Boolean)) return false;
  return !byNumber && !first.some((cell, c) => below.some((row) => row[c] === cell));
}

/** "# user item rating": a comment whose last line names all that is needed, word by word. */
function commentHeader(
  comments: readonly string[], width: number, spec: TableSpec<string>,
): readonly string[] | null {
  const words = comments.at(-1)?.replace(/^[#%]+/, "").trim().split(/[\s,;|]+/) ?? [];
  if (words.length !== width) return null;
  const plain = words.map(simplified);
  const required = Object.values(spec).filter((column) => column.required);
  return required.every(({ names }) => names.some((name) => plain.includes(simplified(name)))) ? words : null;
}
