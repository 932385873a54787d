/**
 * Whether the first row of a text is a header. The user may say; else the names, and whether the cells below look
 * different, decide.
 */
import { quotable } from "../../base/printable.js";
import { UserError } from "../../base/user-error.js";
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
  /** For messages. */
  readonly file?: string;
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
  const comments = hints.comments ?? [];
  const named = commentHeader(comments, first.length, spec);
  if (!named) refuseRowLikeComment(comments, first.length, hints.file ?? "");
  return named ? { from: "comment line", names: named } : { from: "none", names: null };
}

/**
 * "#9 films,1,war" above a table without a header may be its first row.
 * @throws UserError for a line without a blank behind its mark, and with as many fields as a row.
 */
function refuseRowLikeComment(comments: readonly string[], width: number, file: string): void {
  const row = comments.find((comment) => /^[#%][^\s#%]/.test(comment) &&
    [",", ";", "\t", "|", "::"].some((separator) => comment.split(separator).length === width));
  if (row === undefined) return;
  throw new UserError(`${file}: a line before the table, "${quotable(row)}", has as many columns as a row: a comment ` +
    "or the first row? Put a blank behind its mark, or quotes around its first field");
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
