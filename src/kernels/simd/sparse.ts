/**
 * Products with a sparse matrix in row lists, row r = entries rowStart[r] … rowEnd[r]−1.
 *
 *   csrMatmul  out[r] (+)= Σ_q values[q]·b[indices[q]]     out (rows, cols)  b (any, cols)
 *   csrDots    out[q] (+)= ⟨a[r], b[indices[q]]⟩            a (rows, cols)
 *
 * 2·nnz·cols FLOPs (half of it for binary csrMatmul) over 4·nnz·cols bytes of b in random rows: bound by memory, and
 * the output row or a[r] stays in L1. Eight (or four) rows of b stream by at once: one load and one store of the output
 * for eight additions, and eight misses in flight; eight measured a fifth faster than four and than sixteen, and
 * touching the next eight rows ahead of time slower by a sixth or more. Blocking by columns instead would visit every
 * row of b several times and measured 2–3 times slower.
 *
 * Entries are added in list order, each to the running output, as in the plain kernel.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainSparse } from "../plain/sparse.js";
import {
  I32, V128, Func, advance, either, f32, f32x4, i32, sequence, v128, whileLoop, type Code,
} from "./emit/assembler.js";
import { multiplyAdd, type MultiplyAdd, type Numerics } from "./emit/numerics.js";
import { accumulating, element, forRows, scalar, sweep, total } from "./emit/sweep.js";

/** Rows of b that stream by at once. */
const STREAMS = 8;

/** csrMatmul(out, rowStart, rowEnd, indices, values, b, bytes a row, accumulate, begin, end). */
function emitCsrMatmul(name: string, weighted: boolean, madd: MultiplyAdd): Func {
  const f = new Func(name);
  const [out, rowStart, rowEnd, indices, values, b, bytes, accumulate, row, end] = f.params(I32, 10);
  const [entry, value, left, to] = f.locals(I32, 4);
  const from = f.locals(I32, STREAMS);
  const weight = f.locals(V128, STREAMS);
  const v = f.local(V128);

  /** Adds the next `count` entries' rows of b to the output row, or starts it with them. */
  const addRows = (count: number, adds: boolean): Code => {
    const sources = from.slice(0, count);
    return sequence(
      ...sources.map((p, i) => p.set(i32.add(b, i32.mul(i32.load(entry, 4 * i), bytes)))),
      ...(weighted ? sources.map((_, i) => weight[i].set(v128.loadSplat(value, 4 * i))) : []),
      to.set(i32.add(out, i32.mul(row, bytes))),
      sweep(f, [to, ...sources], bytes, weighted ? 2 : 4, (access, at) => {
        const load = (i: number): Code => access.load(sources[i], at);
        const first = adds ? access.load(to, at) : weighted ? f32x4.mul(weight[0], load(0)) : load(0);
        const rest = sources.map((_, i) => i).slice(adds ? 0 : 1);
        return sequence(v.set(first),
          ...rest.map((i) => v.set(weighted ? madd(weight[i], load(i), v) : f32x4.add(v, load(i)))),
          access.store(to, v, at));
      }),
      advance(entry, 4 * count), advance(value, 4 * count), advance(left, -count),
    );
  };
  const clearRow = sequence(
    to.set(i32.add(out, i32.mul(row, bytes))), sweep(f, [to], bytes, 2, (access, at) => access.store(to, 0, at)));
  /** The next 4 entries, or what is left of them; an empty row is cleared. */
  const upToFour = (adds: boolean): Code =>
    either(i32.geSigned(left, 4), addRows(4, adds),
      either(i32.eq(left, 3), addRows(3, adds),
        either(i32.eq(left, 2), addRows(2, adds),
          either(i32.eq(left, 1), addRows(1, adds), adds ? [] : clearRow))));

  return f.body(forRows(row, end,
    left.set(i32.load(element(rowStart, row))),
    entry.set(element(indices, left)), value.set(element(values, left)),
    left.set(i32.sub(i32.load(element(rowEnd, row)), left)),
    either(accumulate, [], upToFour(false)),
    whileLoop(i32.geSigned(left, STREAMS), addRows(STREAMS, true)),
    whileLoop(i32.gtSigned(left, 0), upToFour(true))));
}

/** csrDots(out, rowStart, rowEnd, indices, a, b, bytes a row, accumulate, begin, end). */
function emitCsrDots(madd: MultiplyAdd): Func {
  const f = new Func("csrDots");
  const [out, rowStart, rowEnd, indices, a, b, bytes, accumulate, row, end] = f.params(I32, 10);
  const [entry, to, left, x] = f.locals(I32, 4);
  const from = f.locals(I32, 4);
  const sums = from.map(() => f.locals(V128, 2));
  const v = f.local(V128);
  const value = scalar(f);

  /** The products of a[r] with the next `count` rows of b. An entry's sum does not depend on its neighbours. */
  const dots = (count: number): Code => {
    const sources = from.slice(0, count);
    return sequence(
      ...sources.map((p, i) => p.set(i32.add(b, i32.mul(i32.load(entry, 4 * i), bytes)))),
      ...sums.slice(0, count).flat().map((sum) => sum.set(0)),
      x.set(i32.add(a, i32.mul(row, bytes))),
      sweep(f, [x, ...sources], bytes, 2, (access, at, step) => sequence(
        v.set(access.load(x, at)),
        ...sources.map((p, i) => sums[i][step].set(madd(v, access.load(p, at), sums[i][step]))))),
      ...sources.flatMap((_, i) => {
        const [before, sum] = total(sums[i]);
        const store = (adds: boolean): Code =>
          f32.store(to, adds ? f32.add(f32.load(to, 4 * i), value) : value, 4 * i);
        return [before, value.set(sum), accumulating(accumulate, store)];
      }),
      advance(entry, 4 * count), advance(to, 4 * count), advance(left, -count),
    );
  };

  return f.body(forRows(row, end,
    left.set(i32.load(element(rowStart, row))),
    entry.set(element(indices, left)), to.set(element(out, left)),
    left.set(i32.sub(i32.load(element(rowEnd, row)), left)),
    whileLoop(i32.geSigned(left, 4), dots(4)),
    whileLoop(i32.gtSigned(left, 0), dots(1))));
}

function emit(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [
    emitCsrMatmul("csrMatmulBinary", false, madd), emitCsrMatmul("csrMatmulWeighted", true, madd), emitCsrDots(madd),
  ];
}

function bind(wasm: Emitted): SimdKernels<typeof plainSparse> {
  const { csrMatmulBinary, csrMatmulWeighted, csrDots } = wasm;
  return {
    csrMatmul(out, rowStart, rowEnd, indices, values, b, cols, accumulate, begin, end) {
      const product = values ? csrMatmulWeighted : csrMatmulBinary;
      product(
        out.byteOffset, rowStart.byteOffset, rowEnd.byteOffset, indices.byteOffset, values ? values.byteOffset : 0,
        b.byteOffset, 4 * cols, accumulate, begin, Math.max(begin, end),
      );
    },
    csrDots(out, rowStart, rowEnd, indices, a, b, cols, accumulate, begin, end) {
      csrDots(
        out.byteOffset, rowStart.byteOffset, rowEnd.byteOffset, indices.byteOffset, a.byteOffset, b.byteOffset,
        4 * cols, accumulate, begin, Math.max(begin, end),
      );
    },
  };
}

export const simdSparse: SimdFamily<typeof plainSparse> = { emit, bind };
