/** Tables as bytes, in every way in which programs write them: for tests that make thousands of them up. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";

/** How a table is written. */
export interface Style {
  readonly separator: "," | ";" | "\t" | "|" | "::" | " ";
  readonly quoting: "needed" | "always";
  readonly lineEnd: "\n" | "\r\n" | "\r";
  readonly lastEnd: boolean;
  readonly encoding: "utf8" | "bom" | "windows-1252" | "utf16le" | "utf16le-bom" | "utf16be-bom";
  readonly packed: boolean;
  readonly comment: boolean;
}

export const styles: fc.Arbitrary<Style> = fc.record({
  separator: fc.constantFrom<Style["separator"][]>(",", ";", "\t", "|", "::", " "),
  quoting: fc.constantFrom<Style["quoting"][]>("needed", "always"),
  lineEnd: fc.constantFrom<Style["lineEnd"][]>("\n", "\r\n", "\r"),
  lastEnd: fc.boolean(),
  encoding: fc.constantFrom<Style["encoding"][]>(
    "utf8", "bom", "windows-1252", "utf16le", "utf16le-bom", "utf16be-bom",
  ),
  packed: fc.boolean(),
  comment: fc.boolean(),
});

/** The rows as bytes; null where the style cannot hold them (a separator that nothing can protect). */
export function written(rows: readonly (readonly string[])[], style: Style): Uint8Array | null {
  const { separator, quoting, lineEnd } = style;
  const field = (text: string): string | null => {
    const dangerous = text.includes(separator) || /["\r\n]/.test(text) || text !== text.trim() ||
      (separator === " " && text === "");
    if (separator === "::") return dangerous ? null : text;
    return dangerous || quoting === "always" ? `"${text.replaceAll("\"", "\"\"")}"` : text;
  };
  const lines = rows.map((row) => row.map(field));
  if (lines.some((line) => line.includes(null))) return null;
  const comment = style.comment ? `# made by hand${lineEnd}` : "";
  const text = comment + lines.map((line) => line.join(separator)).join(lineEnd) + (style.lastEnd ? lineEnd : "");
  const bytes = encoded(text, style.encoding);
  return style.packed ? gzipSync(bytes) : bytes;
}

function encoded(text: string, encoding: Style["encoding"]): Buffer {
  if (encoding === "utf8") return Buffer.from(text);
  if (encoding === "bom") return Buffer.from(`\uFEFF${text}`);
  if (encoding === "windows-1252") return Buffer.from(text.replaceAll("’", "\x92"), "latin1");
  const marked = Buffer.from(encoding === "utf16le" ? text : `\uFEFF${text}`, "utf16le");
  return encoding === "utf16be-bom" ? marked.swap16() : marked;
}
