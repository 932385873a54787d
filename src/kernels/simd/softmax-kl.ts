/**
 * The divergence of two lists of scores as distributions, row by row, as plain/softmax-kl.ts defines it.
 *
 *   p = softmax(t / τσ)   q = softmax(s / τσ)   loss = Σ p·(ln p − ln q)   difference = (q − p) / τσ
 *
 * loss: (rows); difference, t, s: (rows, cols). Entries with t = −∞ (or NaN) are masked: they add nothing, and 0 is
 * written. Three exponentials an entry (p's twice rather than an array for it), about 100 FLOPs over 12 bytes from
 * memory: bound by arithmetic. The row is read five times and stays in cache.
 *
 * Everything is counted from the row's largest score, so equal scores have a spread of exactly 0 whatever they are.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainSoftmaxKl } from "../plain/softmax-kl.js";
import {
  F32, I32, V128, Func, advance, doWhile, either, f32, f32x4, sequence, v128, type Code, type Operand,
} from "./emit/assembler.js";
import { exponential, logarithm } from "./emit/exponential.js";
import { multiplyAdd, type Numerics } from "./emit/numerics.js";
import { broadcast, highest, sumOver, sweep, type Access } from "./emit/sweep.js";

/** softmaxKl(loss, difference, teacher, student, bytes a row, rows, temperature); rows ≥ 1. */
function emitSoftmaxKl(numerics: Numerics): Func {
  const madd = multiplyAdd(numerics);
  const f = new Func("softmaxKl");
  const [loss, difference, teacher, student, bytes, rows] = f.params(I32, 6);
  const [temperature] = f.params(F32, 1);
  const [t, s, d] = f.locals(I32, 3);
  const rewind = sequence(t.set(teacher), s.set(student), d.set(difference));
  const [count, sum, squares, scale, massT, massS, cross] = f.locals(F32, 7);
  const [topT, topS] = f.locals(V128, 2);
  const [means, fillMeans] = broadcast(f, f32.div(sum, count));
  const [scales, fillScales] = broadcast(f, scale);
  const [perT, fillPerT] = broadcast(f, f32.div(scale, massT));
  const [perS, fillPerS] = broadcast(f, f32.div(scale, massS));
  const [mask, x, p, logS] = f.locals(V128, 4);
  const { out: power, exp } = exponential(f, madd);
  const { out: log, log: takeLog } = logarithm(f, madd);

  /** Loads four scores of the teacher: `mask` then tells those that count, and `x` is 0 or less, or garbage if not. */
  const open = (access: Access, at: number): Code => sequence(
    x.set(access.load(t, at)),
    mask.set(access.only(f32x4.gt(x, -Infinity))),
    x.set(f32x4.sub(x, topT)));
  const kept = (value: Operand): Code => v128.and(value, mask);

  const extremes = sequence(
    topT.set(-Infinity), topS.set(-Infinity),
    sumOver(f, [count], [t, s], bytes, 1, (access, at, add) => sequence(
      x.set(access.load(t, at)),
      mask.set(access.only(f32x4.gt(x, -Infinity))),
      topT.set(f32x4.pmax(topT, v128.bitselect(x, -Infinity, mask))),
      topS.set(f32x4.pmax(topS, v128.bitselect(access.load(s, at), -Infinity, mask))),
      add(0, kept(1), 1)), madd),
    topT.set(f32x4.splat(highest(topT))), topS.set(f32x4.splat(highest(topS))));

  const spread = sequence(
    rewind,
    sumOver(f, [sum], [t], bytes, 2, (access, at, add) => sequence(open(access, at), add(0, kept(x), 1)), madd),
    fillMeans, t.set(teacher),
    sumOver(f, [squares], [t], bytes, 2, (access, at, add) => sequence(
      open(access, at), x.set(kept(f32x4.sub(x, means))), add(0, x, x)), madd));

  const masses = sequence(
    rewind,
    sumOver(f, [massT, massS, cross], [t, s, d], bytes, 1, (access, at, add) => sequence(
      open(access, at),
      x.set(f32x4.mul(x, scales)), exp(x), p.set(kept(power)),
      logS.set(f32x4.mul(f32x4.sub(access.load(s, at), topS), scales)), exp(logS), power.set(kept(power)),
      access.store(d, power, at),
      add(0, p, 1), add(1, power, 1), add(2, p, kept(f32x4.sub(x, logS)))), madd));

  const subtract = sequence(
    rewind, fillPerT, fillPerS,
    sweep(f, [t, d], bytes, 1, (access, at) => sequence(
      open(access, at), exp(f32x4.mul(x, scales)),
      access.store(d, kept(f32x4.sub(
        f32x4.mul(access.load(d, at), perS), f32x4.mul(power, perT))), at))));

  return f.body(doWhile(rows,
    rewind, extremes, spread,
    either(f32.gt(squares, 0),
      sequence(
        scale.set(f32.div(1, f32.mul(temperature, f32.sqrt(f32.div(squares, count))))), fillScales,
        masses,
        takeLog(f32x4.splat(f32.div(massS, massT))),
        f32.store(loss, f32.add(f32.div(cross, massT), f32x4.extract(log, 0))),
        subtract),
      sequence(
        f32.store(loss, 0), d.set(difference),
        sweep(f, [d], bytes, 2, (access, at) => access.store(d, 0, at)))),
    advance(loss, 4), advance(teacher, bytes), advance(student, bytes), advance(difference, bytes),
    advance(rows, -1)));
}

function bind(wasm: Emitted): SimdKernels<typeof plainSoftmaxKl> {
  return {
    softmaxKl(loss, difference, teacher, student, cols, temperature, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.softmaxKl(
        loss.byteOffset + 4 * begin, difference.byteOffset + from, teacher.byteOffset + from,
        student.byteOffset + from, 4 * cols, end - begin, temperature,
      );
    },
  };
}

export const simdSoftmaxKl: SimdFamily<typeof plainSoftmaxKl> = { emit: (numerics) => [emitSoftmaxKl(numerics)], bind };
