/**
 * Prose at a terminal's width, broken between words. Not for tables, lists and examples: lines that begin with a blank
 * stay as they are, so that a command can be copied whole.
 */

/** @param width in characters; a longer word has a line of its own */
export function wrapProse(text: string, width: number): string {
  return text.split("\n").map((line) => (line.startsWith(" ") ? line : wrapLine(line, width))).join("\n");
}

/** The same of a text whose line breaks within a paragraph are its source's, as in a help text: undone. */
export function fillProse(text: string, width: number): string {
  const lines: string[] = [];
  let open = false;
  for (const line of text.split("\n")) {
    const prose = line !== "" && !line.startsWith(" ");
    if (prose && open) lines.push(`${lines.pop()} ${line}`);
    else lines.push(line);
    open = prose;
  }
  return wrapProse(lines.join("\n"), width);
}

function wrapLine(line: string, width: number): string {
  if (line.length <= width) return line;
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  return [...lines, current].join("\n");
}
