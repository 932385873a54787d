/**
 * Which column of a table means what: by the user's word, by name, and by place only where nothing else was given. What
 * cannot be told is refused, with the option that says it.
 */
import { quotable } from "../../base/printable.js";
import { UserError } from "../../base/user-error.js";
import type { OpenedTable } from "../../files/opened-table.js";
import type { ColumnReason, TableReading } from "../understood.js";
import { columnFacts, isNumeric, isTime, rangeOf, type ColumnFacts } from "./column-facts.js";
import { simplified, type Columns, type TableSpec } from "./column-spec.js";
import { refuseDoubtful } from "./refuse-doubtful.js";
import { findHeader, type Header, type HeaderHints } from "./find-header.js";

export interface FoundColumns<Role extends string> {
  readonly file: string;
  readonly columns: Columns<Role>;
  /** Whether the first row is left out. */
  readonly skipsFirst: boolean;
  /** Cells of the header that is left out, for recognising it again among the rows. */
  readonly header: readonly string[] | null;
  /** Fields of every row. */
  readonly width: number;
  /** Numbers may be written 3,5. */
  readonly decimalComma: boolean;
  /** A column's cells among the first rows. */
  readonly cells: (column: number) => readonly string[];
  readonly understood: Pick<TableReading, "header" | "columns" | "unused" | "notes">;
}

export interface ColumnWishes extends HeaderHints {
  /** Columns that the user wants left alone, by name or number. */
  readonly none?: readonly (string | number)[];
  /** What is said of a headerless table of more columns than this. Default 5. */
  readonly widest?: number;
  /** The layout knows its columns by place: they are no guess. */
  readonly placed?: boolean;
  /** Rows are of any width. */
  readonly ragged?: boolean;
}

/** What every helper below looks at. */
interface Context<Role extends string> {
  readonly table: OpenedTable;
  readonly spec: TableSpec<Role>;
  readonly names: readonly string[] | null;
  readonly facts: readonly ColumnFacts[];
  readonly line: string;
}

/** @throws UserError that names all missing columns at once. */
export function findColumns<Role extends string>(
  table: OpenedTable, spec: TableSpec<Role>, wishes: ColumnWishes,
): FoundColumns<Role> {
  const width = table.names ? table.names.length : wishes.ragged ? Math.max(
    0, ...table.sample.map((row) => row.length),
  ) : usualWidth(table.sample);
  const sample = table.names || wishes.ragged ? table.sample : withWholeHeader(table, width);
  const header: Header | null = table.names ? null
    : findHeader(sample.length > 0 ? sample : [[]], spec, {
      header: wishes.header ?? (wishes.placed ? false : undefined), comments: table.format.comments, file: table.file,
    });
  const skipsFirst = header?.from === "first row";
  const rows = (skipsFirst ? table.sample.slice(1) : table.sample).filter((row) => row.length === width);
  const facts = Array.from({ length: width }, (_, c) => columnFacts(rows, c));
  const names = padded(table.names ?? header?.names ?? null, width);
  const context: Context<Role> = { table, spec, names, facts, line: `${table.file}${table.names ? "" : ":1"}` };
  const notes = header?.note ? [header.note] : [];

  const ignored = new Map<number, string>();
  for (const wish of wishes.none ?? []) ignored.set(given(context, "none", wish), "left alone as you said");
  const { columns, reasons } = byWord(context, ignored);
  const index = wishes.placed ? -1 : indexColumn(context, columns);
  if (index >= 0) ignored.set(index, "a row number");
  if (names === null) byPlace(context, columns, reasons, ignored, wishes);
  else byLikeness(context, columns, reasons, ignored);
  complain(context, columns, names === null && table.names === null);
  if (!wishes.placed) {
    refuseDoubtful({ line: context.line, spec, columns, byPlace: names === null, facts, rows });
  }
  return {
    file: table.file, columns, skipsFirst, header: skipsFirst && names ? table.sample[0] : null, width,
    decimalComma: facts.some((fact) => fact.commas > fact.thousands) &&
      !facts.some((fact) => fact.commas > 0 && fact.points > 0),
    cells: (c) => rows.map((row) => row[c]),
    understood: {
      header: table.names ? "the format" : header!.from, notes,
      columns: (Object.keys(spec) as Role[]).filter((role) => columns[role] >= 0).map((role) => ({
        role, column: columns[role] + 1, name: names?.[columns[role]] ?? null, reason: reasons[role]!,
        range: rangeOf(facts[columns[role]]), sample: quotable(facts[columns[role]].sample),
      })),
      unused: wishes.ragged ? [] : facts.flatMap((fact, c) => (Object.values(columns).includes(c) ? [] : [{
        column: c + 1, name: names?.[c] ?? null, range: rangeOf(fact), sample: quotable(fact.sample),
        ...(ignored.has(c) ? { why: ignored.get(c)! } : {}),
      }])),
    },
  };
}

/** A header may be shorter than the rows below it: what it does not name has no name. */
function padded(names: readonly string[] | null, width: number): readonly string[] | null {
  return names && names.length < width ? [...names, ...Array<string>(width - names.length).fill("")] : names;
}

/** Fields of most of the first rows. */
function usualWidth(sample: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const { length } of sample) counts.set(length, (counts.get(length) ?? 0) + 1);
  // The first row decides a tie: it is the header, or as good as any.
  let width = sample[0]?.length ?? 0;
  for (const [length, n] of counts) if (n > counts.get(width)!) width = length;
  return width;
}

/**
 * The first rows with a header as wide as they are: R writes none for its row numbers, which stand first, and a
 * separator behind the last column needs none.
 * @throws UserError for lines before the table: a title, the day of an export.
 */
function withWholeHeader({ file, sample }: OpenedTable, width: number): readonly (readonly string[])[] {
  const [first = [], ...rows] = sample;
  if (first.length >= width || rows.length < 3) return sample;
  if (first.length === width - 1) {
    if (rows.every((row) => row.length < width || row[width - 1] === "")) return [[...first, ""], ...rows];
    if (columnFacts(rows, 0).consecutive) return [["", ...first], ...rows];
  }
  throw new UserError(`${file}:1: ${first.length} column${first.length === 1 ? "" : "s"} ` +
    `("${quotable(first.join(" "))}"), expected ${width} as in most rows below: take lines before the table off, or ` +
    "begin them with #");
}

/** The column that a user's word means, 0-based; −1 when there is none. */
function given(context: Context<string>, role: string, word: string | number): number {
  const at = place(context, String(word), role);
  if (at >= 0) return at;
  const number = /^[1-9]\d{0,3}$/.test(String(word)) ? Number(word) - 1 : -1;
  return number < context.facts.length ? number : -1;
}

function place({ names, table }: Context<string>, name: string, role: string): number {
  if (names === null) return -1;
  const exact = names.indexOf(name);
  const at = exact >= 0 ? exact : names.map(simplified).indexOf(simplified(name));
  if (at >= 0 && names.indexOf(names[at], at + 1) >= 0) {
    const twice = quotable(names[at]);
    throw new UserError(`${table.file}: two columns are called "${twice}", expected one for the ${role}: ` +
      `give its number (--column ${role}=${at + 1})`);
  }
  return at;
}

type Reasons<Role extends string> = Partial<Record<Role, ColumnReason>>;

/** Columns that the user gave, and those whose names are known. */
function byWord<Role extends string>(
  context: Context<Role>, ignored: ReadonlyMap<number, string>,
): { columns: Record<Role, number>; reasons: Reasons<Role> } {
  const columns = {} as Record<Role, number>;
  const reasons: Reasons<Role> = {};
  const roles = Object.keys(context.spec) as Role[];
  for (const role of roles) {
    const { named } = context.spec[role];
    columns[role] = named === undefined ? -1 : given(context, role, named);
    if (columns[role] >= 0) reasons[role] = "given";
  }
  const wanted = new Set<number>([...roles.map((role) => columns[role]), ...ignored.keys()]);
  for (const role of roles) {
    const { names, named } = context.spec[role];
    if (named !== undefined) continue;
    const found = names.map((name) => place(context, name, role)).find((at) => at >= 0 && !wanted.has(at));
    if (found === undefined) continue;
    columns[role] = found;
    reasons[role] = "name";
  }
  return { columns, reasons };
}

/** A first column that merely counts the rows, as pandas writes it; −1 when there is none. */
function indexColumn({ names, facts, table, spec }: Context<string>, columns: Columns<string>): number {
  if (facts.length < 3 || !facts[0].consecutive || Object.values(columns).includes(0)) return -1;
  if (names !== null) return /^(|unnamed: ?0|index|row)$/i.test(names[0]) && table.names === null ? 0 : -1;
  // Of titles without a header such numbers are the items themselves.
  return spec.user?.required && table.sample.length >= 4 ? 0 : -1;
}

/**
 * Columns of a table without names, by their place among those that are free; a rating and a time by what they hold.
 */
function byPlace<Role extends string>(
  context: Context<Role>, columns: Record<Role, number>, reasons: Reasons<Role>, ignored: ReadonlyMap<number, string>,
  wishes: ColumnWishes,
): void {
  const { facts, spec } = context;
  const roles = Object.keys(spec) as Role[];
  const missing = roles.filter((role) => columns[role] < 0 && spec[role].required);
  const free = Array.from(facts.keys()).filter((c) => !ignored.has(c) && !Object.values(columns).includes(c));
  const shift = ignored.get(0) === "a row number" ? 1 : 0;
  if (missing.length > 0 && !wishes.placed) refuseWide(context, facts.length - shift, wishes.widest ?? 5);
  // With a place of its own for the user or the item, the order of the rest is anybody's guess.
  const ordered = !roles.some((role) => spec[role].required && reasons[role] === "given");
  for (const role of roles) {
    const { position, required, holds, named } = spec[role];
    if (columns[role] >= 0 || named !== undefined || position < 0 || (!required && !ordered)) continue;
    const may = (fact: ColumnFacts): boolean => wishes.placed === true || holds === undefined ||
      (holds === "time" ? isTime(fact) : isNumeric(fact) && !isTime(fact));
    const fits = (c: number): boolean => free.includes(c) && !Object.values(columns).includes(c) && may(facts[c]);
    const at = holds === undefined || wishes.placed ? [position + shift] : free.filter((c) => c >= 2 + shift);
    const found = at.find(fits);
    if (found === undefined) continue;
    columns[role] = found;
    reasons[role] = wishes.placed ? "layout" : "position";
  }
}

/** A table of names, none of which is known: what only one column can be is taken for it. */
function byLikeness<Role extends string>(
  context: Context<Role>, columns: Record<Role, number>, reasons: Reasons<Role>, ignored: ReadonlyMap<number, string>,
): void {
  const { names, spec, facts } = context;
  if (!("item" in spec) || !("user" in spec)) return;
  const item = "item" as Role;
  if (columns[item] >= 0 || columns["user" as Role] < 0 || spec[item].named !== undefined) return;
  const others = /^(row|index|session|order|event|review|transaction|visit|request|category|cat|store|shop)/;
  const likely = Array.from(facts.keys()).filter((c) => !ignored.has(c) && !Object.values(columns).includes(c) &&
    /[\s_.-]id$|[a-z\d](Id|ID)$|^[A-Z\d_]+ID$|^(asin|isbn|sku|ean|uri|url)\d*$/.test(names![c]) && !others.test(simplified(names![c])));
  if (likely.length !== 1) return;
  columns[item] = likely[0];
  reasons[item] = "name";
}

/** A headerless table that is too wide to be user, item, rating, time: most often no table of interactions at all. */
function refuseWide({ table, facts, line }: Context<string>, width: number, widest: number): void {
  if (width <= widest) return;
  const numeric = facts.filter(isNumeric).length;
  const matrix = numeric >= facts.length - 1 && facts.some(({ fractions, min }) => fractions > 0 || min < 0);
  const what = matrix ? "it looks like a matrix of ratings, one row a user and one column an item, which is not " +
    "read: write it as rows of user, item, rating" : "which of them are the user and the item? Say --column " +
    "user=NUMBER --column item=NUMBER (and rating=, timestamp=)";
  throw new UserError(`${line}: ${width} columns without a header in ${table.file.replace(/^.*[\\/]/, "")}; ${what}`);
}

/** Most columns that a message lists: a header may have a million. */
const LISTED = 20;

function some(names: readonly string[]): string {
  const more = names.length > LISTED ? `, … (${names.length} columns)` : "";
  return names.slice(0, LISTED).map((name) => quotable(name)).join(", ") + more;
}

/** One message for all columns that are missing, or impossible. */
function complain<Role extends string>(context: Context<Role>, columns: Columns<Role>, bare: boolean): void {
  const { spec, names, facts, line } = context;
  const roles = Object.keys(spec) as Role[];
  const missing = roles.filter((role) => columns[role] < 0 && (spec[role].required || spec[role].named !== undefined));
  if (missing.length > 0) {
    const found = context.table.names ? `the columns are ${some(context.table.names)}`
      : names ? `the header has ${some(names)}`
        : `no header, ${facts.length} column${facts.length === 1 ? "" : "s"}`;
    const expected = missing.map((role) => {
      const { named, names: known, position } = spec[role];
      if (named !== undefined) return `a column "${named}"`;
      return names ? `one of the names ${known.slice(0, 12).join(", ")}` : `it as column ${position + 1}`;
    });
    const words = missing.map((role) => `--column ${role}=${names ? "NAME" : "NUMBER"}`).join(" ");
    const matrix = facts.length > 5 && facts.filter(isNumeric).length >= facts.length - 1
      ? "; is it a matrix, one column an item? Then write it as rows of user, item, rating" : "";
    throw new UserError(`${line}: missing column for the ${missing.join(" and the ")}: ${found}; expected ` +
      `${[...new Set(expected)].join(" and ")} (${words} says which it is` +
      `${names && context.table.names === null ? ", --header no that there is no header" : ""})${matrix}`);
  }
  const beyond = roles.find((role) => columns[role] >= facts.length);
  if (beyond !== undefined) {
    throw new UserError(`${line}: the ${beyond} would be column ${columns[beyond] + 1} of the header, but most rows ` +
      `have ${facts.length} columns: is the header of another file, or does a column name hold a separator?`);
  }
  for (const role of roles.filter((one) => one === "item" || one === "user")) {
    const fact = facts[columns[role]];
    if (!bare || !fact || spec[role].named !== undefined || fact.fractions === 0 || !isNumeric(fact)) continue;
    const odd = context.table.sample.map((row) => row[columns[role]]).find((cell) => /[.,]\d*[1-9]/.test(cell ?? ""));
    throw new UserError(`${line}: column ${columns[role] + 1} should be the ${role} but holds decimals such as ` +
      `${quotable(odd ?? "")}: is it a matrix of ratings (one row a user), which is not read? ` +
      `If not, say --column user=NUMBER --column item=NUMBER`);
  }
}
