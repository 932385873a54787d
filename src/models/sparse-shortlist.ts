/**
 * The best items of one user among sparse item vectors (docs/method.md §14): a filter of two bytes an entry says which
 * items may reach the n-th best score that is known (byte-rows.ts, or coded-rows.ts for many dimensions), and these are
 * scored exactly. The list is that of adding up all inverted lists, bit for bit.
 *
 * The bar comes from exact scores of the items that have most of the person's strongest dimensions, and rises from one
 * part of the catalogue to the next.
 */
import type { Tensor } from "../autograd/index.js";
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import { ROWS_OF_WORD } from "../kernels/plain/code-sums.js";
import { BestItems } from "./best-items.js";
import { ByteRows } from "./byte-rows.js";
import { CodedRows } from "./coded-rows.js";
import { LONGEST_SHORTLISTED } from "./exact-shortlist.js";
import type { RankedItems, Shortlist } from "./recommenders/recommender.js";
import type { SparseItemVectors } from "./recommenders/sparse-item-vectors.js";
import type { RowFilter, RowQuestion } from "./row-filter.js";

/** Items at either end of a dimension that are scored first, for so many dimensions of a person. */
const ENDS = 16;
const DIMENSIONS = 16;
/** Parts of the catalogue, as shares: the first ones only raise the bar. */
const PARTS = [1 / 32, 1 / 8, 1 / 2, 1];

/** Top lists from sparse item vectors that are those of a full scan, bit for bit (docs/method.md §14). */
export class SparseShortlist implements Shortlist {
  readonly items: number;
  private readonly ends: Int32Array;
  private readonly seen: Uint8Array;

  private constructor(
    private readonly engine: Engine, private readonly vectors: SparseItemVectors, factors: number,
    private readonly filter: RowFilter,
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
    const filter = ByteRows.of(engine, vectors, factors) ?? CodedRows.of(engine, vectors, factors);
    return filter && new SparseShortlist(engine, vectors, factors, filter);
  }

  /**
   * The n best items that are not `seen`; null where they are not n, the list is long, or u is 0 or not finite.
   * @param u (1, D)
   */
  best({ data: u }: Tensor, seen: ArrayLike<number>, n: number): RankedItems | null {
    if (n > LONGEST_SHORTLISTED || n < 1) return null;
    const best = new BestItems(n);
    for (let at = 0; at < seen.length; at++) this.seen[seen[at]] = 1;
    try {
      if (!this.engine.scope(() => this.fill(best, u))) return null;
    } finally {
      for (let at = 0; at < seen.length; at++) this.seen[seen[at]] = 0;
    }
    const scores = u instanceof Float64Array ? best.scores : Float32Array.from(best.scores);
    return { items: best.items, scores };
  }

  /** False where there is no answer. */
  private fill(best: BestItems, u: Floats): boolean {
    const question = this.filter.ask(u);
    if (!question) return false;
    this.scoreEnds(u, best);
    if (best.bar === -Infinity) return false;
    this.search(u, question, best);
    return true;
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
  private search(u: Floats, question: RowQuestion, best: BestItems): void {
    const { engine, items, filter: { order } } = this;
    const answers = engine.ints(Math.ceil(items / ROWS_OF_WORD));
    let from = 0;
    for (const share of PARTS) {
      const to = Math.ceil(share * answers.length);
      question(answers.subarray(from, to), from, best.bar);
      for (let word = from; word < to; word++) {
        for (let left = answers[word]; left !== 0; left &= left - 1) {
          const row = word * ROWS_OF_WORD + 31 - Math.clz32(left & -left);
          if (row < items) this.offer(order ? order[row] : row, u, best);
        }
      }
      from = to;
    }
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
