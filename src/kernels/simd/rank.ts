/**
 * The n best of each row in order, exactly as plain/rank.ts defines it: SIMD compares find the few entries that can be
 * among them (candidates.ts), and the plain kernel sorts those. They are in column order, so ties fall alike.
 *
 * x: (rows, cols). 2·cols compares over 4·cols bytes from memory, bound by the compares; with n = 20 some hundred
 * candidates are then sorted by insertion. maskRows has no such face: it writes single words at scattered places.
 *
 * placesInRow reads the row once for each of a few columns, from a cache near by: a compare and an addition for four
 * entries. For many columns one pass that sorts each entry in among them is quicker.
 *
 * gatherRows copies rows that lie far apart, bound by the time to the first byte of each. A loop that never leaves
 * WebAssembly asks for several rows at once, which a call of the machine's block copy for every row does not.
 */
import type { Emitted, SimdFamily, SimdKernels, Workspace } from "../family.js";
import { rankRows as plainRankRows, type plainRank } from "../plain/rank.js";
import { F32, I32, V128, Func, advance, doWhile, f32, f32x4, i32, i32x4, } from "./emit/assembler.js";
import { candidateBytes, columnsOffset, compress, groups, lowerBound } from "./emit/candidates.js";
import { broadcast, element, overLanes, sweep, type SweepBody } from "./emit/sweep.js";

/** Entries of −∞ are never listed. */
const LOWEST_FINITE = -(2 - 2 ** -23) * 2 ** 127;

/** rankCandidates(values, columns, x, cols, segments, bytes a segment): their number. */
function emitRank(): Func {
  const f = new Func("rankCandidates", I32);
  const [values, columns, x, cols, segments, segmentBytes] = f.params(I32, 6);
  const count = f.local(I32);
  const limit = f.local(F32);
  return f.body(
    lowerBound(f, limit, x, segments, segmentBytes, LOWEST_FINITE),
    compress(f, count, values, columns, x, cols, limit),
    count.get());
}

/** gatherRows(out, x, listed, bytes a row, rows); rows ≥ 1. */
function emitGather(): Func {
  const f = new Func("gatherRows");
  const [out, x, listed, bytes, rows] = f.params(I32, 5);
  const p = f.local(I32);
  return f.body(doWhile(rows,
    p.set(i32.add(x, i32.mul(i32.load(listed), bytes))),
    sweep(f, [out, p], bytes, 4, (access, at) => access.store(out, access.load(p, at), at)),
    advance(listed, 4), advance(rows, -1)));
}

/** placesInRow(out, x, listed, cols, columns); columns ≥ 1. */
function emitPlaces(): Func {
  const f = new Func("placesInRow");
  const [out, x, listed, cols, columns] = f.params(I32, 5);
  const [p, column] = f.locals(I32, 2);
  const [scores, fill] = broadcast(f, f32.load(element(x, column)));
  const counts = f.locals(V128, 2);
  /** A true lane is −1. */
  const tally = (compare: typeof f32x4.gt): SweepBody => (access, at, step) => counts[step % 2].set(
    i32x4.sub(counts[step % 2], access.only(compare(access.load(p, at), scores))));
  return f.body(doWhile(columns,
    column.set(i32.load(listed)), fill, ...counts.map((count) => count.set(0)),
    p.set(x),
    sweep(f, [p], i32.shl(column, 2), 4, tally(f32x4.ge)),
    sweep(f, [p], i32.shl(i32.sub(cols, column), 2), 4, tally(f32x4.gt)),
    counts[0].set(i32x4.add(counts[0], counts[1])),
    i32.store(out, i32.add(1, overLanes((l) => i32x4.extract(counts[0], l), i32.add))),
    advance(out, 4), advance(listed, 4), advance(columns, -1)));
}

function bind(wasm: Emitted, { at: workspace, bytes: workspaceBytes }: Workspace): SimdKernels<typeof plainRank> {
  const { rankCandidates } = wasm;
  return {
    gatherRows(out, x, listed, cols, begin, end) {
      if (begin >= end) return;
      const to = out.byteOffset + 4 * begin * cols;
      wasm.gatherRows(to, x.byteOffset, listed.byteOffset + 4 * begin, 4 * cols, end - begin);
    },
    placesInRow(out, x, listed, begin, end) {
      if (begin >= end) return;
      wasm.placesInRow(
        out.byteOffset + 4 * begin, x.byteOffset, listed.byteOffset + 4 * begin, x.length, end - begin,
      );
    },
    rankRows(indices, scores, x, cols, n, begin, end) {
      if (n < 1 || candidateBytes(cols) > workspaceBytes) {
        plainRankRows(indices, scores, x, cols, n, begin, end);
        return;
      }
      const columnsAt = workspace + columnsOffset(cols);
      const values = new Float32Array(x.buffer, workspace, cols);
      const columns = new Int32Array(x.buffer, columnsAt, cols);
      const { segments, segmentBytes } = groups(cols, n);
      for (let r = begin; r < end; r++) {
        const count = rankCandidates(workspace, columnsAt, x.byteOffset + 4 * r * cols, cols, segments, segmentBytes);
        const list = indices.subarray(r * n, (r + 1) * n);
        plainRankRows(list, scores.subarray(r * n, (r + 1) * n), values, count, n, 0, 1);
        for (let i = 0; i < n && list[i] >= 0; i++) list[i] = columns[list[i]];
      }
    },
  };
}

export const simdRank: SimdFamily<typeof plainRank> = { emit: () => [emitRank(), emitPlaces(), emitGather()], bind };
