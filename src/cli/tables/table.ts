/** Aligned tables for people: numbers to the right, long titles cut to what the terminal has room for. */
import { printableLine } from "../../base/printable.js";

export interface Column {
  readonly head: string;
  /** Default left. */
  readonly align?: "left" | "right";
  /** May be cut when the table is wider than the terminal. */
  readonly flexible?: boolean;
}

export const left = (head: string): Column => ({ head });
export const right = (head: string): Column => ({ head, align: "right" });
/** Text that may be cut. */
export const wide = (head: string): Column => ({ head, flexible: true });

const GAP = "  ";
const INDENT = "  ";
/** A flexible column is never cut below this. */
const LEAST = 12;

/** @param width of the terminal, in cells. Cells of a row that are missing are empty. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], width = 100): string {
  const texts = rows.map((row) => columns.map((_, c) => printableLine(row[c] ?? "")));
  const cells = [columns.map(({ head }) => head), ...texts];
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => displayWidth(row[c]))));
  let excess = widths.reduce((sum, w) => sum + w, 0) + GAP.length * (columns.length - 1) + INDENT.length - width;
  while (excess > 0) {
    const widest = columns.reduce((best, { flexible }, c) =>
      (flexible && widths[c] > LEAST && (best < 0 || widths[c] > widths[best]) ? c : best), -1);
    if (widest < 0) break;
    widths[widest]--;
    excess--;
  }
  const line = (row: readonly string[]): string => (INDENT + row.map((cell, c) => {
    const text = cut(cell, widths[c]);
    const space = " ".repeat(widths[c] - displayWidth(text));
    return columns[c].align === "right" ? space + text : text + space;
  }).join(GAP)).trimEnd();
  const rule = INDENT + widths.map((w) => "─".repeat(w)).join(GAP);
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join("\n");
}

/** The text, or its beginning and "…", within so many cells. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const symbol of text) {
    used += displayWidth(symbol);
    if (used > width) break;
    kept += symbol;
  }
  return `${kept.trimEnd()}…`;
}

/** Terminal cells: two for East Asian wide characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const symbol of text) width += /\p{M}/u.test(symbol) ? 0 : WIDE.test(symbol) ? 2 : 1;
  return width;
}

const WIDE = new RegExp(
  "[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f" +
  "\\uff00-\\uff60\\uffe0-\\uffe6\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]", "u",
);
