/**
 * Rung 4: rung 2 as WebAssembly, four floats an instruction.
 *
 *   C[i, j … j+3] += A[i, k]·B[k, j … j+3]
 *
 * Shapes as on rung 1, n a multiple of 4. The function is written as the bytes of a module by the same assembler as the
 * library's kernels. Single precision at last, four at a time; but every multiply-add still costs two loads and a
 * store, so memory ports and not multipliers set the speed.
 */
import {
  I32, V128, Func, advance, doWhile, f32x4, i32, v128,
} from "../../../src/kernels/simd/emit/assembler.js";

/** fourLanes(c, a, b, m, bytes of a row of B and C, k); c holds zeros. Pointers are byte offsets. */
export function fourLanes(): Func {
  const f = new Func("fourLanes");
  const [c, a, b, m, bytes, k] = f.params(I32, 6);
  const [from, left, to, end] = f.locals(I32, 4);
  const x = f.local(V128);
  return f.body(
    doWhile(m,
      from.set(b), left.set(k),
      doWhile(left,
        x.set(v128.loadSplat(a)),
        to.set(c), end.set(i32.add(c, bytes)),
        doWhile(i32.ne(to, end),
          v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, v128.load(from)))),
          advance(to, 16), advance(from, 16)),
        advance(a, 4), advance(left, -1)),
      advance(c, bytes), advance(m, -1)),
  );
}
