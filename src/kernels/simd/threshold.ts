/**
 * Selection by a threshold, exactly as plain/threshold.ts defines it: x (rows, cols), or flat for nthLargest.
 *
 *   nthLargest     a lower bound of the n-th largest (candidates.ts), then the histograms of the plain kernel, but only
 *                  of entries at or above the bound: with n = 0.4 % of x, of some 5 % of them
 *   countAbove     counts[r] = entries that are positive and at or above their column's threshold
 *   compressAbove  those entries with their columns, in order
 *
 * Two to four compares over 4 bytes an entry (8 with a threshold a column): bound by memory when few entries are kept.
 * nthLargest reads x three times. Comparisons only, so exact.
 */
import type { Emitted, SimdFamily, SimdKernels, Workspace } from "../family.js";
import { BUCKETS, nthByHistograms, nthLargest as plainNthLargest, type plainThreshold } from "../plain/threshold.js";
import {
  F32, I32, V128, Func, advance, doWhile, either, f32, f32x4, i32, i32x4, sequence, v128, type Code, type Local,
} from "./emit/assembler.js";
import { SMALLEST_POSITIVE, forEachBit, groups, lowerBound } from "./emit/candidates.js";
import { broadcast, element, overLanes, sweep, type Access } from "./emit/sweep.js";

/** boundOfNth(x, segments, bytes a segment): not above the n-th largest positive entry. */
function emitBoundOfNth(): Func {
  const f = new Func("boundOfNth", F32);
  const [x, segments, segmentBytes] = f.params(I32, 3);
  const limit = f.local(F32);
  return f.body(lowerBound(f, limit, x, segments, segmentBytes, SMALLEST_POSITIVE), limit.get());
}

/** histogram(counts, x, bytes, shift, low, high): counts[(bits ≫ shift) & 0xffff] += 1 for entries low … high. */
function emitHistogram(): Func {
  const f = new Func("histogram");
  const [counts, x, bytes, shift] = f.params(I32, 4);
  const [low, high] = f.params(F32, 2);
  const [mask, lane, bucket] = f.locals(I32, 3);
  const [lows, fillLows] = broadcast(f, low);
  const [highs, fillHighs] = broadcast(f, high);
  const v = f.local(V128);
  return f.body(fillLows, fillHighs, sweep(f, [x], bytes, 4, (access, at) => sequence(
    v.set(access.load(x, at)),
    mask.set(i32x4.bitmask(access.only(v128.and(f32x4.ge(v, lows), f32x4.le(v, highs))))),
    forEachBit(mask, lane,
      bucket.set(i32.and(i32.shrUnsigned(i32.load(element(x, lane), at), shift), BUCKETS - 1)),
      bucket.set(element(counts, bucket)),
      i32.store(bucket, i32.add(i32.load(bucket), 1))))));
}

/** One sweep over a row of x: the body gets the mask of the entries that are kept. Moves x to the next row. */
function overKept(
  f: Func, [x, bytes, threshold, stride]: readonly Local[],
  body: (access: Access, at: number, kept: Code, value: Local) => Code,
): Code {
  const t = f.local(I32);
  const v = f.local(V128);
  const [all, fill] = broadcast(f, f32.load(threshold));
  // Lanes without an element hold 0, which is not positive.
  const row = (perColumn: boolean): Code => sweep(f, perColumn ? [x, t] : [x], bytes, 2, (access, at) => sequence(
    v.set(access.load(x, at)),
    body(access, at, v128.and(f32x4.gt(v, 0), f32x4.ge(v, perColumn ? access.load(t, at) : all)), v)));
  return sequence(t.set(threshold), either(stride, row(true), sequence(fill, row(false))));
}

/** countAbove(counts, x, bytes a row, threshold, stride, rows); rows ≥ 1 here and below. */
function emitCountAbove(): Func {
  const f = new Func("countAbove");
  const [counts, x, bytes, threshold, stride, rows] = f.params(I32, 6);
  const tally = f.local(V128);
  return f.body(doWhile(rows,
    tally.set(0),
    // A true lane is −1.
    overKept(f, [x, bytes, threshold, stride], (_, __, kept) => tally.set(i32x4.sub(tally, kept))),
    i32.store(counts, overLanes((l) => i32x4.extract(tally, l), i32.add)),
    advance(counts, 4), advance(rows, -1)));
}

/** compressAbove(indices, values, rowStart, x, bytes a row, threshold, stride, rows). */
function emitCompressAbove(): Func {
  const f = new Func("compressAbove");
  const [indices, values, rowStart, x, bytes, threshold, stride, rows] = f.params(I32, 8);
  const [row, out, to, mask, lane, from] = f.locals(I32, 6);
  return f.body(doWhile(rows,
    row.set(x), out.set(i32.shl(i32.load(rowStart), 2)), to.set(i32.add(values, out)),
    out.set(i32.add(indices, out)),
    overKept(f, [x, bytes, threshold, stride], (_, at, kept) => sequence(
      mask.set(i32x4.bitmask(kept)),
      forEachBit(mask, lane,
        from.set(element(x, lane)),
        i32.store(to, i32.load(from, at)),
        i32.store(out, i32.shrUnsigned(i32.sub(i32.add(from, at), row), 2)),
        advance(to, 4), advance(out, 4)))),
    advance(rowStart, 4), advance(rows, -1)));
}

function emit(): Func[] {
  return [emitBoundOfNth(), emitHistogram(), emitCountAbove(), emitCompressAbove()];
}

function bind(wasm: Emitted, { at: workspace, bytes: workspaceBytes }: Workspace): SimdKernels<typeof plainThreshold> {
  return {
    nthLargest(out, x, n, begin, end) {
      if (begin >= end) return;
      if (n < 1 || 4 * BUCKETS > workspaceBytes) {
        plainNthLargest(out, x, n, begin, end);
        return;
      }
      const counts = new Int32Array(x.buffer, workspace, BUCKETS);
      const { segments, segmentBytes } = groups(x.length, n);
      const bound = wasm.boundOfNth(x.byteOffset, segments, segmentBytes);
      out[0] = nthByHistograms(n, counts, (shift, low, high) =>
        wasm.histogram(workspace, x.byteOffset, 4 * x.length, shift, Math.max(low, bound), high));
    },
    countAbove(counts, x, threshold, stride, cols, begin, end) {
      if (begin >= end) return;
      wasm.countAbove(
        counts.byteOffset + 4 * begin, x.byteOffset + 4 * begin * cols, 4 * cols, threshold.byteOffset, stride,
        end - begin,
      );
    },
    compressAbove(indices, values, rowStart, x, threshold, stride, cols, begin, end) {
      if (begin >= end) return;
      wasm.compressAbove(
        indices.byteOffset, values.byteOffset, rowStart.byteOffset + 4 * begin, x.byteOffset + 4 * begin * cols,
        4 * cols, threshold.byteOffset, stride, end - begin,
      );
    },
  };
}

export const simdThreshold: SimdFamily<typeof plainThreshold> = { emit, bind };
