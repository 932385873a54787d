/** What was understood of somebody's files, as lines for a person (understood.ts has it as data). */
import { basename } from "node:path";
import type { KeysUnderstood, RatingsUnderstood, TableReading, UnusedColumn, UsedColumn } from "./understood.js";

/** "1…5" */
export function rangeText([min, max]: readonly [number, number]): string {
  return min === max ? short(min) : `${short(min)}…${short(max)}`;
}

/** `3 "overall" (1…5), 4 "summary" ("so, so")` */
export function columnsText(columns: readonly (UnusedColumn | UsedColumn)[]): string {
  return columns.map(({ column, name, range, sample }) => {
    const holds = range ? rangeText(range) : sample === "" ? "empty" : `"${sample}"`;
    return `${column}${name === null ? "" : ` "${name}"`} (${holds})`;
  }).join(", ");
}

/** Everything about one table. */
export function tableLines(table: TableReading): string[] {
  const { role, files, why, format, header, columns, unused, bad, notes, others } = table;
  const [first, last] = [files[0], files.at(-1)!].map((file) => basename(file));
  const name = files.length === 1 ? first : `${first} … ${last} (${files.length} files)`;
  const packing = format.packing ? `, packed with ${format.packing.join(" in ")}` : "";
  const kind = format.kind !== "text" ? format.kind
    : `${format.encoding} text, separated by ${format.separator}, lines ending with ${format.lineEnds}${packing}`;
  const lines = [`${name}: ${role}${why === "" ? "" : ` (${why})`}; ${kind}`];
  const inOrder = [...columns].sort((a, b) => a.column - b.column);
  lines.push(`${name}: ${headerText(header)}: column ${inOrder.map(columnText).join(", ")}`);
  if (unused.length > 0) {
    const shown = unused.slice(0, 8);
    const why = shown.filter((one) => one.why !== undefined).map((one) => `${one.column} is ${one.why}`);
    lines.push(`${name}: unused columns: ${columnsText(shown)}${more(unused.length - shown.length)}` +
      (why.length > 0 ? `; ${why.join(", ")}` : ""));
  }
  if (format.comments) lines.push(`${name}: ${format.comments.length} comment lines before the table were left out`);
  lines.push(...notes.map((note) => `${name}: ${note}`));
  if (bad.count > 0) {
    const examples = bad.first.map(({ file, line, reason }) => `\n    ${basename(file)}:${line}: ${reason}`).join("");
    lines.push(`${name}: ${bad.count} bad rows left out, the first of them:${examples}`);
  }
  if (others.length > 0) {
    lines.push(`also there and not read: ${others.slice(0, 6).join(", ")}${more(others.length - 6)} ` +
      "(--file ROLE=NAME reads another one)");
  }
  return lines;
}

function headerText(header: TableReading["header"]): string {
  if (header === "first row") return "the first row is a header";
  return header === "none" ? "no header" : header === "comment line" ? "a comment names the columns" : "named columns";
}

/** `1 "userId" = user`, or of a headerless table `3 = rating (1…5)`. */
function columnText({ role, column, name, range }: UsedColumn): string {
  const scale = range && (role === "rating" || role === "count") ? ` (${rangeText(range)})` : "";
  return `${column}${name === null ? "" : ` "${name}"`} = ${role}${scale}`;
}

export function ratingsLines(ratings: RatingsUnderstood | null, table: TableReading): string[] {
  if (!ratings) {
    // A layout knows its columns: that it has no rating is no accident.
    const known = table.columns.some(({ reason }) => reason === "layout");
    const numeric = known ? [] : table.unused.filter(({ range, why }) => range !== null && why === undefined);
    const hint = `; numbers stand in the unused columns ${columnsText(numeric)}: --column rating=NAME says which is it`;
    return [`no column of ratings: every row counts${numeric.length > 0 ? hint : ""}`];
  }
  const { min, max, threshold, rows, kept, advice } = ratings;
  const share = `${((100 * kept) / rows).toFixed(0)} %`;
  const range = min === max ? `every rating is ${short(min)}` : `ratings go from ${short(min)} to ${short(max)}`;
  const line = `${range}; ${threshold === -Infinity ? "all are kept" : `${threshold} or more keeps ${share}`}`;
  return [advice === null ? line : `${line}: on this scale --min-rating ${advice} says what ${threshold} of 5 would`];
}

export function keysLines(file: string, { keys, met, items, itemsMet, rule, example, role }: KeysUnderstood): string[] {
  const how = rule === null || !example ? "" : `, once taken ${rule} ("${example[0]}" is "${example[1]}")`;
  const share = `${itemsMet} of ${items} items have ${role}`;
  return [`${file}: ${met} of its ${keys} keys are items of the interactions${how}; ${share}`];
}

function more(n: number): string {
  return n > 0 ? `, and ${n} more` : "";
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
