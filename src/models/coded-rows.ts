/**
 * Sparse rows in 16-bit codes, as a filter of a shortlist (docs/method.md §14, sparse rows): of vectors of more
 * dimensions than bytes can name (byte-rows.ts).
 *
 * The largest T entries of a row by |v| have a code each: the dimension, and the cell that the value is in; what is
 * left has one code for its length, and codes of its own beside. Cells hold equally many values, and of each its least
 * and largest value are known.
 *
 *   ⟨u, v⟩ ≤ Σ over the head of max(u_j·least, u_j·largest) + ‖rest of v‖ · ‖largest n − T of |u|‖
 *
 * and where that reaches the bar, the sum over all codes. Upper ends are whole numbers, rounded up, from a table that
 * is made for the question.
 */
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import { ROWS_OF_WORD } from "../kernels/plain/code-sums.js";
import type { SparseItemVectors } from "./recommenders/sparse-item-vectors.js";
import { normOf, roundingOf, SLACK } from "./exact-shortlist.js";
import type { RowFilter, RowQuestion } from "./row-filter.js";

interface Codes {
  /** (I, words), two codes a word, the first in the low bits: T entries, and last the length of what is left. */
  readonly codes: Int32Array;
  readonly words: number;
  /** (I, tailWords): what is left. */
  readonly tail: Int32Array;
  readonly tailWords: number;
  /** T */
  readonly head: number;
  /** Cells C: dimension j and cell c have the code j·C + c, lengths of what is left D·C + c; (D + 1)·C stands for 0. */
  readonly cells: number;
  /** (C) Least and largest value of each cell. */
  readonly least: Float64Array;
  readonly largest: Float64Array;
  /** (C) Largest length of what is left, by cell. */
  readonly rest: Float64Array;
  /** The largest length of a row. */
  readonly norm: number;
}

const CODES = 2 ** 16;
const [MOST_CELLS, LEAST_CELLS] = [32, 8];
/** Entries in the head. With the code for the rest they are whole words. */
const HEAD = 7;
/** Values that cells are cut by. */
const SAMPLE = 2 ** 16;

/** The largest entry of the table. Sums of all of a row's codes stay below 2³¹. */
const TOP = 2 ** 30;

export class CodedRows implements RowFilter {
  readonly order = null;

  private constructor(
    private readonly engine: Engine, private readonly coded: Codes, private readonly entries: number,
    private readonly factors: number, private readonly items: number,
  ) {}

  /** Codes are put into the engine's heap. @returns null where there are more dimensions than codes. */
  static of(engine: Engine, vectors: SparseItemVectors, factors: number): CodedRows | null {
    const coded = codeRows(vectors, factors, (words) => engine.ints(words));
    const { columns, entries } = vectors;
    return coded && new CodedRows(engine, coded, entries, factors, columns.length / entries);
  }

  ask(u: Floats): RowQuestion | null {
    const { engine, items, entries, coded: { codes, words, tail, tailWords, norm } } = this;
    const bounds = this.boundsOf(u);
    const most = bounds.reduce((so, bound) => Math.max(so, Math.abs(bound)), 0);
    if (!(most > 0 && most < Infinity)) return null;
    const scale = Math.floor(TOP / (entries + 1)) / most;
    const table = engine.intsFrom(Int32Array.from(bounds, (bound) => Math.ceil(bound * scale)));
    const slack = roundingOf(entries) * normOf(u) * norm * SLACK;
    return (out, from, bar) => {
      const [first, end] = [from * ROWS_OF_WORD, Math.min(items, (from + out.length) * ROWS_OF_WORD)];
      engine.run(
        "codeSumsReach", out, codes.subarray(first * words, end * words),
        tail.subarray(first * tailWords, end * tailWords), table, words, tailWords,
        Math.floor((bar - slack) * scale) - 1, end - first,
      );
    };
  }

  /** The upper end that each code stands for. */
  private boundsOf(u: Floats): Float64Array {
    const { factors, entries, coded: { head, cells, least, largest, rest } } = this;
    const bounds = new Float64Array((factors + 2) * cells);
    for (let j = 0; j < factors; j++) {
      for (let c = 0; c < cells; c++) {
        // Cells that no value is in are never looked up.
        const bound = least[c] <= largest[c] ? Math.max(u[j] * least[c], u[j] * largest[c]) : 0;
        bounds[j * cells + c] = bound + Math.abs(bound) * (SLACK - 1);
      }
    }
    const sorted = Float64Array.from(u, Math.abs).sort().reverse();
    const reach = normOf(sorted.subarray(0, entries - head)) * SLACK;
    for (let c = 0; c < cells; c++) bounds[factors * cells + c] = rest[c] * reach * SLACK;
    return bounds;
  }
}

/** @param ints makes arrays. @returns null where there are more dimensions than codes. */
function codeRows(
  vectors: SparseItemVectors, factors: number, ints: (length: number) => Int32Array,
): Codes | null {
  let cells = MOST_CELLS;
  while ((factors + 2) * cells > CODES) cells /= 2;
  if (cells < LEAST_CELLS) return null;
  const { columns, values, entries } = vectors;
  const items = columns.length / entries;
  const head = Math.min(entries, HEAD);
  const [words, tailWords] = [Math.ceil((head + 1) / 2), Math.ceil((entries - head) / 2)];
  const [codes, tail] = [ints(items * words), ints(items * tailWords)];
  const halves = (of: Int32Array): Uint16Array =>
    new Uint16Array(of.buffer, of.byteOffset, 2 * of.length).fill((factors + 1) * cells);
  const [inHead, inTail] = [halves(codes), halves(tail)];
  const cuts = cutsOf(vectors, head, cells);
  const least = new Float64Array(cells).fill(Infinity);
  const largest = new Float64Array(cells).fill(-Infinity);
  const rest = new Float64Array(cells);
  const order = new Int32Array(entries);
  let norm = 0;
  for (let i = 0; i < items; i++) {
    orderBySize(values, i * entries, order);
    const [whole, left] = lengths(values, i * entries, order, head);
    norm = Math.max(norm, whole);
    for (let k = 0; k < entries; k++) {
      const at = i * entries + order[k];
      const cell = cellOf(cuts.values, values[at]);
      if (k < head) inHead[2 * words * i + k] = columns[at] * cells + cell;
      else inTail[2 * tailWords * i + k - head] = columns[at] * cells + cell;
      least[cell] = Math.min(least[cell], values[at]);
      largest[cell] = Math.max(largest[cell], values[at]);
    }
    const cell = cellOf(cuts.rest, left);
    inHead[2 * words * (i + 1) - 1] = factors * cells + cell;
    rest[cell] = Math.max(rest[cell], left);
  }
  return { codes, words, tail, tailWords, head, cells, least, largest, rest, norm };
}

/** Where cells begin, but for the first: (C − 1) values that part a sample of rows into equal shares. */
function cutsOf(
  { values, entries }: SparseItemVectors, head: number, cells: number,
): { values: Float64Array; rest: Float64Array } {
  const items = values.length / entries;
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  const [found, lefts]: number[][] = [[], []];
  const order = new Int32Array(entries);
  for (let i = 0; i < items; i += step) {
    orderBySize(values, i * entries, order);
    for (let k = 0; k < entries; k++) found.push(values[i * entries + k]);
    lefts.push(lengths(values, i * entries, order, head)[1]);
  }
  const cut = (sample: number[]): Float64Array => {
    const sorted = Float64Array.from(sample).sort();
    return Float64Array.from({ length: cells - 1 }, (_, c) => sorted[Math.floor(((c + 1) * sorted.length) / cells)]);
  };
  return { values: cut(found), rest: cut(lefts) };
}

/** The number of cuts that are not above a value. */
function cellOf(cuts: Float64Array, value: number): number {
  let [from, to] = [0, cuts.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (cuts[middle] <= value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Places of a row's entries, largest |v| first. */
function orderBySize(values: ArrayLike<number>, from: number, order: Int32Array): void {
  for (let k = 0; k < order.length; k++) {
    const size = Math.abs(values[from + k]);
    let at = k;
    for (; at > 0 && Math.abs(values[from + order[at - 1]]) < size; at--) order[at] = order[at - 1];
    order[at] = k;
  }
}

/** The length of a row, and of what is not in its head. */
function lengths(values: ArrayLike<number>, from: number, order: Int32Array, head: number): [number, number] {
  let [inHead, left] = [0, 0];
  for (let k = 0; k < order.length; k++) {
    const square = values[from + order[k]] ** 2;
    if (k < head) inHead += square;
    else left += square;
  }
  return [Math.sqrt(inHead + left), Math.sqrt(left)];
}
