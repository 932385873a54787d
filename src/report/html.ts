/**
 * HTML as tagged templates: whatever is put in is escaped unless it is HTML already, so a title with "<" or a tag with
 * quotes cannot break the page. Attributes must be quoted in the template.
 *
 *   html`<td title="${name}">${value}</td>`
 */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template; null, undefined and false leave nothing. */
export type Part = Html | string | number | false | null | undefined | readonly Part[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, piece, i) => text + shown(parts[i - 1]) + piece));
}

/** Nothing. */
export const nothing = new Html("");

function shown(part: Part): string {
  if (part instanceof Html) return part.text;
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "object") return part.map(shown).join("");
  return escapeHtml(String(part));
}

/** Safe as text and within quoted attributes; control characters, which no document may hold, are left out. */
export function escapeHtml(text: string): string {
  // eslint-disable-next-line no-control-regex
  const printable = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "");
  return printable.replace(/[&<>"']/g, (symbol) => ESCAPES[symbol]);
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;" };

export interface Column {
  readonly head: string;
  /** Right-aligned, with digits of equal width. */
  readonly number?: boolean;
}

/** A table that scrolls sideways by itself, by keys as well, where the page is narrower. Cells may be HTML. */
export function table(columns: readonly Column[], rows: readonly (readonly Part[])[], caption?: Part): Html {
  const kind = ({ number }: Column): Html => (number ? html` class="number"` : nothing);
  const above = caption !== undefined && html`<caption><div>${caption}</div></caption>`;
  return html`<div class="table" tabindex="0"><table>${above}
<thead><tr>${columns.map((column) => (column.head === "" ? html`<td></td>`
    : html`<th${kind(column)} scope="col">${column.head}</th>`))}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column, c) => html`<td${kind(column)}>${row[c]}</td>`)}</tr>
`)}</tbody></table></div>`;
}
