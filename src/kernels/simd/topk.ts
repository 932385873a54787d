/**
 * The k largest positive entries of each row, exactly as plain/topk.ts defines them, without a heap.
 *
 *   1. Candidates.  About k·ln k entries, all of the k largest among them (candidates.ts).
 *   2. Select.      Positive floats order like their bits: bisect the bits between the bound and the maximum until
 *                   exactly k candidates (or, among equals, the k-th value itself) lie above.
 *   3. Emit.        In column order, and of values equal to the k-th only as many as fit: ties go to the lowest column.
 *
 * x: (rows, cols). No FLOPs but 2·cols compares, 8·cols bytes read a row (the second time from cache): bound by load
 * and compare throughput for wide rows, by step 2 and branch misses for short ones. Comparisons only, so exact.
 */
import type { Emitted, SimdFamily, SimdKernels, Workspace } from "../family.js";
import { topkRelu as plainTopkRelu, type plainTopk } from "../plain/topk.js";
import {
  F32, I32, V128, Func, advance, block, doWhile, either, i32, i32x4, leave, sequence, v128, when, whileLoop, type Code,
  type Operand,
} from "./emit/assembler.js";
import { SMALLEST_POSITIVE, candidateBytes, columnsOffset, compress, groups, lowerBound } from "./emit/candidates.js";
import { element, forRows, overLanes } from "./emit/sweep.js";

/**
 * topkRelu(indices, values, rowEnd, x, cols, k, segments, bytes a segment, candidate values, candidate columns, begin,
 * end). k ≥ 1; segments · bytes a segment ≤ 4·cols, and a segment is a multiple of 128 bytes, possibly none.
 */
function emitTopk(): Func {
  const f = new Func("topkRelu");
  const [indices, values, rowEnd, x, cols, k] = f.params(I32, 6);
  const [segments, segmentBytes, candidates, columns, row, end] = f.params(I32, 6);
  const [start, p, stop, lane, count, bytes] = f.locals(I32, 6);
  const [low, high, middle, above, room, bits, equal, out] = f.locals(I32, 8);
  const [bound, tally, largest] = f.locals(V128, 3);
  const limit = f.local(F32);

  /** Rounds the candidates up to whole vectors with zeros, which are never above a positive value. */
  const pad = sequence(
    v128.store(element(candidates, count), 0), bytes.set(i32.shl(i32.and(i32.add(count, 3), -4), 2)));
  const overCandidates = (...body: readonly Code[]): Code => sequence(
    p.set(candidates), stop.set(i32.add(candidates, bytes)), doWhile(i32.ne(p, stop), ...body, advance(p, 16)));
  /** above = number of candidates whose bits exceed `threshold`. */
  const countAbove = (threshold: Operand): Code => sequence(
    bound.set(i32x4.splat(threshold)), tally.set(0),
    // A true lane is −1.
    overCandidates(tally.set(i32x4.sub(tally, i32x4.gtSigned(v128.load(p), bound)))),
    above.set(overLanes((l) => i32x4.extract(tally, l), i32.add)),
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
      i32.store(element(values, out), bits), i32.store(element(indices, out), i32.load(lane)),
      equal.set(i32.eq(bits, low)),
      advance(out, i32.or(i32.gtSigned(bits, low), i32.and(equal, i32.gtSigned(room, 0)))),
      room.set(i32.sub(room, equal)),
      advance(p, 4), advance(lane, 4)),
  );
  const emitAll = sequence(
    p.set(candidates), lane.set(columns), out.set(i32.mul(row, k)), stop.set(i32.add(out, count)),
    whileLoop(i32.ne(out, stop),
      i32.store(element(values, out), i32.load(p)), i32.store(element(indices, out), i32.load(lane)),
      advance(out, 1), advance(p, 4), advance(lane, 4)),
  );

  return f.body(forRows(row, end,
    start.set(i32.add(x, i32.mul(row, i32.shl(cols, 2)))),
    // Only positive entries count.
    lowerBound(f, limit, start, segments, segmentBytes, SMALLEST_POSITIVE),
    compress(f, count, candidates, columns, start, cols, limit),
    either(i32.gtSigned(count, k), sequence(select, emit), emitAll),
    i32.store(element(rowEnd, row), out)));
}

function bind(wasm: Emitted, { at: workspace, bytes: workspaceBytes }: Workspace): SimdKernels<typeof plainTopk> {
  const { topkRelu } = wasm;
  return {
    topkRelu(indices, values, rowEnd, x, cols, k, begin, end) {
      if (k < 1 || candidateBytes(cols) > workspaceBytes) {
        plainTopkRelu(indices, values, rowEnd, x, cols, k, begin, end);
        return;
      }
      const { segments, segmentBytes } = groups(cols, k);
      topkRelu(
        indices.byteOffset, values.byteOffset, rowEnd.byteOffset, x.byteOffset, cols, k, segments, segmentBytes,
        workspace, workspace + columnsOffset(cols), begin, Math.max(begin, end),
      );
    },
  };
}

export const simdTopk: SimdFamily<typeof plainTopk> = { emit: () => [emitTopk()], bind };
