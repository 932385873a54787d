/** What the first rows of a table say about its columns: numbers or text, which range, a row number or a time. */

export interface ColumnFacts {
  /** Of the cells that are not empty: how many are numbers. */
  readonly filled: number;
  readonly numbers: number;
  /** Numbers that are no integers; "31.0" counts as an integer. */
  readonly fractions: number;
  /** Numbers written with a decimal comma, and with a point. */
  readonly commas: number;
  /** Of those with a comma: how many could be thousands as well ("1,234"). */
  readonly thousands: number;
  readonly points: number;
  readonly min: number;
  readonly max: number;
  /** Dates such as 2014-05-06, with or without a time. */
  readonly dates: number;
  readonly distinct: number;
  /** n, n + 1, n + 2 … from 0 or 1 on: a row number. */
  readonly consecutive: boolean;
  /** The first cell that is not empty. */
  readonly sample: string;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const COMMA_NUMBER = /^[+-]?\d+,\d+$/;
const DATE = /^\d{4}-\d\d?-\d\d?([T ]|$)|^\d\d?\/\d\d?\/\d{4}( |$)/;
/** What programs write for "nothing". */
const NOTHING = /^(|nan|null|none|n\/a|na|\\n|undefined)$/i;

/** The number in a cell, decimal comma or point; NaN when it is none. */
export function cellNumber(cell: string): number {
  if (NUMBER.test(cell)) return Number(cell);
  return COMMA_NUMBER.test(cell) ? Number(cell.replace(",", ".")) : NaN;
}

export function isNothing(cell: string): boolean {
  return NOTHING.test(cell);
}

/** @param rows data rows, a header left out. */
export function columnFacts(rows: readonly (readonly string[])[], column: number): ColumnFacts {
  const facts = {
    filled: 0, numbers: 0, fractions: 0, commas: 0, thousands: 0, points: 0, min: Infinity, max: -Infinity, dates: 0,
  };
  const seen = new Set<string>();
  let sample = "";
  let consecutive = true;
  let before = NaN;
  for (const row of rows) {
    const cell = column < row.length ? row[column] : "";
    const number = cellNumber(cell);
    consecutive &&= row === rows[0] ? number === 0 || number === 1 : number === before + 1;
    before = number;
    if (isNothing(cell)) continue;
    facts.filled++;
    if (sample === "") sample = cell;
    seen.add(cell);
    if (DATE.test(cell)) facts.dates++;
    if (number !== number) continue;
    facts.numbers++;
    if (!Number.isInteger(number)) facts.fractions++;
    if (cell.includes(",")) {
      facts.commas++;
      if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(cell)) facts.thousands++;
    } else if (/\.\d*[1-9]/.test(cell)) {
      facts.points++;
    }
    facts.min = Math.min(facts.min, number);
    facts.max = Math.max(facts.max, number);
  }
  return { ...facts, distinct: seen.size, consecutive: consecutive && rows.length > 0, sample };
}

/** Nearly all cells are numbers. */
export function isNumeric({ filled, numbers }: ColumnFacts): boolean {
  return filled > 0 && numbers >= 0.9 * filled;
}

/** Dates, or whole seconds or milliseconds since 1970 from 1973 on. */
export function isTime(facts: ColumnFacts): boolean {
  const { filled, dates, fractions, min, max } = facts;
  if (filled === 0) return false;
  return dates >= 0.9 * filled || (isNumeric(facts) && fractions === 0 && min >= 1e8 && max < 1e14);
}

/** The range of a numeric column. */
export function rangeOf(facts: ColumnFacts): readonly [number, number] | null {
  return isNumeric(facts) ? [facts.min, facts.max] : null;
}
