/**
 * Columns that were found, but cannot be meant: a time as the item, ratings where ids should be, lists in a cell, ids
 * that a spreadsheet has rounded. A person would see it at a glance; reading on would give wrong data in silence. What
 * the user said stands: only columns that were taken by name or by place are doubted.
 */
import { quotable } from "../../base/printable.js";
import { UserError } from "../../base/user-error.js";
import { isNumeric, isTime, type ColumnFacts } from "./column-facts.js";
import type { Columns, TableSpec } from "./column-spec.js";

export interface FoundTable {
  /** For messages: the file, and the line where rows are of one. */
  readonly line: string;
  readonly spec: TableSpec<string>;
  readonly columns: Columns<string>;
  /** Columns without names were taken by place. */
  readonly byPlace: boolean;
  readonly facts: readonly ColumnFacts[];
  /** The first rows, a header left out. */
  readonly rows: readonly (readonly string[])[];
}

const SAY = "say --column user=NUMBER --column item=NUMBER (and rating=, timestamp=)";
/** Scales that people rate on have no more steps than this. */
const STEPS = 11;

/** @throws UserError for a column that cannot be meant. */
export function refuseDoubtful(table: FoundTable): void {
  if ("user" in table.spec && table.spec.user.required) doubtInteractions(table);
  else if ("title" in table.spec && table.byPlace) doubtText(table, "titles", "title");
  else if ("tag" in table.spec && table.byPlace) doubtText(table, "tags", "tag");
}

function doubtInteractions(table: FoundTable): void {
  const { line, spec, columns, byPlace, facts, rows } = table;
  const cells = (c: number): string[] => rows.map((row) => row[c] ?? "").filter((cell) => cell !== "");
  const share = (c: number, test: RegExp): number =>
    cells(c).filter((cell) => test.test(cell)).length / Math.max(1, cells(c).length);
  const last = facts.length - 1;
  if (byPlace && share(0, /^[([]/) > 0.9 && share(last, /[)\]],?$/) > 0.9) {
    throw new UserError(`${line}: rows in brackets, as a program prints them: take the brackets off`);
  }
  for (const role of ["user", "item"] as const) {
    const c = columns[role];
    if (spec[role].named !== undefined || c < 0) continue;
    const example = quotable(facts[c].sample);
    const what = `${line}: column ${c + 1} should be the ${role} but holds`;
    if (byPlace && isTime(facts[c])) throw new UserError(`${what} times such as ${example}: ${SAY}`);
    if (share(c, /^\d(\.\d+)?e\+\d+$/i) > 0.5) {
      throw new UserError(`${what} rounded numbers such as ${example}, as spreadsheets write long ids: different ` +
        `${role}s may have become one. Export it again with the column as text (--column ${role}=${c + 1} reads it ` +
        "all the same)");
    }
    if (byPlace && share(c, /^\d+:\d+(\.\d+)?$/) > 0.9) {
      throw new UserError(`${what} pairs such as ${example} (LIBSVM's or libFM's form), which are not read: write ` +
        "rows of user, item, rating");
    }
    if (share(c, /^(\[.*\]|\{.*\}|\d+([ |;,] ?\d+)+)$/) > 0.5) {
      throw new UserError(`${what} lists such as ${example}, expected one ${role} a row: write a row for each`);
    }
  }
  if (byPlace) doubtRating(table);
}

/** Ids where the rating should be, and ratings where ids should be: user, rating, item. */
function doubtRating({ line, spec, columns, facts }: FoundTable): void {
  const rating = columns.rating >= 0 ? facts[columns.rating] : null;
  if (!rating || spec.rating.named !== undefined || rating.distinct <= STEPS || rating.fractions > 0) return;
  for (const role of ["user", "item"] as const) {
    const { filled, distinct, min, max, numbers } = facts[columns[role]];
    const rates = numbers === filled && min >= 0 && max <= 10 && distinct <= STEPS && distinct >= 3;
    if (!rates || spec[role].named !== undefined) continue;
    throw new UserError(`${line}: column ${columns[role] + 1} (${min} to ${max}) looks like ratings and column ` +
      `${columns.rating + 1} (${rating.min} to ${rating.max}) like ids, the other way round than user, item, rating: ` +
      SAY);
  }
}

/** Numbers where text should be, with text behind them: item, year, title, or user, item, tag. */
function doubtText({ line, spec, columns, facts }: FoundTable, file: string, role: string): void {
  const c = columns[role];
  if (c < 0 || spec[role].named !== undefined || !isNumeric(facts[c])) return;
  const text = facts.findIndex((fact, k) => k > c && fact.filled > 0 && fact.numbers === 0 && !isTime(fact));
  if (text < 0) return;
  throw new UserError(`${line}: column ${c + 1} should be the ${role} but holds numbers such as ` +
    `${quotable(facts[c].sample)}, and column ${text + 1} text such as ${quotable(facts[text].sample)}: say --column ` +
    `${file}.item=NUMBER --column ${file}.${role}=NUMBER`);
}
