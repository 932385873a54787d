/**
 * The loop that most kernels share: one walk over contiguous floats, several pointers in step.
 *
 * The body is written once and emitted twice, for four floats at a time and for the rest one at a time in lane 0 with
 * zeros beside it. Both do the same vector instructions, so an element has the same bits wherever a range was cut, and
 * nothing outside the range is read or written.
 *
 * Sums keep one vector per unrolled step: the order of a row's additions depends on its length alone. An n-term sum in
 * `unroll` vectors is a chain of at most n/(4·unroll) + 4·unroll + 4 roundings.
 */
import {
  F32, I32, V128, advance, either, f32, f32x4, i32, sequence, v128, whileLoop, type Code, type Func, type Local,
  type Operand,
} from "./assembler.js";
import type { MultiplyAdd } from "./numerics.js";

/** How a body touches memory: four floats, or one in lane 0. */
export interface Access {
  load(address: Operand, offset?: number): Code;
  store(address: Operand, value: Operand, offset?: number): Code;
  /** The value with zeros in the lanes that hold no element: needed before a sum if f(0) ≠ 0. */
  only(value: Operand): Operand;
  /** The value with `filler` in those lanes: needed before an extremum. */
  padded(value: Operand, filler: Operand): Operand;
}

const FOUR: Access = { load: v128.load, store: v128.store, only: (value) => value, padded: (value) => value };
const ONE: Access = {
  load: v128.loadLane, store: v128.storeLane, only: (value) => v128.and(value, v128.firstLane),
  padded: (value, filler) => v128.bitselect(value, filler, v128.firstLane),
};

/** One step of a sweep: `at` is to be added to every pointer as its offset, `step` counts 0 … unroll−1. */
export type SweepBody = (access: Access, at: number, step: number) => Code;

/** Runs the body over `bytes` bytes from each pointer. Leaves every pointer just behind its last float. */
export function sweep(f: Func, pointers: readonly Local[], bytes: Operand, unroll: number, body: SweepBody): Code {
  const end = f.local(I32);
  const [lead] = pointers;
  const stride = 16 * unroll;
  // Compared by ≠: an array may end where 32-bit addresses wrap around.
  const steps = Array.from({ length: unroll }, (_, step) => body(FOUR, 16 * step, step));
  return sequence(
    end.set(i32.add(lead, i32.and(bytes, -stride))),
    whileLoop(i32.ne(lead, end), ...steps, ...pointers.map((p) => advance(p, stride))),
    end.set(i32.add(lead, i32.and(bytes, stride - 1))),
    whileLoop(i32.ne(lead, end), body(ONE, 0, 0), ...pointers.map((p) => advance(p, 4))),
  );
}

/** Both versions of a kernel with an `accumulate` flag. */
export function accumulating(accumulate: Local, emit: (adds: boolean) => Code): Code {
  return either(accumulate, emit(true), emit(false));
}

/** ((v₀ + v₁) + …) and then (l₀ + l₁) + (l₂ + l₃) over the lanes: a scalar. Overwrites v₀. */
export function total(sums: readonly Local[]): [before: Code, value: Code] {
  const [first, ...others] = sums;
  const lane = (l: number): Code => f32x4.extract(first, l);
  return [
    sequence(...others.map((v) => first.set(f32x4.add(first, v)))),
    f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3))),
  ];
}

/** out = Σ term over a sweep, as a scalar; several sums may share one sweep. */
export function sumOver(
  f: Func, outs: readonly Local[], pointers: readonly Local[], bytes: Operand, unroll: number,
  terms: (access: Access, at: number, add: (out: number, x: Operand, y: Operand) => Code) => Code, madd: MultiplyAdd,
): Code {
  const sums = outs.map(() => f.locals(V128, unroll));
  return sequence(
    ...sums.flat().map((v) => v.set(0)),
    sweep(f, pointers, bytes, unroll, (access, at, step) =>
      terms(access, at, (out, x, y) => sums[out][step].set(madd(x, y, sums[out][step])))),
    ...outs.flatMap((out, i) => {
      const [before, value] = total(sums[i]);
      return [before, out.set(value)];
    }),
  );
}

/** The four lanes of a vector, folded from left to right. */
export function overLanes(lane: (l: number) => Code, combine: (a: Code, b: Code) => Code): Code {
  return [0, 1, 2, 3].map(lane).reduce(combine);
}

/** The largest lane of a vector without NaN. */
export function highest(v: Local): Code {
  return overLanes((l) => f32x4.extract(v, l), f32.max);
}

/**
 * out = the largest of `bytes` bytes of floats, −∞ if there are none; a NaN never wins. Moves the pointer past them.
 */
export function maxOver(f: Func, out: Local, pointer: Local, bytes: Operand): Code {
  const tops = f.locals(V128, 4);
  return sequence(
    ...tops.map((v) => v.set(-Infinity)),
    sweep(f, [pointer], bytes, 4, (access, at, step) =>
      tops[step].set(f32x4.pmax(tops[step], access.padded(access.load(pointer, at), -Infinity)))),
    ...tops.slice(1).map((v) => tops[0].set(f32x4.pmax(tops[0], v))),
    out.set(highest(tops[0])),
  );
}

/** A scalar parameter in all four lanes: the vector and the statement that fills it. */
export function broadcast(f: Func, scalar: Operand): [vector: Local, fill: Code] {
  const vector = f.local(V128);
  return [vector, vector.set(f32x4.splat(scalar))];
}

/** Σ x·y of two runs of `bytes` bytes; moves both pointers past them. */
export function dot(f: Func, out: Local, x: Local, y: Local, bytes: Operand, madd: MultiplyAdd): Code {
  return sumOver(f, [out], [x, y], bytes, 4, (access, at, add) => add(0, access.load(x, at), access.load(y, at)), madd);
}

/** base + 4·i: the address of element i. */
export const element = (base: Local, i: Local): Code => i32.add(base, i32.shl(i, 2));

/** A scalar variable. */
export function scalar(f: Func): Local {
  return f.local(F32);
}

/** while (row ≠ end) { body; row += 1 }. */
export function forRows(row: Local, end: Local, ...body: readonly Code[]): Code {
  return whileLoop(i32.ne(row, end), ...body, advance(row, 1));
}
