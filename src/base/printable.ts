/**
 * Text from outside on its way to a terminal: control characters would move the cursor, clear the screen or reverse
 * the line. They are shown as what they are.
 */

// C0 and C1 controls but tab and line feed; the marks that turn the writing direction.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text with each control character as \x1b or \u202e. Tabs and line feeds stay. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });
}

/** As printable, on one line. */
export function printableLine(text: string): string {
  return printable(text.replace(/[\r\n\t\u2028\u2029]+/g, " "));
}

/** As printable, on one line and cut to `most` characters: for quoting a field in a message. */
export function quotable(text: string, most = 40): string {
  const line = printable(text.replace(/\s/g, " "));
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
