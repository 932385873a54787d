/**
 * One matrix against a few vectors, as plain/matvec.ts defines it.
 *
 * Four rows of W go by at once and share the loads of x: five loads for four multiply-adds instead of eight, which is
 * what counts while W lies in a cache near by (from the L2 cache 79 instead of 54 GB/s). Two vectors of sums a row make
 * eight chains, enough to hide the latency of an addition; a fence after each step keeps V8 from moving all loads to
 * the front, where they spill (emit/tile.ts). A row's order of additions depends on cols alone.
 *
 * Several vectors take turns on a block of W that the L2 cache keeps, so W comes from memory once for all of them, and
 * two at a time, with two rows of W, share the loads: four for four multiply-adds, at 128 columns 22 µs for each of 16
 * vectors instead of 26. Three rows would need twelve vectors of sums, of which V8 keeps some in memory: 30.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainMatvec } from "../plain/matvec.js";
import {
  I32, V128, Func, advance, f32, f32x4, i32, leave, sequence, shuffle, v128, whileLoop, type Code,
  type Local,
} from "./emit/assembler.js";
import { multiplyAdd, type Numerics } from "./emit/numerics.js";
import { accumulating, total } from "./emit/sweep.js";

/** Rows of W that go by at once. */
const ROWS = 4;
/** Rows that go by at once when two vectors do. */
const PAIR_ROWS = 2;
/** Vectors of sums that a row has. */
const SUMS = 2;
/** Vectors of a row in an iteration. */
const UNROLL = 4;
/** Bytes of W that several vectors share. */
const SHARED_BYTES = 128 * 1024;

/** matvec(y, w, x, bytes a row, rows, accumulate). */
function emitMatvec(numerics: Numerics): Func {
  const madd = multiplyAdd(numerics);
  const f = new Func("matvec");
  const [y, w, x, bytes, rows, accumulate] = f.params(I32, 6);
  const [p, end] = f.locals(I32, 2);
  const from = f.locals(I32, ROWS);
  const sums = from.map(() => f.locals(V128, SUMS));
  const v = f.local(V128);

  let fences = 0;
  /** Never taken: a pointer is even. */
  const endBlock = (): Code => leave(1, i32.eq(p, 2 * fences++ + 1));
  /** Products of the next four floats, or of the next one in lane 0, of `count` rows. */
  const step = (count: number, load: typeof v128.load, at: number, sum: number): Code => sequence(
    v.set(load(p, at)),
    ...sums.slice(0, count).map((row, i) => row[sum].set(madd(v, load(from[i], at), row[sum]))));
  const move = (count: number, by: number): Code =>
    sequence(...from.slice(0, count).map((row) => advance(row, by)), advance(p, by));
  const walk = (count: number): Code => sequence(
    from[0].set(w), ...from.slice(1, count).map((row, i) => row.set(i32.add(from[i], bytes))),
    w.set(i32.add(from[count - 1], bytes)),
    ...sums.slice(0, count).flat().map((sum) => sum.set(0)),
    p.set(x), end.set(i32.add(p, i32.and(bytes, -16 * UNROLL))),
    whileLoop(i32.ne(p, end),
      ...Array.from({ length: UNROLL }, (_, s) => sequence(
        s > 0 ? endBlock() : [], step(count, v128.load, 16 * s, s % SUMS))),
      move(count, 16 * UNROLL)),
    end.set(i32.add(p, i32.and(bytes, 16 * UNROLL - 16))),
    whileLoop(i32.ne(p, end), step(count, v128.load, 0, 0), move(count, 16)),
    end.set(i32.add(x, bytes)),
    whileLoop(i32.ne(p, end), step(count, v128.loadLane, 0, 0), move(count, 4)),
  );
  const [a, b, c, d] = sums.map(([first]) => first);
  // (l₀ + l₁) + (l₂ + l₃) of four rows at once, in the order in which `total` adds a row's lanes.
  const fourRows = sequence(
    walk(ROWS), ...sums.map(folded), a.set(pairs(a, b)), c.set(pairs(c, d)), a.set(pairs(a, c)),
    accumulating(accumulate, (adds) => v128.store(y, adds ? f32x4.add(v128.load(y), a) : a)));
  const [before, value] = total(sums[0]);
  const oneRow = sequence(
    walk(1), before,
    accumulating(accumulate, (adds) => f32.store(y, adds ? f32.add(f32.load(y), value) : value)));
  return f.body(
    whileLoop(i32.geSigned(rows, ROWS), fourRows, advance(y, 4 * ROWS), advance(rows, -ROWS)),
    whileLoop(i32.gtSigned(rows, 0), oneRow, advance(y, 4), advance(rows, -1)));
}

/**
 * matvecPair(y, next y, w, x, bytes a row, rows, accumulate): two vectors that follow each other, whose outputs lie
 * `next y` bytes apart. rows is a multiple of PAIR_ROWS. Each sum is that of matvec.
 */
function emitPair(numerics: Numerics): Func {
  const madd = multiplyAdd(numerics);
  const f = new Func("matvecPair");
  const [y, next, w, x, bytes, rows, accumulate] = f.params(I32, 7);
  const [p, q, end, other] = f.locals(I32, 4);
  const from = f.locals(I32, PAIR_ROWS);
  const sums = [0, 1].map(() => from.map(() => f.locals(V128, SUMS)));
  const [u, v, row] = f.locals(V128, 3);

  let fences = 0;
  /** Never taken: a pointer is even. */
  const endBlock = (): Code => leave(1, i32.eq(p, 2 * fences++ + 1));
  const step = (load: typeof v128.load, at: number, sum: number): Code => sequence(
    u.set(load(p, at)), v.set(load(q, at)),
    ...from.map((source, i) => sequence(
      row.set(load(source, at)),
      sums[0][i][sum].set(madd(u, row, sums[0][i][sum])), sums[1][i][sum].set(madd(v, row, sums[1][i][sum])))));
  const move = (by: number): Code => sequence(...[...from, p, q].map((pointer) => advance(pointer, by)));
  const flat = sums.flat();
  const [a, b, c, d] = flat.map(([first]) => first);
  /** Two neighbours of y, from lanes 2·i and 2·i + 1 of a. */
  const store = (to: Local, i: number): Code => accumulating(accumulate, (adds) => sequence(...from.map((_, r) => {
    const sum = f32x4.extract(a, PAIR_ROWS * i + r);
    return f32.store(to, adds ? f32.add(f32.load(to, 4 * r), sum) : sum, 4 * r);
  })));
  return f.body(whileLoop(i32.ne(rows, 0),
    from[0].set(w), ...from.slice(1).map((source, i) => source.set(i32.add(from[i], bytes))),
    w.set(i32.add(from[PAIR_ROWS - 1], bytes)),
    ...flat.flat().map((sum) => sum.set(0)),
    p.set(x), q.set(i32.add(x, bytes)), end.set(i32.add(p, i32.and(bytes, -16 * UNROLL))),
    whileLoop(i32.ne(p, end),
      ...Array.from({ length: UNROLL }, (_, s) => sequence(
        s > 0 ? endBlock() : [], step(v128.load, 16 * s, s % SUMS))),
      move(16 * UNROLL)),
    end.set(i32.add(p, i32.and(bytes, 16 * UNROLL - 16))),
    whileLoop(i32.ne(p, end), step(v128.load, 0, 0), move(16)),
    end.set(i32.add(x, bytes)),
    whileLoop(i32.ne(p, end), step(v128.loadLane, 0, 0), move(4)),
    // As four rows of one vector: (l₀ + l₁) + (l₂ + l₃) of each.
    ...flat.map(folded), a.set(pairs(a, b)), c.set(pairs(c, d)), a.set(pairs(a, c)),
    other.set(i32.add(y, next)), store(y, 0), store(other, 1),
    advance(y, 4 * PAIR_ROWS), advance(rows, -PAIR_ROWS)));
}

/** A row's vectors of sums added up in the first. */
function folded(row: readonly Local[]): Code {
  return sequence(...row.slice(1).map((sum) => row[0].set(f32x4.add(row[0], sum))));
}

/** a's lanes 0 + 1 and 2 + 3, then b's. */
function pairs(a: Local, b: Local): Code {
  return f32x4.add(shuffle(a, b, [0, 2, 4, 6]), shuffle(a, b, [1, 3, 5, 7]));
}

function bind(wasm: Emitted): SimdKernels<typeof plainMatvec> {
  return {
    matvec(y, w, x, vectors, cols, accumulate, begin, end) {
      if (begin >= end) return;
      const rows = y.length / vectors;
      const some = (from: number, count: number, v: number): void => {
        if (count === 0) return;
        wasm.matvec(
          y.byteOffset + 4 * (v * rows + from), w.byteOffset + 4 * from * cols, x.byteOffset + 4 * v * cols, 4 * cols,
          count, accumulate,
        );
      };
      if (vectors === 1) {
        some(begin, end - begin, 0);
        return;
      }
      const shared = ROWS * Math.max(1, Math.floor(SHARED_BYTES / (4 * cols * ROWS)));
      for (let from = begin; from < end; from += shared) {
        const count = Math.min(shared, end - from);
        const paired = count - (count % PAIR_ROWS);
        for (let v = 0; v < vectors; v += 2) {
          if (v + 1 === vectors) some(from, count, v);
          else {
            wasm.matvecPair(
              y.byteOffset + 4 * (v * rows + from), 4 * rows, w.byteOffset + 4 * from * cols,
              x.byteOffset + 4 * v * cols, 4 * cols, paired, accumulate,
            );
            some(from + paired, count - paired, v);
            some(from + paired, count - paired, v + 1);
          }
        }
      }
    },
  };
}

export const simdMatvec: SimdFamily<typeof plainMatvec> = {
  emit: (numerics) => [emitMatvec(numerics), emitPair(numerics)], bind,
};
