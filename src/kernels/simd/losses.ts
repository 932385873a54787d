/**
 * The losses and their gradients.
 *
 *   reluResidual            s = relu(s − x) with Σ s² and ⟨s, x⟩    s (rows, cols), x binary row lists
 *   squaredError            Σ (x − y)²
 *   squaredErrorGradient    dx (+)= 2·weight·(x − y)
 *   cosineDistance          1 − ⟨x, y⟩/(‖x‖·‖y‖)
 *   cosineDistanceGradient  dx (+)= weight·(cos·x/‖x‖² − y/(‖x‖·‖y‖))
 *
 * 2 to 12 FLOPs over 8 to 12 bytes an element: bound by memory. reluResidual makes one pass over the scores for what
 * would be three: relu, norm, and (through the few entries of x) the dot product.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainLosses } from "../plain/losses.js";
import {
  F32, I32, V128, Func, advance, f32, f32x4, i32, sequence, whileLoop, doWhile, type Code, type Local,
} from "./emit/assembler.js";
import { multiplyAdd, type MultiplyAdd, type Numerics } from "./emit/numerics.js";
import { accumulating, broadcast, element, forRows, scalar, sumOver, sweep } from "./emit/sweep.js";

/** reluResidual(s, squares, dots, rowStart, rowEnd, indices, bytes a row, begin, end). */
function emitReluResidual(madd: MultiplyAdd): Func {
  const f = new Func("reluResidual");
  const [s, squares, dots, rowStart, rowEnd, indices, bytes, row, end] = f.params(I32, 9);
  const [from, p, entry, first, last] = f.locals(I32, 5);
  const [sum, along] = [scalar(f), scalar(f)];
  const v = f.local(V128);
  const overEntries = (body: Code): Code => sequence(entry.set(first), whileLoop(i32.ne(entry, last),
    p.set(i32.add(from, i32.shl(i32.load(entry), 2))), body, advance(entry, 4)));
  return f.body(forRows(row, end,
    from.set(i32.add(s, i32.mul(row, bytes))),
    first.set(i32.add(indices, i32.shl(i32.load(element(rowStart, row)), 2))),
    last.set(i32.add(indices, i32.shl(i32.load(element(rowEnd, row)), 2))),
    overEntries(f32.store(p, f32.sub(f32.load(p), 1))),
    p.set(from),
    sumOver(f, [sum], [p], bytes, 4, (access, offset, add) => sequence(
      v.set(f32x4.pmax(0, access.load(p, offset))), access.store(p, v, offset), add(0, v, v)), madd),
    along.set(0),
    overEntries(along.set(f32.add(along, f32.load(p)))),
    f32.store(element(squares, row), sum), f32.store(element(dots, row), along)));
}

/** squaredError(loss, x, y, bytes a row, rows); rows ≥ 1 here and below. */
function emitSquaredError(madd: MultiplyAdd): Func {
  const f = new Func("squaredError");
  const [loss, x, y, bytes, rows] = f.params(I32, 5);
  const sum = scalar(f);
  const difference = f.local(V128);
  return f.body(doWhile(rows,
    sumOver(f, [sum], [x, y], bytes, 4, (access, at, add) => sequence(
      difference.set(f32x4.sub(access.load(x, at), access.load(y, at))), add(0, difference, difference)), madd),
    f32.store(loss, sum), advance(loss, 4), advance(rows, -1)));
}

/** squaredErrorGradient(dx, x, y, bytes, accumulate, 2·weight). */
function emitSquaredErrorGradient(madd: MultiplyAdd): Func {
  const f = new Func("squaredErrorGradient");
  const [dx, x, y, bytes, accumulate] = f.params(I32, 5);
  const [factor] = f.params(F32, 1);
  const [factors, fill] = broadcast(f, factor);
  const difference = f.local(V128);
  return f.body(fill, accumulating(accumulate, (adds) => sweep(f, [dx, x, y], bytes, 2, (access, at) => sequence(
    difference.set(f32x4.sub(access.load(x, at), access.load(y, at))),
    access.store(dx, adds ? madd(factors, difference, access.load(dx, at)) : f32x4.mul(factors, difference), at),
  ))));
}

/** The three sums of a cosine, xx and yy then replaced by max(‖·‖, 1e-8). Moves both pointers past the row. */
function norms(
  f: Func, [xy, xx, yy]: readonly Local[], x: Local, y: Local, bytes: Local, madd: MultiplyAdd,
): Code {
  const [u, v] = f.locals(V128, 2);
  return sequence(
    sumOver(f, [xy, xx, yy], [x, y], bytes, 2, (access, at, add) => sequence(
      u.set(access.load(x, at)), v.set(access.load(y, at)), add(0, u, v), add(1, u, u), add(2, v, v)), madd),
    xx.set(f32.max(f32.sqrt(xx), 1e-8)), yy.set(f32.max(f32.sqrt(yy), 1e-8)),
  );
}

/** cosineDistance(loss, x, y, bytes a row, rows). */
function emitCosineDistance(madd: MultiplyAdd): Func {
  const f = new Func("cosineDistance");
  const [loss, x, y, bytes, rows] = f.params(I32, 5);
  const sums = f.locals(F32, 3);
  const [xy, nx, ny] = sums;
  return f.body(doWhile(rows,
    norms(f, sums, x, y, bytes, madd),
    f32.store(loss, f32.sub(1, f32.div(xy, f32.mul(nx, ny)))), advance(loss, 4), advance(rows, -1)));
}

/** cosineDistanceGradient(dx, x, y, bytes a row, rows, accumulate, weight). */
function emitCosineDistanceGradient(madd: MultiplyAdd): Func {
  const f = new Func("cosineDistanceGradient");
  const [dx, x, y, bytes, rows, accumulate] = f.params(I32, 6);
  const [weight] = f.params(F32, 1);
  const [p, q] = f.locals(I32, 2);
  const sums = f.locals(F32, 3);
  const [xy, nx, ny] = sums;
  const toY = f32.div(f32.div(weight, nx), ny);
  const [xs, fillX] = broadcast(f, f32.mul(toY, f32.div(f32.div(xy, nx), nx)));
  const [ys, fillY] = broadcast(f, f32.neg(toY));
  return f.body(doWhile(rows,
    p.set(x), q.set(y), norms(f, sums, p, q, bytes, madd), fillX, fillY,
    accumulating(accumulate, (adds) => sweep(f, [dx, x, y], bytes, 2, (access, at) => {
      const fromY = f32x4.mul(ys, access.load(y, at));
      const term = madd(xs, access.load(x, at), fromY);
      return access.store(dx, adds ? f32x4.add(access.load(dx, at), term) : term, at);
    })),
    advance(rows, -1)));
}

function emit(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [
    emitReluResidual(madd), emitSquaredError(madd), emitSquaredErrorGradient(madd), emitCosineDistance(madd),
    emitCosineDistanceGradient(madd),
  ];
}

function bind(wasm: Emitted): SimdKernels<typeof plainLosses> {
  return {
    reluResidual(s, squares, dots, rowStart, rowEnd, indices, cols, begin, end) {
      wasm.reluResidual(
        s.byteOffset, squares.byteOffset, dots.byteOffset, rowStart.byteOffset, rowEnd.byteOffset, indices.byteOffset,
        4 * cols, begin, Math.max(begin, end),
      );
    },
    squaredError(loss, x, y, cols, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.squaredError(
        loss.byteOffset + 4 * begin, x.byteOffset + from, y.byteOffset + from, 4 * cols, end - begin,
      );
    },
    squaredErrorGradient(dx, x, y, weight, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      wasm.squaredErrorGradient(
        dx.byteOffset + from, x.byteOffset + from, y.byteOffset + from, 4 * (end - begin), accumulate, 2 * weight,
      );
    },
    cosineDistance(loss, x, y, cols, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.cosineDistance(
        loss.byteOffset + 4 * begin, x.byteOffset + from, y.byteOffset + from, 4 * cols, end - begin,
      );
    },
    cosineDistanceGradient(dx, x, y, cols, weight, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.cosineDistanceGradient(
        dx.byteOffset + from, x.byteOffset + from, y.byteOffset + from, 4 * cols, end - begin, accumulate, weight,
      );
    },
  };
}

export const simdLosses: SimdFamily<typeof plainLosses> = { emit, bind };
