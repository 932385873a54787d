/**
 * The register tile of the dense products: MR × NR sums of C live in registers while k runs over packed panels.
 *
 *   C[MR·mPanels, NR·nPanels] (+)= A'·B'     A' in panels of MR rows, B' in panels of NR columns, both k-major
 *
 * 2·MR·NR FLOPs per k for MR + NR floats read from cache: a 4 × 8 tile does 8 multiply-adds for 6 loads (two vectors of
 * B, four numbers of A each spread over a vector), so it is bound by the two multiply-add pipes and not by the loads.
 * C = C + Σ is formed once at the end, so an element's bits do not depend on where it lies in a tile.
 *
 * Why 4 × 8. Eight sums just hide the latency of a multiply-add (4 cycles on 2 pipes), and with the six loaded vectors
 * they fill 14 of the 15 registers that V8 gives. That matters because V8 moves every load of a basic block above its
 * arithmetic: 6 × 8 needs 12 sums and spills unless each row is fenced off, and the fences take the slots in which a
 * neighbour on the same core would work. Here one fence per step of k is enough: a branch that is never taken (a
 * pointer compared with an odd constant, all different or the compiler would merge them) which ends the block.
 */
import {
  F32, I32, V128, Func, advance, block, doWhile, f32x4, i32, i32x4, leave, sequence, v128, when, type Code, type Local,
} from "./assembler.js";
import { multiplyAdd, type Numerics } from "./numerics.js";
import { accumulating, sweep } from "./sweep.js";

/** Rows of A that a tile covers. */
export const MR = 4;
/** Columns of B that a tile covers, in vectors of four. */
export const NR = 8;
/** Steps of k per iteration. Tile and unrolling were measured best on V8 11.3 (Node 20). */
const UNROLL = 2;

/** What a tile multiplies and adds. */
interface TileArithmetic {
  /** sum + x·y, `sum` being a vector of sums, x a word of A in all lanes, y a vector of B. */
  multiplyAdd(x: Local, y: Local, sum: Local): Code;
  /** What C gets of a vector of sums. */
  result(sum: Local): Code;
  /** Of what a tile adds to C. */
  add(x: Code, y: Code): Code;
}

/** multiplyPanels(a, b, c, mPanels, nPanels, k, bytes from row to row of C, accumulate); panels and k ≥ 1. */
export function multiplyPanels(numerics: Numerics): Func {
  return tileOf("multiplyPanels", () => (
    { multiplyAdd: multiplyAdd(numerics), result: (sum) => sum.get(), add: f32x4.add }));
}

const pairSums = (x: Local, y: Local, sum: Local): Code => i32x4.add(sum, i32x4.dotPairs(x, y));

/** The same of whole numbers: a word holds two of 16 bits, sums have 32. */
export function multiplyIntegerPanels(): Func {
  return tileOf("multiplyIntegerPanels", () => (
    { multiplyAdd: pairSums, result: (sum) => sum.get(), add: i32x4.add }));
}

/** The same of whole numbers that stand for others: sums are scaled, as floats. One more parameter: the scale. */
export function multiplyScaledPanels(): Func {
  return tileOf("multiplyScaledPanels", (f) => {
    const [scale] = f.params(F32, 1);
    return {
      multiplyAdd: pairSums, add: f32x4.add,
      result: (sum) => f32x4.mul(f32x4.splat(scale), f32x4.convertSigned(sum)),
    };
  });
}

/** @param arithmeticOf may take parameters after the eight. */
function tileOf(name: string, arithmeticOf: (f: Func) => TileArithmetic): Func {
  const f = new Func(name);
  const [aPanels, bPanels, c, mPanels, nPanels, k, cStride, accumulate] = f.params(I32, 8);
  const { multiplyAdd: madd, result, add } = arithmeticOf(f);
  const [a, aFrom, aMain, aEnd, b, left, tileRow, cRow] = f.locals(I32, 8);
  const sums = Array.from({ length: MR }, () => f.locals(V128, NR / 4));
  const bRow = f.locals(V128, NR / 4);
  const aSplat = f.local(V128);

  let fences = 0;
  const endBlock = (): Code => leave(1, i32.eq(a, 2 * fences++ + 1));
  const oneK = (step: number): Code => sequence(
    ...bRow.map((v, j) => v.set(v128.load(b, 4 * (step * NR + 4 * j)))),
    ...sums.map((row, i) => sequence(
      aSplat.set(v128.loadSplat(a, 4 * (step * MR + i))),
      ...row.map((sum, j) => sum.set(madd(aSplat, bRow[j], sum))),
    )),
  );
  const run = (steps: number, end: typeof aEnd): Code => when(i32.ne(a, end), block(doWhile(i32.ne(a, end),
    ...Array.from({ length: steps }, (_, step) => sequence(step > 0 ? endBlock() : [], oneK(step))),
    advance(a, 4 * MR * steps),
    advance(b, 4 * NR * steps),
  )));
  const writeTile = (adds: boolean): Code => sequence(...sums.map((row) => sequence(
    ...row.map((sum, j) =>
      v128.store(cRow, adds ? add(v128.load(cRow, 16 * j), result(sum)) : result(sum), 16 * j)),
    advance(cRow, cStride),
  )));

  return f.body(
    doWhile(nPanels,
      aFrom.set(aPanels), tileRow.set(c), left.set(mPanels),
      doWhile(left,
        a.set(aFrom), b.set(bPanels),
        aMain.set(i32.add(a, i32.mul(i32.and(k, -UNROLL), 4 * MR))),
        aEnd.set(i32.add(a, i32.mul(k, 4 * MR))),
        ...sums.flat().map((sum) => sum.set(0)),
        run(UNROLL, aMain),
        run(1, aEnd),
        cRow.set(tileRow),
        accumulating(accumulate, writeTile),
        aFrom.set(aEnd), tileRow.set(cRow),
        advance(left, -1)),
      bPanels.set(b), advance(c, 4 * NR),
      advance(nPanels, -1)),
  );
}

/**
 * copyTile(to, from, rows, bytes a row, bytes from row to row of `to` and of `from`, accumulate): carries the part of
 * an edge tile that lies inside C from scratch to its place, by the same addition as a full tile's. rows ≥ 1.
 */
export function copyTile(): Func {
  const f = new Func("copyTile");
  const [to, from, rows, bytes, toStride, fromStride, accumulate] = f.params(I32, 7);
  const [p, q] = f.locals(I32, 2);
  return f.body(doWhile(rows,
    p.set(to), q.set(from),
    accumulating(accumulate, (adds) => sweep(f, [p, q], bytes, 1, (access) =>
      access.store(p, adds ? f32x4.add(access.load(p), access.load(q)) : access.load(q)))),
    advance(to, toStride), advance(from, fromStride), advance(rows, -1)));
}
