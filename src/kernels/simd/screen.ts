/**
 * Screening in 16 bits (plain/screen.ts). The product is that of matmul.ts with another tile: one instruction
 * multiplies eight pairs of 16-bit numbers and adds neighbours, another adds four sums, and both have pipes of their
 * own. A word of A (two steps of k) meets a vector of B, so the packing of single precision serves.
 *
 * screenedTopk, a row: approximations; their k largest; all columns that the bound does not rule out (a third more than
 * k on rows of a few hundred numbers); those computed in full; their k largest. Bound by memory, 12·cols bytes and some
 * dozens of random rows of W.
 */
import type { Floats } from "../../base/floats.js";
import type { Emitted, SimdFamily, SimdKernels, Workspace } from "../family.js";
import { largestQuantum, screenedTopk as plainScreenedTopk, type plainScreen } from "../plain/screen.js";
import {
  F32, I32, V128, Func, advance, doWhile, either, f32, f32x4, i16x8, i32, i32x4, sequence, v128,
} from "./emit/assembler.js";
import { candidateBytes, columnsOffset, compress, groups } from "./emit/candidates.js";
import { multiplyAdd, type Numerics } from "./emit/numerics.js";
import { broadcast, highest, scalar, sumOver, sweep, total } from "./emit/sweep.js";
import { multiplyIntegerPanels } from "./emit/tile.js";
import { blockedProduct } from "./matmul.js";

/** quantiseRow(q, x, bytes of x, Q): s, and norm and error behind the three addresses. */
function emitQuantise(numerics: Numerics): Func {
  const madd = multiplyAdd(numerics);
  const f = new Func("quantiseRow");
  const [q, x, bytes, scale, norm, error] = f.params(I32, 6);
  const quantum = f.params(F32, 1)[0];
  const [p, end] = f.locals(I32, 2);
  const tops = f.locals(V128, 2);
  const squares = scalar(f);
  const [step, inverse] = [scalar(f), scalar(f)];
  const missed = f.locals(V128, 2);
  const whole = f.locals(V128, 2);
  const v = f.local(V128);
  const [steps, fillSteps] = broadcast(f, step);
  const [inverses, fillInverses] = broadcast(f, inverse);
  const [before, sum] = total(missed);
  return f.body(
    ...tops.map((top) => top.set(0)),
    p.set(x),
    sumOver(f, [squares], [p], bytes, 2, (access, at, add) => sequence(
      v.set(access.load(p, at)), tops[0].set(f32x4.pmax(tops[0], f32x4.abs(v))), add(0, v, v)), madd),
    step.set(f32.div(highest(tops[0]), quantum)),
    either(f32.gt(step, 0), inverse.set(f32.div(1, step)), inverse.set(0)),
    fillSteps, fillInverses,
    ...missed.map((m) => m.set(0)),
    p.set(x), end.set(i32.add(x, bytes)),
    doWhile(i32.ne(p, end),
      ...[0, 1].map((half) => sequence(
        v.set(v128.load(p, 16 * half)),
        whole[half].set(i32x4.truncated(f32x4.nearest(f32x4.mul(v, inverses)))),
        v.set(f32x4.sub(v, f32x4.mul(steps, f32x4.convertSigned(whole[half])))),
        missed[half].set(madd(v, v, missed[half])))),
      v128.store(q, i16x8.narrowed(whole[0], whole[1])),
      advance(p, 32), advance(q, 16)),
    f32.store(scale, step), f32.store(norm, f32.sqrt(squares)),
    before, f32.store(error, f32.sqrt(sum)));
}

/** approximate(out, products, columnScale, b, bytes, scale): scale·columnScale·products + b. */
function emitApproximate(): Func {
  const f = new Func("approximate");
  const [out, products, columnScale, b, bytes] = f.params(I32, 5);
  const [scales, fill] = broadcast(f, f.params(F32, 1)[0]);
  return f.body(fill, sweep(f, [out, products, columnScale, b], bytes, 2, (access, at) => access.store(out, f32x4.add(
    f32x4.mul(f32x4.mul(scales, access.load(columnScale, at)), f32x4.convertSigned(access.load(products, at))),
    access.load(b, at)), at)));
}

/** reaching(values, columns, x, cols, limit): how many. */
function emitReaching(): Func {
  const f = new Func("reaching", I32);
  const [values, columns, x, cols] = f.params(I32, 4);
  const limit = f.params(F32, 1)[0];
  const count = f.local(I32);
  return f.body(compress(f, count, values, columns, x, cols, limit), count.get());
}

/** Bounds are enlarged by this: they are computed in single precision themselves. */
const SLACK = 1.001;
/** A few roundings, relative. */
const ROUNDING = 2 ** -21;

function bind(wasm: Emitted, workspace: Workspace): SimdKernels<typeof plainScreen> {
  const product = blockedProduct(wasm, wasm.multiplyIntegerPanels, workspace);
  return {
    quantiseRows(q, scale, norm, error, x, cols, begin, end) {
      const quantum = largestQuantum(cols);
      for (let r = begin; r < end; r++) {
        wasm.quantiseRow(
          q.byteOffset + 2 * r * cols, x.byteOffset + 4 * r * cols, 4 * cols, scale.byteOffset + 4 * r,
          norm.byteOffset + 4 * r, error.byteOffset + 4 * r, quantum,
        );
      }
    },
    int16Product: (c, a, b, m, n, words, begin, end) => product(c, a, b, m, n, words, 0, begin, end, true, true),
    screenedTopk(
      indices, values, rowEnd, products, scale, norm, error, columnScale, x, w, b, most, d, k, begin, end,
    ) {
      const cols = b.length;
      const row = new ScreenedRow(wasm, workspace, b, w, d, k);
      if (!row.fits) {
        plainScreenedTopk(
          indices, values, rowEnd, products, scale, norm, error, columnScale, x, w, b, most, d, k, begin, end,
        );
        return;
      }
      for (let r = begin; r < end; r++) {
        const tau = row.approximate(products.byteOffset + 4 * r * cols, columnScale.byteOffset, scale[r]);
        const bound = SLACK * (error[r] * most[0] + (norm[r] + error[r]) * most[1] +
          ROUNDING * (d * norm[r] * most[0] + most[2]));
        const limit = Math.max(tau - 2 * bound, -bound);
        const count = row.compute(x.byteOffset + 4 * r * d, Number.isFinite(limit) ? limit : -Infinity);
        rowEnd[r] = r * k + row.choose(indices, values, r * k, count);
      }
    },
  };
}

/** One row's way, in a thread's workspace. */
class ScreenedRow {
  readonly fits: boolean;
  private readonly cols: number;
  private readonly approximations: number;
  private readonly exact: number;
  private readonly columns: number;
  /** Row lists for csrDots and topkRelu. */
  private readonly lists: Int32Array;
  private readonly bestValues: Float32Array;
  private readonly bestColumns: Int32Array;
  private readonly exactValues: Float32Array;
  private readonly exactColumns: Int32Array;
  private readonly candidates: number;

  constructor(
    private readonly wasm: Emitted, { at, bytes }: Workspace, private readonly b: Floats, private readonly w: Floats,
    private readonly d: number, private readonly k: number,
  ) {
    const cols = b.length;
    this.cols = cols;
    const { buffer } = b;
    let next = at;
    const take = (size: number): number => {
      const start = next;
      next += Math.ceil(size / 16) * 16;
      return start;
    };
    const lists = take(16);
    this.approximations = take(4 * cols);
    this.exact = take(4 * cols + 16);
    this.columns = take(4 * cols + 16);
    const [bestValues, bestColumns] = [take(4 * k), take(4 * k)];
    this.candidates = take(candidateBytes(cols));
    this.fits = k >= 1 && next <= at + bytes;
    const room = this.fits ? cols : 0;
    const kept = this.fits ? k : 0;
    this.lists = new Int32Array(buffer, lists, 4);
    this.exactValues = new Float32Array(buffer, this.exact, room);
    this.exactColumns = new Int32Array(buffer, this.columns, room);
    this.bestValues = new Float32Array(buffer, bestValues, kept);
    this.bestColumns = new Int32Array(buffer, bestColumns, kept);
  }

  /** Writes the approximations; their k-th largest, 0 where fewer than k are positive. */
  approximate(products: number, columnScale: number, scale: number): number {
    const { wasm, b, cols, k, approximations, bestValues } = this;
    wasm.approximate(approximations, products, columnScale, b.byteOffset, 4 * cols, scale);
    const count = this.largest(approximations, cols);
    if (count < k) return 0;
    let least = bestValues[0];
    for (let i = 1; i < k; i++) least = Math.min(least, bestValues[i]);
    return least;
  }

  /** Computes in full what reaches the limit; how many. x: address of (d). */
  compute(x: number, limit: number): number {
    const { wasm, approximations, exact, columns, cols, w, d, b, lists, exactValues, exactColumns } = this;
    const count = wasm.reaching(exact, columns, approximations, cols, limit);
    lists[0] = 0;
    lists[1] = count;
    wasm.csrDots(exact, lists.byteOffset, lists.byteOffset + 4, columns, x, w.byteOffset, 4 * d, 0, 0, 1);
    for (let i = 0; i < count; i++) exactValues[i] += b[exactColumns[i]];
    return count;
  }

  /** Writes the k largest of the first `count` computed; how many. */
  choose(indices: Int32Array, values: Floats, at: number, count: number): number {
    const { bestValues, bestColumns, exactColumns } = this;
    const chosen = this.largest(this.exact, count);
    for (let i = 0; i < chosen; i++) {
      indices[at + i] = exactColumns[bestColumns[i]];
      values[at + i] = bestValues[i];
    }
    return chosen;
  }

  private largest(x: number, length: number): number {
    const { wasm, k, lists, bestColumns, bestValues, candidates } = this;
    const { segments, segmentBytes } = groups(length, k);
    wasm.topkRelu(
      bestColumns.byteOffset, bestValues.byteOffset, lists.byteOffset + 8, x, length, k, segments, segmentBytes,
      candidates, candidates + columnsOffset(length), 0, 1,
    );
    return lists[2];
  }
}

export const simdScreen: SimdFamily<typeof plainScreen> = {
  emit: (numerics) => [emitQuantise(numerics), emitApproximate(), emitReaching(), multiplyIntegerPanels()], bind,
};
