/**
 * Rung 5: rung 3 with vectors, a tile of 4 × 8 sums in eight registers.
 *
 * Shapes as on rung 1, m a multiple of 4, n of 8. A step of k loads two vectors of B and spreads four numbers of A for
 * eight multiply-adds. Eight sums are what it takes to hide an addition's latency: four cycles on two pipes. What holds
 * it back is where B lies: a tile walks down all of B in steps of a row, a new cache line and (for rows of 4 KB and
 * more) a new page each, and the next tile of the row of tiles reads the same numbers of A again from far away.
 */
import {
  I32, V128, Func, advance, doWhile, f32x4, i32, sequence, v128,
} from "../../../src/kernels/simd/emit/assembler.js";

const ROWS = 4;
const VECTORS = 2;

/** simdTile(c, a, b, m, bytes of a row of B and C, bytes of a row of A). Pointers are byte offsets. */
export function simdTile(): Func {
  const f = new Func("simdTile");
  const [c, a, b, m, bytes, aBytes] = f.params(I32, 6);
  const [column, from, end, to, tile, tileEnd] = f.locals(I32, 6);
  const x = f.locals(I32, ROWS);
  const sums = x.map(() => f.locals(V128, VECTORS));
  const bRow = f.locals(V128, VECTORS);
  const splat = f.local(V128);
  return f.body(
    doWhile(m,
      tile.set(c), tileEnd.set(i32.add(c, bytes)), column.set(b),
      doWhile(i32.ne(tile, tileEnd),
        ...x.map((p, i) => p.set(i === 0 ? a.get() : i32.add(x[i - 1], aBytes))),
        end.set(x[1].get()), from.set(column),
        ...sums.flat().map((sum) => sum.set(0)),
        doWhile(i32.ne(x[0], end),
          ...bRow.map((v, j) => v.set(v128.load(from, 16 * j))),
          ...x.map((p, i) => sequence(
            splat.set(v128.loadSplat(p)),
            ...sums[i].map((sum, j) => sum.set(f32x4.add(sum, f32x4.mul(splat, bRow[j])))),
            advance(p, 4))),
          advance(from, bytes)),
        to.set(tile),
        ...sums.map((row) => sequence(...row.map((sum, j) => v128.store(to, sum, 16 * j)), advance(to, bytes))),
        advance(tile, 16 * VECTORS), advance(column, 16 * VECTORS)),
      a.set(x[ROWS - 1].get()), c.set(i32.add(c, i32.mul(bytes, ROWS))),
      advance(m, -ROWS)),
  );
}
