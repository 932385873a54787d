/**
 * Rung 6: blocks that stay in a cache, copied into the order in which the tile reads them (Goto & van de Geijn, 2008).
 *
 *   for ≤ KC of k:         pack B (KC × n) in panels of 8 columns
 *     for MC rows of C:    pack A (MC × KC) in panels of 4 rows
 *       every tile of C:   C += A panel · B panel, both read from one end to the other
 *
 * Shapes as on rung 1, m a multiple of 4, n of 8; rows of C are cut by MC, so that a block of A stays in L2 while each
 * panel of B (16 KB) is used for all of it from L1. Packing moves each number once for hundreds of uses. For n in the
 * thousands B is cut too (NC), and edges need care: both in src/kernels/simd/matmul.ts, and left out here.
 *
 * The tile is rung 5's, one step of k at a time; `packedTiles` takes more for the rungs above.
 */
import {
  I32, V128, Func, advance, block, doWhile, f32x4, i32, sequence, v128, type Code,
} from "../../../src/kernels/simd/emit/assembler.js";
import { packCopying, packTransposing } from "../../../src/kernels/simd/emit/packing.js";
import type { Emitted } from "../../../src/kernels/family.js";
import type { MultiplyAdd } from "../../../src/kernels/simd/emit/numerics.js";

export const KC = 512;
export const MC = 96;
const ROWS = 4;
const VECTORS = 2;

export interface TileOptions {
  /** Steps of k in one go; k must be a multiple. */
  steps: number;
  madd: MultiplyAdd;
  /** What stands between two of them. `a` is a pointer of the loop, `count` differs each time. Default: nothing. */
  between?(a: Code, count: number): Code;
}

export const apart: MultiplyAdd = (x, y, z) => f32x4.add(f32x4.mul(x, y), z);

/** tiles(c, a panels, b panels, panels of A, panels of B, k, bytes of a row of C): C += A·B. */
export function packedTiles(name: string, { steps, madd, between = () => [] }: TileOptions): Func {
  const f = new Func(name);
  const [c, aPanels, bPanels, mPanels, nPanels, k, bytes] = f.params(I32, 7);
  const [a, b, end, left, to, tile] = f.locals(I32, 6);
  const sums = Array.from({ length: ROWS }, () => f.locals(V128, VECTORS));
  const bRow = f.locals(V128, VECTORS);
  const splat = f.local(V128);
  const step = (s: number): Code => sequence(
    ...bRow.map((v, j) => v.set(v128.load(b, 16 * (s * VECTORS + j)))),
    ...sums.map((row, i) => sequence(
      splat.set(v128.loadSplat(a, 4 * (s * ROWS + i))),
      ...row.map((sum, j) => sum.set(madd(splat, bRow[j], sum))))));
  return f.body(
    doWhile(nPanels,
      a.set(aPanels), tile.set(c), left.set(mPanels),
      doWhile(left,
        b.set(bPanels), end.set(i32.add(a, i32.mul(k, 4 * ROWS))),
        ...sums.flat().map((sum) => sum.set(0)),
        block(doWhile(i32.ne(a, end),
          ...Array.from({ length: steps }, (_, s) => sequence(s > 0 ? between(a.get(), s) : [], step(s))),
          advance(a, 4 * ROWS * steps), advance(b, 16 * VECTORS * steps))),
        to.set(tile),
        ...sums.map((row) => sequence(
          ...row.map((sum, j) => v128.store(to, f32x4.add(v128.load(to, 16 * j), sum), 16 * j)), advance(to, bytes))),
        tile.set(to.get()), advance(left, -1)),
      bPanels.set(b.get()), advance(c, 16 * VECTORS), advance(nPanels, -1)),
  );
}

/** The functions that the loops around the tile call, beside the tile itself. */
export function packers(): Func[] {
  return [packTransposing("packA", ROWS), packCopying("packB", 4 * VECTORS)];
}

/** The three loops. @param at byte offsets of C (zeros), A, B and of the blocks: MC × KC and KC × n floats. */
export function blocked(
  wasm: Emitted, tile: string, at: { c: number; a: number; b: number; packedA: number; packedB: number },
  m: number, n: number, k: number,
): void {
  for (let p = 0; p < k; p += KC) {
    const depth = Math.min(KC, k - p);
    wasm.packB(at.packedB, at.b + 4 * p * n, n, depth, 4 * n);
    for (let i = 0; i < m; i += MC) {
      const rows = Math.min(MC, m - i);
      wasm.packA(at.packedA, at.a + 4 * (i * k + p), rows, depth, 4 * k);
      wasm[tile](at.c + 4 * i * n, at.packedA, at.packedB, rows / ROWS, n / (4 * VECTORS), depth, 4 * n);
    }
  }
}

export function packed(): Func {
  return packedTiles("packed", { steps: 1, madd: apart });
}
