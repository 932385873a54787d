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
import { MOST_DIMENSIONS, ROWS_OF_BLOCK } from "../kernels/plain/byte-sums.js";
import { ROWS_OF_WORD } from "../kernels/plain/code-sums.js";
import type { SparseItemVectors } from "./recommenders/sparse-item-vectors.js";
import { lengthOf, roundingOf, SLACK, type RowFilter, type RowQuestion } from "./row-filter.js";

const MOST = 127;
/** Of 16 bits with a sign. */
const TOP = 2 ** 15 - 1;

export class ByteRows implements RowFilter {
  /** (⌈I/16⌉, n, 2, 16) bytes: of 16 rows their k-th dimensions, then their k-th values; in whole words of 32 rows. */
  private readonly codes: Int32Array;
  private readonly entries: number;
  /** s */
  private readonly scale: number;
  /** The largest ‖q‖, ‖r‖ and ‖v‖ of a row. */
  private readonly size: number = 0;
  private readonly residual: number = 0;
  private readonly norm: number = 0;

  private constructor(private readonly engine: Engine, { columns, values, entries }: SparseItemVectors) {
    const items = columns.length / entries;
    const blocks = (ROWS_OF_WORD / ROWS_OF_BLOCK) * Math.ceil(items / ROWS_OF_WORD);
    this.codes = engine.ints((blocks * entries * 2 * ROWS_OF_BLOCK) / 4).fill(0);
    this.entries = entries;
    const dimensions = new Uint8Array(this.codes.buffer, this.codes.byteOffset, 4 * this.codes.length);
    const bytes = new Int8Array(this.codes.buffer, this.codes.byteOffset, 4 * this.codes.length);
    let largest = 0;
    for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]));
    this.scale = largest / MOST;
    const [q, r] = [new Float64Array(entries), new Float64Array(entries)];
    for (let i = 0; i < items; i++) {
      let to = 2 * ROWS_OF_BLOCK * entries * Math.floor(i / ROWS_OF_BLOCK) + (i % ROWS_OF_BLOCK);
      let squares = 0;
      for (let k = 0; k < entries; k++, to += 2 * ROWS_OF_BLOCK) {
        const value = values[i * entries + k];
        q[k] = largest > 0 ? Math.round(value / this.scale) : 0;
        r[k] = value - this.scale * q[k];
        squares += value * value;
        dimensions[to] = columns[i * entries + k];
        bytes[to + ROWS_OF_BLOCK] = q[k];
      }
      this.size = Math.max(this.size, lengthOf(q));
      this.residual = Math.max(this.residual, lengthOf(r));
      this.norm = Math.max(this.norm, Math.sqrt(squares));
    }
  }

  /** Codes are put into the engine's heap. @returns null where a byte does not name every dimension. */
  static of(engine: Engine, vectors: SparseItemVectors, factors: number): ByteRows | null {
    return factors <= MOST_DIMENSIONS ? new ByteRows(engine, vectors) : null;
  }

  ask(u: Floats): RowQuestion | null {
    const { engine, codes, entries, scale, size, residual, norm } = this;
    const largest = longest(u, 1);
    const most = longest(u, entries);
    // Rounding p adds at most ½ to each of n entries.
    const t = Math.max(largest / MOST, (most * size) / (TOP - (size * Math.sqrt(entries)) / 2));
    const unit = scale * t;
    if (!(unit > 0 && unit < Infinity)) return null;
    const table = engine.ints(4 * Math.ceil(u.length / 16)).fill(0);
    const p = new Int8Array(table.buffer, table.byteOffset, u.length);
    const w = Float64Array.from(u, (x, j) => {
      p[j] = Math.round(x / t);
      return x - t * p[j];
    });
    const rounding = roundingOf(entries) * most * norm;
    const off = (scale * size * longest(w, entries) + residual * most + rounding) * SLACK;
    return (out, from, bar) => {
      const least = Math.floor((bar - off) / unit) - 1;
      // No sum is beyond 16 bits: then all rows have it, or none.
      if (least <= -TOP || least > TOP) out.fill(least > 0 ? 0 : -1);
      else {
        const words = (ROWS_OF_WORD * entries * 2) / 4;
        const part = codes.subarray(from * words, (from + out.length) * words);
        engine.run("byteSumsReach", out, part, table, entries, least);
      }
    };
  }
}

/** The length of the n largest |x|. */
function longest(x: Floats, n: number): number {
  return lengthOf(Float64Array.from(x, Math.abs).sort().subarray(Math.max(0, x.length - n)));
}
