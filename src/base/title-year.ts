/**
 * The year at a title's end, as MovieLens writes it: "Alien (1979)", "The Wire (2002–2008)". A title and its year are
 * kept as one text, so that they are found, saved and told apart together; where they are shown apart, they are cut.
 */

const AT_END = /^(.*\S)\s*\((\d{4})(?:[–-](?:\d{4})?)?\)$/s;
/** "1979", "1979.0", "1979-05-25". */
const IN_CELL = /^\s*([12]\d{3})(?:\.0+|-\d\d?.*)?\s*$/;

/** The title without its year, and what stands behind it, "(1979)"; "" for none. */
export function cutYear(title: string): readonly [name: string, year: string] {
  const found = AT_END.exec(title);
  return found ? [found[1], title.slice(found[1].length).trim()] : [title, ""];
}

/** The (first) year at a title's end; null for none. */
export function yearOf(title: string): number | null {
  const found = AT_END.exec(title);
  return found ? Number(found[2]) : null;
}

/** The title with a year at its end, if it has none there and the text is a year or a date. */
export function withYear(title: string, text: string): string {
  const year = IN_CELL.exec(text)?.[1];
  return year === undefined || yearOf(title) !== null ? title : `${title} (${year})`;
}
