/**
 * The register tile of the dense products: MR × NR sums of C live in registers while k runs over packed panels.
 *
 *   C[MR·mPanels, NR·nPanels] (+)= A'·B'     A' in panels of MR rows, B' in panels of NR columns, both k-major
 *
 * 2·MR·NR FLOPs per k for MR + NR floats read from cache: a 6 × 8 tile does 12 multiply-adds per 8 loads, so it is
 * bound by the two multiply-add pipes and not by the loads. The B panel (NR·KC floats) stays in L1, A streams from L2.
 * C = C + Σ is formed once at the end, so an element's bits do not depend on where it lies in a tile.
 *
 * Fences. V8's compiler moves every load of a basic block above its arithmetic; with 12 sums in 15 registers that
 * spills and costs half the speed. A branch that is never taken (a pointer compared with an odd constant, all
 * different or the compiler would merge them) ends the block. It is free: the pipes are busy elsewhere.
 */
import {
  I32, V128, Func, advance, block, doWhile, f32x4, i32, leave, sequence, v128, when, type Code,
} from "./assembler.js";
import { multiplyAdd, type Numerics } from "./numerics.js";
import { accumulating, sweep } from "./sweep.js";

/** The shape of the register tile and how its loop is laid out. */
export interface Tile {
  /** Rows of A a tile covers. */
  readonly mr: number;
  /** Columns of B a tile covers, a multiple of 4. */
  readonly nr: number;
  /** Steps of k per iteration. */
  readonly unroll: number;
  /** Rows between two fences. */
  readonly fence: number;
}

/** Measured best on V8 11.3 (Node 20). A separate multiply needs a register for the product: a smaller tile. */
export const TILES: Readonly<Record<Numerics, Tile>> = {
  fused: { mr: 6, nr: 8, unroll: 4, fence: 1 },
  portable: { mr: 5, nr: 8, unroll: 1, fence: 2 },
};

/** multiplyPanels(a, b, c, mPanels, nPanels, k, bytes from row to row of C, accumulate); panels and k ≥ 1. */
export function multiplyPanels(numerics: Numerics): Func {
  const { mr, nr, unroll, fence } = TILES[numerics];
  const madd = multiplyAdd(numerics);
  const f = new Func("multiplyPanels");
  const [aPanels, bPanels, c, mPanels, nPanels, k, cStride, accumulate] = f.params(I32, 8);
  const [a, aFrom, aMain, aEnd, b, left, tileRow, cRow] = f.locals(I32, 8);
  const sums = Array.from({ length: mr }, () => f.locals(V128, nr / 4));
  const bRow = f.locals(V128, nr / 4);
  const aSplat = f.local(V128);

  let fences = 0;
  const endBlock = (): Code => leave(1, i32.eq(a, 2 * fences++ + 1));
  const oneK = (step: number): Code => sequence(
    ...bRow.map((v, j) => v.set(v128.load(b, 4 * (step * nr + 4 * j)))),
    ...sums.map((row, i) => sequence(
      i > 0 && i % fence === 0 ? endBlock() : [],
      aSplat.set(v128.loadSplat(a, 4 * (step * mr + i))),
      ...row.map((sum, j) => sum.set(madd(aSplat, bRow[j], sum))),
    )),
  );
  const run = (steps: number, end: typeof aEnd): Code => when(i32.ne(a, end), block(doWhile(i32.ne(a, end),
    ...Array.from({ length: steps }, (_, step) => sequence(step > 0 ? endBlock() : [], oneK(step))),
    advance(a, 4 * mr * steps),
    advance(b, 4 * nr * steps),
  )));
  const writeTile = (adds: boolean): Code => sequence(...sums.map((row) => sequence(
    ...row.map((sum, j) => v128.store(cRow, adds ? f32x4.add(v128.load(cRow, 16 * j), sum) : sum, 16 * j)),
    advance(cRow, cStride),
  )));

  return f.body(
    doWhile(nPanels,
      aFrom.set(aPanels), tileRow.set(c), left.set(mPanels),
      doWhile(left,
        a.set(aFrom), b.set(bPanels),
        aMain.set(i32.add(a, i32.mul(i32.and(k, -unroll), 4 * mr))),
        aEnd.set(i32.add(a, i32.mul(k, 4 * mr))),
        ...sums.flat().map((sum) => sum.set(0)),
        run(unroll, aMain),
        unroll > 1 ? run(1, aEnd) : [],
        cRow.set(tileRow),
        accumulating(accumulate, writeTile),
        aFrom.set(aEnd), tileRow.set(cRow),
        advance(left, -1)),
      bPanels.set(b), advance(c, 4 * nr),
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

/** tileRows() and tileColumns(): the module tells which tile it was built with, as it is all that a worker receives. */
export function tileSize(numerics: Numerics): Func[] {
  const { mr, nr } = TILES[numerics];
  return [new Func("tileRows", I32).body(i32.constant(mr)), new Func("tileColumns", I32).body(i32.constant(nr))];
}
