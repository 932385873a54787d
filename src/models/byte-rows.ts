/**
 * Sparse rows in 8 bits, two bytes an entry, as a filter of a shortlist (docs/method.md §14, sparse rows): of vectors
 * of up to 256 dimensions.
 *
 *   v = s·q + r      u = t·p + w      p, q whole numbers from −127 to 127, one s for all rows
 *   ⟨u, v⟩ = s·t·⟨p, q⟩ + s·⟨w, q⟩ + ⟨u, r⟩ ≤ s·t·⟨p, q⟩ + max s‖q‖ · ‖w‖ₙ + max ‖r‖ · ‖u‖ₙ
 *
 * ‖x‖ₙ is the length of the n largest |x|: a row has no more entries. t is such that no sum leaves 16 bits.
 */
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import { GROUPS, MOST_DIMENSIONS, TABLE } from "../kernels/plain/byte-sums.js";
import { layOut, type ByteBlocks } from "./byte-blocks.js";
import type { SparseItemVectors } from "./recommenders/sparse-item-vectors.js";
import { normOf, roundingOf, SLACK } from "./exact-shortlist.js";
import type { RowFilter, RowQuestion } from "./row-filter.js";

const MOST = 127;
/** Of 16 bits with a sign. */
const TOP = 2 ** 15 - 1;

export class ByteRows implements RowFilter {
  readonly order: Int32Array;
  private readonly blocks: ByteBlocks;
  /** n */
  private readonly entries: number;
  /** s */
  private readonly scale: number;
  /** The largest ‖q‖, ‖r‖ and ‖v‖ of a row. */
  private readonly size: number = 0;
  private readonly residual: number = 0;
  private readonly norm: number = 0;

  private constructor(private readonly engine: Engine, vectors: SparseItemVectors, factors: number) {
    const { values, entries } = vectors;
    let largest = 0;
    for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]));
    this.scale = largest / MOST;
    this.entries = entries;
    const q = new Int8Array(values.length);
    for (let from = 0; from < q.length; from += entries) {
      const squares = { q: 0, r: 0, v: 0 };
      for (let at = from; at < from + entries; at++) {
        q[at] = largest > 0 ? Math.round(values[at] / this.scale) : 0;
        squares.q += q[at] ** 2;
        squares.r += (values[at] - this.scale * q[at]) ** 2;
        squares.v += values[at] ** 2;
      }
      this.size = Math.max(this.size, Math.sqrt(squares.q));
      this.residual = Math.max(this.residual, Math.sqrt(squares.r));
      this.norm = Math.max(this.norm, Math.sqrt(squares.v));
    }
    this.blocks = layOut(engine, vectors.columns, q, entries, factors);
    this.order = this.blocks.order;
  }

  /** Codes are put into the engine's heap. @returns null where there are too many dimensions. */
  static of(engine: Engine, vectors: SparseItemVectors, factors: number): ByteRows | null {
    return factors <= MOST_DIMENSIONS ? new ByteRows(engine, vectors, factors) : null;
  }

  ask(u: Floats): RowQuestion | null {
    const { engine, blocks: { codes, shapes, starts, tables }, entries, scale, size, residual, norm } = this;
    const most = longest(u, entries);
    // Rounding p adds at most ½ to each of n entries.
    const t = Math.max(longest(u, 1) / MOST, (most * size) / (TOP - (size * Math.sqrt(entries)) / 2));
    const unit = scale * t;
    if (!(unit > 0 && unit < Infinity)) return null;
    const table = engine.ints((GROUPS * tables * TABLE) / 4).fill(0);
    const p = new Int8Array(table.buffer, table.byteOffset, u.length);
    const w = Float64Array.from(u, (x, j) => {
      p[j] = Math.round(x / t);
      return x - t * p[j];
    });
    const rounding = roundingOf(entries) * most * norm;
    const off = (scale * size * longest(w, entries) + residual * most + rounding) * SLACK;
    return (out, from, bar) => {
      const least = Math.floor((bar - off) / unit) - 1;
      const to = from + out.length;
      // No sum is beyond 16 bits: then all rows have it, or none.
      if (least <= -TOP || least > TOP) out.fill(least > 0 ? 0 : -1);
      else {
        engine.run(
          "byteSumsReach", out, codes, shapes.subarray(from, to), starts.subarray(from, to + 1), table, least,
        );
      }
    };
  }
}

/** The length of the n largest |x|. */
function longest(x: Floats, n: number): number {
  return normOf(Float64Array.from(x, Math.abs).sort().subarray(Math.max(0, x.length - n)));
}
