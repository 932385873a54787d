/**
 * The best items of one user among sparse item vectors (docs/method.md §14): an upper end of every score from codes of
 * a few bytes, and exact scores for the items whose end reaches the n-th best that is known. The list is that of adding
 * up all inverted lists, bit for bit.
 *
 *   ⟨u, v⟩ ≤ Σ over the head of max(u_j·least, u_j·largest) + ‖rest of v‖ · ‖largest n − T of |u|‖
 *
 * Head, cells and rest are those of coded-rows.ts. Ends are whole numbers, rounded up, from a table that is made for
 * the question. The bar comes from exact scores of the items that have most of the person's strongest dimensions, and
 * rises from one part of the catalogue to the next. γ_n covers that scores are added up in single precision.
 */
import type { Tensor } from "../autograd/index.js";
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import { ROWS_OF_WORD } from "../kernels/plain/code-sums.js";
import { BestItems } from "./best-items.js";
import { codeRows, type CodedRows } from "./coded-rows.js";
import { LONGEST_SHORTLISTED } from "./exact-shortlist.js";
import type { RankedItems, Shortlist } from "./recommenders/recommender.js";
import type { SparseItemVectors } from "./recommenders/sparse-item-vectors.js";

/** Items at either end of a dimension that are scored first, for so many dimensions of a person. */
const ENDS = 32;
const DIMENSIONS = 32;
/** Parts of the catalogue, as shares: the first ones only raise the bar. */
const PARTS = [1 / 32, 1 / 8, 1 / 2, 1];
/** The largest entry of the table. Sums of all of a row's codes stay below 2³¹. */
const TOP = 2 ** 30;
/** Bounds are enlarged by this. */
const SLACK = 1 + 1e-6;

/** Top lists from sparse item vectors that are those of a full scan, bit for bit (docs/method.md §14). */
export class SparseShortlist implements Shortlist {
  readonly items: number;
  private readonly ends: Int32Array;
  private readonly seen: Uint8Array;

  private constructor(
    private readonly engine: Engine, private readonly vectors: SparseItemVectors, private readonly factors: number,
    private readonly coded: CodedRows,
  ) {
    this.items = vectors.columns.length / vectors.entries;
    this.ends = endsOf(vectors, factors);
    this.seen = new Uint8Array(this.items);
  }

  /**
   * @param vectors kept; their columns ascend within a row. Codes are put beside them into the engine's heap.
   * @returns null where dimensions are too many for codes.
   */
  static of(engine: Engine, vectors: SparseItemVectors, factors: number): SparseShortlist | null {
    const coded = codeRows(vectors, factors, (words) => engine.ints(words));
    return coded && new SparseShortlist(engine, vectors, factors, coded);
  }

  /**
   * The n best items that are not `seen`; null where they are not n, the list is long, or u is 0 or not finite.
   * @param u (1, D)
   */
  best({ data: u }: Tensor, seen: ArrayLike<number>, n: number): RankedItems | null {
    if (n > LONGEST_SHORTLISTED || n < 1) return null;
    const table = this.tableOf(u);
    if (!table) return null;
    const best = new BestItems(n);
    for (let at = 0; at < seen.length; at++) this.seen[seen[at]] = 1;
    try {
      this.scoreEnds(u, best);
      if (best.bar === -Infinity) return null;
      this.search(u, table, best);
    } finally {
      for (let at = 0; at < seen.length; at++) this.seen[seen[at]] = 0;
    }
    const scores = u instanceof Float64Array ? best.scores : Float32Array.from(best.scores);
    return { items: best.items, scores };
  }

  /** Exact scores of the items that have most of the strongest dimensions. */
  private scoreEnds(u: Floats, best: BestItems): void {
    const strongest = Array.from(u, (_, j) => j).sort((a, b) => Math.abs(u[b]) - Math.abs(u[a])).slice(0, DIMENSIONS);
    for (const j of strongest) {
      const from = (2 * j + (u[j] > 0 ? 0 : 1)) * ENDS;
      for (let at = from; at < from + ENDS && this.ends[at] >= 0; at++) this.offer(this.ends[at], u, best);
    }
  }

  /** Exact scores of all items that may be among the n best, part by part of the catalogue. */
  private search(u: Floats, { entries, scale, slack }: Table, best: BestItems): void {
    const { engine, items, coded: { codes, words, tail, tailWords } } = this;
    engine.scope(() => {
      const answers = engine.ints(Math.ceil(items / ROWS_OF_WORD));
      const table = engine.intsFrom(entries);
      let from = 0;
      for (const share of PARTS) {
        const to = Math.ceil(share * answers.length);
        const first = from * ROWS_OF_WORD;
        const rows = Math.min(items, to * ROWS_OF_WORD) - first;
        const part = answers.subarray(from, to);
        const bar = Math.floor((best.bar - slack) * scale) - 1;
        engine.run(
          "codeSumsReach", part, codes.subarray(first * words, (first + rows) * words),
          tail.subarray(first * tailWords, (first + rows) * tailWords), table, words, tailWords, bar, rows,
        );
        part.forEach((bits, w) => {
          for (let left = bits; left !== 0; left &= left - 1) {
            this.offer(first + w * ROWS_OF_WORD + 31 - Math.clz32(left & -left), u, best);
          }
        });
        from = to;
      }
    });
  }

  private offer(item: number, u: Floats, best: BestItems): void {
    const { vectors: { columns, values, entries } } = this;
    const double = u instanceof Float64Array;
    let score = 0;
    // As inverted lists add up: by dimension, each sum rounded.
    for (let q = item * entries; q < (item + 1) * entries; q++) {
      const sum = score + u[columns[q]] * values[q];
      score = double ? sum : Math.fround(sum);
    }
    if (score >= best.bar && this.seen[item] === 0) best.offer(item, score);
  }

  /** Null where u is 0 or not finite. */
  private tableOf(u: Floats): Table | null {
    const { factors, vectors, coded: { head, cells, least, largest, rest, norm } } = this;
    const bounds = new Float64Array((factors + 2) * cells);
    for (let j = 0; j < factors; j++) {
      for (let c = 0; c < cells; c++) {
        // Cells that no value is in are never looked up.
        const bound = least[c] <= largest[c] ? Math.max(u[j] * least[c], u[j] * largest[c]) : 0;
        bounds[j * cells + c] = bound + Math.abs(bound) * (SLACK - 1);
      }
    }
    const sorted = Float64Array.from(u, Math.abs).sort().reverse();
    const reach = lengthOf(sorted.subarray(0, vectors.entries - head)) * SLACK;
    for (let c = 0; c < cells; c++) bounds[factors * cells + c] = rest[c] * reach * SLACK;
    const most = bounds.reduce((so, bound) => Math.max(so, Math.abs(bound)), 0);
    if (!(most > 0 && most < Infinity)) return null;
    const scale = Math.floor(TOP / (vectors.entries + 1)) / most;
    const gamma = (vectors.entries * 2 ** -24) / (1 - vectors.entries * 2 ** -24);
    const slack = gamma * lengthOf(sorted) * norm * SLACK;
    return { entries: Int32Array.from(bounds, (bound) => Math.ceil(bound * scale)), scale, slack };
  }
}

function lengthOf(v: Float64Array): number {
  let squares = 0;
  for (let j = 0; j < v.length; j++) squares += v[j] * v[j];
  return Math.sqrt(squares);
}

/** What codes stand for, for one question. */
interface Table {
  /** Upper ends times `scale`, rounded up. */
  readonly entries: Int32Array;
  readonly scale: number;
  /** What a score may be above its end, by rounding. */
  readonly slack: number;
}

/** (D, 2, ENDS): the items with the largest values of a dimension, and with the least; −1 where there are none. */
function endsOf({ columns, values, entries }: SparseItemVectors, factors: number): Int32Array {
  const ends = new Int32Array(2 * factors * ENDS).fill(-1);
  const sizes = new Float64Array(2 * factors * ENDS);
  for (let q = 0; q < columns.length; q++) {
    const size = Math.abs(values[q]);
    const from = (2 * columns[q] + (values[q] > 0 ? 0 : 1)) * ENDS;
    if (size <= sizes[from + ENDS - 1]) continue;
    let at = from + ENDS - 1;
    for (; at > from && sizes[at - 1] < size; at--) [sizes[at], ends[at]] = [sizes[at - 1], ends[at - 1]];
    [sizes[at], ends[at]] = [size, Math.floor(q / entries)];
  }
  return ends;
}
