/**
 * The few entries of a row that can be among its k largest: what every selection starts with.
 *
 *   1. Bound.    Deal the row into G ≥ k groups (32 interleaved lanes, ⌈k/32⌉ segments). The smallest group maximum t
 *                is reached by at least G entries, so the k-th largest is no smaller.
 *   2. Compress. Copy the entries ≥ t with their columns: about k·ln k of them when values are in random order.
 *
 * 2·cols compares and 8·cols bytes a row, the second time from cache: bound by load and compare throughput.
 * Comparisons only, so exact. NaN is never a candidate.
 */
import {
  I32, V128, advance, doWhile, f32, f32x4, i32, i32x4, sequence, v128, when, whileLoop, type Code, type Func,
  type Local, type Operand,
} from "./assembler.js";
import { element, overLanes } from "./sweep.js";

/** Lanes that share one pass over a segment: eight vectors. */
const LANES = 32;

/** The smallest positive float. */
export const SMALLEST_POSITIVE = 2 ** -149;

/** Workspace for rows of up to `cols` columns: every entry may be a candidate, and a vector of padding. */
export const candidateBytes = (cols: number): number => 8 * cols + 32;

/** Where in that workspace the columns are; the values come first. */
export const columnsOffset = (cols: number): number => 4 * cols + 16;

/** How `length` floats are dealt into at least k groups: segments of a multiple of 128 bytes, possibly of none. */
export function groups(length: number, k: number): { segments: number; segmentBytes: number } {
  const segments = Math.ceil(k / LANES);
  return { segments, segmentBytes: 4 * LANES * Math.floor(length / (LANES * segments)) };
}

/** limit = t, but at least `least`: fewer than k entries may be worth having. segments ≥ 1. */
export function lowerBound(
  f: Func, limit: Local, start: Operand, segments: Local, segmentBytes: Local, least: number,
): Code {
  const [p, stop, left] = f.locals(I32, 3);
  const maxima = f.locals(V128, LANES / 4);
  const smallest = f.local(V128);
  return sequence(
    smallest.set(Infinity), p.set(start), left.set(segments),
    doWhile(left,
      ...maxima.map((m) => m.set(least)),
      stop.set(i32.add(p, segmentBytes)),
      whileLoop(i32.ne(p, stop),
        ...maxima.map((m, i) => m.set(f32x4.pmax(m, v128.load(p, 16 * i)))), advance(p, 4 * LANES)),
      ...maxima.map((m) => smallest.set(f32x4.pmin(smallest, m))),
      advance(left, -1)),
    limit.set(overLanes((l) => f32x4.extract(smallest, l), f32.min)),
  );
}

/** Runs the body once for every true lane of a mask of bits, lowest first; `lane` holds its number. */
export function forEachBit(mask: Local, lane: Local, ...body: readonly Code[]): Code {
  return whileLoop(i32.ne(mask, 0),
    lane.set(i32.countTrailingZeros(mask)), ...body, mask.set(i32.and(mask, i32.sub(mask, 1))));
}

/** values[0 … count−1], columns[…] = the entries ≥ limit of the `cols` floats at start, in column order. */
export function compress(
  f: Func, count: Local, values: Local, columns: Local, start: Local, cols: Local, limit: Local,
): Code {
  const [p, stop, column, mask, lane] = f.locals(I32, 5);
  const reached = f.locals(V128, 4);
  const bound = f.local(V128);
  const keep = (value: Operand, where: Operand): Code => sequence(
    i32.store(element(values, count), value), i32.store(element(columns, count), where), advance(count, 1));
  return sequence(
    bound.set(f32x4.splat(limit)), count.set(0), column.set(0), p.set(start),
    stop.set(i32.add(start, i32.shl(i32.and(cols, -16), 2))),
    whileLoop(i32.ne(p, stop),
      ...reached.map((v, i) => v.set(f32x4.ge(v128.load(p, 16 * i), bound))),
      when(v128.anyTrue(v128.or(v128.or(reached[0], reached[1]), v128.or(reached[2], reached[3]))),
        mask.set(reached.map((v, i) => i32.shl(i32x4.bitmask(v), 4 * i)).reduce((a, b) => i32.or(a, b))),
        forEachBit(mask, lane, keep(i32.load(element(p, lane)), i32.add(column, lane)))),
      advance(p, 64), advance(column, 16)),
    whileLoop(i32.ne(column, cols),
      when(f32.ge(f32.load(p), limit), keep(i32.load(p), column)),
      advance(p, 4), advance(column, 1)),
  );
}
