/**
 * The k largest positive entries of each row, exactly as plain/topk.ts defines them, without a heap.
 *
 *   1. Bound.    Deal the row into G ≥ k groups (32 interleaved lanes, ⌈k/32⌉ segments). The smallest group maximum t
 *                is reached by at least G entries, so the k-th largest is no smaller.
 *   2. Compress. Copy the entries ≥ t and > 0 with their columns: about k·ln k of them when values are in random order.
 *   3. Select.   Positive floats order like their bits: bisect the bits between t and the maximum until exactly k
 *                candidates (or, among equals, the k-th value itself) lie above.
 *   4. Emit.     In column order, and of values equal to the k-th only as many as fit: ties go to the lowest column.
 *
 * x: (rows, cols). No FLOPs but 2·cols compares, 8·cols bytes read a row (the second time from cache): bound by load
 * and compare throughput for wide rows, by step 3 and branch misses for short ones. Comparisons only, so exact.
 */
import type { Kernels } from "../plain/index.js";
import { topkRelu as plainTopkRelu } from "../plain/topk.js";
import {
  F32, I32, V128, Func, advance, block, doWhile, either, f32, f32x4, i32, i32x4, leave, sequence, v128, when, whileLoop,
  type Code, type Local, type Operand,
} from "./assembler.js";
import type { Emitted } from "./emitted.js";
import { forRows } from "./sweep.js";

/** Lanes that share one pass over a segment: eight vectors. */
const LANES = 32;
const SMALLEST_POSITIVE = 2 ** -149;

/** Workspace for rows of up to `cols` columns: every entry may be a candidate, and a vector of padding. */
export const topkBytes = (cols: number): number => 8 * cols + 32;

/**
 * topkRelu(indices, values, rowEnd, x, cols, k, segments, bytes a segment, candidate values, candidate columns, begin,
 * end). k ≥ 1; segments · bytes a segment ≤ 4·cols, and a segment is a multiple of 128 bytes, possibly none.
 */
export function emitTopk(): Func {
  const f = new Func("topkRelu");
  const [indices, values, rowEnd, x, cols, k] = f.params(I32, 6);
  const [segments, segmentBytes, candidates, columns, row, end] = f.params(I32, 6);
  const [start, p, stop, left, column, mask, lane, count, bytes] = f.locals(I32, 9);
  const [low, high, middle, above, room, bits, equal, out] = f.locals(I32, 8);
  const groups = f.locals(V128, LANES / 4);
  const reached = f.locals(V128, 4);
  const [smallest, bound, tally, largest] = f.locals(V128, 4);
  const limit = f.local(F32);
  const at = (base: Local, i: Local): Code => i32.add(base, i32.shl(i, 2));

  const findBound = sequence(
    smallest.set(Infinity), p.set(start), left.set(segments),
    doWhile(left,
      ...groups.map((g) => g.set(0)),
      stop.set(i32.add(p, segmentBytes)),
      whileLoop(i32.ne(p, stop),
        ...groups.map((g, i) => g.set(f32x4.pmax(g, v128.load(p, 16 * i)))), advance(p, 4 * LANES)),
      ...groups.map((g) => smallest.set(f32x4.pmin(smallest, g))),
      advance(left, -1)),
    // Only positive entries count: the bound is at least the smallest positive float.
    limit.set(SMALLEST_POSITIVE),
    limit.set(f32.max(limit, [0, 1, 2, 3].map((l) => f32x4.extract(smallest, l)).reduce((a, b) => f32.min(a, b)))),
  );

  const keep = (value: Operand, where: Operand): Code => sequence(
    i32.store(at(candidates, count), value), i32.store(at(columns, count), where), advance(count, 1));
  const compress = sequence(
    bound.set(f32x4.splat(limit)), count.set(0), column.set(0), p.set(start),
    stop.set(i32.add(start, i32.shl(i32.and(cols, -16), 2))),
    whileLoop(i32.ne(p, stop),
      ...reached.map((v, i) => v.set(f32x4.ge(v128.load(p, 16 * i), bound))),
      when(v128.anyTrue(v128.or(v128.or(reached[0], reached[1]), v128.or(reached[2], reached[3]))),
        mask.set(reached.map((v, i) => i32.shl(i32x4.bitmask(v), 4 * i)).reduce((a, b) => i32.or(a, b))),
        doWhile(mask,
          lane.set(i32.countTrailingZeros(mask)),
          keep(i32.load(at(p, lane)), i32.add(column, lane)),
          mask.set(i32.and(mask, i32.sub(mask, 1))))),
      advance(p, 64), advance(column, 16)),
    whileLoop(i32.ne(column, cols),
      when(f32.ge(f32.load(p), limit), keep(i32.load(p), column)),
      advance(p, 4), advance(column, 1)),
  );

  /** Rounds the candidates up to whole vectors with zeros, which are never above a positive value. */
  const pad = sequence(
    v128.store(at(candidates, count), 0), bytes.set(i32.shl(i32.and(i32.add(count, 3), -4), 2)));
  const lanesOf = (v: Local, combine: (a: Code, b: Code) => Code): Code =>
    [0, 1, 2, 3].map((l) => i32x4.extract(v, l)).reduce(combine);
  const overCandidates = (...body: readonly Code[]): Code => sequence(
    p.set(candidates), stop.set(i32.add(candidates, bytes)), doWhile(i32.ne(p, stop), ...body, advance(p, 16)));
  /** above = number of candidates whose bits exceed `threshold`. */
  const countAbove = (threshold: Operand): Code => sequence(
    bound.set(i32x4.splat(threshold)), tally.set(0),
    // A true lane is −1.
    overCandidates(tally.set(i32x4.sub(tally, i32x4.gtSigned(v128.load(p), bound)))),
    above.set(lanesOf(tally, (a, b) => i32.add(a, b))),
  );

  // At least k candidates are ≥ low. Fewer than k are ≥ high, or high is the maximum and the first k of those win.
  const select = sequence(
    pad, largest.set(0),
    overCandidates(largest.set(i32x4.maxSigned(largest, v128.load(p)))),
    high.set(0),
    ...[0, 1, 2, 3].map((l) => sequence(
      bits.set(i32x4.extract(largest, l)), when(i32.gtSigned(bits, high), high.set(bits)))),
    low.set(i32.reinterpret(limit)), room.set(k),
    block(whileLoop(i32.gtSigned(i32.sub(high, low), 1),
      middle.set(i32.add(low, i32.shrUnsigned(i32.sub(high, low), 1))),
      countAbove(i32.sub(middle, 1)),
      either(i32.geSigned(above, k), low.set(middle), high.set(middle)),
      leave(2, i32.eq(above, k)))),
    countAbove(low),
    room.set(i32.sub(k, above)),
  );

  const emit = sequence(
    p.set(candidates), lane.set(columns), out.set(i32.mul(row, k)), stop.set(i32.add(out, k)),
    // Writes every candidate to the next free slot and moves on only if it stays: no branch to mispredict.
    doWhile(i32.ne(out, stop),
      bits.set(i32.load(p)),
      i32.store(at(values, out), bits), i32.store(at(indices, out), i32.load(lane)),
      equal.set(i32.eq(bits, low)),
      advance(out, i32.or(i32.gtSigned(bits, low), i32.and(equal, i32.gtSigned(room, 0)))),
      room.set(i32.sub(room, equal)),
      advance(p, 4), advance(lane, 4)),
  );
  const emitAll = sequence(
    p.set(candidates), lane.set(columns), out.set(i32.mul(row, k)), stop.set(i32.add(out, count)),
    whileLoop(i32.ne(out, stop),
      i32.store(at(values, out), i32.load(p)), i32.store(at(indices, out), i32.load(lane)),
      advance(out, 1), advance(p, 4), advance(lane, 4)),
  );

  return f.body(forRows(row, end,
    start.set(i32.add(x, i32.mul(row, i32.shl(cols, 2)))),
    findBound, compress,
    either(i32.gtSigned(count, k), sequence(select, emit), emitAll),
    i32.store(at(rowEnd, row), out)));
}

export function bindTopk(wasm: Emitted, workspace: number, workspaceBytes: number): Pick<Kernels, "topkRelu"> {
  const { topkRelu } = wasm;
  return {
    topkRelu(indices, values, rowEnd, x, cols, k, begin, end) {
      if (k < 1 || topkBytes(cols) > workspaceBytes) {
        plainTopkRelu(indices, values, rowEnd, x, cols, k, begin, end);
        return;
      }
      const segments = Math.ceil(k / LANES);
      const segmentBytes = 4 * LANES * Math.floor(cols / (LANES * segments));
      const columns = workspace + 4 * cols + 16;
      topkRelu(
        indices.byteOffset, values.byteOffset, rowEnd.byteOffset, x.byteOffset, cols, k, segments, segmentBytes,
        workspace, columns, begin, Math.max(begin, end),
      );
    },
  };
}
