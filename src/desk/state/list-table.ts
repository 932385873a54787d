/** A list to take along: as comma-separated values (RFC 4180) and as plain text. Pure. */
import type { ListedItem } from "../../session/session-types.js";

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

export function asCsv(items: readonly ListedItem[]): string {
  const rows = items.map(({ id, title, score }, i) => [String(i + 1), field(title), field(id), String(score)]);
  return [["rank", "title", "id", "score"], ...rows].map((row) => `${row.join()}\r\n`).join("");
}

export function asText(items: readonly ListedItem[]): string {
  return items.map(({ title }, i) => `${i + 1}. ${title}\n`).join("");
}

function field(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
