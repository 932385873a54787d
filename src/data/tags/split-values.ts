/**
 * Several tags in one cell: "Comedy|Romance", "noir, heist", ["a", "b"] of JSON or Python, "Books > Fiction > Crime".
 * How a column is written is decided once, from its first cells, and said; --tag-separator overrules.
 */

/** How the cells of a column are taken apart. */
export interface ValueSplitter {
  /** For the report: "one tag a cell", "several tags a cell, separated by |". */
  readonly about: string;
  readonly split: (cell: string) => string[];
}

/** Between a path's steps; and the separators of lists, the surest first. */
const STEP = /\s*[>»→]\s*/;
const LIST_SEPARATORS = ["|", ";", ","] as const;
/** As web pages write characters. */
const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&apos;": "'", "&nbsp;": " ",
};
/** What stands for no value. */
const NO_VALUE = /^(|\(no genres listed\)|nan|null|none|n\/a|\\n)$/i;

/**
 * Between the parts of a path: no honest name holds it, so that names can be told from places (finish in collectors).
 */
export const PATH = "\u0001";

/**
 * @param cells of the first rows.
 * @param wanted the user's separator.
 * @param usuallyOne whether the column is known to hold one value a row mostly (a file of tag applications): a comma
 *   must then separate in most cells, or known tags, to count.
 */
export function valueSplitter(
  cells: readonly string[], wanted: string | undefined, usuallyOne: boolean,
): ValueSplitter {
  if (wanted !== undefined) return by(wanted === "none" ? null : wanted);
  const filled = cells.map((cell) => decoded(cell).trim()).filter((cell) => !NO_VALUE.test(cell));
  const found = splitterOf(filled, usuallyOne);
  return { ...found, split: (cell) => found.split(decoded(cell)) };
}

function splitterOf(filled: readonly string[], usuallyOne: boolean): ValueSplitter {
  const share = (test: (cell: string) => boolean): number => filled.filter(test).length / Math.max(1, filled.length);
  if (share(isList) > 0.5) return { about: "several tags a cell, as lists of JSON or Python", split: fromList };
  if (share((cell) => /^#\S+(\s+#\S+)*$/.test(cell)) > 0.9 && share((cell) => /\s#/.test(cell)) > 0) {
    return { about: "several tags a cell, each with a #", split: (cell) => by(" ").split(cell).map(withoutHash) };
  }
  const separator = LIST_SEPARATORS.find((one) => separates(one, filled, usuallyOne)) ?? null;
  const plain = by(separator);
  const values = filled.flatMap((cell) => plain.split(cell));
  const slashes = values.filter((value) => value.includes("/")).length > 0.5 * values.length;
  const step = share((cell) => STEP.test(cell)) > 0.5 ? STEP : slashes && areSteps(values) ? /\s*\/\s*/ : null;
  if (step) {
    const several = separator ? `, several separated by ${separator}` : "";
    return {
      about: `paths such as Books > Fiction: each step is a tag${several}`,
      split: (cell) => [...new Set(plain.split(cell).flatMap((path) => ancestors(path, step)))],
    };
  }
  const distinct = [...new Set(filled.map((cell) => cell.toLowerCase()))];
  return separator === null && slashes && recurs("/", distinct.filter((cell) => cell.includes("/")), distinct)
    ? by("/") : plain;
}

function decoded(cell: string): string {
  return cell.includes("&") ? cell.replace(/&(amp|lt|gt|quot|#39|apos|nbsp);/g, (entity) => ENTITIES[entity]) : cell;
}

function withoutHash(tag: string): string {
  return tag.replace(/^#/, "");
}

/** Whether slashes lead from the general to the special: every step has one parent only, and some are shared. */
function areSteps(values: readonly string[]): boolean {
  const parents = new Map<string, string>();
  const children = new Map<string, Set<string>>();
  for (const value of values) {
    const steps = value.toLowerCase().split("/").map((step) => step.trim()).filter((step) => step !== "");
    for (const [s, step] of steps.entries()) {
      const parent = s === 0 ? "" : steps[s - 1];
      if ((parents.get(step) ?? parent) !== parent) return false;
      parents.set(step, parent);
      children.set(parent, (children.get(parent) ?? new Set()).add(step));
    }
  }
  return [...children].some(([parent, steps]) => parent !== "" && steps.size > 1);
}

/** Whether the separator stands between tags in these cells. */
function separates(separator: "|" | ";" | ",", filled: readonly string[], usuallyOne: boolean): boolean {
  const distinct = [...new Set(filled.map((cell) => cell.toLowerCase()))];
  const having = distinct.filter((cell) => cell.includes(separator));
  if (having.length === 0) return false;
  if (separator === "|" || (!usuallyOne && separator === ";")) return true;
  if (!usuallyOne && having.length > 0.2 * distinct.length) return true;
  return having.length > 0.5 * distinct.length || recurs(separator, having, distinct);
}

/** Whether nearly all parts of the cells that have several are also found in other cells. */
function recurs(separator: string, several: readonly string[], all: readonly string[]): boolean {
  const partsOf = (cell: string): string[] => cell.split(separator).map((part) => part.trim());
  const times = new Map<string, number>();
  for (const cell of all) for (const part of new Set(partsOf(cell))) times.set(part, (times.get(part) ?? 0) + 1);
  const parts = several.flatMap(partsOf);
  return parts.filter((part) => times.get(part)! > 1).length > 0.8 * parts.length;
}

function by(separator: string | null): ValueSplitter {
  const wanted = (value: string): boolean => !NO_VALUE.test(value);
  if (separator === null) return { about: "one tag a cell", split: (cell) => [cell.trim()].filter(wanted) };
  return {
    about: `several tags a cell, separated by ${separator}`,
    split: (cell) => cell.split(separator).map((part) => part.trim()).filter(wanted),
  };
}

/** "Books > Fiction > Crime": the path itself and every path above it, steps joined by PATH. */
function ancestors(path: string, step: RegExp): string[] {
  const steps = path.split(step).map((step) => step.trim()).filter((step) => step !== "");
  return steps.map((_, s) => steps.slice(0, s + 1).join(PATH));
}

/** What a path is called: its last step, or all of it where two paths end alike. */
export function pathNames(paths: readonly string[]): (path: string) => string {
  const ends = new Map<string, Set<string>>();
  const last = (path: string): string => path.slice(path.lastIndexOf(PATH) + 1).toLowerCase();
  for (const path of paths) ends.set(last(path), (ends.get(last(path)) ?? new Set()).add(path.toLowerCase()));
  const alone = (path: string): boolean => ends.get(last(path))?.size === 1;
  return (path) => (alone(path) ? path.slice(path.lastIndexOf(PATH) + 1) : path.replaceAll(PATH, " > "));
}

/** [a, b] of JSON and Python, ('a', 'b') and {'a', 'b'} of Python, {a,b} of PostgreSQL. */
function isList(cell: string): boolean {
  return /^(\[.*\]|\(["'].*["'],?\)|\{[^:]*\})$/s.test(cell);
}

/** The values of ["a", "b"], ['a', 'b'], [{'name': 'a'}, …] and of lists within lists. */
function fromList(cell: string): string[] {
  const text = cell.trim();
  if (!isList(text)) return NO_VALUE.test(text) ? [] : [text];
  const bare = `[${text.slice(1, -1).replace(/,\s*$/, "")}]`;
  let value: unknown;
  try {
    value = JSON.parse(bare);
  } catch {
    try {
      // NumPy sets no comma between its strings.
      value = JSON.parse(fromPython(bare).replace(/"\s+"/g, "\",\""));
    } catch {
      const parts = bare.slice(1, -1).split(",").map((part) => part.trim().replace(/^['"]|['"]$/g, ""));
      return parts.filter((part) => part !== "");
    }
  }
  return [...new Set(valuesOf(value))].filter((one) => !NO_VALUE.test(one));
}

function valuesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  if (typeof value === "object" && value !== null) {
    const record = value as Record<string, unknown>;
    const named = ["name", "title", "label", "tag", "genre", "value"].find((key) => typeof record[key] === "string");
    return named ? [(record[named] as string).trim()] : [];
  }
  return typeof value === "string" || typeof value === "number" ? [String(value).trim()] : [];
}

/** A Python list of strings and dicts as JSON: quotes turned, None, True and False respelt. */
function fromPython(text: string): string {
  const tokens = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\bNone\b|\bTrue\b|\bFalse\b/g;
  return text.replace(tokens, (token, single?: string, double?: string) => {
    if (single !== undefined) return JSON.stringify(single.replace(/\\(['"\\])/g, "$1"));
    if (double !== undefined) return token;
    return token === "None" ? "null" : token.toLowerCase();
  });
}
