/**
 * Packing: copies a block of A or B into panels `width` wide (a multiple of 4), k-major, so that the register tile
 * reads unit stride.
 *
 *   panel[p][k·width + i] = source(row p·width + i, k)
 *
 * "Rows" are the rows of A, or the columns of B. Transposing is for sources whose k is contiguous (A in A·B, both in
 * A·Bᵀ), copying for those whose rows are adjacent (B in A·B, both in Aᵀ·B): from there on, all three products are one.
 *
 * 8 bytes moved per float and no FLOPs. Each float is used about NC (or M) times afterwards: about 1 % of a product.
 * The last panel may be partial: its missing rows hold repeated values or zeros, whose products are never stored.
 */
import {
  I32, V128, Func, advance, doWhile, f32, i32, sequence, shuffle, v128, when, whileLoop, type Code,
} from "./assembler.js";

/** name(panels, source, rows, k, bytes from row to row): k is contiguous in the source. rows and k ≥ 1. */
export function packTransposing(name: string, width: number): Func {
  const f = new Func(name);
  const [to, source, rows, k, stride] = f.params(I32, 5);
  const [left, last, next] = f.locals(I32, 3);
  const row = f.locals(I32, width);
  const v = f.locals(V128, 4);
  const t = f.locals(V128, 4);
  /** Rows 4q … 4q+3 by four steps of k, transposed in registers. */
  const quad = (q: number): Code => sequence(
    ...v.map((x, i) => x.set(v128.load(row[4 * q + i]))),
    t[0].set(shuffle(v[0], v[1], [0, 4, 1, 5])), t[1].set(shuffle(v[2], v[3], [0, 4, 1, 5])),
    t[2].set(shuffle(v[0], v[1], [2, 6, 3, 7])), t[3].set(shuffle(v[2], v[3], [2, 6, 3, 7])),
    ...[0, 1, 2, 3].map((step) => {
      const half = step < 2 ? 0 : 2;
      const lanes = step % 2 === 0 ? [0, 1, 4, 5] as const : [2, 3, 6, 7] as const;
      return v128.store(to, shuffle(t[half], t[half + 1], lanes), 4 * (step * width + 4 * q));
    }),
  );
  const moveOn = (steps: number): Code => sequence(
    ...row.map((p) => advance(p, 4 * steps)), advance(to, 4 * width * steps), advance(left, -1));

  return f.body(doWhile(i32.gtSigned(rows, 0),
    // A panel's missing rows repeat the last one: reading them is safe, and their sums are never stored.
    last.set(i32.add(source, i32.mul(i32.sub(rows, 1), stride))),
    next.set(source),
    ...row.map((p, i) => sequence(
      p.set(next), when(i32.gtSigned(i + 1, rows), p.set(last)), advance(next, stride))),
    left.set(i32.shrUnsigned(k, 2)),
    whileLoop(i32.ne(left, 0),
      ...Array.from({ length: width / 4 }, (_, q) => quad(q)),
      moveOn(4)),
    left.set(i32.and(k, 3)),
    whileLoop(i32.ne(left, 0), ...row.map((p, i) => f32.store(to, f32.load(p), 4 * i)), moveOn(1)),
    source.set(next), advance(rows, -width)));
}

/** Floats of a source row that are copied at once, into several panels: a row is far from the next, a page or more. */
const TOGETHER = 16;

/** name(panels, source, rows, k, bytes from k to k): rows are adjacent in the source. rows and k ≥ 1. */
export function packCopying(name: string, width: number): Func {
  const f = new Func(name);
  const [to, source, rows, k, stride] = f.params(I32, 5);
  const [from, left, p, q, end, panelBytes] = f.locals(I32, 6);
  const others = f.locals(I32, TOGETHER / width - 1);
  const at = Array.from({ length: width / 4 }, (_, i) => 16 * i);
  const overK = (...body: readonly Code[]): Code => sequence(
    from.set(source), left.set(k),
    doWhile(left, ...body, advance(from, stride), advance(to, 4 * width), advance(left, -1)));

  return f.body(
    panelBytes.set(i32.mul(k, 4 * width)),
    whileLoop(i32.geSigned(rows, TOGETHER),
      ...others.map((panel, i) => panel.set(i32.add([to, ...others][i], panelBytes))),
      overK(...[to, ...others].flatMap((panel, i) => at.map((offset) =>
        v128.store(panel, v128.load(from, 4 * width * i + offset), offset))),
      ...others.map((panel) => advance(panel, 4 * width))),
      ...others.length > 0 ? [to.set(others[others.length - 1])] : [],
      advance(source, 4 * TOGETHER), advance(rows, -TOGETHER)),
    whileLoop(i32.geSigned(rows, width),
      overK(...at.map((offset) => v128.store(to, v128.load(from, offset), offset))),
      advance(source, 4 * width), advance(rows, -width)),
    when(i32.gtSigned(rows, 0), overK(
      ...at.map((offset) => v128.store(to, 0, offset)),
      p.set(to), q.set(from), end.set(i32.add(to, i32.shl(rows, 2))),
      doWhile(i32.ne(p, end), f32.store(p, f32.load(q)), advance(p, 4), advance(q, 4)))));
}
