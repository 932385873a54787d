/**
 * The best items of one user without reading all item vectors (docs/method.md §14): scores are approximated from a copy
 * of the vectors in 8 bits, with a bound on the error of each; only items that the bounds cannot rule out are scored,
 * by the same kernel as a full scan. The list is that of the full scan, bit for bit.
 *
 *   v_i = s_i·q_i + r_i       u = t·p + w        q, p whole numbers from −127 to 127
 *   ⟨u, v_i⟩ = s_i·t·⟨q_i, p⟩ + s_i·⟨q_i, w⟩ + ⟨r_i, u⟩
 *   |error| ≤ δ_i = s_i‖q_i‖·‖w‖ + ‖r_i‖·‖u‖ + γ_D·‖u‖·‖v_i‖      γ_D = Dε/(1 − Dε), ε = 2⁻²⁴
 *
 * γ_D covers that the full scan adds up in single precision. τ is the n-th largest lower end; who does not reach it
 * with the upper end cannot be among the n best. Norms and bounds are computed in double precision and enlarged by a
 * millionth, far more than their own rounding.
 *
 * It is for one user at a time. A batch shares its reads of the vectors anyway.
 */
import { linear, Tape, Tensor } from "../autograd/index.js";
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import type { RankedItems } from "./recommenders/recommender.js";

/** A vector in 8 bits. */
export interface Quantised {
  /** s: the largest entry over 127, in single precision. */
  readonly scale: number;
  /** (D), −127 … 127. */
  readonly q: Int8Array;
  /** ‖v − s·q‖ */
  readonly residual: number;
}

/** Bounds are enlarged by this, far more than their own rounding in double precision. */
export const SLACK = 1 + 1e-6;
/** Longer lists are made of all scores: finding the bar of one by insertion would take longer. */
export const LONGEST_SHORTLISTED = 256;
/** If more than this share of the items has to be scored, scoring all of them is quicker. */
const MOST = 1 / 8;
/** Bytes of a row are a multiple of this. */
const ALIGNED = 16;

/** q = round half to even of v/s. */
export function quantise(v: ArrayLike<number>): Quantised {
  let largest = 0;
  for (let j = 0; j < v.length; j++) largest = Math.max(largest, Math.abs(v[j]));
  const scale = Math.fround(largest / 127);
  const q = new Int8Array(v.length);
  let squares = 0;
  for (let j = 0; j < v.length; j++) {
    if (scale > 0) q[j] = Math.max(-127, Math.min(127, roundHalfToEven(v[j] / scale)));
    squares += (v[j] - scale * q[j]) ** 2;
  }
  return { scale, q, residual: Math.sqrt(squares) };
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const above = x - floor;
  if (above !== 0.5) return above < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Top lists from 8-bit item vectors that are those of the full scan, bit for bit (docs/method.md §14). */
export class ExactShortlist {
  readonly items: number;
  /** s, s‖q‖, ‖r‖ and ‖v‖ of each item: (I). */
  readonly scale: Float64Array;
  readonly length: Float64Array;
  readonly residual: Float64Array;
  readonly norm: Float64Array;
  /** (I) of the query under way: a fresh array of a million numbers takes longer than filling it. */
  private readonly approximations: Float64Array;
  private readonly bounds: Float64Array;
  private readonly bytes: number;
  /** (I, bytes), packed. */
  private readonly q: Int32Array;

  /** @param vectors (I, D), in the engine's heap; a copy of a quarter of its size is put beside it. */
  constructor(private readonly engine: Engine, private readonly vectors: Tensor) {
    const { rows, cols, data } = vectors;
    this.items = rows;
    this.bytes = Math.ceil(cols / ALIGNED) * ALIGNED;
    this.q = engine.ints((rows * this.bytes) / 4);
    const packed = new Int8Array(this.q.buffer, this.q.byteOffset, rows * this.bytes).fill(0);
    const numbers = (): Float64Array => new Float64Array(rows);
    [this.scale, this.length, this.residual, this.norm] = [numbers(), numbers(), numbers(), numbers()];
    [this.approximations, this.bounds] = [numbers(), numbers()];
    for (let i = 0; i < rows; i++) {
      const v = data.subarray(i * cols, (i + 1) * cols);
      const { scale, q, residual } = quantise(v);
      packed.set(q, i * this.bytes);
      this.scale[i] = scale;
      this.length[i] = scale * normOf(q);
      this.residual[i] = residual;
      this.norm[i] = normOf(v);
    }
  }

  /**
   * The n best items that are not `seen`, by ⟨u, v_i⟩ in the engine's own arithmetic.
   * @param u (1, D), in the heap. @param seen ascending.
   */
  best(u: Tensor, seen: ArrayLike<number>, n: number): RankedItems {
    return this.engine.scope(() => {
      const candidates = this.candidates(u.data, seen, n) ?? this.unseen(seen);
      const { engine, vectors: { data, cols } } = this;
      const rows = candidates.length === this.items ? data : engine.floats(candidates.length * cols);
      if (rows !== data) {
        candidates.forEach((item, at) => { rows.set(data.subarray(item * cols, (item + 1) * cols), at * cols); });
      }
      // The op by which models score; a row's sum does not depend on the rows around it.
      const gathered = new Tensor(rows, candidates.length, cols, false);
      const scores = linear(new Tape(engine, false), u, gathered, null).data;
      // Candidates ascend, so ties go to the lower item here as in a full scan.
      const length = Math.min(n, candidates.length);
      const [places, found] = [engine.ints(length), engine.floats(length)];
      engine.run("rankRows", places, found, scores, candidates.length, length);
      const many = places.indexOf(-1) < 0 ? length : places.indexOf(-1);
      return { items: Int32Array.from(places.subarray(0, many), (at) => candidates[at]), scores: found.slice(0, many) };
    });
  }

  /**
   * Unseen items that may be among the n best, ascending; null where they are so many that all had better be scored.
   */
  candidates(u: Floats, seen: ArrayLike<number>, n: number): Int32Array | null {
    if (n <= 0) return new Int32Array(0);
    if (n > LONGEST_SHORTLISTED) return null;
    const { approximations, bounds } = this.approximate(u);
    // Seen items must not raise the bar.
    for (let at = 0; at < seen.length; at++) approximations[seen[at]] = -Infinity;
    const bar = nthLargest(this.items, n, (i) => approximations[i] - bounds[i]);
    if (!Number.isFinite(bar)) return null;
    const most = Math.max(n, this.items * MOST);
    const found: number[] = [];
    for (let i = 0; i < this.items; i++) {
      if (!(approximations[i] + bounds[i] >= bar)) continue;
      if (found.length >= most) return null;
      found.push(i);
    }
    return Int32Array.from(found);
  }

  /** a_i and δ_i of every item, valid until the next query. u: (D). */
  approximate(u: Floats): { approximations: Float64Array; bounds: Float64Array } {
    const { engine, items, scale, length, residual, norm, bytes, approximations, bounds } = this;
    const query = quantise(u);
    const size = normOf(u);
    const gamma = roundingOf(u.length);
    engine.scope(() => {
      const p = engine.ints(bytes / 2);
      new Int16Array(p.buffer, p.byteOffset, bytes).fill(0).set(query.q);
      const dots = engine.ints(items);
      engine.run("int8Dots", dots, this.q, p, bytes);
      for (let i = 0; i < items; i++) {
        approximations[i] = scale[i] * query.scale * dots[i];
        bounds[i] = (length[i] * query.residual + (residual[i] + gamma * norm[i]) * size) * SLACK;
      }
    });
    return { approximations, bounds };
  }

  private unseen(seen: ArrayLike<number>): Int32Array {
    const all = Int32Array.from({ length: this.items }, (_, i) => i);
    if (seen.length === 0) return all;
    const taken = new Uint8Array(this.items);
    for (let at = 0; at < seen.length; at++) taken[seen[at]] = 1;
    return all.filter((i) => taken[i] === 0);
  }
}

/** ‖v‖, added up in double precision. */
export function normOf(v: ArrayLike<number>): number {
  let squares = 0;
  for (let j = 0; j < v.length; j++) squares += v[j] * v[j];
  return Math.sqrt(squares);
}

/** The n-th largest of `count` values; −∞ if there are fewer that are not. */
function nthLargest(count: number, n: number, valueAt: (i: number) => number): number {
  const best = new Float64Array(n).fill(-Infinity);
  for (let i = 0; i < count; i++) {
    const value = valueAt(i);
    if (!(value > best[n - 1])) continue;
    let at = n - 1;
    for (; at > 0 && best[at - 1] < value; at--) best[at] = best[at - 1];
    best[at] = value;
  }
  return best[n - 1];
}

/** What n products that are added up in single precision may be off by, over ‖u‖·‖v‖. */
export function roundingOf(n: number): number {
  return (n * 2 ** -24) / (1 - n * 2 ** -24);
}
